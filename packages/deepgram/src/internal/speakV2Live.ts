/** `speak.v2` over WebSocket, behind `SpeakV2`. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type * as Stream from "effect/Stream"
import type { Deepgram } from "../Deepgram.ts"
import type { LiveError } from "../DeepgramError.ts"
import type * as Live from "../Live.ts"
import type * as SpeakV2 from "../SpeakV2.ts"
import type { Audio } from "./contract/audio.ts"
import type { MessageOf } from "./contract/channel.ts"
import {
  channel,
  Configure,
  type ConfigureFailure,
  type ConfigureSuccess,
  Interrupt,
  type PlaybackOffset,
  type SpeechInterrupted,
  type TurnMetadata
} from "./contract/speakV2Live.ts"
import { maxTextLength } from "./contract/speech.ts"
import type { Unrecognized } from "./contract/unrecognized.ts"
import { makeEncoder } from "./encode.ts"
import { CurrentCallOptions } from "./options.ts"
import type { OneOrMore } from "./sharedOptions.ts"
import { answerTo, saidNo } from "./socket/asking.ts"
import { partOptions } from "./socket/options.ts"
import type { Match } from "./socket/questions.ts"
import { open } from "./socket/session.ts"
import type { Rules, Session } from "./socket/spec.ts"
import { type PipeOptions, speaking } from "./speech/pipe.ts"
import { makeSpeaker, type Speaker } from "./speech/speaker.ts"
import type { FluxLiveLinear16, LiveG711 } from "./speechOptions.ts"

type Known = MessageOf<typeof channel.server> | Audio

/** What the server says. */
export type ServerMessage = Known | Unrecognized

interface VoiceOptions {
  /** The voice, `flux-{name}-{language}`. */
  readonly model: SpeakV2.Voice | (string & {})
  /** Pace, 0.5 to 1.5 in steps of 0.05; it can be changed by `configure`. Default 1. */
  readonly speed?: number | undefined
  /** From calm (-2) to animated (2), for the whole session. Default 0, which is the one that is meant for production. */
  readonly expressivity?: -2 | -1 | 0 | 1 | 2 | undefined
  /** Labels the session in usage reports. */
  readonly tag?: OneOrMore | undefined
  /** Keeps the text out of Deepgram's model improvement; changes the price. Default `false`. */
  readonly mip_opt_out?: boolean | undefined
}

interface AnswerOptions {
  /** How long the server may say nothing while an answer is waited for. Default 10 seconds. */
  readonly answerTimeout?: Duration.Input | undefined
}

type SessionOptions = VoiceOptions & AnswerOptions & (FluxLiveLinear16 | LiveG711)

/** Who speaks, what the audio is, and how the channel is opened, kept and closed. */
export type LiveOptions = SessionOptions & Omit<Live.Options, "watchdog" | "capacity">

/** The same of a pipe, which never waits for the opening, and how the text becomes speech. */
export type StreamOptions<E = never, R = never> =
  & SessionOptions
  & Omit<Live.StreamOptions, "watchdog" | "capacity">
  & PipeOptions<Interruption | void, E, R>

/** What is known when somebody interrupts. */
export interface Interruption {
  /**
   * How much of the session's audio was played, in milliseconds since its start: `{ type: "time_ms", value: 1200 }`, more
   * each time. With it Deepgram says which part of the text was heard.
   */
  readonly playback_offset?: PlaybackOffset | undefined
}

/** A session of live speech, turn by turn. It closes with its scope, at once. */
export interface Connection extends Live.Session<ServerMessage> {
  /**
   * Adds a text to the turn, or begins one. Texts are put together as they are, so the spaces between them are up to the
   * caller. A text of more than 2000 characters is sent in pieces, cut at the ends of sentences. An empty text fails as
   * `BadRequest`. After `close` it fails as `SendAfterClose`, after the end of the session with what ended it. Pauses, as
   * {@link SpeakV2.generate} knows them, end the session (DATA-0002); pronunciations do beside a `speed`.
   */
  readonly speak: (text: string) => Effect.Effect<void, LiveError>
  /**
   * Ends the turn, and waits until all its audio has come: then Deepgram says what the turn was. Nothing when there is no
   * turn, and when it was interrupted meanwhile. Somebody has to read `messages` meanwhile. Fails as `TimedOut` when the
   * server says nothing at all for `answerTimeout`, or nobody reads what stands before the answer.
   *
   * @see https://developers.deepgram.com/docs/flux-tts/streaming
   */
  readonly flush: Effect.Effect<TurnMetadata | undefined, LiveError>
  /**
   * Breaks the turn off that is spoken, because somebody speaks: drops texts that wait, and audio that has come and was not
   * taken, or is on its way. Succeeds with what Deepgram says of the turn; whatever audio comes then is of later text, or of
   * the turns behind that one, which want interruptions of their own. Nothing when there was no turn, or none that was heard. A `playback_offset` that
   * has not grown since the last time is not sent. A session that is being closed says nothing more.
   *
   * @see https://developers.deepgram.com/docs/flux-tts/interrupt-handling
   */
  readonly interrupt: (interruption?: Interruption | void) => Effect.Effect<SpeechInterrupted | undefined, LiveError>
  /**
   * Changes the session from the next stretch of audio on, and waits for the answer. Fails as `BadRequest`, with Deepgram's
   * `code` and words, when nothing was changed, as `TimedOut` when there is no answer within `answerTimeout`. What the types
   * do not know goes through `Deepgram.withOptions({ body })`.
   */
  readonly configure: (options: ConfigureOptions) => Effect.Effect<ConfigureSuccess, LiveError>
  /**
   * Says that no more text comes, has the rest spoken, and succeeds when all audio has come and the channel is closed. Fails
   * as `TimedOut` when the server says nothing for `drainTimeout`, and otherwise with what ended the session.
   */
  readonly close: Effect.Effect<void, LiveError>
}

/** What can be changed in a session. */
export interface ConfigureOptions {
  /** Pace, 0.5 to 1.5 in steps of 0.05. */
  readonly speed?: number | undefined
}

const rules: Rules<Known> = {
  requestId: (message) => message.type === "Connected" ? message.request_id : undefined,
  complaint: (message) => message.type === "Error" ? message : undefined,
  acknowledged: () => undefined,
  isResult: ({ type }) => type === "Audio"
}

const hasCode = (message: ServerMessage, ...codes: ReadonlyArray<string>): boolean =>
  message.type === "Warning" && codes.includes(message.code ?? "")

/**
 * What answers an `Interrupt`; `false` stands for the answer that there is no turn to break off. A turn that has no sound yet
 * is not broken off by Deepgram, and would be heard: it is ended then, if it was not flushed, and broken off when it begins to
 * sound.
 */
const makeIsInterrupted = (append: (message: object) => void, isFlushed: () => boolean) => {
  let isLate = false
  return (message: ServerMessage): Match<SpeechInterrupted | false> => {
    if (message.type === "SpeechInterrupted") return { answer: message, isMine: true }
    if (hasCode(message, "NO_ACTIVE_SPEECH", "INTERRUPT_IN_PROGRESS")) return { answer: false, isMine: true }
    if (hasCode(message, "INVALID_INTERRUPT_OFFSET")) append({ type: "Interrupt" })
    else if (hasCode(message, "NO_AUDIO_GENERATED")) {
      isLate = true
      if (!isFlushed()) append({ type: "Flush" })
    } else if (!isLate) return undefined
    else if (message.type === "SpeechMetadata") return { answer: false, isMine: false }
    else if (message.type === "Audio") {
      isLate = false
      append({ type: "Interrupt" })
    } else return undefined
    return "mine"
  }
}

/**
 * The turns that were flushed and are not over. Turns end in their order, so each message ends the oldest one; `false` stands
 * for one that there is not, or that was broken off.
 */
const makeTurns = (session: Session<ServerMessage>, speaker: Speaker<ServerMessage>) => {
  const flushed = new Set<{ readonly isTurn: boolean }>()
  let heard: ServerMessage | undefined
  const count = () => [...flushed].filter(({ isTurn }) => isTurn).length
  return {
    isAny: () => count() > 0,
    /** With the one that is open. */
    left: () => count() + (speaker.isOpen() ? 1 : 0),
    flush: Effect.suspend(() => {
      const mine = { isTurn: speaker.isOpen() }
      flushed.add(mine)
      const match = (message: ServerMessage): Match<TurnMetadata | false> => {
        const isTurn = message.type === "SpeechMetadata" || message.type === "SpeechInterrupted"
        if (message === heard || !isTurn && !hasCode(message, "NO_ACTIVE_SPEECH")) return undefined
        const [oldest] = flushed
        // That there is no turn is said at once, whatever is spoken.
        if (mine !== ([...flushed].find((other) => other.isTurn === isTurn) ?? oldest)) return undefined
        heard = message
        flushed.delete(mine)
        // Who interrupted waits for the end of the turn, too.
        return { answer: message.type === "SpeechMetadata" ? message : false, isMine: !isTurn && !mine.isTurn }
      }
      return Effect.onError(session.ask({ type: "Flush" }, match), () => Effect.sync(() => flushed.delete(mine)))
    })
  }
}

type Turns = ReturnType<typeof makeTurns>

const flushing = (
  session: Session<ServerMessage>,
  speaker: Speaker<ServerMessage>,
  turns: Turns,
  after: Duration.Duration
) => {
  const operation = "SpeakV2.flush"
  const late = session.late({ operation, after, what: "there was no answer", option: "answerTimeout" })
  return Effect.gen(function*() {
    const asked = yield* speaker.flush(turns.flush)
    if (asked === undefined) return undefined
    const over = yield* session.patiently(asked.answer, after, late)
    return over === false ? undefined : over
  }).pipe(Effect.withSpan(operation))
}

const encodeInterrupt = makeEncoder(() => Interrupt, "body")

const interrupting = (session: Session<ServerMessage>, speaker: Speaker<ServerMessage>, turns: Turns) => {
  const operation = "SpeakV2.interrupt"
  // One after the other: which of several the server has answered could not be told.
  const order = Semaphore.makeUnsafe(1)
  let played = -1
  return Effect.fn(operation)(
    function*(interruption: Interruption | void): Effect.fn.Return<SpeechInterrupted | undefined, LiveError> {
      const { playback_offset: offset } = interruption ?? {}
      const given = yield* encodeInterrupt(operation, { ...interruption, type: "Interrupt" })
      // It has to grow (trap 14); where it does not, nothing of the turn was heard.
      const message = offset !== undefined && offset.value <= played ? { type: "Interrupt" } : given
      // Deepgram has said all of it, though it may not have been heard.
      if (turns.left() === 0) return void (yield* speaker.dropHere)
      const match = makeIsInterrupted(session.append, turns.isAny)
      // The turn that is spoken is the oldest one; those behind it go on.
      const answer = yield* speaker.drop({ operation, message, match, endsOpen: () => !turns.isAny() })
      if (answer === undefined || answer === false) return undefined
      played = Math.max(played, answer.audio_played_ms ?? offset?.value ?? -1)
      return answer
    },
    order.withPermit
  )
}

/** Breaks off all turns that there are: nothing is heard in between. No text may be handed over meanwhile. */
const interruptingAll = (session: Session<ServerMessage>, turns: Turns, interrupt: Connection["interrupt"]) =>
  Effect.fnUntraced(function*(interruption: Interruption | void): Effect.fn.Return<void, LiveError> {
    const { callOff } = session.mute()
    return yield* Effect.gen(function*() {
      const times = turns.left()
      yield* interrupt(interruption)
      for (let time = 1; time < times && turns.left() > 0; time++) yield* interrupt()
    }).pipe(Effect.ensuring(Effect.sync(callOff)))
  })

const encodeConfigure = makeEncoder(() => Configure, "body")

const configuring = (session: Session<ServerMessage>, after: Duration.Duration) => {
  const operation = "SpeakV2.configure"
  return Effect.fn(operation)(function*(options: ConfigureOptions): Effect.fn.Return<ConfigureSuccess, LiveError> {
    const { body } = yield* CurrentCallOptions
    const answer = yield* answerTo(session, {
      operation,
      message: { ...(yield* encodeConfigure(operation, { ...options, type: "Configure" })), ...body },
      match: (message): Match<ConfigureSuccess | ConfigureFailure> =>
        message.type === "ConfigureSuccess" || message.type === "ConfigureFailure"
          ? { answer: message, isMine: true }
          : undefined,
      after
    })
    return answer.type === "ConfigureSuccess" ? answer : yield* saidNo(session, operation, answer)
  })
}

const encode = makeEncoder(() => channel.query, "query")

const openSession = Effect.fnUntraced(function*(operation: string, options: LiveOptions) {
  const { live, own } = partOptions(options)
  const { answerTimeout = Duration.seconds(10), ...query } = own
  const after = Duration.fromInputUnsafe(answerTimeout)
  const session = yield* open<typeof channel.server, Audio>({
    operation,
    channel,
    rules,
    query: yield* encode(operation, query),
    format: {},
    options: live
  })
  // Deepgram documents no others for Flux.
  const allowed = { characters: maxTextLength, charactersPerMinute: Infinity, flushesPerMinute: Infinity }
  const speaker = yield* makeSpeaker("SpeakV2.speak", session, allowed, after)
  const turns = makeTurns(session, speaker)
  const { messages, onMessage, requestId } = session.connection
  const connection: Connection = {
    messages,
    onMessage,
    speak: speaker.speak,
    flush: flushing(session, speaker, turns, after),
    interrupt: interrupting(session, speaker, turns),
    configure: configuring(session, after),
    close: speaker.close,
    requestId
  }
  return { connection, session, speaker, turns }
})

/**
 * Opens a session of live speech; it closes with its scope. The text between two `flush` is a turn.
 *
 * Fails as `HandshakeRejected` when Deepgram refuses it, as `TransportError` when there is no connection, as `TimedOut` when
 * there is no answer within `openTimeout`, as `BadRequest` for options that are none. A session that is open fails as
 * `ConnectionClosed` or `IdleTimeout` when Deepgram ends it, as `ProtocolError` when a message cannot be understood, as
 * `SlowConsumer` when messages are not taken, as `TimedOut` by the time limits of the options. It lasts at most an hour.
 *
 * Deepgram closes a session in which nothing comes for 60 seconds; pings keep it open, where the runtime has them (Node's
 * `ws`).
 *
 * @see https://developers.deepgram.com/docs/flux-tts/streaming
 *
 * @example
 * ```ts
 * import { Effect, Stream } from "effect"
 * import { LiveAudio, SpeakV2 } from "effect-deepgram"
 *
 * export const turn = Effect.gen(function*() {
 *   const connection = yield* SpeakV2.connect({ model: "flux-kit-en", encoding: "linear16", sample_rate: 16_000 })
 *   const audio = yield* Effect.forkScoped(Stream.runCollect(LiveAudio.bytes(connection.messages)))
 *   yield* connection.speak("Your order ")
 *   yield* connection.speak("is on its way.")
 *   const metadata = yield* connection.flush
 *   yield* connection.close
 *   return { audio, milliseconds: metadata?.audio_duration_ms }
 * }).pipe(Effect.scoped)
 * ```
 */
export const connect: (
  options: LiveOptions
) => Effect.Effect<Connection, LiveError, Deepgram | Scope.Scope> = Effect.fn("SpeakV2.connect")(
  (options: LiveOptions) => Effect.map(openSession("SpeakV2.connect", options), ({ connection }) => connection)
)

/**
 * Live speech as a pipe: text in, an LLM's tokens for example, audio and messages out; {@link LiveAudio.bytes} takes the
 * audio alone. Text is sent at the ends of sentences. A turn ends when the text pauses (`flushAfter`), is interrupted, or
 * ends; its end ends the session, and the stream ends when all audio has come.
 *
 * A failure of the text, or of the interruptions, ends the session and comes behind the audio that is there; one of the
 * session comes behind all messages: the same as those of {@link connect}. Interruption closes the session.
 *
 * @see https://developers.deepgram.com/docs/flux-tts/streaming
 *
 * @example
 * ```ts
 * import { Stream } from "effect"
 * import { LiveAudio, SpeakV2 } from "effect-deepgram"
 *
 * export const voice = <E, R>(answer: Stream.Stream<string, E, R>) =>
 *   answer.pipe(
 *     SpeakV2.speakStream({ model: "flux-kit-en", encoding: "mulaw" }),
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
      openSession("SpeakV2.speakStream", { ...options, waitForOpen: false }),
      ({ connection, session, speaker, turns }) => ({
        session,
        characters: maxTextLength,
        speak: speaker.speak,
        wait: speaker.wait,
        now: speaker.now,
        // A turn begins to sound before it ends; the rest comes when it ends.
        flushing: {
          when: "paused" as const,
          perMinute: Infinity,
          wait: speaker.flushWait,
          flush: speaker.flush(turns.flush)
        },
        settle: connection.flush,
        close: speaker.close,
        interrupt: interruptingAll(session, turns, connection.interrupt)
      })
    ),
    { flushAfter, interruptions }
  )
