/** `listen.v1`: transcription of recordings. */
import * as Schema from "effect/Schema"
import * as Endpoint from "./endpoint.ts"
import { Transcription } from "./listenV1Models.ts"
import { Receipt } from "./receipt.ts"
import { recognitionParameters } from "./recognition.ts"
import { callbackParameters, insightParameters, openEnum, repeatable } from "./schemas.ts"

// `undefined` is left out, like an absent key (inventory 1.0.3).
const optional = Schema.optional
const flag = optional(Schema.Boolean)

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

export const TranscribeQuery = Schema.Struct({
  ...callbackParameters,
  ...insightParameters,
  ...recognitionParameters,
  detect_language: optional(Schema.Union([Schema.Boolean, repeatable])),
  diarize_model: optional(openEnum(["latest", "v1", "v2"])),
  encoding: optional(Encoding),
  filler_words: flag,
  measurements: flag,
  paragraphs: flag,
  utt_split: optional(Schema.Finite),
  utterances: flag
})

const UrlSource = Schema.Struct({ url: Schema.String })

export const transcribe = Endpoint.post("transcribe", "/v1/listen", {
  query: TranscribeQuery.fields,
  payload: [UrlSource, Endpoint.bytes],
  success: [Transcription, Receipt]
})
