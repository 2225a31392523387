/** `listen.v1` over WebSocket, behind `ListenV1`. */
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { Deepgram } from "../Deepgram.ts"
import { BadRequest, type LiveError } from "../DeepgramError.ts"
import type * as ListenV1 from "../ListenV1.ts"
import type * as Live from "../Live.ts"
import type { MessageOf } from "./contract/channel.ts"
import { channel, type LiveEncoding } from "./contract/listenV1Live.ts"
import type { Redaction } from "./contract/recognition.ts"
import type { Unrecognized } from "./contract/unrecognized.ts"
import { makeEncoder } from "./encode.ts"
import { refused } from "./errors.ts"
import { refusedLiveOptions } from "./listenV1.ts"
import { named } from "./named.ts"
import type { RecognitionOptions } from "./recognitionOptions.ts"
import type { OneOrMore } from "./sharedOptions.ts"
import { partOptions } from "./socket/options.ts"
import type { Asked, Match } from "./socket/questions.ts"
import { open } from "./socket/session.ts"
import type { Rules, Session } from "./socket/spec.ts"
import { through } from "./socket/through.ts"

/** What the server says. */
export type ServerMessage = MessageOf<typeof channel.server> | Unrecognized

/** What is to be said about live audio. Everything is off unless it is asked for. */
export interface LiveFeatureOptions extends RecognitionOptions {
  /** Encoding of raw (headerless) audio; leave out for audio with a header. Needs `sample_rate`. */
  readonly encoding?: typeof LiveEncoding.Type | undefined

  /** Results while somebody speaks, which later ones replace. Default `false`. */
  readonly interim_results?: boolean | undefined
  /** Milliseconds of silence after which a result has `speech_final`, or `false` for never. Default 10. */
  readonly endpointing?: number | boolean | undefined
  /** Milliseconds without a word after which an {@link ListenV1.UtteranceEnd} comes: 1000 or more. Needs `interim_results`. */
  readonly utterance_end_ms?: number | undefined
  /** A {@link ListenV1.SpeechStarted} when somebody begins to speak. Default `false`. */
  readonly vad_events?: boolean | undefined

  /** Removes what is sensitive: `true`, `pci`, `numbers`, `aggressive_numbers`, `ssn`. Default `false`. */
  readonly redact?: boolean | OneOrMore<typeof Redaction.Type> | undefined
  /**
   * Terms to search for. Deepgram takes them of live audio too, but documents no place where its messages have the hits:
   * what there is passes through untyped.
   */
  readonly search?: OneOrMore | undefined

  /** Labels the session in usage reports. */
  readonly tag?: OneOrMore | undefined
  /** Where the results are sent, instead of here. */
  readonly callback?: string | URL | undefined
  /** How they are sent there. Default `POST`. */
  readonly callback_method?: "POST" | "GET" | "PUT" | "DELETE" | undefined
}

/** Telling speakers apart in live audio: each word gets a speaker number from 0. Deepgram refuses both at once. */
export type LiveDiarizationOptions = {
  /** Turns diarization on, with this version: `latest` or `v1`; `v2` is for recordings. */
  readonly diarize_model?: "latest" | "v1" | (string & {}) | undefined
  readonly diarize?: never
} | {
  /** Turns diarization on; superseded by `diarize_model`. Default `false`. */
  readonly diarize?: boolean | undefined
  readonly diarize_model?: never
}

type SessionOptions = ListenV1.ModelOptions & LiveDiarizationOptions & LiveFeatureOptions

/** What the audio is, what is to be said about it, and how the channel is opened, kept and closed. */
export type LiveOptions = SessionOptions & Live.Options & {
  /**
   * How long Deepgram may say nothing while `finalize` waits for an answer that may not come; of audio that does not say
   * how long it is, how long it waits at all. Default 3 seconds.
   */
  readonly finalizeTimeout?: Duration.Input | undefined
}

/** The same of a pipe, which never waits for the opening, and has no `finalize`. */
export type StreamOptions = SessionOptions & Live.StreamOptions

/** A session of live transcription. */
export interface Connection extends Live.Connection<ServerMessage> {
  /**
   * Has everything that was sent transcribed now, and waits for it: `true` when it has come, as final results of which the
   * last has `from_finalize`; whoever waits at `messages` has it then. `false` when there was nothing to flush, which
   * Deepgram does not answer: that is known at once when final results are about all the audio that was sent, and taken
   * for granted after `finalizeTimeout`. With a `callback` nothing comes here, so it is always `false`. The session goes on.
   *
   * @see https://developers.deepgram.com/docs/finalize
   */
  readonly finalize: Effect.Effect<boolean, LiveError>
}

const rules: Rules<MessageOf<typeof channel.server>> = {
  requestId: (message) =>
    message.type === "Results"
      ? message.metadata?.request_id
      : message.type === "Metadata"
      ? message.request_id
      : undefined,
  complaint: () => undefined,
  acknowledged: (message) =>
    message.type === "Results" && message.is_final === true
      ? {
        seconds: message.start + message.duration,
        channel: message.channel_index[0] ?? 0,
        channels: message.channel_index[1] ?? 1
      }
      : undefined,
  isResult: ({ type }) => type === "Results"
}

/** How long the other channels of audio have to answer after the first one did. */
const othersTimeout = Duration.millis(500)

/** Seconds that results may lack: their times are of single precision, which is coarse after hours (trap 28). */
const tolerance = 0.01

/** A `Finalize` that has been sent. */
interface Flush {
  readonly asked: Asked<boolean, LiveError>
  /** Seconds of audio that were before it, where that is known. */
  readonly target: number | undefined
  /** A channel of the audio has answered. */
  readonly begun: Deferred.Deferred<void>
}

/** Sends a `Finalize`, and finds what answers it: an answer about later audio is that of a later one. */
const flush = Effect.fnUntraced(function*(
  session: Session<ServerMessage>,
  frames: number
): Effect.fn.Return<Flush, LiveError> {
  const begun = Deferred.makeUnsafe<void>()
  const answered = new Set<number>()
  const covered = new Set<number>()
  let isSaid = false
  let target: number | undefined
  const match = (message: ServerMessage): Match<boolean> => {
    if (!isSaid || message.type !== "Results" || message.is_final !== true) return undefined
    const [index = 0, count = 1] = message.channel_index
    const end = message.start + message.duration
    const isMine = message.from_finalize === true && !answered.has(index) &&
      (target === undefined || end <= target + tolerance)
    if (isMine) {
      answered.add(index)
      Deferred.doneUnsafe(begun, Effect.void)
    }
    if (isMine || target !== undefined && end + tolerance >= target) covered.add(index)
    return covered.size >= count ? { answer: answered.size > 0, isMine } : isMine ? "mine" : undefined
  }
  // Deepgram answers once what was asked twice about the same audio.
  const asked = yield* session.ask({ type: "Finalize" }, match, `Finalize ${frames}`)
  isSaid = true
  const { sent } = yield* session.connection.position
  target = sent
  return { asked, target, begun }
})

const nothing = Effect.succeed(false)

/** Waits for the answer: as long as anything comes that brings it nearer, where that can be told. */
const answerOf = (
  session: Session<ServerMessage>,
  { asked, begun, target }: Flush,
  after: Duration.Duration
): Effect.Effect<boolean, LiveError> => {
  const all = Effect.map(asked.answer, (flushed) => flushed ?? true)
  const first = Effect.as(Effect.andThen(Deferred.await(begun), Effect.sleep(othersTimeout)), true)
  const answer = Effect.raceFirst(all, first)
  if (target !== undefined) return session.patiently(answer, after, nothing)
  return answer.pipe(
    Effect.timeoutOrElse({ duration: after, orElse: () => nothing }),
    // Without a position nothing would ever tell that its answer does not come.
    Effect.ensuring(Effect.sync(asked.forget))
  )
}

/** The last `Finalize` of a session, and behind how many frames it was. */
interface Finalizing {
  last?: { readonly frames: number; readonly flush: Flush }
}

const finalize = named("ListenV1.finalize")((
  session: Session<ServerMessage>,
  timeout: Duration.Duration,
  finalizing: Finalizing
) =>
  Effect.gen(function*() {
    yield* session.usable
    const { acknowledged, sent } = yield* session.connection.position
    // Of audio that waits to be sent nobody knows yet how much it is.
    if (session.isIdle() && sent !== undefined && acknowledged + tolerance >= sent) return false
    const { last } = finalizing
    const frames = session.handedOver()
    const isAsked = last?.frames === frames && last.flush.target !== undefined && !last.flush.asked.isAnswered()
    const asked = isAsked && last !== undefined ? last : { frames, flush: yield* flush(session, frames) }
    finalizing.last = asked
    return yield* answerOf(session, asked.flush, timeout)
  })
)

const encode = makeEncoder(() => channel.query, "query")

const openSession = Effect.fnUntraced(function*(operation: string, options: LiveOptions) {
  const { live, own } = partOptions(options)
  const { callback, finalizeTimeout = Duration.seconds(3), ...features } = own
  const query = { ...features, ...(callback === undefined ? undefined : { callback: String(callback).trim() }) }
  const reason = refusedLiveOptions(query)
  if (reason !== undefined) return yield* refused(BadRequest, operation, reason)
  const session = yield* open({
    operation,
    channel,
    rules,
    query: yield* encode(operation, query),
    format: features,
    options: live
  })
  const timeout = Duration.fromInputUnsafe(finalizeTimeout)
  const finalizing: Finalizing = {}
  const connection: Connection = {
    ...session.connection,
    finalize: Effect.suspend(() => finalize(session, timeout, finalizing))
  }
  return { connection, session }
})

/**
 * Opens a session of live transcription; it closes with its scope.
 *
 * Fails as `HandshakeRejected` when Deepgram refuses it, as `TransportError` when there is no connection, as `TimedOut` when
 * there is no answer within `openTimeout`, as `BadRequest` for options that Deepgram would refuse. A session that is open
 * fails as `ConnectionClosed` or `IdleTimeout` when Deepgram ends it, as `ProtocolError` when a message cannot be
 * understood, as `SlowConsumer` when messages are not taken, as `TimedOut` by the time limits of the options.
 *
 * Audio may be sent as fast as it is there; Deepgram likes it at no more than 1.25 times the speed of speech. While none is
 * sent a KeepAlive goes out every 4 seconds; but Deepgram closes a session that never had any audio after 10 seconds, which
 * is an `IdleTimeout`.
 *
 * @see https://developers.deepgram.com/reference/speech-to-text/listen-streaming
 *
 * @example
 * ```ts
 * import { Effect, Stream } from "effect"
 * import { ListenV1 } from "effect-deepgram"
 *
 * export const session = Effect.gen(function*() {
 *   const connection = yield* ListenV1.connect({ model: "nova-3", encoding: "linear16", sample_rate: 16_000 })
 *   yield* connection.send(new Uint8Array(32_000))
 *   yield* connection.close
 *   return yield* Stream.runCollect(connection.messages)
 * }).pipe(Effect.scoped)
 * ```
 */
export const connect: (
  options: LiveOptions
) => Effect.Effect<Connection, LiveError, Deepgram | Scope.Scope> = named("ListenV1.connect")(
  (options: LiveOptions) => Effect.map(openSession("ListenV1.connect", options), ({ connection }) => connection)
)

/**
 * Live transcription as a pipe: audio in, messages out. Audio is taken from the beginning, while the channel is dialled
 * too; its end ends the session, and the stream ends when Deepgram has said everything.
 *
 * Every message comes out, the last results and `Metadata` included. A failure of the audio ends the session
 * at once, and comes behind the messages that are there already; one of the session comes behind all: the same as those of
 * {@link connect}. Interruption closes the session.
 *
 * @see https://developers.deepgram.com/docs/live-streaming-audio
 *
 * @example
 * ```ts
 * import { Stream } from "effect"
 * import { ListenV1, LiveTranscript } from "effect-deepgram"
 *
 * export const captions = <E, R>(microphone: Stream.Stream<Uint8Array, E, R>) =>
 *   microphone.pipe(
 *     ListenV1.transcribeStream({ model: "nova-3", encoding: "linear16", sample_rate: 16_000, interim_results: true }),
 *     LiveTranscript.liveCaptions(),
 *     Stream.map(({ interim, text }) => `${text} ${interim}`)
 *   )
 * ```
 */
export const transcribeStream = (
  options: StreamOptions
): <E, R>(
  audio: Stream.Stream<Uint8Array, E, R>
) => Stream.Stream<ServerMessage, LiveError | E, Deepgram | R> =>
  through(
    openSession("ListenV1.transcribeStream", { ...options, waitForOpen: false }),
    ({ close }) => close
  )
