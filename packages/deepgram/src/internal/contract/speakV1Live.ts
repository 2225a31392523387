/** `speak.v1` over WebSocket: Aura speaks while the text is written (inventory 2.3). */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as Channel from "./channel.ts"
import { openEnum } from "./schemas.ts"
import { liveSpeechParameters, maxTextLength } from "./speech.ts"
import { auraVoices } from "./voices.ts"

const optional = Schema.optionalKey

/** What Deepgram allows of a session; contracts may allow more. */
export const limits = {
  /** Characters of one `Speak`; more closes the session with 1009 (BIG-0001). */
  characters: maxTextLength,
  /** Characters of all `Speak` in 60 seconds; more closes the session with 1008 (DATA-0001). */
  charactersPerMinute: 2400,
  /** `Flush` in 60 seconds; more are answered with a `Warning` (EXCESSIVE_FLUSH). */
  flushesPerMinute: 20
} as const

export const LiveQuery = Schema.Struct({
  ...liveSpeechParameters,
  model: Schema.optional(openEnum(auraVoices))
})

/** Who speaks: the first message of a session. */
export class Metadata extends Schema.Opaque<Metadata>()(Schema.Struct({
  type: Schema.Literal("Metadata"),
  /** Deepgram's id of the session: a UUID. */
  request_id: optional(Schema.String),
  model_name: optional(Schema.String),
  model_version: optional(Schema.String),
  /** A UUID. */
  model_uuid: optional(Schema.String),
  /** UUIDs of the other models that have a part in it. */
  additional_model_uuids: optional(Schema.Array(Schema.String))
})) {}

/** All audio of the text before a `Flush` has come. */
export class Flushed extends Schema.Opaque<Flushed>()(Schema.Struct({
  type: Schema.Literal("Flushed"),
  /** Counts the answers to `Flush` and `Clear` from 0. */
  sequence_id: optional(Schema.Finite)
})) {}

/** What was not spoken yet is forgotten; audio that follows is of later text. */
export class Cleared extends Schema.Opaque<Cleared>()(Schema.Struct({
  type: Schema.Literal("Cleared"),
  /** Counts the answers to `Flush` and `Clear` from 0. */
  sequence_id: optional(Schema.Finite)
})) {}

/** Something was wrong; the session goes on. Deepgram documents one spelling of its members and sends the other (trap 13). */
export class Warning extends Schema.Opaque<Warning>()(Schema.Struct({
  type: Schema.Literal("Warning"),
  /** Deepgram's own code, for example `EXCESSIVE_FLUSH`. An open set. */
  warn_code: optional(Schema.String),
  /** Deepgram's own words. */
  warn_msg: optional(Schema.String),
  /** As documented: what is sent as `warn_code`. */
  code: optional(Schema.String),
  /** As documented: what is sent as `warn_msg`. */
  description: optional(Schema.String)
})) {}

export const Speak = Schema.Struct({ type: Schema.Literal("Speak"), text: Schema.String })

const bare = <const Type extends string>(type: Type) => Schema.Struct({ type: Schema.Literal(type) })

export const Flush = bare("Flush")
export const Clear = bare("Clear")
export const Close = bare("Close")

export const channel = Channel.make({
  name: "SpeakV1",
  host: "apiSocket",
  path: "/v1/speak",
  query: LiveQuery,
  client: { Speak, Flush, Clear, Close },
  server: { Metadata, Flushed, Cleared, Warning },
  speaks: true,
  input: "Speak",
  // There is no such message.
  keepAlive: { message: "ping", after: Duration.seconds(20) },
  close: { message: "Close", codes: [1000, 1005] }
})
