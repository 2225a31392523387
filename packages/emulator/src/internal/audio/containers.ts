/** Facts about the containers that the emulator recognises but does not decode. */
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"

/** What a container says about its audio, as far as it could be found out. */
export interface ContainerFacts {
  readonly codec?: string
  /** Hz. */
  readonly sampleRate?: number
  readonly channels?: number
  /** Seconds. */
  readonly duration?: number
}

const positive = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value) && value > 0

/** Names come out of the file: they must not break the one line of an error message. */
const printable = (text: string): string => text.replaceAll(/[^\u0020-\u007e]+/g, " ").trim().slice(0, 60)

/** Loaded on first use: most emulators never see anything but WAV. */
const loadMusicMetadata = Effect.promise(() => import("music-metadata"))

/**
 * Reads the metadata of a container, up to the end if that is what the duration takes, without keeping it in memory.
 *
 * A file that is broken, or that the library does not know, has no facts; only the upload itself can fail.
 */
export const inspect = Effect.fnUntraced(function*<E>(
  bytes: Pull.Pull<NonEmptyReadonlyArray<Uint8Array>, E>,
  options: {
    readonly mimeType: string
    /** Bytes of the whole upload, which spares counting the frames of an MP3. */
    readonly size?: number | undefined
  }
): Effect.fn.Return<ContainerFacts, E> {
  const library = yield* loadMusicMetadata
  let failure: Cause.Cause<E> | undefined
  const source = Stream.fromPull(Effect.succeed(bytes)).pipe(
    // The library interrupts the stream when it has read enough: that is no failure of the upload.
    Stream.onError((cause) =>
      Effect.sync(() => {
        if (!Cause.hasInterruptsOnly(cause)) failure = cause as Cause.Cause<E>
      })
    )
  )
  const parse = ({ signal }: AbortController) =>
    Effect.tryPromise(() =>
      library.parseWebStream(
        Stream.toReadableStreamWith(source, Context.empty(), { signal }),
        { mimeType: options.mimeType, ...(options.size !== undefined && { size: options.size }) },
        { duration: true, skipCovers: true, skipPostHeaders: true }
      )
    ).pipe(
      Effect.option,
      Effect.map((parsed) => ({ failure, parsed }))
    )
  const result = yield* Effect.acquireUseRelease(
    Effect.sync(() => new AbortController()),
    parse,
    // An interruption does not reach the library: it finds the stream at its end instead.
    (controller) => Effect.sync(() => controller.abort())
  )
  if (result.failure !== undefined) return yield* Effect.failCause(result.failure)
  if (Option.isNone(result.parsed)) return {}
  const { codec, duration, numberOfChannels, sampleRate } = result.parsed.value.format
  return {
    ...(codec !== undefined && printable(codec) !== "" && { codec: printable(codec) }),
    ...(positive(sampleRate) && { sampleRate }),
    ...(positive(numberOfChannels) && { channels: numberOfChannels }),
    ...(positive(duration) && { duration })
  }
})
