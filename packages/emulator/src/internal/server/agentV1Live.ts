/** `/v1/agent/converse`: an agent that listens, thinks and speaks (inventory 2.5). */
import { agentV1 } from "effect-deepgram/DeepgramChannels"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { readClientMessage, type ServerMessage } from "../agent/messages.ts"
import { Fatal, problemOf } from "../agent/problem.ts"
import { type AgentSession, begin, type Needs } from "../agent/session.ts"
import { gone } from "./liveEndings.ts"
import type { Report } from "./logging.ts"
import { RequestId } from "./requestContext.ts"
import { Settings } from "./settings.ts"
import { type Ending, type SocketChannel, takeAll } from "./socketChannel.ts"
import type { Connection, Received } from "./socketConnection.ts"

/** How long a session may last unless the emulator is told otherwise, and how long before its end that is announced. */
const longest = Duration.hours(2)
const left = Duration.minutes(5)

/** Largest message of a client in bytes: minutes of audio, prompts of any length. Deepgram does not say. */
const largestFrame = 16_777_216

const silent = new Fatal({
  code: "CLIENT_MESSAGE_TIMEOUT",
  description: "The client sent neither audio nor a message within the timeout window."
})

const tooLong = new Fatal({
  code: "MAXIMUM_SESSION_LENGTH_REACHED",
  description: "The session has lasted as long as sessions can."
})

const tooEarly = new Fatal({
  code: "NON_SETTINGS_MESSAGE_BEFORE_SETTINGS",
  description: "The first message of the client has to be Settings."
})

/** The `Error` is said when nothing else is said any more. */
const endingOf = ({ code, description, kind, message }: Fatal): Ending => ({
  status: kind.status,
  message,
  code: kind.close,
  reason: code,
  last: JSON.stringify({ type: "Error", code, description } satisfies ServerMessage)
})

const talk = (requestId: string, report: Report) => (connection: Connection) =>
  Effect.gen(function*() {
    const { models: custom, sessionTimeout = longest } = yield* Settings
    const over = yield* Deferred.make<never, Fatal>()
    const fail = (problem: Fatal) => Effect.asVoid(Deferred.fail(over, problem))
    const tell = (message: ServerMessage) => connection.send(JSON.stringify(message))
    let session: AgentSession | undefined

    const onText = Effect.fnUntraced(function*(text: string) {
      const message = yield* readClientMessage(text)
      if (session !== undefined) return yield* session.obey(message)
      if (message.type !== "Settings") return yield* tooEarly
      session = yield* begin(message, { custom, fail, report, tell, play: connection.send })
    })

    const on = (
      received: Received
    ): Effect.Effect<Ending | void, Fatal, Needs | Effect.Services<ReturnType<typeof onText>>> => {
      switch (received._tag) {
        case "Binary":
          return session === undefined
            ? Effect.fail(tooEarly)
            : Effect.andThen(connection.alive, session.hear(received.bytes))
        case "Text":
          return Effect.andThen(connection.alive, onText(received.text))
        case "Idle":
          return Effect.andThen(session?.verdict ?? Effect.void, Effect.fail(silent))
        case "Gone":
          return Effect.succeed(gone(received.breach))
      }
    }

    const limits = Effect.gen(function*() {
      if (Duration.isGreaterThan(sessionTimeout, left)) {
        yield* Effect.sleep(Duration.subtract(sessionTimeout, left))
        // The client need not read it for the session to end.
        yield* Effect.forkChild(tell({
          type: "Warning",
          code: "MAXIMUM_SESSION_LENGTH_APPROACHING",
          description: "The session ends in five minutes."
        }))
      }
      yield* Effect.sleep(Duration.min(sessionTimeout, left))
      return yield* tooLong
    })

    yield* tell({ type: "Welcome", request_id: requestId })
    return yield* Effect.raceFirst(Effect.raceFirst(takeAll(connection, on), limits), Deferred.await(over)).pipe(
      Effect.catchCause((cause) => Effect.map(problemOf(cause), endingOf))
    )
  })

/** The implementation of the channel. */
export const channel: SocketChannel<Needs | Settings> = {
  path: agentV1.path,
  endpoint: "agent",
  idle: Duration.seconds(10),
  pings: false,
  largestFrame,
  open: Effect.fnUntraced(function*(report) {
    const requestId = yield* RequestId
    return (connection) =>
      Effect.gen(function*() {
        const began = yield* Clock.currentTimeMillis
        return yield* Effect.ensuring(
          talk(requestId, report)(connection),
          // Agents are charged by the time that they are there.
          Effect.flatMap(Clock.currentTimeMillis, (now) => report({ seconds: (now - began) / 1000 }))
        )
      })
  })
}
