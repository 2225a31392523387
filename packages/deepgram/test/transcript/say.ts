import type { TimedWord } from "effect-deepgram/Transcript"

export interface Said {
  /** Seconds. Default: 0. */
  readonly at?: number
  readonly channel?: number
  readonly speaker?: number
  /** Seconds per word. Default: 0.4. */
  readonly each?: number
}

/** The words of a text, one right after the other. */
export const say = (text: string, { at = 0, channel = 0, each = 0.4, speaker }: Said = {}): Array<TimedWord> => {
  const words: Array<TimedWord> = []
  for (const [index, token] of text.split(" ").entries()) {
    words.push({
      word: token.toLowerCase().replace(/[.,?!]$/, ""),
      punctuated_word: token,
      text: token,
      start: at + index * each,
      end: at + (index + 1) * each,
      confidence: 0.75,
      channel,
      ...(speaker === undefined ? {} : { speaker })
    })
  }
  return words
}
