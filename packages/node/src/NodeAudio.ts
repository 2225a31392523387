/** Audio from where Node finds it: files by their path. */
import * as AudioSource from "effect-deepgram/AudioSource"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { constants } from "node:fs"
import * as FileSystem from "node:fs/promises"
import { resolve } from "node:path"
import { fileURLToPath } from "node:url"
import * as MediaType from "./internal/mediaType.ts"

/** A file that cannot be sent. */
export class AudioFileError extends Schema.TaggedError<AudioFileError>()("AudioFileError", {
  /** One line: what is wrong, and with which file. */
  message: Schema.String,
  /** The file, as an absolute path. */
  path: Schema.String,
  /**
   * `NotAFile` stands for directories, pipes and devices, `Changed` for a file that became shorter while it was sent,
   * `Unreadable` for everything else.
   */
  reason: Schema.Literals(["NotFound", "PermissionDenied", "NotAFile", "Changed", "Unreadable"]),
  /** What the operating system reported. */
  cause: Schema.optionalKey(Schema.Defect())
}) {}

const failure = (
  path: string,
  reason: AudioFileError["reason"],
  what: string,
  cause?: unknown
): AudioFileError =>
  new AudioFileError({
    message: `NodeAudio.file: ${what}: ${path}`,
    path,
    reason,
    ...(cause === undefined ? undefined : { cause })
  })

const fromSystem = (path: string) => (cause: unknown): AudioFileError => {
  const { code, message } = cause as NodeJS.ErrnoException
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return failure(path, "NotFound", "no such file", cause)
    case "EACCES":
    case "EPERM":
      return failure(path, "PermissionDenied", "no permission to read the file", cause)
    default:
      return failure(path, "Unreadable", `the file cannot be read (${code ?? message})`, cause)
  }
}

// Large reads: 256 KiB go out up to 1.7 times as fast as 64 KiB.
const chunkSize = 262_144

const read = (path: string, size: number): Stream.Stream<Uint8Array, AudioFileError> => {
  const fail = fromSystem(path)
  const opened = Effect.acquireRelease(
    Effect.tryPromise({ try: () => FileSystem.open(path), catch: fail }),
    // Waits for a read that an interruption left behind.
    (handle) => Effect.promise(() => handle.close())
  )
  return Stream.unwrap(Effect.map(opened, (handle) => {
    let position = 0
    const next = Effect.suspend((): Pull.Pull<readonly [Uint8Array], AudioFileError> => {
      // What was added since the size was promised is left out.
      const length = Math.min(chunkSize, size - position)
      return length === 0 ? Cause.done() : Effect.flatMap(
        Effect.tryPromise({
          try: () => handle.read(Buffer.allocUnsafeSlow(length), 0, length, position),
          catch: fail
        }),
        ({ buffer, bytesRead }) => {
          position += bytesRead
          return bytesRead === 0
            ? Effect.fail(failure(path, "Changed", "the file became shorter while it was sent"))
            : Effect.succeed([buffer.subarray(0, bytesRead)] as const)
        }
      )
    })
    return Stream.fromPull(Effect.succeed(next))
  }))
}

/** What can be said of a file. */
export interface FileOptions {
  /** Media type. Default: by the extension of the name, else `application/octet-stream`. */
  readonly contentType?: string | undefined
}

/**
 * The file at a path, or at a `file:` URL. It is opened for each attempt anew and closed after it, so that a failed
 * upload is tried again; it is read as fast as it is sent. The request states its length: what is added to the file
 * meanwhile is left out.
 *
 * A missing file, a directory, a missing permission fail as {@link AudioFileError}, before anything is sent. Pipes and
 * devices can be read once only: pass a `Stream` of their bytes instead.
 *
 * @example
 * ```ts
 * import { NodeAudio } from "@effect-deepgram/node"
 * import { Effect } from "effect"
 * import { ListenV1 } from "effect-deepgram"
 *
 * export const program = ListenV1.transcribeFile(NodeAudio.file("call.wav"), { model: "nova-3" }).pipe(
 *   Effect.catchTag("AudioFileError", (error) => Effect.logError(error.reason, error.path))
 * )
 * ```
 */
export const file = (path: string | URL, options: FileOptions = {}): AudioSource.AudioSource<AudioFileError> =>
  AudioSource.make(Effect.gen(function*() {
    const absolute = yield* Effect.try({
      try: () => path instanceof URL ? fileURLToPath(path) : resolve(path),
      catch: fromSystem(String(path))
    })
    const fail = fromSystem(absolute)
    const status = yield* Effect.tryPromise({ try: () => FileSystem.stat(absolute), catch: fail })
    if (!status.isFile()) {
      return yield* failure(
        absolute,
        "NotAFile",
        status.isDirectory() ? "this is a directory" : "this is not a regular file"
      )
    }
    yield* Effect.tryPromise({ try: () => FileSystem.access(absolute, constants.R_OK), catch: fail })
    return {
      stream: read(absolute, status.size),
      size: status.size,
      contentType: options.contentType ?? MediaType.fromFileName(absolute)
    }
  }))
