/**
 * What all channels over WebSocket have in common: how they are opened and closed, what a connection is, and what is
 * measured. The channels themselves are `connect` of `ListenV1`, `ListenV2`, `SpeakV1`, `SpeakV2` and `AgentV1`, and their
 * pipeable forms: `transcribeStream`, `speakStream`, `AgentV1.converse`.
 *
 * @see https://developers.deepgram.com/docs/lower-level-websockets
 */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type * as Stream from "effect/Stream"
import type { LiveError } from "./DeepgramError.ts"

export { Unrecognized } from "./internal/contract/unrecognized.ts"

/** How a channel is opened, kept and closed. Everything has a default. */
export interface Options {
  /**
   * How long opening may take, retries and their waits included; it fails as `TimedOut`. What is retried, and when, is
   * said by `Deepgram.withOptions({ retry })`: handshakes refused with 408, 429 or 5xx, and connections that fail, where
   * the runtime tells those from a refusal; Node's `ws`, Bun and Deno do, browsers do not. Default 10 seconds.
   */
  readonly openTimeout?: Duration.Input | undefined
  /**
   * How long the server may be silent after the session was closed here, before it fails as `TimedOut`; each message
   * begins it anew. Default 10 seconds.
   */
  readonly drainTimeout?: Duration.Input | undefined
  /**
   * Fails the session as `TimedOut` when no message has come for so long although audio was sent: the connection may be
   * half open, or the server stuck. Time counts while audio is sent and messages are taken. Longer than Deepgram has
   * nothing to say: than the longest silence in the audio. Default: never.
   */
  readonly watchdog?: Duration.Input | undefined
  /** `false`: nothing is sent that only keeps the channel open; the server closes it when no audio comes. Default `true`. */
  readonly keepAlive?: boolean | undefined
  /**
   * `false`: the connection is there at once, and takes audio while it is dialled; why it could not be opened is then said
   * by `messages` and by what is sent. Default `true`.
   */
  readonly waitForOpen?: boolean | undefined
  /** Bytes of audio that are taken in while the channel is not open; more waits. Default {@link defaultCapacity}. */
  readonly capacity?: number | undefined
}

/** The same of a pipe, which never waits for the opening. */
export type StreamOptions = Omit<Options, "waitForOpen">

/** How much audio is taken in before a channel is open, unless told otherwise: 1 MiB, half a minute of `linear16` at 16 kHz. */
export const defaultCapacity = 1_048_576

/** How much of the audio has gone which way, in seconds. */
export interface Position {
  /** Audio that was sent; nothing where its format does not say how long it is. */
  readonly sent: number | undefined
  /** Audio that final results are about, on every channel of it: what can no longer change. */
  readonly acknowledged: number
}

/** A channel that is open. It closes with its scope, at once. */
export interface Session<Message> {
  /**
   * Everything that the server says, in order. It ends when the session has ended as it should: by `close`. Otherwise it
   * fails, after everything that came before. For one reader at a time.
   *
   * Whoever does not read makes the server wait, where the runtime can (Node's `ws`); where it cannot, the session fails
   * as `SlowConsumer` when 16 MiB are waiting.
   */
  readonly messages: Stream.Stream<Message, LiveError>
  /**
   * The same without a stream, for gateways that hold thousands of sessions: hands each message to a function, at once
   * and with no fiber to wake, which costs hardly more than the socket's own event. Runs until the session has ended,
   * and ends as `messages` does; when it is interrupted, later messages wait for the next reader. What waits when it
   * begins is handed out in one go. What the function throws is a defect. While it runs nothing else comes in: work that
   * takes long, or is an effect, belongs elsewhere.
   */
  readonly onMessage: (hear: (message: Message) => void) => Effect.Effect<void, LiveError>
  /**
   * Says that nothing more comes, and succeeds when the server has said everything and closed the channel. What it says
   * comes out of `messages`. Fails as `TimedOut` when the server says nothing for `drainTimeout`, and otherwise with what
   * ended the session.
   */
  readonly close: Effect.Effect<void, LiveError>
  /** Deepgram's id of the session (a UUID), as soon as the server has said it: quote it to Deepgram's support. */
  readonly requestId: Effect.Effect<string | undefined>
}

/** A channel that listens and is open: audio goes in, messages come out. */
export interface Connection<Message> extends Session<Message> {
  /**
   * Sends a frame of audio: of any size, 20 to 250 milliseconds are usual. It suspends while the network does not keep
   * up. The bytes may be changed once it has succeeded. Empty frames are not sent. After `close` it fails as
   * `SendAfterClose`, after the end of the session with what ended it.
   */
  readonly send: (audio: Uint8Array) => Effect.Effect<void, LiveError>
  /**
   * `send` for code that runs no effects, such as the event handler of a telephone's socket: hands the frame over now.
   * `false`, and nothing of it is sent, where `send` would wait or fail: while the network does not keep up, before the
   * opening when `capacity` is full, after `close` and after the end.
   */
  readonly sendUnsafe: (audio: Uint8Array) => boolean
  /** How far the audio has come. */
  readonly position: Effect.Effect<Position>
}

/** Seconds: of a local network to those of a recovery. */
const boundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Seconds from dialling to the opening of a channel. With the attribute `channel`, like all metrics of this module. */
export const openSeconds = Metric.histogram("deepgram_session_open_seconds", {
  description: "Time from dialling to the opening of a channel",
  boundaries
})

/**
 * Seconds from the first that was sent to the first that came of it: from audio to a result, of live speech from a text to
 * audio, of an agent from audio to what was said.
 */
export const firstResultSeconds = Metric.histogram("deepgram_session_first_result_seconds", {
  description: "Time from the first audio or text that was sent to the first result",
  boundaries
})

/** Seconds of audio that were sent, counted every 10 seconds; not of audio that does not say how long it is. */
export const audioSeconds = Metric.counter("deepgram_session_audio_seconds", {
  description: "Audio that was sent",
  incremental: true
})

/** Sessions that are open. */
export const activeSessions = Metric.counter("deepgram_sessions_active", {
  description: "Sessions that are open"
})

/** Sessions that have ended, by how: the attribute `outcome` is `closed`, `interrupted`, or the tag of the error. */
export const endedSessions = Metric.counter("deepgram_sessions_ended", {
  description: "Sessions that have ended",
  incremental: true
})

/** Times that a session was opened anew. */
export const reconnects = Metric.counter("deepgram_session_reconnects", {
  description: "Times that a session was opened anew",
  incremental: true
})
