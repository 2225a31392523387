/** `listen.v1` over WebSocket: transcription while somebody speaks (inventory 2.1). */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as Channel from "./channel.ts"
import { DiarizeInfo, Entity, ModelInfo, recognitionParameters, Word } from "./recognition.ts"
import { openEnum } from "./schemas.ts"

// `undefined` is left out, like an absent key (inventory 1.0.3).
const given = Schema.optional
const flag = given(Schema.Boolean)
const optional = Schema.optionalKey

/** Encodings of raw (headerless) audio that the channel takes. */
export const liveEncodings = [
  "linear16",
  "linear32",
  "flac",
  "alaw",
  "mulaw",
  "amr-nb",
  "amr-wb",
  "opus",
  "ogg-opus",
  "speex",
  "g729"
] as const

export const LiveEncoding = openEnum(liveEncodings)

export const LiveQuery = Schema.Struct({
  ...recognitionParameters,
  callback: given(Schema.String),
  callback_method: given(Schema.Literals(["POST", "GET", "PUT", "DELETE"])),
  diarize_model: given(openEnum(["latest", "v1"])),
  encoding: given(LiveEncoding),
  endpointing: given(Schema.Union([Schema.Boolean, Schema.Int])),
  interim_results: flag,
  utterance_end_ms: given(Schema.Int),
  vad_events: flag
})

/** The reading of a stretch of live audio. */
export class LiveAlternative extends Schema.Opaque<LiveAlternative>()(Schema.Struct({
  /** What was said in the stretch; empty when nothing was. */
  transcript: Schema.String,
  /** 0 to 1. */
  confidence: optional(Schema.Finite),
  words: Schema.Array(Word),
  /** BCP-47 tags of the languages heard; multilingual models. */
  languages: optional(Schema.Array(Schema.String))
})) {}

/** What was heard on a channel of live audio. */
export class LiveChannel extends Schema.Opaque<LiveChannel>()(Schema.Struct({
  /** Deepgram gives one, the best. */
  alternatives: Schema.Array(LiveAlternative)
})) {}

/** What a result came from. */
export class LiveResultMetadata extends Schema.Opaque<LiveResultMetadata>()(Schema.Struct({
  /** Deepgram's id of the session: a UUID. */
  request_id: optional(Schema.String),
  model_info: optional(ModelInfo),
  model_uuid: optional(Schema.String),
  /** With diarization. */
  diarize_info: optional(DiarizeInfo)
})) {}

/**
 * What was heard in a stretch of audio. While `is_final` is not `true`, a later one replaces it.
 *
 * @see https://developers.deepgram.com/docs/interim-results
 */
export class Results extends Schema.Opaque<Results>()(Schema.Struct({
  type: Schema.Literal("Results"),
  /** Number of the channel from 0, and how many there are. */
  channel_index: Schema.Array(Schema.Finite),
  /** Seconds of audio that the result is about. */
  duration: Schema.Finite,
  /** Where they begin: seconds of audio since the start of the session. */
  start: Schema.Finite,
  /** Nothing of it will change. */
  is_final: optional(Schema.Boolean),
  /** The speaker made a pause (`endpointing`): an utterance has ended. */
  speech_final: optional(Schema.Boolean),
  /** It came because of `Finalize`. */
  from_finalize: optional(Schema.Boolean),
  channel: LiveChannel,
  metadata: optional(LiveResultMetadata),
  /** With `detect_entities`, when final. */
  entities: optional(Schema.Array(Entity))
})) {}

/** The end of a session: what it was about. */
export class Metadata extends Schema.Opaque<Metadata>()(Schema.Struct({
  type: Schema.Literal("Metadata"),
  transaction_key: optional(Schema.String),
  /** Deepgram's id of the session: a UUID. */
  request_id: optional(Schema.String),
  /** SHA-256 of the audio; `incomplete` when the session did not end by `CloseStream`. */
  sha256: optional(Schema.String),
  /** ISO 8601. */
  created: optional(Schema.String),
  /** Seconds of audio that Deepgram heard. */
  duration: optional(Schema.Finite),
  /** How many channels the audio has; 0 when there was none. */
  channels: optional(Schema.Finite),
  /** UUIDs. */
  models: optional(Schema.Array(Schema.String)),
  /** By UUID. */
  model_info: optional(Schema.Record(Schema.String, ModelInfo)),
  /** The pairs of `extra`. */
  extra: optional(Schema.Record(Schema.String, Schema.Unknown))
})) {}

/**
 * No word was heard for `utterance_end_ms`.
 *
 * @see https://developers.deepgram.com/docs/utterance-end
 */
export class UtteranceEnd extends Schema.Opaque<UtteranceEnd>()(Schema.Struct({
  type: Schema.Literal("UtteranceEnd"),
  /** Number of the channel from 0, and how many there are. */
  channel: Schema.Array(Schema.Finite),
  /** When the last word ended, in seconds of audio since the start of the session; -1 when there was none. */
  last_word_end: Schema.Finite
})) {}

/**
 * Somebody began to speak; with `vad_events`.
 *
 * @see https://developers.deepgram.com/docs/speech-started
 */
export class SpeechStarted extends Schema.Opaque<SpeechStarted>()(Schema.Struct({
  type: Schema.Literal("SpeechStarted"),
  /** Number of the channel from 0, and how many there are. */
  channel: Schema.Array(Schema.Finite),
  /** When, in seconds of audio since the start of the session. */
  timestamp: Schema.Finite
})) {}

const bare = <const Type extends string>(type: Type) => Schema.Struct({ type: Schema.Literal(type) })

export const Finalize = bare("Finalize")
export const CloseStream = bare("CloseStream")
export const KeepAlive = bare("KeepAlive")

export const channel = Channel.make({
  name: "ListenV1",
  host: "apiSocket",
  path: "/v1/listen",
  query: LiveQuery,
  client: { Finalize, CloseStream, KeepAlive },
  server: { Results, Metadata, UtteranceEnd, SpeechStarted },
  // Deepgram wants one every 3 to 5 seconds, and gives up after 10 (inventory 2.1).
  keepAlive: { message: "KeepAlive", after: Duration.seconds(4) },
  close: { message: "CloseStream", last: "Metadata", codes: [1000] }
})
