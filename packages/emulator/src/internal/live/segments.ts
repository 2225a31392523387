/** What is said about one channel, and when: `Results`, `SpeechStarted` and `UtteranceEnd` of `/v1/listen`. */
import type { listenV1, MessageOf } from "effect-deepgram/DeepgramChannels"
import type { Heard, HeardWord } from "../../Recognizer.ts"
import { exact } from "../seconds.ts"
import { longestHold, makeGoesOn } from "../transcribe/boundary.ts"
import { readChannel, toReading } from "../transcribe/channel.ts"
import type { Query } from "../transcribe/query.ts"
import { makeSpeakers } from "../transcribe/speakers.ts"
import { split, type Token } from "../transcribe/words.ts"
import type { Ear } from "./ear.ts"

/** What the server says. */
export type ServerMessage = MessageOf<typeof listenV1.server>

type Results = Extract<ServerMessage, { readonly type: "Results" }>

/** When to say what; times in seconds. */
export interface Pace {
  /** Silence after a word that ends an utterance; `Infinity`: none does. */
  readonly endpointing: number
  /** Silence after a word that is reported; `Infinity`: none is. */
  readonly utteranceEnd: number
  readonly interim: boolean
  readonly speechStarted: boolean
}

/** What the messages of a channel have in common. */
interface Place {
  readonly channel: number
  readonly channels: number
  readonly metadata: NonNullable<Results["metadata"]>
  /** How words are written. */
  readonly query: Query
}

/** The transcript of one channel while it comes into being. All methods answer what is to be said now. */
export interface Segments {
  readonly hear: (events: ReadonlyArray<Heard>) => ReadonlyArray<ServerMessage>
  /** Another step of audio was heard. */
  readonly advance: (now: number) => ReadonlyArray<ServerMessage>
  /** `Finalize`: nothing, if nothing was heard since the last final. */
  readonly finalize: () => ReadonlyArray<ServerMessage>
  /** The audio ended at `now`. */
  readonly finish: (now: number) => ReadonlyArray<ServerMessage>
}

/** Seconds between two interim results. */
const interimInterval = 1

/** Seconds of speech, and of silence, after which a result is final all the same. */
const longest = 5

export const makeSegments = (ear: Ear, pace: Pace, place: Place): Segments => {
  const { channel, channels, metadata, query } = place
  const speakers = makeSpeakers()
  /** The last word of the finals so far, as it was written. */
  let last: Token | undefined
  const goesOn = makeGoesOn(query)
  /** Where the last final ended. */
  let start = 0
  let words: Array<HeardWord> = []
  /** Of the words, in the last interim result; and when that was. */
  let shown = 0
  let shownAt = 0
  /** Words were heard since the last `speech_final`, and since the last `UtteranceEnd`. */
  let unended = false
  let unreported = false

  /** Where a final may end without losing a word. */
  const settled = (): number => Math.max(start, ear.settled())

  const results = (
    said: ReadonlyArray<HeardWord>,
    end: number,
    kind: Pick<Results, "is_final" | "speech_final" | "from_finalize">
  ): Results => {
    const line = readChannel({ words: said, activity: [] }, query, channel, { speakers, last })
    if (kind.is_final === true) last = line.tokens.at(-1) ?? last
    return {
      type: "Results",
      channel_index: [channel, channels],
      start,
      duration: exact(end - start),
      ...kind,
      channel: { alternatives: [toReading(line, query)] },
      metadata
    }
  }

  /** A final result up to `end` of all words, or of the first `count`. */
  const final = (
    end: number,
    { count = words.length, fromFinalize = false, speechFinal = false }: {
      readonly count?: number
      readonly fromFinalize?: boolean
      readonly speechFinal?: boolean
    } = {}
  ): Results => {
    const until = exact(end)
    const message = results(words.slice(0, count), until, {
      is_final: true,
      speech_final: speechFinal,
      from_finalize: fromFinalize
    })
    start = until
    words = words.slice(count)
    shown = 0
    if (speechFinal) unended = false
    return message
  }

  const interim = (now: number): Results => {
    shown = words.length
    shownAt = now
    return results(words, exact(now), { is_final: false, speech_final: false, from_finalize: false })
  }

  /** How many of the words a final may have so that nothing is torn: up to the end of a clause, if there is one. */
  const separable = (): number => {
    let found = 0
    for (let count = words.length; count > 0; count--) {
      if (goesOn(words.slice(0, count))) continue
      if (split(words[count - 1]?.text ?? "").suffix !== "") return count
      if (found === 0) found = count
    }
    return found
  }

  const isEndpoint = (now: number): boolean => {
    const since = ear.silentSince()
    if (!unended || since === undefined) return false
    const silence = exact(now - since)
    if (silence < pace.endpointing) return false
    return silence >= longestHold || !goesOn(words)
  }

  /** A result that is final because it is long. */
  const cut = (now: number): Results | undefined => {
    const [first] = words
    if (first === undefined) {
      if (now - start < longest) return undefined
      const end = settled()
      return end - start < longest ? undefined : final(end)
    }
    const spoken = now - first.start
    if (spoken < longest) return undefined
    const count = spoken < 2 * longest ? separable() : words.length
    if (count === 0) return undefined
    return count === words.length ? final(settled()) : final(words[count - 1]?.end ?? start, { count })
  }

  const isUtteranceEnd = (now: number): boolean => {
    const goneBy = (until: number) => exact(until - ear.lastWordEnd()) >= pace.utteranceEnd
    return unreported && goneBy(now) && (ear.silentSince() !== undefined || goneBy(settled()))
  }

  return {
    hear: (events) => {
      const said: Array<ServerMessage> = []
      for (const event of events) {
        if (event._tag === "Word") {
          words.push(event)
          unended = unreported = true
        } else if (event._tag === "SpeechStarted" && pace.speechStarted) {
          said.push({ type: "SpeechStarted", channel: [channel, channels], timestamp: event.at })
        }
      }
      return said
    },
    advance: (now) => {
      const said: Array<ServerMessage> = []
      const ended = isEndpoint(now) ? final(settled(), { speechFinal: true }) : cut(now)
      if (ended !== undefined) said.push(ended)
      else if (pace.interim && words.length > shown && now - Math.max(start, shownAt) >= interimInterval) {
        said.push(interim(now))
      }
      if (isUtteranceEnd(now)) {
        if (words.length > 0) said.push(final(settled()))
        said.push({ type: "UtteranceEnd", channel: [channel, channels], last_word_end: ear.lastWordEnd() })
        unreported = false
      }
      return said
    },
    finalize: () => {
      const end = settled()
      return exact(end) > start ? [final(end, { speechFinal: true, fromFinalize: true })] : []
    },
    finish: (now) =>
      words.length > 0 || exact(now) > start
        ? [final(now, { speechFinal: unended && pace.endpointing < Infinity })]
        : []
  }
}
