/** `/v2/speak` over WebSocket: Flux speaks while the text is written, turn by turn (inventory 2.4). */
import { speakV2, speakV2Formats } from "effect-deepgram/DeepgramChannels"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type SynthesisError, Synthesizer } from "../../Synthesizer.ts"
import { liveFormat } from "../speak/format.ts"
import { type FluxOptions, type FluxSession, openSpeakV2 } from "../speak/liveV2.ts"
import { expressivityProblem, fluxSpeedProblem } from "../speak/manner.ts"
import { speedNotSupported } from "../speak/refusals.ts"
import { fluxVoice, type Voice } from "../speak/voices.ts"
import { expired, type Failing, gone } from "./liveEndings.ts"
import { decodeQuery, refuseUnknown } from "./parameters.ts"
import { RequestId } from "./requestContext.ts"
import { Settings } from "./settings.ts"
import { type Ending, type SocketChannel, takeAll } from "./socketChannel.ts"
import type { Connection, Received } from "./socketConnection.ts"
import {
  done,
  endingOf,
  inactive,
  invalidCommand,
  invalidControls,
  largestFrame,
  tooLarge,
  unparsable
} from "./speakEndings.ts"

/** How long a session may last, unless the emulator is told otherwise. */
const longest = Duration.hours(1)

/** Largest message of a client, in UTF-16 units. Deepgram does not say how large one may be. */
const largest = 65_536

const { Close, Configure, Flush, Interrupt, Speak } = speakV2.client

const readClientMessage = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Union([Speak, Flush, Interrupt, Configure, Close])),
  { onExcessProperty: "error" }
)

const readType = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Struct({ type: Schema.String })))

/** What is wrong with a text that is none of the messages. */
const problemOf = (text: string): Failing =>
  Option.match(readType(text), {
    onNone: () => unparsable,
    onSome: ({ type }) => Object.hasOwn(speakV2.client, type) ? unparsable : invalidCommand
  })

/** Speed can be told to the English voices, which are all that Deepgram has. */
const speedProblemOf = ({ model }: Voice) => (speed: number) =>
  model.language === "en" ? fluxSpeedProblem(speed) : speedNotSupported("'speed' is not supported by this model.")

const connectedOf = ({ model, sharedModels }: Voice, requestId: string) => ({
  type: "Connected",
  request_id: requestId,
  model_name: model.name,
  model_version: model.version,
  model_uuids: [model.uuid, ...sharedModels]
} as const)

const listen = (session: FluxSession, connection: Connection) => {
  const onText = (text: string): Effect.Effect<Failing | void> => {
    if (text.length > largest) return Effect.succeed(tooLarge)
    const message = readClientMessage(text)
    if (Option.isNone(message)) return Effect.succeed(problemOf(text))
    switch (message.value.type) {
      case "Speak":
        return Effect.catch(
          session.speak(message.value.text),
          (problem) => Effect.succeed(problem._tag === "TooLong" ? tooLarge : invalidControls(problem.message))
        )
      case "Flush":
        return session.flush
      case "Interrupt":
        return session.interrupt(message.value.playback_offset?.value)
      case "Configure":
        return session.configure(message.value.speed)
      case "Close":
        return session.close
    }
  }

  const on = (received: Received): Effect.Effect<Ending | Failing | void> => {
    switch (received._tag) {
      case "Binary":
        return Effect.succeed(unparsable)
      case "Text":
        return Effect.andThen(connection.alive, onText(received.text))
      case "Idle":
        // Who listens is not idle.
        return session.isBusy() ? connection.alive : Effect.succeed(inactive)
      case "Gone":
        return Effect.succeed(gone(received.breach))
    }
  }

  return takeAll(connection, on)
}

/** The implementation of the channel. */
export const channel: SocketChannel<Settings | Synthesizer> = {
  path: speakV2.path,
  endpoint: "speak",
  idle: Duration.seconds(60),
  pings: true,
  largestFrame,
  open: Effect.fnUntraced(function*(report) {
    yield* refuseUnknown({ query: speakV2.query }, (names) => `Unknown query parameters: ${names}`)
    const query = yield* decodeQuery(speakV2.query)
    const { models, sessionTimeout = longest } = yield* Settings
    const format = yield* Effect.fromResult(liveFormat(query, speakV2Formats))
    const voice = yield* Effect.fromResult(fluxVoice(query.model, models))
    yield* report({ models: [voice.model] })
    const speedProblem = speedProblemOf(voice)
    const problem = (query.speed === undefined ? undefined : speedProblem(query.speed)) ??
      expressivityProblem(query.expressivity)
    if (problem !== undefined) return yield* problem
    const synthesizer = yield* Synthesizer
    const requestId = yield* RequestId
    return Effect.fnUntraced(function*(connection: Connection) {
      const send = (message: object) => connection.send(JSON.stringify(message))
      const say: FluxOptions["say"] = send
      const session = yield* openSpeakV2({
        voice: { synthesizer, format, testVoice: voice.testVoice, send: connection.send },
        speed: query.speed,
        speedProblem,
        say,
        spoken: (characters) => report({ characters })
      })
      yield* send(connectedOf(voice, requestId))
      const ending = yield* Effect.raceAllFirst<Effect.Effect<Ending | Failing, SynthesisError>>([
        listen(session, connection),
        Effect.as(session.run, done),
        Effect.as(Effect.sleep(sessionTimeout), expired)
      ]).pipe(Effect.catchCause(endingOf))
      return "error" in ending
        ? { ...ending, last: JSON.stringify({ type: "Error", code: ending.error, description: ending.reason }) }
        : ending
    })
  })
}
