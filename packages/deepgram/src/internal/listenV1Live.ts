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
import type { Redaction } from "./contract/listenV1.ts"
import { channel, type LiveEncoding } from "./contract/listenV1Live.ts"
import type { Unrecognized } from "./contract/unrecognized.ts"
import { makeEncoder } from "./encode.ts"
import { refused } from "./errors.ts"
import { refusedLiveOptions } from "./listenV1.ts"
import type { OneOrMore } from "./sharedOptions.ts"
import { open, type Rules, type Session } from "./socket/session.ts"
import { through } from "./socket/through.ts"

/** What the server says. */
export type ServerMessage = MessageOf<typeof channel.server> | Unrecognized

/** What is to be said about live audio. Everything is off unless it is asked for. */
export interface LiveFeatureOptions {
  /** Encoding of raw (headerless) audio; leave out for audio with a header. Needs `sample_rate`. */
  readonly encoding?: typeof LiveEncoding.Type | undefined
  /** Hz; for raw audio. */
  readonly sample_rate?: number | undefined
  /** Interleaved channels of raw audio. Default 1. */
  readonly channels?: number | undefined

  /** BCP-47 tag of the language spoken, or `multi`. Default `en`. */
  readonly language?: string | undefined
  /** Transcribes each channel on its own; results say which in `channel_index`. Default `false`. */
  readonly multichannel?: boolean | undefined
  /** Version of the model. Default `latest`. */
  readonly version?: string | undefined

  /** Results while somebody speaks, which later ones replace. Default `false`. */
  readonly interim_results?: boolean | undefined
  /** Milliseconds of silence after which a result has `speech_final`, or `false` for never. Default 10. */
  readonly endpointing?: number | boolean | undefined
  /** Milliseconds without a word after which an {@link ListenV1.UtteranceEnd} comes: 1000 or more. Needs `interim_results`. */
  readonly utterance_end_ms?: number | undefined
  /** A {@link ListenV1.SpeechStarted} when somebody begins to speak. Default `false`. */
  readonly vad_events?: boolean | undefined

  /** Punctuation, numbers, dates, … as they are written. Default `false`. */
  readonly smart_format?: boolean | undefined
  /** Punctuation and capitals. Default `false`. */
  readonly punctuate?: boolean | undefined
  /** Writes numbers as digits. Default `false`. */
  readonly numerals?: boolean | undefined
  /** Obeys spoken commands such as “comma”. Default `false`. */
  readonly dictation?: boolean | undefined
  /** Masks or removes profanity. Default `false`. */
  readonly profanity_filter?: boolean | undefined
  /** Removes what is sensitive: `true`, `pci`, `numbers`, `aggressive_numbers`, `ssn`. Default `false`. */
  readonly redact?: boolean | OneOrMore<typeof Redaction.Type> | undefined
  /** `find:replace`; nothing after the colon removes the term. */
  readonly replace?: OneOrMore | undefined
  /** Terms to search for. */
  readonly search?: OneOrMore | undefined
  /** Finds names, dates, … Default `false`. */
  readonly detect_entities?: boolean | undefined

  /** Labels the session in usage reports. */
  readonly tag?: OneOrMore | undefined
  /** Pairs that come back in `Metadata.extra`. */
  readonly extra?: Readonly<Record<string, string>> | undefined
  /** Keeps the audio out of Deepgram's model improvement; changes the price. Default `false`. */
  readonly mip_opt_out?: boolean | undefined
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

/** What the audio is, what is to be said about it, and how the channel is opened, kept and closed. */
export type LiveOptions = ListenV1.ModelOptions & LiveDiarizationOptions & LiveFeatureOptions & Live.Options & {
  /** How long `finalize` waits for an answer that may not come. Default 3 seconds. */
  readonly finalizeTimeout?: Duration.Input | undefined
}

/** A session of live transcription. */
export interface Connection extends Live.Connection<ServerMessage> {
  /**
   * Has everything that was sent transcribed now, and waits for it: `true` when it has come out of `messages`, as final
   * results of which the last has `from_finalize`; `false` when there was nothing to flush, which Deepgram does not
   * answer. That is known at once when final results are about all the audio that was sent, and taken for granted after
   * `finalizeTimeout`. The session goes on.
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

/** Seconds that results may lack because of rounding. */
const tolerance = 0.001

const finalizing = (session: Session<ServerMessage>, timeout: Duration.Duration): Effect.Effect<boolean, LiveError> =>
  Effect.gen(function*() {
    yield* session.usable
    const { acknowledged, sent: seconds } = yield* session.position
    // Of audio that waits to be sent nobody knows yet how much it is.
    const sent = session.isIdle() ? seconds : undefined
    if (sent !== undefined && acknowledged + tolerance >= sent) return false
    const first = Deferred.makeUnsafe<void>()
    const answered = new Set<number>()
    const covered = new Set<number>()
    const all = session.ask({ type: "Finalize" }, (message) => {
      if (message.type !== "Results" || message.is_final !== true) return undefined
      const [index = 0, count = 1] = message.channel_index
      if (message.from_finalize === true) {
        answered.add(index)
        Deferred.doneUnsafe(first, Effect.void)
      }
      if (
        message.from_finalize === true || sent !== undefined && message.start + message.duration + tolerance >= sent
      ) {
        covered.add(index)
      }
      return covered.size >= count ? answered.size > 0 : undefined
    }, "perhaps")
    const afterFirst = Effect.as(Effect.andThen(Deferred.await(first), Effect.sleep(othersTimeout)), true)
    return yield* Effect.raceFirst(all, afterFirst).pipe(
      Effect.map((flushed) => flushed ?? true),
      Effect.timeoutOrElse({ duration: timeout, orElse: () => Effect.succeed(false) })
    )
  })

const encode = makeEncoder(channel.query, "query")

const openSession = Effect.fnUntraced(function*(operation: string, options: LiveOptions) {
  const {
    callback,
    capacity,
    drainTimeout,
    finalizeTimeout = Duration.seconds(3),
    keepAlive,
    openTimeout,
    waitForOpen,
    watchdog,
    ...features
  } = options
  const query = { ...features, ...(callback === undefined ? undefined : { callback: String(callback).trim() }) }
  const reason = refusedLiveOptions(query)
  if (reason !== undefined) return yield* refused(BadRequest, operation, reason)
  const session = yield* open({
    operation,
    channel,
    rules,
    query: (yield* encode(operation, query)) as Readonly<Record<string, string>>,
    format: features,
    options: { capacity, drainTimeout, keepAlive, openTimeout, waitForOpen, watchdog }
  })
  const finalize = finalizing(session, Duration.fromInputUnsafe(finalizeTimeout))
  return { ...session, finalize } satisfies Connection
})

/**
 * Opens a session of live transcription; it closes with its scope. Fails as `HandshakeRejected` when Deepgram refuses it,
 * as `TransportError` when there is no connection, as `BadRequest` for options that Deepgram would refuse.
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
) => Effect.Effect<Connection, LiveError, Deepgram | Scope.Scope> = Effect.fn("ListenV1.connect")(
  (options: LiveOptions) => openSession("ListenV1.connect", options)
)

/**
 * Live transcription as a pipe: audio in, messages out. Audio is taken from the beginning, while the channel is dialled
 * too; its end ends the session, and the stream ends when Deepgram has said everything.
 *
 * Every message comes out, the last results and `Metadata` included. A failure of the audio is that of the stream, at
 * once; one of the session comes behind all messages. Interruption closes the session.
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
 *     LiveTranscript.finals,
 *     Stream.map(({ channel }) => channel.alternatives[0]?.transcript)
 *   )
 * ```
 */
export const transcribeStream = (
  options: LiveOptions
): <E, R>(
  audio: Stream.Stream<Uint8Array, E, R>
) => Stream.Stream<ServerMessage, LiveError | E, Deepgram | R> =>
  through(
    openSession("ListenV1.transcribeStream", { ...options, waitForOpen: false }),
    ({ close }) => close
  )
