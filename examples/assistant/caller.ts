/** A recording in place of somebody who calls. */
import { Duration, Effect, FileSystem, Queue, Stream } from "effect"
import { LiveAudio } from "effect-deepgram"
import { Failed } from "../command.ts"

/** By the number of the format and the bits of a sample. */
const encodings: Readonly<Record<string, LiveAudio.RawFormat["encoding"]>> = {
  "1 16": "linear16",
  "6 8": "alaw",
  "7 8": "mulaw"
}

/** The samples of a WAV file with one channel, and what they are: agents take raw audio. */
const readWav = (bytes: Uint8Array) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4))
  if (bytes.byteLength < 12 || text(0) !== "RIFF" || text(8) !== "WAVE") return undefined
  let format: LiveAudio.RawFormat | undefined
  for (let at = 12; at + 8 <= bytes.byteLength;) {
    const size = view.getUint32(at + 4, true)
    const content = at + 8
    if (text(at) === "fmt " && view.getUint16(content + 2, true) === 1) {
      const encoding = encodings[`${view.getUint16(content, true)} ${view.getUint16(content + 14, true)}`]
      if (encoding !== undefined) format = { encoding, sample_rate: view.getUint32(content + 4, true) }
    }
    if (text(at) === "data") return format && { format, samples: bytes.subarray(content, content + size) }
    // Chunks begin at even places.
    at = content + size + size % 2
  }
  return undefined
}

/** When a recording is heard. */
interface Cues {
  /** Waits until it may begin. */
  readonly begin: Effect.Effect<unknown>
  /** Runs when it is over. */
  readonly end: Effect.Effect<unknown>
}

/** Says what a recording says, `speed` times as fast, and is silent before and after it. */
export const makeCaller = Effect.fnUntraced(function*(file: string, speed: number, cues: Cues) {
  const fs = yield* FileSystem.FileSystem
  const bytes = yield* Effect.mapError(fs.readFile(file), () => new Failed({ message: `${file} cannot be read` }))
  const recording = readWav(bytes)
  if (recording === undefined) {
    return yield* new Failed({ message: `${file} is no WAV file with one channel of linear16, mulaw or alaw` })
  }
  const { format, samples } = recording
  // Flux works best with that.
  const pace = LiveAudio.pace({ ...format, frame: "80 millis", speed })
  const silence = pace(Stream.fromEffectRepeat(Effect.succeed(LiveAudio.silence(format, "1 second"))))
  const microphone = silence.pipe(
    Stream.interruptWhen(cues.begin),
    Stream.concat(pace(Stream.make(samples))),
    Stream.concat(Stream.drain(Stream.fromEffect(cues.end))),
    Stream.concat(silence)
  )
  return { format, microphone }
})

/** Notices that nothing has happened for so many seconds, once it has begun to listen. */
export const makePatience = Effect.fnUntraced(function*(seconds: number) {
  const signs = yield* Queue.unbounded<void>()
  let listens = false
  const sign = Effect.suspend(() => listens ? Queue.offer(signs, undefined) : Effect.void)
  return {
    begin: Effect.suspend(() => {
      listens = true
      return sign
    }),
    /** Something has happened. */
    sign,
    /** Waits until it is over. */
    over: Stream.fromQueue(signs).pipe(Stream.debounce(Duration.seconds(seconds)), Stream.runHead)
  }
})
