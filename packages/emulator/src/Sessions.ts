/**
 * Recorded calls: what clients sent to an emulator and what they were answered, as `record` of `Emulator.Options` writes
 * it. A file can be read, and sent again to an emulator or to Deepgram, so that what went wrong somewhere can be seen
 * again, and stays a test.
 *
 * A file has a JSON object in each line ({@link Line}): a header, then every call with its body, its answer and its
 * messages, each when it passed. What proves who calls is not in it: names such as `hidden-secret-1` stand for keys, access
 * tokens, new keys, sensitive variables, passwords in URLs, and headers, credentials and queries of the endpoints of
 * others; cookies are left out, and callbacks have no user, password or query. Audio and texts are in it as they were; URLs
 * of recordings keep their query, by which they are found, even if it is signed.
 */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Stream from "effect/Stream"
import * as File from "./internal/sessions/file.ts"
import type { Line, Recorded, RecordedCall, SessionsError } from "./internal/sessions/format.ts"
import * as Replay from "./internal/sessions/replay.ts"

export {
  Answer,
  AnswerBody,
  Call,
  CallEnd,
  Closed,
  End,
  Header,
  Line,
  Part,
  Received,
  type Recorded,
  type RecordedCall,
  RequestBody,
  RequestEnd,
  Sent,
  SessionsError
} from "./internal/sessions/format.ts"

/**
 * The lines of a file, as they are read; a last line that is cut off is left out. Fails when the file cannot be read, a
 * line is damaged, or the file was written by an emulator of another format.
 */
export const lines: (path: string) => Stream.Stream<Line, SessionsError> = File.lines

/** The calls of a file, in memory. Fails like {@link lines}. */
export const read: (path: string) => Effect.Effect<Recorded, SessionsError> = File.read

/** Where and how calls are sent again. */
export interface ReplayOptions {
  /** Base URL of the server: of an emulator, or `https://api.deepgram.com`. */
  readonly url: string
  /**
   * Takes the place of credentials that were accepted when the calls were recorded; those that the server itself answers,
   * new keys and access tokens, take their own place. A credential that was refused is replaced by one that is wrong too.
   */
  readonly apiKey: string | Redacted.Redacted
  /** `recorded`: at the times at which everything was sent. `fast`, the default: as soon as its turn has come. */
  readonly speed?: "recorded" | "fast" | undefined
  /** How long anything that was answered then is waited for, longer than it took then. Default 30 seconds. */
  readonly timeout?: Duration.Input | undefined
}

/** What is not as it was. */
export interface Difference {
  /**
   * A JSON path: `$.status`, `$.headers["content-type"]`, `$.body.results.channels[0]`; of sessions
   * `$.messages[2].is_final`, `$.audio` and `$.close.code`; `$.end` is how a call ended.
   */
  readonly path: string
  /** Nothing (`undefined`) where there is something now that was not there. */
  readonly recorded: unknown
  /** Nothing (`undefined`) where there was something that is not there now. */
  readonly replayed: unknown
}

/** A call that was sent again. */
export interface ReplayedCall {
  readonly call: RecordedCall
  /** Nothing, when the answer is the same. */
  readonly differences: ReadonlyArray<Difference>
}

/** What came of it. */
export interface Replayed {
  /** In the order of the file. */
  readonly calls: ReadonlyArray<ReplayedCall>
  /** Whether every answer is the same. */
  readonly same: boolean
  /** Whether the file has its end. */
  readonly complete: boolean
}

/**
 * Sends what clients sent to a server again, and compares its answers. Calls begin in their order; each waits for those
 * that were over when it began, and those that overlapped overlap. A message waits for those that had come before it. What
 * clients broke off is broken off, and compared as far as it had come. Callbacks are asked for again, too. The file and the
 * answers are held in memory.
 *
 * Not compared: UUIDs and ids of spoken turns, which must only stand for one another throughout; what was secret; dates and times; members that
 * say how long something took (`…_latency`); headers of the connection, and those that are new. Audio is compared by its
 * bytes, however it is cut. Ids and secrets that the server answers take the place of the recorded ones in what is sent
 * afterwards. Where the outcome depended on who was faster, it may be another one now.
 *
 * Fails only when the file cannot be read: a server that does not answer is a difference.
 *
 * @example
 * ```ts
 * import { Emulator, Recording, Sessions } from "@effect-deepgram/emulator"
 * import { Effect } from "effect"
 * import { ListenV1 } from "effect-deepgram"
 *
 * const call = Recording.wav("Good morning.")
 *
 * export const program = Effect.gen(function*() {
 *   // Somebody records.
 *   yield* ListenV1.transcribeFile(call, { model: "nova-3" }).pipe(
 *     Effect.provide(Emulator.layerSdk({ record: "calls.jsonl" }))
 *   )
 *   // Somebody else looks whether it is still so.
 *   const { url } = yield* Emulator.Emulator
 *   const { same } = yield* Sessions.replay("calls.jsonl", { url, apiKey: Emulator.defaultApiKey })
 *   return same
 * }).pipe(Effect.provide(Emulator.layer()))
 * // => true
 * ```
 */
export const replay: (path: string, options: ReplayOptions) => Effect.Effect<Replayed, SessionsError> = Replay.replay
