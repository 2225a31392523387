/** How sessions end, in Deepgram's words (inventory 2.0; the reasons as they were seen on the wire). */
import * as Effect from "effect/Effect"
import type { RecognitionError } from "../../Recognizer.ts"
import type { AudioError } from "../audio/errors.ts"
import type { LiveProblem } from "../live/session.ts"
import { internalError } from "../vendorError.ts"
import { Settings } from "./settings.ts"
import type { Ending } from "./socketChannel.ts"

/** An end that is a failure to the client. */
export interface Failing extends Ending {
  /** What it is called on channels that have an `Error` message. */
  readonly error: string
  readonly reason: string
}

/** The client was silent for too long. What was heard is charged. */
export const timedOut: Failing = {
  error: "NET-0001",
  status: 200,
  code: 1011,
  reason: "Deepgram did not receive audio data or a text message within the timeout window. See https://dpgr.am/net0001"
}

/** The session has lasted as long as it may. What was heard or spoken is charged. */
export const expired: Failing = {
  error: "NET-0003",
  status: 200,
  code: 1011,
  reason: "The session has reached its time limit. See https://dpgr.am/net0003"
}

/** A session that listens lasts as long as the emulator is told; Deepgram says nothing of it. */
export const limited = <E, R>(session: Effect.Effect<Ending, E, R>, expire: Effect.Effect<Ending, E, R>) =>
  Effect.flatMap(Settings, ({ sessionTimeout }) =>
    sessionTimeout === undefined
      ? session
      : Effect.raceFirst(session, Effect.andThen(Effect.sleep(sessionTimeout), expire)))

/** The client has left, or was sent away for a breach of the protocol: the socket is closed, or about to be. */
export const gone = (breach: string | undefined): Ending =>
  breach === undefined ? { status: 200 } : { status: 400, message: `The client broke the protocol: ${breach}` }

const undecodable = (error: AudioError | RecognitionError): Failing => ({
  error: "DATA-0000",
  status: 400,
  // The log says what it is; there is no room for it in a reason.
  message: error.message,
  code: 1008,
  reason: "The payload cannot be decoded as audio. See https://dpgr.am/data0000"
})

const unanswered: Failing = {
  error: "INTERNAL_SERVER_ERROR",
  status: internalError.status,
  message: internalError.err_msg,
  code: 1011,
  reason: "Deepgram did not provide a response message within the timeout window. See https://dpgr.am/net0000"
}

/** Audio that nobody can read is the client's mistake, a recogniser that breaks is not. */
export const endingOf = (problem: LiveProblem): Effect.Effect<Failing> =>
  problem._tag !== "RecognitionError" || problem.reason === "InvalidOptions"
    ? Effect.succeed(undecodable(problem))
    : Effect.as(Effect.logError("The recognizer failed.", problem), unanswered)
