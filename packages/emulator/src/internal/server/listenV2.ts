/** `/v2/listen` over WebSocket: Flux, turn by turn (inventory 2.2). */
import { listenV2, listenV2Encodings, listenV2Models } from "effect-deepgram/DeepgramChannels"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Recognizer } from "../../Recognizer.ts"
import { FluxQuery, type FluxSession, openListenV2, readClientMessage, refusedSettings } from "../live/listenV2.ts"
import type { LiveProblem } from "../live/session.ts"
import { modelNamed } from "../transcribe/models.ts"
import { invalidQueryParameter, invalidValue } from "../vendorError.ts"
import { checkAudio, checkVariant } from "./listenChecks.ts"
import { endingOf, expired, gone, limited, timedOut } from "./liveEndings.ts"
import { decodeQuery, refuseUnknown } from "./parameters.ts"
import { RequestId } from "./requestContext.ts"
import type { Settings } from "./settings.ts"
import { type Ending, type SocketChannel, takeAll } from "./socketChannel.ts"
import type { Connection, Received } from "./socketConnection.ts"

const redactions = ["numbers", "aggressive_numbers"]

/** What Deepgram refuses although every parameter is well formed. */
const checkQuery = Effect.fnUntraced(function*(query: FluxQuery) {
  if (!listenV2Models.some((model) => model === query.model)) return yield* invalidValue("model", query.model)
  yield* checkVariant(query.encoding, listenV2Encodings)
  yield* checkAudio(query)
  yield* checkVariant(query.redact, redactions)
  const problem = refusedSettings(query)
  if (problem !== undefined) return yield* invalidQueryParameter(problem)
})

/** The end that the client asked for: without a status (trap 11). */
const done: Ending = { status: 200 }

const unreadable = "Could not deserialize last text message."

const talk = (session: FluxSession) => (connection: Connection) => {
  const say = <E>(said: Effect.Effect<ReadonlyArray<unknown>, E>) =>
    Effect.flatMap(said, Effect.forEach((message) => connection.send(JSON.stringify(message)), { discard: true }))
  const fail = (code: string, description: string, ending: Ending) =>
    Effect.map(
      session.fatal(code, description),
      (message): Ending => ({ ...ending, last: JSON.stringify(message) })
    )

  const onText = (text: string) => {
    const message = readClientMessage(text)
    if (Option.isNone(message)) {
      const code = "UNPARSABLE_CLIENT_MESSAGE"
      // As it was seen on the wire: the client hears why, and then no code.
      return fail(code, unreadable, { status: 400, message: `${code}: ${unreadable}` })
    }
    switch (message.value.type) {
      case "CloseStream":
        return Effect.as(say(session.finish), done)
      case "Configure":
        return say(session.configure(message.value))
      case "ForceEndTurn":
        return say(session.forceEndTurn)
    }
  }

  const on = (received: Received): Effect.Effect<Ending | void, LiveProblem> => {
    switch (received._tag) {
      case "Binary":
        return Effect.andThen(connection.alive, say(session.push(received.bytes)))
      case "Text":
        return Effect.andThen(connection.alive, onText(received.text))
      case "Idle":
        return Effect.andThen(session.verdict, fail(timedOut.error, timedOut.reason, timedOut))
      case "Gone":
        return Effect.succeed(gone(received.breach))
    }
  }

  const reading = Effect.andThen(
    say(Effect.map(session.connected, (message) => [message])),
    takeAll(connection, on)
  )

  return limited(reading, fail(expired.error, expired.reason, expired)).pipe(
    Effect.catch((problem) => Effect.flatMap(endingOf(problem), (ending) => fail(ending.error, ending.reason, ending)))
  )
}

/** The implementation of the channel. */
export const channel: SocketChannel<Recognizer | Settings> = {
  path: listenV2.path,
  endpoint: "listen",
  idle: Duration.seconds(60),
  pings: true,
  open: Effect.fnUntraced(function*(report) {
    yield* refuseUnknown({ query: FluxQuery }, (names) => `Unknown query parameters: ${names}`)
    const query = yield* decodeQuery(FluxQuery)
    yield* checkQuery(query)
    const [language = "en"] = [query.language_hint ?? []].flat()
    yield* report({ models: [{ ...modelNamed(query.model), arch: "flux", language }] })
    const session = yield* openListenV2(query, { requestId: yield* RequestId })
    return (connection) =>
      Effect.ensuring(
        talk(session)(connection),
        // Several channels are heard as one.
        Effect.suspend(() => report({ seconds: session.heard().seconds }))
      )
  })
}
