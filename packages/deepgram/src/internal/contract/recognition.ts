/** What transcribing recordings and live audio have in common: models, parameters, and parts of the answers. */
import * as Schema from "effect/Schema"
import { keyValuePairs, openEnum, repeatable } from "./schemas.ts"

const optional = Schema.optionalKey

/** The models that Deepgram documents (inventory, appendix A); the set is open. */
export const models = [
  "nova-3",
  "nova-3-general",
  "nova-3-medical",
  "nova-3-pharma",
  "nova-2",
  "nova-2-general",
  "nova-2-meeting",
  "nova-2-finance",
  "nova-2-conversationalai",
  "nova-2-voicemail",
  "nova-2-video",
  "nova-2-medical",
  "nova-2-drivethru",
  "nova-2-automotive",
  "nova",
  "nova-general",
  "nova-phonecall",
  "nova-medical",
  "enhanced",
  "enhanced-general",
  "enhanced-meeting",
  "enhanced-phonecall",
  "enhanced-finance",
  "base",
  "base-general",
  "meeting",
  "phonecall",
  "finance",
  "conversationalai",
  "voicemail",
  "video"
] as const

export const Model = openEnum(models)

/** What `redact` takes besides any entity name. */
export const Redaction = openEnum(["pci", "pii", "numbers", "ssn", "aggressive_numbers"])

// `undefined` is left out, like an absent key (inventory 1.0.3).
const given = Schema.optional
const flag = given(Schema.Boolean)

/** The parameters that mean the same for both. */
export const recognitionParameters = {
  channels: given(Schema.Int),
  detect_entities: flag,
  diarize: flag,
  dictation: flag,
  extra: given(keyValuePairs),
  keyterm: given(repeatable),
  keywords: given(repeatable),
  language: given(Schema.String),
  mip_opt_out: flag,
  model: given(Model),
  multichannel: flag,
  numerals: flag,
  profanity_filter: flag,
  punctuate: flag,
  redact: given(Schema.Union([Schema.Boolean, Redaction, Schema.Array(Redaction)])),
  replace: given(repeatable),
  sample_rate: given(Schema.Int),
  search: given(repeatable),
  smart_format: flag,
  tag: given(repeatable),
  version: given(Schema.String)
}

/** One recognised word. */
export class Word extends Schema.Opaque<Word>()(Schema.Struct({
  /** The word as recognised: lower case, without punctuation. */
  word: Schema.String,
  /** Seconds from the start of the audio. */
  start: Schema.Finite,
  /** Seconds from the start of the audio. */
  end: Schema.Finite,
  /** 0 to 1. */
  confidence: Schema.Finite,
  /** The word with its capitals and punctuation; with `punctuate` or `smart_format`. */
  punctuated_word: optional(Schema.String),
  /** Speaker number from 0; with diarization. */
  speaker: optional(Schema.Finite),
  /** 0 to 1; with diarization of recordings. */
  speaker_confidence: optional(Schema.Finite),
  /** BCP-47 tag of the word's language; multilingual models. */
  language: optional(Schema.String),
  /** `positive`, `neutral` or `negative`; with `sentiment`. */
  sentiment: optional(Schema.String),
  /** −1 to 1; with `sentiment`. */
  sentiment_score: optional(Schema.Finite)
})) {}

/** Which words of the text. */
export const wordRange = {
  /** Index of the first word in `words`. */
  start_word: optional(Schema.Finite),
  /** Index after the last word in `words`. */
  end_word: optional(Schema.Finite)
}

/** A named thing found in the text; with `detect_entities`. */
export class Entity extends Schema.Opaque<Entity>()(Schema.Struct({
  /** For example `NAME`, `DATE`. An open set. */
  label: optional(Schema.String),
  /** As formatted in the transcript. */
  value: optional(Schema.String),
  /** As spoken. */
  raw_value: optional(Schema.String),
  confidence: optional(Schema.Finite),
  ...wordRange
})) {}

/** A model that took part. */
export class ModelInfo extends Schema.Opaque<ModelInfo>()(Schema.Struct({
  name: optional(Schema.String),
  version: optional(Schema.String),
  arch: optional(Schema.String),
  tier: optional(Schema.String)
})) {}

/** Which diarizer ran. */
export class DiarizeInfo extends Schema.Opaque<DiarizeInfo>()(Schema.Struct({
  model_uuid: optional(Schema.String),
  /** `v1` or `v2`. */
  arch: optional(Schema.String)
})) {}
