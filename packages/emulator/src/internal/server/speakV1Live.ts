/** `/v1/speak` over WebSocket: Aura speaks while the text is written (inventory 2.3). */
import { speakV1, speakV1Formats, speakV1Limits } from "effect-deepgram/DeepgramChannels"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type SynthesisError, Synthesizer } from "../../Synthesizer.ts"
import { liveFormat } from "../speak/format.ts"
import { type AuraOptions, type AuraSession, openSpeakV1 } from "../speak/liveV1.ts"
import { auraSpeedProblem } from "../speak/manner.ts"
import { lengthOf } from "../speak/script.ts"
import { auraVoice, isControllable, type Voice } from "../speak/voices.ts"
import { makeAllowance } from "./allowance.ts"
import { expired, gone, timedOut } from "./liveEndings.ts"
import { decodeQuery } from "./parameters.ts"
import { RequestId } from "./requestContext.ts"
import { Settings } from "./settings.ts"
import { type Ending, type SocketChannel, takeAll } from "./socketChannel.ts"
import type { Connection, Received } from "./socketConnection.ts"
import { done, endingOf, largestFrame, tooFast, tooLong } from "./speakEndings.ts"

/** How long a session may last, unless the emulator is told otherwise. */
const longest = Duration.hours(1)

const minute = Duration.minutes(1)

const { Clear, Close, Flush, Speak } = speakV1.client

const readClientMessage = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Union([Speak, Flush, Clear, Close]))
)

// The channel has no other way to say that something is wrong (trap 12), and writes it in its own way (trap 13).
const warning = (warn_code: string, warn_msg: string) => ({ type: "Warning", warn_code, warn_msg }) as const

const unreadable = warning("UNPARSABLE_CLIENT_MESSAGE", "Could not deserialize last text message.")
const empty = warning("EMPTY_TEXT", "Input text contains no characters.")
const excessive = warning(
  "EXCESSIVE_FLUSH",
  `No more than ${speakV1Limits.flushesPerMinute} Flush messages can be processed within 60 seconds. This one is ignored.`
)

const metadataOf = ({ model, sharedModels }: Voice, requestId: string) => ({
  type: "Metadata",
  request_id: requestId,
  model_name: model.name,
  model_version: model.version,
  model_uuid: model.uuid,
  additional_model_uuids: sharedModels
} as const)

const listen = (session: AuraSession, connection: Connection, say: AuraOptions["say"]) => {
  const mayFlush = makeAllowance(speakV1Limits.flushesPerMinute, minute)
  const mayWrite = makeAllowance(speakV1Limits.charactersPerMinute, minute)

  const speak = Effect.fnUntraced(function*(text: string) {
    if (text === "") return yield* say(empty)
    const characters = lengthOf(text)
    if (characters > speakV1Limits.characters) return tooLong
    if (!(yield* mayWrite(characters))) return tooFast
    yield* session.speak(text)
  })

  const onText = (text: string): Effect.Effect<Ending | void> => {
    const message = readClientMessage(text)
    if (Option.isNone(message)) return say(unreadable)
    switch (message.value.type) {
      case "Speak":
        return speak(message.value.text)
      case "Flush":
        return Effect.flatMap(mayFlush(1), (isAllowed) => isAllowed ? session.flush : say(excessive))
      case "Clear":
        return session.clear
      case "Close":
        return session.close
    }
  }

  const on = (received: Received): Effect.Effect<Ending | void> => {
    switch (received._tag) {
      case "Binary":
        return Effect.andThen(connection.alive, say(unreadable))
      case "Text":
        return Effect.andThen(connection.alive, onText(received.text))
      case "Idle":
        return session.isBusy() ? connection.alive : Effect.succeed(timedOut)
      case "Gone":
        return Effect.succeed(gone(received.breach))
    }
  }

  return takeAll(connection, on)
}

/** The implementation of the channel. */
export const channel: SocketChannel<Settings | Synthesizer> = {
  path: speakV1.path,
  endpoint: "speak",
  // Deepgram knows no limit but that of the whole session.
  idle: Duration.hours(2),
  pings: true,
  largestFrame,
  open: Effect.fnUntraced(function*(report) {
    const query = yield* decodeQuery(speakV1.query)
    const { models, sessionTimeout = longest } = yield* Settings
    const format = yield* Effect.fromResult(liveFormat(query, speakV1Formats))
    const voice = yield* Effect.fromResult(auraVoice(query.model, models))
    yield* report({ models: [voice.model] })
    const pronunciations = isControllable(voice)
    const problem = auraSpeedProblem(query.speed, pronunciations)
    if (problem !== undefined) return yield* problem
    const synthesizer = yield* Synthesizer
    const requestId = yield* RequestId
    return Effect.fnUntraced(function*(connection: Connection) {
      const say: AuraOptions["say"] = (message) => connection.send(JSON.stringify(message))
      const session = yield* openSpeakV1({
        voice: { synthesizer, format, testVoice: voice.testVoice, send: connection.send },
        speed: query.speed ?? 1,
        pronunciations,
        say,
        spoken: (characters) => report({ characters })
      })
      yield* say(metadataOf(voice, requestId))
      return yield* Effect.raceAllFirst<Effect.Effect<Ending, SynthesisError>>([
        listen(session, connection, say),
        Effect.as(session.run, done),
        Effect.as(Effect.sleep(sessionTimeout), expired)
      ]).pipe(Effect.catchCause(endingOf))
    })
  })
}
