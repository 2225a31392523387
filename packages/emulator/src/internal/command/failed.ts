import { errorReported } from "effect/Runtime"
import * as Schema from "effect/Schema"

/** The command cannot do what it is told, or found what it should not; the message has been printed. */
export class Failed extends Schema.TaggedError<Failed>()("Failed", { message: Schema.String }) {
  override readonly [errorReported] = false
}
