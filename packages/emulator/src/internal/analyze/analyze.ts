/** Analysis of texts: what the language features of `/v1/read` and `/v1/listen` answer, from the text alone. */
import type { FeatureInfo, Intents, Sentiments, Topics } from "effect-deepgram/ListenV1"
import { uuidOf } from "../uuid.ts"
import { type Document, documentOf } from "./document.ts"
import { intents } from "./intents.ts"
import { type AnalysisQuery, isSummarized, wantedIntents, wantedTopics } from "./query.ts"
import { feelings, type Sentiment } from "./sentiment.ts"
import { summarize } from "./summary.ts"
import { countTokens } from "./tokens.ts"
import { topics } from "./topics.ts"

/** What was asked for, and nothing else: the results of `/v1/read`. */
export interface AnalysisResults {
  readonly summary?: { readonly text: string }
  readonly topics?: Topics
  readonly intents?: Intents
  readonly sentiments?: Sentiments
}

/** What each of the results took: members of the metadata. */
export interface AnalysisInfo {
  readonly summary_info?: FeatureInfo
  readonly sentiment_info?: FeatureInfo
  readonly topics_info?: FeatureInfo
  readonly intents_info?: FeatureInfo
}

/** An analysed text. */
export interface Analysis {
  readonly results: AnalysisResults
  readonly info: AnalysisInfo
}

/** An analysed document. */
export interface DocumentAnalysis extends Analysis {
  /** Of each word, by its index; none if sentiment is not asked for. */
  readonly sentiments: ReadonlyArray<Sentiment | undefined>
}

/** Deepgram has one model for summaries and one for the rest, whatever model transcribes. */
const info = (model: "summaries" | "segments", input: number, output: number): FeatureInfo => ({
  model_uuid: uuidOf("analysis", model),
  input_tokens: input,
  output_tokens: output
})

/** Of all together; the same names come again and again. */
const tokensOf = (texts: ReadonlyArray<string | undefined>): number => {
  const known = new Map<string, number>()
  let sum = 0
  for (const text of texts) {
    if (text === undefined) continue
    const count = known.get(text) ?? countTokens(text)
    known.set(text, count)
    sum += count
  }
  return sum
}

/** Analyses a document for what the query asks. */
export const analyzeDocument = (document: Document, query: AnalysisQuery): DocumentAnalysis => {
  const { sentences, text } = document
  const input = tokensOf(sentences.map(text))
  const summary = isSummarized(query) ? summarize(document) : undefined
  const about = query.topics === true ? topics(document, wantedTopics(query)) : undefined
  const meant = query.intents === true ? intents(document, wantedIntents(query)) : undefined
  const felt = query.sentiment === true ? feelings(document) : undefined
  const topicNames = about?.segments?.flatMap(({ topics = [] }) => topics.map(({ topic }) => topic)) ?? []
  const intentNames = meant?.segments?.flatMap(({ intents = [] }) => intents.map(({ intent }) => intent)) ?? []
  return {
    results: {
      ...(summary === undefined ? {} : { summary: { text: summary.text } }),
      ...(about === undefined ? {} : { topics: about }),
      ...(meant === undefined ? {} : { intents: meant }),
      ...(felt === undefined ? {} : { sentiments: felt.sentiments })
    },
    info: {
      // A text that is its own summary costs nothing.
      ...(summary === undefined
        ? {}
        : {
          summary_info: summary.chosen ? info("summaries", input, tokensOf([summary.text])) : info("summaries", 0, 0)
        }),
      // Each token has a sentiment.
      ...(felt === undefined ? {} : { sentiment_info: info("segments", input, input) }),
      ...(about === undefined ? {} : { topics_info: info("segments", input, tokensOf(topicNames)) }),
      ...(meant === undefined ? {} : { intents_info: info("segments", input, tokensOf(intentNames)) })
    },
    sentiments: felt?.words ?? []
  }
}

/** Analyses a text for what the query asks. The same text and query have the same answer. */
export const analyze = (text: string, query: AnalysisQuery): Analysis => {
  const { info, results } = analyzeDocument(documentOf(text), query)
  return { results, info }
}
