/** How a session with an agent fails (appendix B). */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"

/** Whether the client is to blame, the log's status, and the code that the socket is closed with. */
const clientsMistake = { status: 400, close: 1008 }
const serversFailure = { status: 500, close: 1011 }
/** The session was held: what it took is charged. */
const overdue = { status: 200, close: 1011 }

const kinds = {
  INTERNAL_SERVER_ERROR: serversFailure,
  FAILED_TO_THINK: serversFailure,
  FAILED_TO_SPEAK: serversFailure,
  CLIENT_MESSAGE_TIMEOUT: overdue,
  MAXIMUM_SESSION_LENGTH_REACHED: overdue,
  UNPARSABLE_CLIENT_MESSAGE: clientsMistake,
  INVALID_SETTINGS: clientsMistake,
  NON_SETTINGS_MESSAGE_BEFORE_SETTINGS: clientsMistake,
  SETTINGS_ALREADY_APPLIED: clientsMistake,
  INVALID_AGENT_ID: clientsMistake,
  USER_AUDIO_FORMAT: clientsMistake,
  NON_EXISTENT_FUNCTION_CALLED: clientsMistake
} as const

/** The session cannot go on: the client is told by an `Error`, and the socket is closed. */
export class Fatal extends Schema.TaggedError<Fatal>()("Fatal", {
  code: Schema.Literals(Struct.keys(kinds)),
  description: Schema.String
}) {
  override get message(): string {
    return `${this.code}: ${this.description}`
  }
  /** How the session ends. */
  get kind(): { readonly status: number; readonly close: number } {
    return kinds[this.code]
  }
}

export const invalidSettings = (description: string): Fatal => new Fatal({ code: "INVALID_SETTINGS", description })

export const internal = new Fatal({
  code: "INTERNAL_SERVER_ERROR",
  description: "The emulator failed; its log says why."
})

/** Why something ended that was to go on. What is no problem of the session is one of the emulator: its log says which. */
export const problemOf = (cause: Cause.Cause<unknown>): Effect.Effect<Fatal> => {
  const error = Cause.squash(cause)
  return error instanceof Fatal
    ? Effect.succeed(error)
    : Effect.as(Effect.logError("An agent failed.", cause), internal)
}
