/** `listen.v1`: transcription of recordings. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Transcription } from "./listenV1Models.ts"
import { Receipt } from "./receipt.ts"
import { callbackParameters, insightParameters, keyValuePairs, openEnum, repeatable } from "./schemas.ts"

// `undefined` is left out, like an absent key (inventory 1.0.3).
const optional = Schema.optional
const flag = optional(Schema.Boolean)

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

/** Encodings of raw (headerless) audio. */
export const Encoding = openEnum([
  "linear16",
  "flac",
  "mulaw",
  "alaw",
  "amr-nb",
  "amr-wb",
  "opus",
  "speex",
  "g729"
])

/** What `redact` takes besides any entity name. */
export const Redaction = openEnum(["pci", "pii", "numbers", "ssn", "aggressive_numbers"])

export const TranscribeQuery = Schema.Struct({
  ...callbackParameters,
  ...insightParameters,
  mip_opt_out: flag,
  tag: optional(repeatable),
  channels: optional(Schema.Int),
  detect_entities: flag,
  detect_language: optional(Schema.Union([Schema.Boolean, repeatable])),
  diarize: flag,
  diarize_model: optional(openEnum(["latest", "v1", "v2"])),
  dictation: flag,
  encoding: optional(Encoding),
  extra: optional(keyValuePairs),
  filler_words: flag,
  keyterm: optional(repeatable),
  keywords: optional(repeatable),
  language: optional(Schema.String),
  measurements: flag,
  model: optional(Model),
  multichannel: flag,
  numerals: flag,
  paragraphs: flag,
  profanity_filter: flag,
  punctuate: flag,
  redact: optional(Schema.Union([Schema.Boolean, Redaction, Schema.Array(Redaction)])),
  replace: optional(repeatable),
  sample_rate: optional(Schema.Int),
  search: optional(repeatable),
  smart_format: flag,
  utt_split: optional(Schema.Finite),
  utterances: flag,
  version: optional(Schema.String)
})

const UrlSource = Schema.Struct({ url: Schema.String })

export const transcribe = HttpApiEndpoint.post("transcribe", "/v1/listen", {
  query: TranscribeQuery,
  payload: [UrlSource, HttpApiSchema.StreamUint8Array()],
  success: [Transcription, Receipt]
})

export const group = HttpApiGroup.make("ListenV1").add(transcribe)
