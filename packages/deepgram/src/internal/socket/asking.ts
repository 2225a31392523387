/** Messages to which the server answers yes or no. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { BadRequest, type LiveError } from "../../DeepgramError.ts"
import { withId } from "../errors.ts"
import { type Complaint, sendAfterClose } from "./errors.ts"
import type { Match } from "./questions.ts"
import type { Session } from "./spec.ts"

/** Sends a message, and waits for its answer: `after` while it waits to leave, and then once more. */
export const answerTo = Effect.fnUntraced(function*<Message, A>(
  session: Session<Message>,
  { after, match, message, operation }: {
    readonly operation: string
    readonly message: object
    readonly match: (message: Message) => Match<A>
    readonly after: Duration.Duration
  }
): Effect.fn.Return<A, LiveError> {
  const late = session.late({ operation, after, what: "there was no answer", option: "answerTimeout" })
  const asked = yield* session.patiently(session.ask(message, match), after, late)
  const answer = yield* Effect.timeoutOrElse(asked.answer, { duration: after, orElse: () => late })
  // The session ended before.
  return answer ?? (yield* sendAfterClose(operation, yield* session.connection.requestId))
})

/** The server's no. */
export const saidNo = Effect.fnUntraced(function*<Message>(
  { connection }: Session<Message>,
  operation: string,
  { code, description }: Complaint
): Effect.fn.Return<never, BadRequest> {
  const requestId = yield* connection.requestId
  const said = [code, description].filter((text) => text !== undefined).join(": ")
  return yield* new BadRequest({
    operation,
    message: withId(`${operation}: Deepgram changed nothing${said === "" ? "" : `: ${said}`}`, requestId),
    origin: "server",
    ...(code === undefined ? undefined : { code }),
    ...(description === undefined ? undefined : { detail: description }),
    ...(requestId === undefined ? undefined : { requestId })
  })
})
