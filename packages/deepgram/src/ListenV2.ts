/**
 * `listen.v2`: Flux, speech to text for conversations, which knows whose turn it is.
 *
 * Options carry the names of Deepgram's own documentation; what is asked for there can be pasted here.
 *
 * @see https://developers.deepgram.com/reference/speech-to-text/listen-flux
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { Deepgram } from "./Deepgram.ts"
import { BadRequest, type LiveError } from "./DeepgramError.ts"
import { refusedFormat } from "./internal/audioFormat.ts"
import { isRaw, sampleSizes } from "./internal/audioMeter.ts"
import type { MessageOf } from "./internal/contract/channel.ts"
import {
  channel,
  Configure,
  type ConfigureFailure,
  type ConfigureSuccess,
  type Encoding,
  maxKeyterms,
  type Redaction,
  type TurnInfo
} from "./internal/contract/listenV2.ts"
import type { Unrecognized } from "./internal/contract/unrecognized.ts"
import { makeEncoder } from "./internal/encode.ts"
import { refused } from "./internal/errors.ts"
import { CurrentCallOptions } from "./internal/options.ts"
import type { OneOrMore } from "./internal/sharedOptions.ts"
import { answerTo, saidNo } from "./internal/socket/asking.ts"
import { partOptions } from "./internal/socket/options.ts"
import type { Match } from "./internal/socket/questions.ts"
import { open } from "./internal/socket/session.ts"
import type { Rules, Session } from "./internal/socket/spec.ts"
import { through } from "./internal/socket/through.ts"
import type * as Live from "./Live.ts"
import * as LiveAudio from "./LiveAudio.ts"

export {
  ConfigureFailure,
  ConfigureSuccess,
  Connected,
  FatalError,
  Thresholds,
  TurnInfo,
  TurnWord,
  Warning
} from "./internal/contract/listenV2.ts"
export { Unrecognized } from "./internal/contract/unrecognized.ts"

/** The models that Deepgram documents for `/v2/listen`. */
export type Model = "flux-general-en" | "flux-general-multi"

/** What the server says. */
export type ServerMessage = MessageOf<typeof channel.server> | Unrecognized

/** When a turn is taken to be over. */
export interface ThresholdOptions {
  /**
   * How sure Deepgram must be that the turn may be over to send `EagerEndOfTurn`: 0.3 to 0.9, at most `eot_threshold`.
   * Default: neither that nor `TurnResumed` is sent.
   */
  readonly eager_eot_threshold?: number | undefined
  /** How sure Deepgram must be that the turn is over: 0.5 to 1; with 1 it never is. Default 0.7. */
  readonly eot_threshold?: number | undefined
  /** Milliseconds of silence after which a turn is over however sure Deepgram is: 500 to 60,000. Default 5000. */
  readonly eot_timeout_ms?: number | undefined
}

interface SessionOptions extends ThresholdOptions {
  /** The model, which must be named: there is no default. */
  readonly model: Model | (string & {})
  /** Encoding of raw (headerless) audio; leave out for audio with a header. Needs `sample_rate`. The audio is mono. */
  readonly encoding?: typeof Encoding.Type | undefined
  /** Hz; for raw audio. */
  readonly sample_rate?: number | undefined
  /** Terms to listen for, of one or more words: at most 100. A weight after a colon is taken literally. */
  readonly keyterm?: OneOrMore | undefined
  /** BCP-47 tags of the languages to expect; `flux-general-multi` only. */
  readonly language_hint?: OneOrMore | undefined
  /** Masks or removes profanity. Default `false`. */
  readonly profanity_filter?: boolean | undefined
  /** Writes numbers as digits. Default `false`. */
  readonly numerals?: boolean | undefined
  /** Removes numbers: `numbers` or `aggressive_numbers`. */
  readonly redact?: typeof Redaction.Type | undefined
  /** Keeps the audio out of Deepgram's model improvement; changes the price. Default `false`. */
  readonly mip_opt_out?: boolean | undefined
  /** Labels the session in usage reports. */
  readonly tag?: OneOrMore | undefined
  /**
   * Sends half a second of silence whenever no audio has come for half a second, so that a turn ends although the
   * microphone is off. It is audio that is paid for. For `linear16`, `linear32`, `mulaw` and `alaw`. Default `false`.
   */
  readonly fillSilence?: boolean | undefined
  /**
   * How long `configure` waits for its answer; and how long the server may say nothing while `forceEndTurn`, or the end of
   * a pipe, waits for the end of the turn. Default 10 seconds.
   */
  readonly answerTimeout?: Duration.Input | undefined
}

/** What the audio is, what is to be said about it, and how the channel is opened, kept and closed. */
export interface LiveOptions extends SessionOptions, Live.Options {}

/** The same of a pipe, which never waits for the opening, and how it is closed besides. */
export interface StreamOptions extends SessionOptions, Live.StreamOptions {
  /**
   * `false`: a turn that is not over when the audio ends stays without its `EndOfTurn`, as `CloseStream` alone leaves it.
   * Default `true`: the turn is ended first. When there is none, Deepgram says so by a `Warning`; when there is no answer
   * for `answerTimeout`, the session is closed all the same.
   */
  readonly endLastTurn?: boolean | undefined
}

/** What can be changed in a session; what is left out stays as it is. */
export interface ConfigureOptions {
  readonly thresholds?: ThresholdOptions | undefined
  /** Instead of all terms so far: at most 100. */
  readonly keyterms?: OneOrMore | undefined
  /** Instead of all hints so far: none clears them. */
  readonly language_hints?: ReadonlyArray<string> | undefined
  readonly numerals?: boolean | undefined
}

/** A session of Flux. `close` leaves a turn that is not over without its `EndOfTurn`: see `forceEndTurn`. */
export interface Connection extends Live.Connection<ServerMessage> {
  /**
   * Changes the session, and waits for the answer: everything that is in force now. Fails as `BadRequest`, with
   * Deepgram's `code` and words, when nothing was changed, as `TimedOut` when there is no answer within `answerTimeout`.
   * What the types do not know goes through `Deepgram.withOptions({ body })`.
   *
   * @see https://developers.deepgram.com/docs/flux/configure
   */
  readonly configure: (options: ConfigureOptions) => Effect.Effect<ConfigureSuccess, LiveError>
  /**
   * Ends the turn now, and waits for its `EndOfTurn`; nothing when there is no turn to end. Fails as `TimedOut` when the
   * server says nothing at all for `answerTimeout`: one that is older may not know the message.
   *
   * @see https://developers.deepgram.com/reference/speech-to-text/listen-flux
   */
  readonly forceEndTurn: Effect.Effect<TurnInfo | undefined, LiveError>
}

type Known = MessageOf<typeof channel.server>

const rules: Rules<Known> = {
  requestId: (message) => "request_id" in message ? message.request_id : undefined,
  complaint: (message) => message.type === "Error" ? message : undefined,
  acknowledged: (message) =>
    message.type === "TurnInfo" && message.event === "EndOfTurn"
      ? { seconds: message.audio_window_end, channel: 0, channels: 1 }
      : undefined,
  isResult: ({ type }) => type === "TurnInfo"
}

const refusedOptions = (query: Omit<LiveOptions, keyof Live.Options>): string | undefined => {
  const { eager_eot_threshold, eot_threshold = 0.7, keyterm, language_hint, model } = query
  if (eager_eot_threshold !== undefined && eager_eot_threshold > eot_threshold) {
    return `eager_eot_threshold (${eager_eot_threshold}) is above eot_threshold (${eot_threshold})`
  }
  if (Array.isArray(keyterm) && keyterm.length > maxKeyterms) return `there are more than ${maxKeyterms} key terms`
  if (language_hint !== undefined && model === "flux-general-en") return "language_hint is for flux-general-multi only"
  return refusedFormat(query)
}

const encode = makeEncoder(() => channel.query, "query")

const encodeConfigure = makeEncoder(() => Configure, "body")

const half = Duration.millis(500)

const silenceFor = ({ encoding, sample_rate }: LiveOptions) =>
  encoding === undefined || sample_rate === undefined || !isRaw(encoding)
    ? undefined
    : { frame: LiveAudio.silence({ encoding, sample_rate }, half), sampleBytes: sampleSizes[encoding] }

const configuring = (session: Session<ServerMessage>, after: Duration.Duration) =>
  Effect.fn("ListenV2.configure")(function*(
    options: ConfigureOptions
  ): Effect.fn.Return<ConfigureSuccess, LiveError> {
    const operation = "ListenV2.configure"
    const { body } = yield* CurrentCallOptions
    const message = yield* encodeConfigure(operation, { ...options, type: "Configure" })
    const answer = yield* answerTo(session, {
      operation,
      message: { ...message, ...body },
      match: (message): Match<ConfigureSuccess | ConfigureFailure> =>
        message.type === "ConfigureSuccess" || message.type === "ConfigureFailure"
          ? { answer: message, isMine: true }
          : undefined,
      after
    })
    return answer.type === "ConfigureSuccess" ? answer : yield* saidNo(session, operation, answer)
  })

/** `false` stands for the answer that there is no turn. */
const endOfTurn = (message: ServerMessage): Match<TurnInfo | false> => {
  if (message.type === "Warning") {
    return message.code === "FORCE_END_TURN_NO_ACTIVE_TURN" ? { answer: false, isMine: true } : undefined
  }
  return message.type === "TurnInfo" && message.event === "EndOfTurn" && (message.trigger ?? "manual") === "manual"
    ? { answer: message, isMine: true }
    : undefined
}

const forcing = (session: Session<ServerMessage>, after: Duration.Duration) =>
  Effect.gen(function*() {
    const asked = session.ask({ type: "ForceEndTurn" }, endOfTurn)
    const operation = "ListenV2.forceEndTurn"
    const late = session.late({ operation, after, what: "there was no answer", option: "answerTimeout" })
    const turn = yield* session.patiently(Effect.flatMap(asked, ({ answer }) => answer), after, late)
    return turn === false ? undefined : turn
  }).pipe(Effect.withSpan("ListenV2.forceEndTurn"))

const openSession = Effect.fnUntraced(function*(operation: string, options: LiveOptions) {
  const { live, own } = partOptions(options)
  const { answerTimeout = Duration.seconds(10), fillSilence, ...query } = own
  const reason = refusedOptions(query)
  if (reason !== undefined) return yield* refused(BadRequest, operation, reason)
  const frame = fillSilence === true ? silenceFor(query) : undefined
  if (fillSilence === true && frame === undefined) {
    return yield* refused(
      BadRequest,
      operation,
      "fillSilence needs encoding and sample_rate, of audio that is not compressed"
    )
  }
  const session = yield* open({
    operation,
    channel,
    rules,
    query: yield* encode(operation, query),
    format: query,
    options: live,
    filler: frame === undefined ? undefined : { ...frame, after: half }
  })
  const after = Duration.fromInputUnsafe(answerTimeout)
  const connection: Connection = {
    ...session.connection,
    configure: configuring(session, after),
    forceEndTurn: forcing(session, after)
  }
  return { connection, session }
})

/**
 * Opens a session of Flux; it closes with its scope.
 *
 * Fails as `HandshakeRejected` when Deepgram refuses it, as `TransportError` when there is no connection, as `TimedOut` when
 * there is no answer within `openTimeout`, as `BadRequest` for options that Deepgram would refuse. A session that is open
 * fails as `ConnectionClosed` or `IdleTimeout` when Deepgram ends it, as `ProtocolError` when a message cannot be
 * understood, as `SlowConsumer` when messages are not taken, as `TimedOut` by the time limits of the options.
 *
 * Deepgram recommends frames of 80 milliseconds. Flux knows no KeepAlive: pings keep the channel open where the runtime has
 * them (Node's `ws`), and `fillSilence` everywhere.
 *
 * @see https://developers.deepgram.com/reference/speech-to-text/listen-flux
 *
 * @example
 * ```ts
 * import { Effect, Stream } from "effect"
 * import { ListenV2 } from "effect-deepgram"
 *
 * export const session = Effect.gen(function*() {
 *   const connection = yield* ListenV2.connect({ model: "flux-general-en", encoding: "linear16", sample_rate: 16_000 })
 *   yield* connection.configure({ thresholds: { eot_threshold: 0.8 } })
 *   yield* connection.send(new Uint8Array(2560))
 *   yield* connection.close
 *   return yield* Stream.runCollect(connection.messages)
 * }).pipe(Effect.scoped)
 * ```
 */
export const connect: (
  options: LiveOptions
) => Effect.Effect<Connection, LiveError, Deepgram | Scope.Scope> = Effect.fn("ListenV2.connect")(
  (options: LiveOptions) => Effect.map(openSession("ListenV2.connect", options), ({ connection }) => connection)
)

/**
 * Flux as a pipe: audio in, messages out. Audio is taken from the beginning, while the channel is dialled too; its end ends
 * the last turn and the session, and the stream ends when Deepgram has said everything.
 *
 * Every message comes out. A failure of the audio ends the session at once, and comes behind the messages that are there
 * already; one of the session comes behind all: the same as those of {@link connect}. Interruption closes the session.
 *
 * @see https://developers.deepgram.com/docs/flux/quickstart
 *
 * @example
 * ```ts
 * import { Stream } from "effect"
 * import { ListenV2, LiveTranscript } from "effect-deepgram"
 *
 * export const questions = <E, R>(microphone: Stream.Stream<Uint8Array, E, R>) =>
 *   microphone.pipe(
 *     ListenV2.transcribeStream({ model: "flux-general-en", encoding: "linear16", sample_rate: 16_000 }),
 *     LiveTranscript.endedTurns,
 *     Stream.map(({ text }) => text)
 *   )
 * ```
 */
export const transcribeStream = (
  { endLastTurn = true, ...options }: StreamOptions
): <E, R>(
  audio: Stream.Stream<Uint8Array, E, R>
) => Stream.Stream<ServerMessage, LiveError | E, Deepgram | R> =>
  through(
    openSession("ListenV2.transcribeStream", { ...options, waitForOpen: false }),
    ({ close, forceEndTurn }) =>
      endLastTurn ? Effect.andThen(Effect.catch(forceEndTurn, () => Effect.void), close) : close
  )
