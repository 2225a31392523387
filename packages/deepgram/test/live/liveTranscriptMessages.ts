/** Messages of live sessions, as Deepgram sends them. */
import type { ListenV1 } from "effect-deepgram"

export interface Said {
  /** Seconds. */
  readonly at: number
  readonly channel?: number
  readonly speaker?: number
  /** Seconds per word. Default: 0.5. */
  readonly each?: number
  readonly speechFinal?: boolean
}

const results = (
  transcript: string,
  is_final: boolean,
  { at, channel = 0, each = 0.5, speaker, speechFinal = false }: Said
): ListenV1.Results => {
  const words = transcript.split(" ").filter((text) => text !== "")
  const by = speaker === undefined ? {} : { speaker }
  const word = (text: string, index: number): ListenV1.Word => ({
    word: text.toLowerCase().replace(/[.,?!]$/, ""),
    punctuated_word: text,
    start: at + index * each,
    end: at + (index + 1) * each,
    confidence: 0.75,
    ...by
  })
  return {
    type: "Results",
    channel_index: [channel, 2],
    start: at,
    duration: Math.max(1, words.length) * each,
    is_final,
    speech_final: speechFinal,
    channel: {
      alternatives: [{
        transcript,
        confidence: 0.9,
        words: words.map(word)
      }]
    }
  }
}

/** What will not change. */
export const final = (text: string, said: Said): ListenV1.Results => results(text, true, said)

/** What may change. */
export const interim = (text: string, said: Said): ListenV1.Results => results(text, false, said)

/** No word for a while. */
export const utteranceEnd = (last_word_end: number, channel = 0): ListenV1.UtteranceEnd => ({
  type: "UtteranceEnd",
  channel: [channel, 2],
  last_word_end
})

/** Messages that say nothing of words. */
export const others: ReadonlyArray<ListenV1.ServerMessage> = [
  { type: "SpeechStarted", channel: [0, 2], timestamp: 0 },
  { type: "Metadata", request_id: "a1", duration: 3, channels: 2 },
  { type: "Unrecognized", name: "Weather", raw: { type: "Weather", transcript: "rain" } }
]
