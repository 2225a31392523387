/**
 * Audio that can be sent: bytes, a `Blob` or `File`, a `Stream`, or a source that opens itself for each attempt
 * (a path, with `NodeAudio.file` of `@effect-deepgram/node`).
 */
import * as Effect from "effect/Effect"
import { hasProperty } from "effect/Predicate"
import * as Stream from "effect/Stream"

const TypeId: unique symbol = Symbol.for("effect-deepgram/AudioSource")

/** Audio from its first byte. */
export interface Opened<E = never, R = never> {
  readonly stream: Stream.Stream<Uint8Array, E, R>
  /** Bytes, when known: it is then sent as `Content-Length`, where the transport can. */
  readonly size?: number | undefined
  /** Media type, when known. Default `application/octet-stream`: Deepgram looks at the bytes anyway. */
  readonly contentType?: string | undefined
}

/** Audio that can be opened any number of times, so that a failed upload is tried again. */
export interface AudioSource<out E = never, out R = never> {
  readonly [TypeId]: typeof TypeId
  readonly open: Effect.Effect<Opened<E, R>, E, R>
}

/**
 * Makes a source from an effect that opens the audio from its first byte, each time it runs.
 *
 * @example
 * ```ts
 * import { Effect, Stream } from "effect"
 * import { AudioSource, ListenV1 } from "effect-deepgram"
 *
 * const parts = [new Uint8Array(1024), new Uint8Array(512)]
 *
 * export const source = AudioSource.make(Effect.succeed({
 *   stream: Stream.fromIterable(parts),
 *   size: 1536,
 *   contentType: "audio/wav"
 * }))
 *
 * export const transcribe = () => ListenV1.transcribeFile(source, { model: "nova-3" })
 * ```
 */
export const make = <E, R>(open: Effect.Effect<Opened<E, R>, E, R>): AudioSource<E, R> => ({ [TypeId]: TypeId, open })

/**
 * The bytes of a source, opened when the stream is run: for live transcription of a recording.
 *
 * @example
 * ```ts
 * import { Effect, Stream } from "effect"
 * import { AudioSource } from "effect-deepgram"
 *
 * const source = AudioSource.make(Effect.succeed({ stream: Stream.make(new Uint8Array(1024), new Uint8Array(512)) }))
 *
 * export const sizes = AudioSource.stream(source).pipe(Stream.map(({ byteLength }) => byteLength))
 * // => [1024, 512]
 * ```
 */
export const stream = <E, R>(source: AudioSource<E, R>): Stream.Stream<Uint8Array, E, R> =>
  Stream.unwrap(Effect.map(source.open, ({ stream }) => stream))

/** Tells whether a value is an {@link AudioSource}. */
export const isAudioSource = (u: unknown): u is AudioSource<unknown, unknown> => hasProperty(u, TypeId)

/**
 * What can be sent: bytes in any array (samples in an `Int16Array` go out in the machine's byte order, which is
 * `linear16` wherever this SDK runs), blobs, streams, sources.
 *
 * Nothing is copied: bytes and blobs must not change until the operation ends, and what a stream has handed out belongs
 * to the SDK, so a reader may not fill the same buffer again. A `Stream` is taken to be good for one reading only: an
 * upload from it is never tried again; wrap it with {@link make} if it can be read twice.
 */
export type Input<E = never, R = never> =
  | ArrayBuffer
  | ArrayBufferView
  | Blob
  | Stream.Stream<Uint8Array, E, R>
  | AudioSource<E, R>
