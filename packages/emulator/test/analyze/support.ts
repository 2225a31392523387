import { Schema } from "effect"
import type { ListenV1 } from "effect-deepgram"
import { analyze } from "../../src/internal/analyze/analyze.ts"
import type { AnalysisQuery } from "../../src/internal/analyze/query.ts"

const Piece = Schema.Union([
  Schema.Literals([
    "I",
    "need",
    "want",
    "to",
    "a",
    "the",
    "my",
    "refund.",
    "refunds,",
    "order",
    "number?",
    "Josh",
    "don't",
    "really",
    "love",
    "hated",
    "but",
    "please",
    "Thank",
    "you!",
    "for",
    "calling.",
    "e.g.",
    "Mr.",
    "5.5",
    "—",
    "...",
    "“Great”",
    "😡",
    "👩‍👩‍👧",
    "café",
    "日本語。",
    "ok😀"
  ]),
  Schema.String
])

/** Texts of English and other words, with any white space. */
export const Text = Schema.Array(
  Schema.Struct({ piece: Piece, gap: Schema.Literals([" ", "  ", "\n", "\n\n", " \t"]) })
)

export const textOf = (pieces: typeof Text.Type): string => pieces.map(({ gap, piece }) => piece + gap).join("")

/** Everything that can be asked for. */
export const everything: AnalysisQuery = {
  summarize: true,
  topics: true,
  intents: true,
  sentiment: true,
  custom_topic: ["Refund", "order number", "the", ""],
  custom_intent: ["want refund", "hate"]
}

/** The words of a text: what stands between white space. */
export const wordsOf = (text: string): ReadonlyArray<string> => text.split(/\s+/u).filter((word) => word !== "")

export const summaryOf = (text: string): string => analyze(text, { summarize: true }).results.summary?.text ?? ""

export const topicsOf = (text: string, query: AnalysisQuery = {}): ReadonlyArray<ListenV1.TopicSegment> =>
  analyze(text, { ...query, topics: true }).results.topics?.segments ?? []

/** The topics of each segment. */
export const topicNames = (text: string, query: AnalysisQuery = {}): ReadonlyArray<ReadonlyArray<string | undefined>> =>
  topicsOf(text, query).map(({ topics = [] }) => topics.map(({ topic }) => topic))

export const intentsOf = (text: string, query: AnalysisQuery = {}): ReadonlyArray<ListenV1.IntentSegment> =>
  analyze(text, { ...query, intents: true }).results.intents?.segments ?? []

/** The intents of all segments. */
export const intentNames = (text: string, query: AnalysisQuery = {}): ReadonlyArray<string | undefined> =>
  intentsOf(text, query).flatMap(({ intents = [] }) => intents.map(({ intent }) => intent))

export const sentimentsOf = (text: string): ListenV1.Sentiments =>
  analyze(text, { sentiment: true }).results.sentiments ?? {}

/** The average score of a text. */
export const scoreOf = (text: string): number => sentimentsOf(text).average?.sentiment_score ?? Number.NaN

/** A call, one line for each turn. */
export const call = `Hi. Thank you for calling Premier Phone Services. My name is Josh, how can I help you today?
Hello Josh, I'm calling to get a refund on my recent purchase. The phone arrived damaged, and I am very disappointed.
I'm so sorry about that. Sure, I'd be happy to help you with that. What was the number for your order?
It's order number five five two one. I also need to update my address, because I moved last month.
OK, thanks for that. Your refund will be processed within three days. Would you like a replacement phone instead?
No, I just want a refund, please. Could you please send me a confirmation by email?
Of course. I have updated your address and the refund confirmation is on its way to your email.
No, that was wonderful service, thank you so much for your help. Have a great day!`
