/** `read.v1.text`: analysis of written text. */
import * as Schema from "effect/Schema"
import * as Endpoint from "./endpoint.ts"
import { FeatureInfo, Intents, Sentiments, Topics } from "./insights.ts"
import { Receipt } from "./receipt.ts"
import { callbackParameters, insightParameters, repeatable } from "./schemas.ts"

const optional = Schema.optionalKey

/** About the request. */
export class AnalysisMetadata extends Schema.Opaque<AnalysisMetadata>()(Schema.Struct({
  /** A UUID: quote it to Deepgram's support. */
  request_id: optional(Schema.String),
  /** ISO 8601. */
  created: optional(Schema.String),
  /** BCP-47 tag. */
  language: optional(Schema.String),
  summary_info: optional(FeatureInfo),
  sentiment_info: optional(FeatureInfo),
  topics_info: optional(FeatureInfo),
  intents_info: optional(FeatureInfo)
})) {}

/** A summary of the text; with `summarize`. */
export class TextSummary extends Schema.Opaque<TextSummary>()(Schema.Struct({
  text: optional(Schema.String)
})) {}

/** What was found out. */
export class AnalysisResults extends Schema.Opaque<AnalysisResults>()(Schema.Struct({
  summary: optional(TextSummary),
  topics: optional(Topics),
  intents: optional(Intents),
  sentiments: optional(Sentiments)
})) {}

/** What a text is about. */
export class Analysis extends Schema.Opaque<Analysis>()(Schema.Struct({
  metadata: AnalysisMetadata,
  results: AnalysisResults
})) {}

export const AnalyzeQuery = Schema.Struct({
  ...callbackParameters,
  ...insightParameters,
  language: Schema.optional(Schema.String),
  tag: Schema.optional(repeatable)
})

const TextSource = Schema.Struct({ text: Schema.String })
const UrlSource = Schema.Struct({ url: Schema.String })

export const analyze = Endpoint.post("analyze", "/v1/read", {
  query: AnalyzeQuery.fields,
  payload: [TextSource, UrlSource],
  success: [Analysis, Receipt]
})
