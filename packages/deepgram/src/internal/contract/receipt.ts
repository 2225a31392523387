import * as Schema from "effect/Schema"

/** The job was accepted; Deepgram sends the result to the `callback`. */
export class Receipt extends Schema.Opaque<Receipt>()(Schema.Struct({
  /** A UUID, the same as that of the result which is sent to the callback. */
  request_id: Schema.String
})) {}
