/** `manage.v1.projects.usage`: how much was used, and of what. */
import * as Schema from "effect/Schema"
import { Day } from "./dates.ts"
import * as Endpoint from "./endpoint.ts"
import { Deployment, InProject, Method, nullable, openEnum, UsedEndpoint } from "./schemas.ts"

const optional = Schema.optionalKey

// `true`: only requests that used it; `false`: only those that did not (trap 35).
const used = Schema.optional(Schema.Boolean)

/** The parameters of listen that requests can be told apart by. */
const features = {
  alternatives: used,
  callback_method: used,
  callback: used,
  channels: used,
  custom_intent_mode: used,
  custom_intent: used,
  custom_topic_mode: used,
  custom_topic: used,
  detect_entities: used,
  detect_language: used,
  diarize: used,
  dictation: used,
  encoding: used,
  extra: used,
  filler_words: used,
  intents: used,
  keyterm: used,
  keywords: used,
  language: used,
  measurements: used,
  multichannel: used,
  numerals: used,
  paragraphs: used,
  profanity_filter: used,
  punctuate: used,
  redact: used,
  replace: used,
  sample_rate: used,
  search: used,
  sentiment: used,
  smart_format: used,
  summarize: used,
  topics: used,
  utt_split: used,
  utterances: used,
  version: used
}

/** The names of those parameters. */
export const featureNames = Object.keys(features) as ReadonlyArray<keyof typeof features>

const filters = {
  start: Schema.optional(Day),
  end: Schema.optional(Day),
  accessor: Schema.optional(Schema.String),
  deployment: Schema.optional(Deployment),
  endpoint: Schema.optional(UsedEndpoint),
  method: Schema.optional(Method),
  model: Schema.optional(Schema.String),
  tag: Schema.optional(Schema.String),
  ...features
}

/** The length of the stretches that results are given for. */
export class Resolution extends Schema.Opaque<Resolution>()(Schema.Struct({
  /** For example `day`. */
  units: optional(Schema.String),
  amount: optional(Schema.Finite)
})) {}

const amounts = {
  /** Hours of audio, each recording counted once. */
  hours: optional(Schema.Finite),
  /** Hours of audio, each channel counted. */
  total_hours: optional(Schema.Finite),
  /** Hours of voice agents. */
  agent_hours: optional(Schema.Finite),
  tokens_in: optional(Schema.Finite),
  tokens_out: optional(Schema.Finite),
  /** Characters spoken. */
  tts_characters: optional(Schema.Finite),
  requests: optional(Schema.Finite)
}

/** What was used in one stretch of time. */
export class UsageResult extends Schema.Opaque<UsageResult>()(Schema.Struct({
  /** `YYYY-MM-DD`. */
  start: optional(Schema.String),
  /** `YYYY-MM-DD`. */
  end: optional(Schema.String),
  ...amounts
})) {}

/** What was used, by stretches of time. */
export class UsageSummary extends Schema.Opaque<UsageSummary>()(Schema.Struct({
  /** `YYYY-MM-DD`. */
  start: optional(Schema.String),
  /** `YYYY-MM-DD`. */
  end: optional(Schema.String),
  resolution: optional(Resolution),
  results: optional(Schema.Array(UsageResult))
})) {}

/** A model that was used. */
export class UsedModel extends Schema.Opaque<UsedModel>()(Schema.Struct({
  name: optional(Schema.String),
  /** BCP-47 tag. */
  language: optional(Schema.String),
  version: optional(Schema.String),
  /** A UUID. */
  model_id: optional(Schema.String)
})) {}

/** What requests can be told apart by. */
export class UsageFields extends Schema.Opaque<UsageFields>()(Schema.Struct({
  tags: optional(Schema.Array(Schema.String)),
  models: optional(Schema.Array(UsedModel)),
  /** `sync`, `async`, `streaming`. */
  processing_methods: optional(Schema.Array(Schema.String)),
  features: optional(Schema.Array(Schema.String)),
  /** BCP-47 tags. */
  languages: optional(Schema.Array(Schema.String))
})) {}

/** What the requests of a result have in common: `null` or absent where they were not grouped by it. */
export class UsageGrouping extends Schema.Opaque<UsageGrouping>()(Schema.Struct({
  /** `YYYY-MM-DD`. */
  start: nullable(Schema.String),
  /** `YYYY-MM-DD`. */
  end: nullable(Schema.String),
  /** The id of the API key. */
  accessor: nullable(Schema.String),
  endpoint: nullable(Schema.String),
  feature_set: nullable(Schema.String),
  models: nullable(Schema.Array(Schema.String)),
  method: nullable(Schema.String),
  tags: nullable(Schema.Array(Schema.String)),
  deployment: nullable(Schema.String)
})) {}

/** What a group of requests used. */
export class UsageBreakdownResult extends Schema.Opaque<UsageBreakdownResult>()(Schema.Struct({
  ...amounts,
  grouping: UsageGrouping
})) {}

/** What was used, by groups. */
export class UsageBreakdown extends Schema.Opaque<UsageBreakdown>()(Schema.Struct({
  /** `YYYY-MM-DD`. */
  start: optional(Schema.String),
  /** `YYYY-MM-DD`. */
  end: optional(Schema.String),
  resolution: optional(Resolution),
  results: Schema.Array(UsageBreakdownResult)
})) {}

export const summary = Endpoint.get("summary", "/v1/projects/:project_id/usage", {
  params: InProject,
  query: filters,
  success: [UsageSummary]
})

export const fields = Endpoint.get("fields", "/v1/projects/:project_id/usage/fields", {
  params: InProject,
  query: { start: Schema.optional(Day), end: Schema.optional(Day) },
  success: [UsageFields]
})

export const breakdown = Endpoint.get("breakdown", "/v1/projects/:project_id/usage/breakdown", {
  params: InProject,
  query: {
    ...filters,
    grouping: Schema.optional(
      openEnum(["accessor", "endpoint", "feature_set", "models", "method", "tags", "deployment"])
    )
  },
  success: [UsageBreakdown]
})
