/** `manage.v1.models` and `manage.v1.projects.models`: what can be asked for by name. */
import * as Schema from "effect/Schema"
import * as Endpoint from "./endpoint.ts"
import { Id, InProject } from "./schemas.ts"

const optional = Schema.optionalKey

const common = {
  /** As it is asked for, together with `architecture`; for voices see `canonical_name`. */
  name: optional(Schema.String),
  /** As it is asked for. */
  canonical_name: optional(Schema.String),
  architecture: optional(Schema.String),
  /** BCP-47 tags. */
  languages: optional(Schema.Array(Schema.String)),
  version: optional(Schema.String),
  /** A UUID. */
  uuid: optional(Schema.String)
}

/** A model that listens. */
export class SpeechToTextModel extends Schema.Opaque<SpeechToTextModel>()(Schema.Struct({
  ...common,
  /** Whether it transcribes recordings. */
  batch: optional(Schema.Boolean),
  /** Whether it transcribes live. */
  streaming: optional(Schema.Boolean),
  formatted_output: optional(Schema.Boolean),
  multilingual: optional(Schema.Boolean)
})) {}

/** About a voice. */
export class VoiceMetadata extends Schema.Opaque<VoiceMetadata>()(Schema.Struct({
  accent: optional(Schema.String),
  age: optional(Schema.String),
  /** A colour that stands for the voice, as CSS writes it. */
  color: optional(Schema.String),
  display_name: optional(Schema.String),
  /** URL of a picture. */
  image: optional(Schema.String),
  /** URL of a recording. */
  sample: optional(Schema.String),
  tags: optional(Schema.Array(Schema.String)),
  use_cases: optional(Schema.Array(Schema.String))
})) {}

/** A model that speaks: a voice. */
export class TextToSpeechModel extends Schema.Opaque<TextToSpeechModel>()(Schema.Struct({
  ...common,
  metadata: optional(VoiceMetadata)
})) {}

/** The models that there are. */
export class ModelList extends Schema.Opaque<ModelList>()(Schema.Struct({
  stt: Schema.Array(SpeechToTextModel),
  tts: Schema.Array(TextToSpeechModel),
  /** Names of the languages, by BCP-47 tag. */
  languages: optional(Schema.Record(Schema.String, Schema.String))
})) {}

/** A model of either kind: those that speak have `metadata`. */
export class Model extends Schema.Opaque<Model>()(Schema.Struct({
  ...SpeechToTextModel.fields,
  ...TextToSpeechModel.fields
})) {}

const query = { include_outdated: Schema.optional(Schema.Boolean) }

export const list = Endpoint.get("list", "/v1/models", { query, success: [ModelList] })

export const get = Endpoint.get("get", "/v1/models/:model_id", { params: { model_id: Id }, success: [Model] })

export const listForProject = Endpoint.get("listForProject", "/v1/projects/:project_id/models", {
  params: InProject,
  query,
  success: [ModelList]
})

export const getForProject = Endpoint.get("getForProject", "/v1/projects/:project_id/models/:model_id", {
  params: { ...InProject, model_id: Id },
  success: [Model]
})
