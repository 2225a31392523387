/** `speak.v1` over WebSocket, behind `SpeakV1`. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { Deepgram } from "../Deepgram.ts"
import type { LiveError } from "../DeepgramError.ts"
import type * as Live from "../Live.ts"
import type * as SpeakV1 from "../SpeakV1.ts"
import type { Audio } from "./contract/audio.ts"
import type { MessageOf } from "./contract/channel.ts"
import { channel, type Flushed, limits, type Warning } from "./contract/speakV1Live.ts"
import type { Unrecognized } from "./contract/unrecognized.ts"
import { makeEncoder } from "./encode.ts"
import { saidNo } from "./socket/asking.ts"
import { partOptions } from "./socket/options.ts"
import type { Match } from "./socket/questions.ts"
import { open } from "./socket/session.ts"
import type { Rules, Session } from "./socket/spec.ts"
import { type PipeOptions, speaking } from "./speech/pipe.ts"
import { makeSpeaker, type Speaker } from "./speech/speaker.ts"
import type { AuraLiveLinear16, LiveG711 } from "./speechOptions.ts"

type Known = MessageOf<typeof channel.server> | Audio

/** What the server says. */
export type ServerMessage = Known | Unrecognized

interface VoiceOptions {
  /** The voice, which is always named: Deepgram's own default is an old one. */
  readonly model: SpeakV1.Voice | (string & {})
  /** Pace, 0.7 to 1.5; from 0.9 for Spanish. Default 1. For the English and Spanish voices of Aura 2. */
  readonly speed?: number | undefined
  /** Keeps the text out of Deepgram's model improvement; changes the price. Default `false`. */
  readonly mip_opt_out?: boolean | undefined
}

interface PacingOptions {
  /** Characters that may be spoken in a minute; more waits. Deepgram allows 2400, unless your contract says more. */
  readonly charactersPerMinute?: number | undefined
  /** Flushes that may be asked for in a minute; more wait. Deepgram allows 20, unless your contract says more. */
  readonly flushesPerMinute?: number | undefined
  /** How long the server may say nothing while an answer is waited for. Default 10 seconds. */
  readonly answerTimeout?: Duration.Input | undefined
}

type SessionOptions = VoiceOptions & PacingOptions & (AuraLiveLinear16 | LiveG711)

/** Who speaks, what the audio is, and how the channel is opened, kept and closed. */
export type LiveOptions = SessionOptions & Omit<Live.Options, "watchdog" | "capacity">

/** The same of a pipe, which never waits for the opening, and how the text becomes speech. */
export type StreamOptions<E = never, R = never> =
  & SessionOptions
  & Omit<Live.StreamOptions, "watchdog" | "capacity">
  & PipeOptions<unknown, E, R>

/** A session of live speech. It closes with its scope, at once. */
export interface Connection extends Live.Session<ServerMessage> {
  /**
   * Hands a text over. It suspends while Deepgram's limits do not allow more: 2400 characters in a minute. A text of more
   * than 2000 characters is sent in pieces, cut at the ends of sentences. Deepgram speaks when there is enough, or by
   * `flush`. An empty text fails as `BadRequest`. After `close` it fails as `SendAfterClose`, after the end of the session
   * with what ended it.
   */
  readonly speak: (text: string) => Effect.Effect<void, LiveError>
  /**
   * Has everything spoken that was handed over, and waits for its `Flushed`: all its audio has come then, before it.
   * Nothing when it was cleared meanwhile. It suspends while Deepgram's limits do not allow more: 20 in a minute. Somebody
   * has to read `messages` meanwhile. Fails as `TimedOut` when the server says nothing at all for `answerTimeout`, or nobody
   * reads what stands before the answer; as `BadRequest` when it was one too many (`EXCESSIVE_FLUSH`).
   *
   * @see https://developers.deepgram.com/docs/tts-ws-flush
   */
  readonly flush: Effect.Effect<Flushed | undefined, LiveError>
  /**
   * Forgets everything that was handed over, for whoever is interrupted: texts that wait, and audio that has come and was
   * not taken, or is on its way. Succeeds when Deepgram has done so too; whatever audio comes then is of later text. The
   * listener may still have to stop what is being played. A session that is being closed says nothing more.
   *
   * @see https://developers.deepgram.com/docs/tts-ws-clear
   */
  readonly clear: Effect.Effect<void, LiveError>
  /**
   * Says that no more text comes, has the rest spoken, and succeeds when all audio has come and the channel is closed. Fails
   * as `TimedOut` when the server says nothing for `drainTimeout`, and otherwise with what ended the session.
   *
   * @see https://developers.deepgram.com/docs/tts-ws-close
   */
  readonly close: Effect.Effect<void, LiveError>
}

const rules: Rules<Known> = {
  requestId: (message) => message.type === "Metadata" ? message.request_id : undefined,
  complaint: () => undefined,
  acknowledged: () => undefined,
  isResult: ({ type }) => type === "Audio"
}

const isCleared = (message: ServerMessage): Match<true> =>
  message.type === "Cleared" ? { answer: true, isMine: true } : undefined

const codeOf = ({ code, warn_code }: Warning) => warn_code ?? code

/** What is cleared is not flushed any more; `false` stands for that. */
const isFlushed = (message: ServerMessage): Match<Flushed | Warning | false> =>
  message.type === "Flushed" || message.type === "Warning" && codeOf(message) === "EXCESSIVE_FLUSH"
    ? { answer: message, isMine: true }
    : message.type === "Cleared"
    ? { answer: false, isMine: false }
    : undefined

const flushing = (session: Session<ServerMessage>, speaker: Speaker<ServerMessage>, after: Duration.Duration) =>
  Effect.gen(function*() {
    const operation = "SpeakV1.flush"
    const late = session.late({ operation, after, what: "there was no answer", option: "answerTimeout" })
    const asked = yield* speaker.flush(session.ask({ type: "Flush" }, isFlushed))
    if (asked === undefined) return undefined
    const answer = yield* session.patiently(asked.answer, after, late)
    if (answer === undefined || answer === false) return undefined
    if (answer.type === "Flushed") return answer
    return yield* saidNo(session, operation, {
      code: codeOf(answer),
      description: answer.warn_msg ?? answer.description
    })
  }).pipe(Effect.withSpan("SpeakV1.flush"))

const encode = makeEncoder(() => channel.query, "query")

const openSession = Effect.fnUntraced(function*(operation: string, options: LiveOptions) {
  const { live, own } = partOptions(options)
  const {
    answerTimeout = Duration.seconds(10),
    charactersPerMinute = limits.charactersPerMinute,
    flushesPerMinute = limits.flushesPerMinute,
    ...query
  } = own
  const after = Duration.fromInputUnsafe(answerTimeout)
  const session = yield* open<typeof channel.server, Audio>({
    operation,
    channel,
    rules,
    query: yield* encode(operation, query),
    format: {},
    options: live
  })
  const allowed = { characters: limits.characters, charactersPerMinute, flushesPerMinute }
  const speaker = yield* makeSpeaker("SpeakV1.speak", session, allowed, after)
  const clear = speaker.drop({
    operation: "SpeakV1.clear",
    message: { type: "Clear" },
    match: isCleared,
    endsOpen: () => true
  })
  const { messages, onMessage, requestId } = session.connection
  const connection: Connection = {
    messages,
    onMessage,
    speak: speaker.speak,
    flush: flushing(session, speaker, after),
    clear: Effect.asVoid(Effect.withSpan(clear, "SpeakV1.clear")),
    close: speaker.close,
    requestId
  }
  return { clear, connection, flushesPerMinute, session, speaker }
})

/**
 * Opens a session of live speech; it closes with its scope.
 *
 * Fails as `HandshakeRejected` when Deepgram refuses it, as `TransportError` when there is no connection, as `TimedOut` when
 * there is no answer within `openTimeout`, as `BadRequest` for options that are none. A session that is open fails as
 * `ConnectionClosed` when Deepgram ends it, as `ProtocolError` when a message cannot be understood, as `SlowConsumer` when
 * messages are not taken, as `TimedOut` by the time limits of the options. It lasts at most 60 minutes.
 *
 * @see https://developers.deepgram.com/reference/text-to-speech/speak-streaming
 *
 * @example
 * ```ts
 * import { Effect, Stream } from "effect"
 * import { LiveAudio, SpeakV1 } from "effect-deepgram"
 *
 * export const audio = Effect.gen(function*() {
 *   const connection = yield* SpeakV1.connect({ model: "aura-2-thalia-en", encoding: "linear16", sample_rate: 16_000 })
 *   yield* connection.speak("Your order is on its way.")
 *   yield* Effect.forkScoped(connection.close)
 *   return yield* Stream.runCollect(LiveAudio.bytes(connection.messages))
 * }).pipe(Effect.scoped)
 * ```
 */
export const connect: (
  options: LiveOptions
) => Effect.Effect<Connection, LiveError, Deepgram | Scope.Scope> = Effect.fn("SpeakV1.connect")(
  (options: LiveOptions) => Effect.map(openSession("SpeakV1.connect", options), ({ connection }) => connection)
)

/**
 * Live speech as a pipe: text in, an LLM's tokens for example, audio and messages out; {@link LiveAudio.bytes} takes the
 * audio alone. Text is sent at the ends of sentences, and as fast as Deepgram's limits allow; the first sentence is spoken
 * while the second is written. The end of the text has the rest spoken and ends the session, and the stream ends when all
 * audio has come.
 *
 * A failure of the text, or of the interruptions, ends the session and comes behind the audio that is there; one of the
 * session comes behind all messages: the same as those of {@link connect}. Interruption closes the session.
 *
 * @see https://developers.deepgram.com/docs/send-llm-outputs-to-the-tts-web-socket
 *
 * @example
 * ```ts
 * import { Stream } from "effect"
 * import { LiveAudio, SpeakV1 } from "effect-deepgram"
 *
 * export const voice = <E, R>(answer: Stream.Stream<string, E, R>) =>
 *   answer.pipe(
 *     SpeakV1.speakStream({ model: "aura-2-thalia-en", encoding: "mulaw" }),
 *     LiveAudio.bytes
 *   )
 * ```
 */
export const speakStream = <E2 = never, R2 = never>(
  { flushAfter, interruptions, ...options }: StreamOptions<E2, R2>
): <E, R>(
  text: Stream.Stream<string, E, R>
) => Stream.Stream<ServerMessage, E | E2 | LiveError, Deepgram | R | R2> =>
  speaking(
    Effect.map(
      openSession("SpeakV1.speakStream", { ...options, waitForOpen: false }),
      ({ clear, flushesPerMinute, session, speaker }) => ({
        session,
        characters: limits.characters,
        speak: speaker.speak,
        wait: speaker.wait,
        now: speaker.now,
        flushing: {
          when: "often" as const,
          perMinute: flushesPerMinute,
          wait: speaker.flushWait,
          flush: speaker.flush(session.say({ type: "Flush" }))
        },
        // Closing has it spoken.
        settle: Effect.void,
        close: speaker.close,
        interrupt: () => clear
      })
    ),
    { flushAfter, interruptions }
  )
