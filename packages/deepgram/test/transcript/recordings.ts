/** Random recordings, and the answer that Deepgram would give for each. */
import { Schema } from "effect"
import type { Alternative, Transcription, Utterance, Word } from "effect-deepgram/ListenV1"

const vocabulary = [
  "a",
  "I",
  "the",
  "Yes.",
  "no,",
  "Dr.",
  "seven",
  "Really?",
  "<b>",
  "R&D",
  "-->",
  "a>b",
  "&amp;",
  "naïve",
  "cafe\u0301.",
  "日本。",
  "\u{1F468}\u200D\u{1F469}\u200D\u{1F467}",
  "Donaudampfschifffahrtsgesellschaftskapitän",
  "10:30",
  "42"
] as const

const WordPlan = Schema.Struct({
  text: Schema.Literals(vocabulary),
  /** Milliseconds since the end of the word before; some recognisers overlap words. */
  gap: Schema.Literals([0, 0, 0, 10, 150, 400, 900, 1500, 6000, -300]),
  /** Milliseconds. */
  duration: Schema.Literals([0, 1, 80, 240, 400, 400, 1200, 9000]),
  speaker: Schema.Literals([0, 0, 0, 1, 2])
})

/** What is said, and what of it the answer holds. */
export const Plan = Schema.Struct({
  channels: Schema.Array(Schema.Array(WordPlan).check(Schema.isMaxLength(60))).check(Schema.isMaxLength(3)),
  diarized: Schema.Boolean,
  punctuated: Schema.Boolean,
  utterances: Schema.Literals(["none", "words", "text only"])
})

/** Options of captions, from sensible to absurd. */
export const Options = Schema.Struct({
  source: Schema.Literals(["utterances", "words"]),
  maxCharsPerLine: Schema.Literals([1, 12, 32, 42, 42, 1e9]),
  maxLines: Schema.Literals([1, 2, 2, 3]),
  maxDuration: Schema.Literals([0.5, 3, 7, 7, 1e9]),
  minDuration: Schema.Literals([0, 1, 1, 2]),
  maxGap: Schema.Literals([0.3, 1, 1, 1e9]),
  speakerLabels: Schema.Literals(["auto", "none"]),
  inlineLabels: Schema.Boolean,
  overlap: Schema.Literals(["keep", "avoid"])
})

export interface SpokenWord {
  readonly text: string
  readonly speaker: number | undefined
  /** Milliseconds. */
  readonly start: number
  /** Milliseconds. */
  readonly end: number
  /** Milliseconds in which nothing was said on the channel before this word. */
  readonly silence: number
  /** Number of the utterance in the channel. */
  readonly utterance: number
}

/** Milliseconds in the seconds of a recogniser: 32-bit floats. */
const float = (ms: number) => Math.fround(ms / 1000)

const speak = (plan: typeof Plan.Type, words: (typeof Plan.Type)["channels"][number]): Array<SpokenWord> => {
  let time = 0
  let utterance = 0
  let spokenUntil = 0
  return words.map(({ duration, gap, speaker, text }) => {
    const start = Math.max(0, time + gap)
    time = start + duration
    const silence = start - spokenUntil
    spokenUntil = Math.max(spokenUntil, time)
    if (gap >= 800) utterance++
    return {
      text: plan.punctuated ? text : text.toLowerCase().replace(/[.,?]$/u, ""),
      speaker: plan.diarized ? speaker : undefined,
      start,
      end: time,
      silence,
      utterance
    }
  })
}

const wordOf = (plan: typeof Plan.Type) => ({ end, speaker, start, text }: SpokenWord): Word =>
  Object.assign(
    { word: text.toLowerCase(), start: float(start), end: float(end), confidence: 0.5 },
    plan.punctuated ? { punctuated_word: text } : { word: text },
    speaker === undefined ? {} : { speaker }
  )

const transcriptOf = (words: ReadonlyArray<SpokenWord>) => words.map((word) => word.text).join(" ")

const utterancesOf = (plan: typeof Plan.Type, words: ReadonlyArray<SpokenWord>, channel: number): Array<Utterance> =>
  [...Map.groupBy(words, (word) => word.utterance).values()].map((said) =>
    Object.assign(
      {
        start: float(said[0]?.start ?? 0),
        end: float(said.at(-1)?.end ?? 0),
        confidence: 0.5,
        channel,
        transcript: transcriptOf(said)
      },
      plan.utterances === "words" ? { words: said.map(wordOf(plan)) } : {}
    )
  )

/** The answer of Deepgram, and what is in it by channel. */
export const record = (plan: typeof Plan.Type) => {
  const spoken = plan.channels.map((words) => speak(plan, words))
  const channels = spoken.map((words): { alternatives: Array<Alternative> } => ({
    alternatives: [{ transcript: transcriptOf(words), confidence: 0.5, words: words.map(wordOf(plan)) }]
  }))
  const utterances = spoken.flatMap((words, channel) => utterancesOf(plan, words, channel))
  return {
    spoken,
    transcription: transcriptionOf(
      channels,
      plan.utterances === "none" ? undefined : utterances.toSorted((a, b) => a.start - b.start)
    )
  }
}

export const transcriptionOf = (
  channels: Transcription["results"]["channels"],
  utterances?: ReadonlyArray<Utterance>
): Transcription => ({
  metadata: {
    request_id: "1a2b3c4d-0000-4000-8000-123456789abc",
    created: "2026-10-01T12:00:00.000Z",
    duration: 25.933313,
    channels: channels.length
  },
  results: { channels, ...(utterances === undefined ? {} : { utterances }) }
})
