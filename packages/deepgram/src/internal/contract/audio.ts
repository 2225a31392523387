import * as Schema from "effect/Schema"

/** Audio, as it came in a binary frame: raw samples in the encoding that was asked for, cut anywhere. */
export class Audio extends Schema.Opaque<Audio>()(Schema.Struct({
  type: Schema.Literal("Audio"),
  /** A buffer of its own. */
  audio: Schema.Uint8Array
})) {}
