import * as Schema from "effect/Schema"

/** A message that this SDK does not know: Deepgram adds some without notice. The stream goes on. */
export class Unrecognized extends Schema.Opaque<Unrecognized>()(Schema.Struct({
  type: Schema.Literal("Unrecognized"),
  /** The `type` that the message has; absent if it has none. */
  name: Schema.optionalKey(Schema.String),
  /** The message: parsed JSON, a text that is none, or the bytes of a binary frame. */
  raw: Schema.Unknown
})) {}
