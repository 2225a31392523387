/**
 * `read.v1.text`: summary, topics, intents and sentiments of written text.
 *
 * Options carry the names of Deepgram's own documentation; what is asked for there can be pasted here.
 *
 * @see https://developers.deepgram.com/reference/text-intelligence/analyze-text
 */
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { Deepgram } from "./Deepgram.ts"
import { BadRequest, type RequestError } from "./DeepgramError.ts"
import * as Contract from "./internal/contract/readV1.ts"
import { Receipt } from "./internal/contract/receipt.ts"
import { refusedOptions } from "./internal/encode.ts"
import { refused } from "./internal/errors.ts"
import { flattenAnalysis, refusedInsights } from "./internal/insights.ts"
import { named } from "./internal/named.ts"
import { isJson } from "./internal/normalize.ts"
import { jsonOperation } from "./internal/operation.ts"
import type { CallbackOptions, InsightOptions, WithoutCallback } from "./internal/sharedOptions.ts"

export {
  FeatureInfo,
  Intent,
  Intents,
  IntentSegment,
  SentimentAverage,
  Sentiments,
  SentimentSegment,
  Topic,
  Topics,
  TopicSegment
} from "./internal/contract/insights.ts"
export { Analysis, AnalysisMetadata, AnalysisResults, TextSummary } from "./internal/contract/readV1.ts"
export { Receipt } from "./internal/contract/receipt.ts"
export type { CallbackOptions, InsightOptions, OneOrMore } from "./internal/sharedOptions.ts"

/** What is read. */
export type Source =
  /** The text itself. */
  | { readonly text: string; readonly url?: never }
  /** A text that Deepgram fetches: the URL must be reachable without credentials other than those it holds. */
  | { readonly url: string | URL; readonly text?: never }

/** What is to be found out; at least one of `summarize`, `topics`, `intents` and `sentiment`. */
export interface FeatureOptions extends InsightOptions {
  /** BCP-47 tag of the language; Deepgram reads English only. Default `en`. */
  readonly language?: string | undefined
}

/** How a text is analysed. With a `callback` there is no analysis to wait for: see {@link SubmitOptions}. */
export type AnalyzeOptions = FeatureOptions & WithoutCallback

/** How a text is analysed, and where the analysis is sent. */
export type SubmitOptions = FeatureOptions & CallbackOptions

type Query = typeof Contract.AnalyzeQuery.Type

const features = ["summarize", "topics", "intents", "sentiment"] as const

const refusedQuery = (query: Query, isSubmitted: boolean): string | undefined => {
  if (isSubmitted && (query.callback === undefined || query.callback === "")) return "callback is missing"
  if (!isSubmitted && query.callback !== undefined) return "with a callback use submit"
  if (!features.some((name) => query[name] !== undefined && query[name] !== false)) {
    return `nothing is asked for: at least one of ${features.join(", ")} is needed`
  }
  return refusedInsights(query)
}

const runner = <A>(name: string, success: Schema.Codec<A, unknown>, isSubmitted: boolean) => {
  const send = jsonOperation(Contract.analyze, success, flattenAnalysis)
  return named(name)(Effect.fnUntraced(function*(source: Source, options: AnalyzeOptions | SubmitOptions) {
    if (!isJson(source as unknown)) return yield* refused(BadRequest, name, "the source is missing, or no object")
    if (!isJson(options as unknown)) return yield* refusedOptions(name)
    const { callback, language = "en", ...rest } = options
    const query: Query = {
      ...rest,
      // Deepgram refuses requests without it, whatever it says of a default (inventory trap 3).
      language,
      ...(callback === undefined || callback === null ? undefined : { callback: String(callback).trim() })
    }
    const reason = source.text !== undefined && source.url !== undefined
      ? "the source is either a text or a URL, not both"
      : refusedQuery(query, isSubmitted)
    if (reason !== undefined) return yield* refused(BadRequest, name, reason)
    const json = source.url === undefined ? { text: source.text } : { url: String(source.url) }
    return yield* send<never, never>(name, { query, body: { json } })
  }))
}

/**
 * Analyses a text: what is asked for is in `results`.
 *
 * Fails with `BadRequest`, without being sent, when nothing is asked for; with the code `TOKEN_LIMIT_EXCEEDED` when the
 * text is too long (150,000 tokens), and with `REMOTE_CONTENT_ERROR` when a URL cannot be fetched.
 *
 * @see https://developers.deepgram.com/reference/text-intelligence/analyze-text
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { ReadV1 } from "effect-deepgram"
 *
 * export const sentiment = ReadV1.analyze({ text: "The parcel came early, and I love it." }, { sentiment: true }).pipe(
 *   Effect.map(({ results }) => results.sentiments?.average?.sentiment)
 * )
 * ```
 */
export const analyze: (
  source: Source,
  options: AnalyzeOptions
) => Effect.Effect<Contract.Analysis, RequestError, Deepgram> = runner("ReadV1.analyze", Contract.Analysis, false)

/**
 * Has a text analysed and the analysis sent to `callback`; the receipt comes at once.
 *
 * @see https://developers.deepgram.com/docs/text-intelligence-callback
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { ReadV1 } from "effect-deepgram"
 *
 * export const receipt = ReadV1.submit({ url: "https://example.com/terms.txt" }, {
 *   summarize: true,
 *   topics: true,
 *   callback: "https://example.com/analyses"
 * }).pipe(Effect.map(({ request_id }) => request_id))
 * ```
 */
export const submit: (
  source: Source,
  options: SubmitOptions
) => Effect.Effect<Receipt, RequestError, Deepgram> = runner("ReadV1.submit", Receipt, true)
