/**
 * `manage.v1.projects.usage`: how much was used, and of what. On the main host, whatever the region, and with an API key:
 * access tokens are for speech and text.
 *
 * @see https://developers.deepgram.com/reference/manage/usage/breakdown/get
 */
import type * as Effect from "effect/Effect"
import type { Deepgram } from "./Deepgram.ts"
import type { RequestError } from "./DeepgramError.ts"
import type { Deployment, Method, UsedEndpoint } from "./internal/contract/schemas.ts"
import * as Contract from "./internal/contract/usage.ts"
import { withGrouping, withList } from "./internal/normalize.ts"
import { jsonFunction } from "./internal/operation.ts"
import type { DateInput } from "./Requests.ts"

export {
  Resolution,
  UsageBreakdown,
  UsageBreakdownResult,
  UsageFields,
  UsageGrouping,
  UsageResult,
  UsageSummary,
  UsedModel
} from "./internal/contract/usage.ts"

export type { DateInput } from "./Requests.ts"

/** Some days. */
export interface PeriodOptions {
  /** The first day, for example `2026-01-31`. */
  readonly start?: DateInput | undefined
  /** The last day. */
  readonly end?: DateInput | undefined
}

/** The parameters of requests that usage can be filtered by. */
export type Feature =
  | "alternatives"
  | "callback"
  | "callback_method"
  | "channels"
  | "custom_intent"
  | "custom_intent_mode"
  | "custom_topic"
  | "custom_topic_mode"
  | "detect_entities"
  | "detect_language"
  | "diarize"
  | "dictation"
  | "encoding"
  | "extra"
  | "filler_words"
  | "intents"
  | "keyterm"
  | "keywords"
  | "language"
  | "measurements"
  | "multichannel"
  | "numerals"
  | "paragraphs"
  | "profanity_filter"
  | "punctuate"
  | "redact"
  | "replace"
  | "sample_rate"
  | "search"
  | "sentiment"
  | "smart_format"
  | "summarize"
  | "topics"
  | "utt_split"
  | "utterances"
  | "version"

/**
 * Which parameters the requests had: `true` for requests that had it, `false` for those that had it not; left out, it
 * does not matter. Of several that are `true` one is enough; of several that are `false` each excludes.
 */
export type FeatureOptions = { readonly [Name in Feature]?: boolean | undefined }

/** Which requests. */
export interface FilterOptions extends PeriodOptions, FeatureOptions {
  /** The id of an API key. */
  readonly accessor?: string | undefined
  readonly deployment?: typeof Deployment.Type | undefined
  readonly endpoint?: typeof UsedEndpoint.Type | undefined
  readonly method?: typeof Method.Type | undefined
  /** The `uuid` of a model. */
  readonly model?: string | undefined
  /** One label. */
  readonly tag?: string | undefined
}

/** Which requests, and what to tell them apart by. */
export interface BreakdownOptions extends FilterOptions {
  /** One only. Default: no groups. */
  readonly grouping?:
    | "accessor"
    | "endpoint"
    | "feature_set"
    | "models"
    | "method"
    | "tags"
    | "deployment"
    | (string & {})
    | undefined
}

/**
 * How much was used.
 *
 * @deprecated Deepgram has superseded it by {@link breakdown}, which says all of this and more.
 *
 * @see https://developers.deepgram.com/reference/manage/usage/get
 */
export const summary: (
  projectId: string,
  options?: FilterOptions
) => Effect.Effect<Contract.UsageSummary, RequestError, Deepgram> = jsonFunction(
  "Usage.summary",
  Contract.summary,
  Contract.UsageSummary,
  (project_id: string, query: FilterOptions = {}) => ({ params: { project_id }, query })
)

/**
 * Lists what requests can be filtered by: the labels, models, languages, features and methods that were used.
 *
 * @see https://developers.deepgram.com/reference/manage/usage/list
 */
export const fields: (
  projectId: string,
  options?: PeriodOptions
) => Effect.Effect<Contract.UsageFields, RequestError, Deepgram> = jsonFunction(
  "Usage.fields",
  Contract.fields,
  Contract.UsageFields,
  (project_id: string, query: PeriodOptions = {}) => ({ params: { project_id }, query })
)

/**
 * How much was used, by groups of requests.
 *
 * @see https://developers.deepgram.com/reference/manage/usage/breakdown/get
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Projects, Usage } from "effect-deepgram"
 *
 * export const hoursByModel = Effect.gen(function*() {
 *   const { projects: [project] } = yield* Projects.list()
 *   const { results } = yield* Usage.breakdown(project!.project_id, {
 *     start: "2026-01-01",
 *     endpoint: "listen",
 *     diarize: false,
 *     grouping: "models"
 *   })
 *   return results.map(({ grouping, hours }) => ({ models: grouping.models, hours }))
 * })
 * ```
 */
export const breakdown: (
  projectId: string,
  options?: BreakdownOptions
) => Effect.Effect<Contract.UsageBreakdown, RequestError, Deepgram> = jsonFunction(
  "Usage.breakdown",
  Contract.breakdown,
  Contract.UsageBreakdown,
  (project_id: string, query: BreakdownOptions = {}) => ({ params: { project_id }, query }),
  withList("results", withGrouping)
)
