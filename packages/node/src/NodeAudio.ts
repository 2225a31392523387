/**
 * Audio from where Node finds it, files by their path, standard input, a microphone, and to where it is heard.
 *
 * @see https://developers.deepgram.com/docs/determining-your-audio-format-for-live-streaming-audio
 */
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
import * as Player from "./internal/audioPlayer.ts"
import * as Process from "./internal/audioProcess.ts"
import * as Programs from "./internal/audioPrograms.ts"
import * as Recorder from "./internal/audioRecorder.ts"
import * as Stdin from "./internal/audioStdin.ts"
import * as Loan from "./internal/loan.ts"
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

const noop = () => undefined

const read = (path: string, size: number): Stream.Stream<Uint8Array, AudioFileError> => {
  const fail = fromSystem(path)
  const opened = Effect.acquireRelease(
    Effect.tryPromise({ try: () => FileSystem.open(path), catch: fail }),
    // Waits for a read that is going on.
    (handle) => Effect.promise(() => handle.close())
  )
  const pieces = (handle: FileSystem.FileHandle, loan: Loan.Loan | undefined) => {
    let position = 0
    const begin = () => {
      // What was added since the size was promised is left out.
      const length = Math.min(Loan.pieceSize, size - position)
      if (length === 0) return undefined
      const reading = handle.read(loan?.take() ?? Buffer.allocUnsafeSlow(length), 0, length, position)
      // It may fail before it is waited for, and need not be waited for at all.
      reading.catch(noop)
      return reading
    }
    let ahead: ReturnType<typeof begin>
    return Effect.suspend((): Pull.Pull<readonly [Uint8Array], AudioFileError> => {
      const reading = ahead ?? begin()
      return reading === undefined ? Cause.done() : Effect.flatMap(
        Effect.tryPromise({ try: () => reading, catch: fail }),
        ({ buffer, bytesRead }) => {
          if (bytesRead === 0) return Effect.fail(failure(path, "Changed", "the file became shorter while it was sent"))
          position += bytesRead
          // While this piece is sent, the next one is read: 1300 MB/s against 900.
          ahead = begin()
          return Effect.succeed([bytesRead === buffer.byteLength ? buffer : buffer.subarray(0, bytesRead)] as const)
        }
      )
    })
  }
  const stream: Stream.Stream<Uint8Array, AudioFileError> = Stream.unwrap(
    Effect.map(
      Effect.all([opened, Loan.CurrentLoan]),
      ([handle, loan]) =>
        Stream.fromPull(Effect.succeed(pieces(handle, loan?.isTo(stream) === true ? loan : undefined)))
    )
  )
  return stream
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

/** Standard input that cannot be read. */
export class StdinError extends Schema.TaggedError<StdinError>()("StdinError", {
  /** One line: what is wrong. */
  message: Schema.String,
  /**
   * `Terminal`: nothing is piped into the program. `AlreadyRead`: it was read before, or is being read. `Unreadable`
   * stands for everything else.
   */
  reason: Schema.Literals(["Terminal", "AlreadyRead", "Unreadable"]),
  /** What the operating system reported. */
  cause: Schema.optionalKey(Schema.Defect())
}) {}

/**
 * The bytes that are piped into this program, as they come: for a recording, which is sent without its length, and for
 * live audio alike. Whoever writes them waits while they are not read.
 *
 * It can be read once, so a failed upload of it is not tried again. Its end, or that of its reader, closes standard input,
 * which then keeps the process no longer. A terminal is refused as {@link StdinError}, before anything is sent: nobody
 * types audio.
 *
 * @example
 * ```ts
 * import { NodeAudio } from "@effect-deepgram/node"
 * import { Effect } from "effect"
 * import { ListenV1, Transcript } from "effect-deepgram"
 *
 * // curl https://example.com/call.wav | node transcribe.ts
 * export const program = () =>
 *   ListenV1.transcribeFile(NodeAudio.stdin, { model: "nova-3" }).pipe(
 *     Effect.map((transcription) => Transcript.toText(transcription)),
 *     Effect.catchTag("StdinError", ({ message }) => Effect.succeed(message))
 *   )
 * ```
 */
export const stdin: Stream.Stream<Uint8Array, StdinError> = Stream.mapError(
  Stdin.bytes,
  ({ message, ...failure }) => new StdinError({ message: `NodeAudio.stdin: ${message}`, ...failure })
)

const deviceFailure = {
  /** One line: what is wrong, with the last words of the program. */
  message: Schema.String,
  /**
   * `InvalidOptions`: nothing was started. `NotInstalled`: there is none of the programs; the message names them, and how
   * to get one. `NotStarted`: the operating system refuses to run it. `Exited`: it ended although nobody told it to, as
   * it does when there is no device.
   */
  reason: Schema.Literals(["InvalidOptions", "NotInstalled", "NotStarted", "Exited"]),
  /** The program that was run. */
  program: Schema.optionalKey(Schema.String),
  /** How it ended. */
  exitCode: Schema.optionalKey(Schema.Number),
  /** What it was ended by, `SIGKILL` for one. */
  signal: Schema.optionalKey(Schema.String),
  /** The last 10 lines that it said, of 2000 characters at most. */
  stderr: Schema.optionalKey(Schema.String),
  /** What the operating system reported. */
  cause: Schema.optionalKey(Schema.Defect())
}

/** A microphone that cannot be listened to, or no longer. */
export class MicrophoneError extends Schema.TaggedError<MicrophoneError>()("MicrophoneError", deviceFailure) {}

/** Audio that cannot be played, or not to its end. */
export class PlaybackError extends Schema.TaggedError<PlaybackError>()("PlaybackError", deviceFailure) {}

/** What recording and playing have in common. */
export interface DeviceOptions {
  /** Raw samples of 16 bits, little-endian: there is nothing else. Named for the options of a session. */
  readonly encoding?: "linear16" | undefined
  /** Interleaved channels. Default 1. */
  readonly channels?: number | undefined
  /**
   * As the program calls it. On Linux that is the name of an ALSA device, such as `plughw:1,0` (`arecord -L`, `aplay -L`
   * list them; `hw:` ones do not convert, so that they may give another rate than the one that is asked for). On Windows
   * `ffmpeg` needs one. Default: the one of the system.
   */
  readonly device?: string | undefined
  /**
   * Environment variables for the program, beside those of this process: `PATH` says where it is looked for, `AUDIODRIVER`
   * what sox plays with.
   */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
}

/** How a microphone is listened to. Everything has a default. */
export interface MicrophoneOptions extends DeviceOptions {
  /** Hz. Default 16000. */
  readonly sample_rate?: number | undefined
  /** The only program that is tried. Default: the first that is installed, in the order of the type. */
  readonly program?: "sox" | "arecord" | "ffmpeg" | undefined
}

/** What is played, and with what. */
export interface PlayOptions extends DeviceOptions {
  /** Hz: that of the audio, which does not say it. */
  readonly sample_rate: number
  /** There is none: a header would be heard as a click. */
  readonly container?: "none" | undefined
  /** The only program that is tried. Default: the first that is installed, in the order of the type. */
  readonly program?: "sox" | "aplay" | "ffplay" | undefined
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value > 0

const launch = (
  options: MicrophoneOptions | PlayOptions,
  sampleRate: number,
  programs: (sound: Programs.Sound, platform: NodeJS.Platform) => ReadonlyArray<Programs.Program>,
  how: Pick<Process.Launch, "pipe" | "signal">
): ReturnType<typeof Process.launch> =>
  Effect.suspend(() => {
    const { channels = 1, device, env = {}, program } = options
    const refused = (message: string) => Effect.fail<Process.Failure>({ reason: "InvalidOptions", message })
    if (!isCount(sampleRate)) return refused(`sample_rate is not a whole number above zero: ${sampleRate}`)
    if (!isCount(channels)) return refused(`channels is not a whole number above zero: ${channels}`)
    const all = programs({ sampleRate, channels, device }, process.platform)
    const chosen = all.filter(({ name }) => program === undefined || name === program)
    if (chosen.length === 0) return refused(`program is none of ${all.map(({ name }) => name).join(", ")}: ${program}`)
    return chosen.every(({ args }) => args === undefined)
      ? refused(`${program} needs the name of a device here`)
      : Process.launch({ ...how, programs: chosen, environment: env })
  })

/**
 * What a microphone hears, as raw `linear16`, as it is spoken: through `sox`, `arecord` or `ffmpeg`, whichever is
 * installed. Chunks are as long as the program makes them, some 125 milliseconds at 16 kHz, and hold whole samples
 * of all channels.
 *
 * It never ends by itself. `Stream.interruptWhen` ends it as a session likes it, so that the last words still come; an
 * interruption, or a reader that has enough, ends the program, which has a second to put the device away. A program that
 * ends by itself, as it does where there is no microphone, is a {@link MicrophoneError} with its exit code and its last
 * words. A few seconds of sound wait for a slow reader; after that programs leave some out.
 *
 * @example
 * ```ts
 * import { NodeAudio } from "@effect-deepgram/node"
 * import { Effect, Stream } from "effect"
 * import { ListenV1, LiveTranscript } from "effect-deepgram"
 *
 * const format = { encoding: "linear16", sample_rate: 16_000 } as const
 *
 * export const dictate = (done: Effect.Effect<void>) =>
 *   NodeAudio.microphone(format).pipe(
 *     Stream.interruptWhen(done),
 *     ListenV1.transcribeStream({ model: "nova-3", smart_format: true, ...format }),
 *     LiveTranscript.text(),
 *     Effect.catchTag("MicrophoneError", ({ message }) => Effect.logError(message))
 *   )
 * ```
 */
export const microphone = (options: MicrophoneOptions = {}): Stream.Stream<Uint8Array, MicrophoneError> =>
  Stream.mapError(
    Recorder.record(
      launch(options, options.sample_rate ?? 16_000, Programs.recorders, { pipe: "stdout", signal: "SIGTERM" }),
      (options.channels ?? 1) * 2
    ),
    ({ message, ...failure }) => new MicrophoneError({ message: `NodeAudio.microphone: ${message}`, ...failure })
  )

/** What can be played: samples, or what a session that speaks says, of which only the audio is heard. */
export type Playable = Uint8Array | { readonly type: string; readonly audio?: unknown }

/**
 * Plays raw `linear16` through `sox`, `aplay` or `ffplay`, whichever is installed, and waits until it was heard. Audio is
 * taken as fast as it is played; the program holds a few seconds of it. An interruption ends it at once.
 *
 * It also plays what live speech and agents say, as messages: on `Interrupted`, `Cleared` and `SpeechInterrupted` it falls
 * silent at once, and forgets what it holds. While a turn of an agent is heard to its end, up to 16 MiB of later ones are
 * taken.
 *
 * Fails as {@link PlaybackError} where no program is installed, before anything is taken of the stream, or where it ends
 * too early, as it does without a sound card.
 *
 * @example
 * ```ts
 * import { NodeAudio } from "@effect-deepgram/node"
 * import { Effect } from "effect"
 * import { AgentV1, SpeakV1 } from "effect-deepgram"
 *
 * const format = { encoding: "linear16", sample_rate: 24_000, container: "none" } as const
 *
 * export const say = (text: string) =>
 *   SpeakV1.generateStream(text, { model: "aura-2-thalia-en", ...format }).pipe(NodeAudio.play(format))
 *
 * // With a headset: a microphone that hears the loudspeaker interrupts.
 * export const talk = (settings: AgentV1.Settings) =>
 *   Effect.gen(function*() {
 *     const call = yield* NodeAudio.microphone({ sample_rate: 24_000 }).pipe(
 *       AgentV1.converse({ ...settings, audio: { input: { encoding: "linear16", sample_rate: 24_000 }, output: format } })
 *     )
 *     yield* call.audio.pipe(NodeAudio.play(format))
 *   }).pipe(Effect.scoped)
 * ```
 */
export const play =
  (options: PlayOptions) => <E, R>(audio: Stream.Stream<Playable, E, R>): Effect.Effect<void, E | PlaybackError, R> =>
    Player.playing(audio, {
      launch: launch(options, options.sample_rate, Programs.players, { pipe: "stdin", signal: "SIGKILL" }),
      toError: ({ message, ...failure }) => new PlaybackError({ message: `NodeAudio.play: ${message}`, ...failure })
    })
