/** MP3 to sound, by mpg123 (WebAssembly). */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { MalformedAudio } from "../errors.ts"
import { tame } from "../pcm.ts"
import type { FileDecoder, Sound } from "./codec.ts"
import { makeFrameSplitter } from "./mpegFrames.ts"

/** Loaded on first use: most emulators never see anything but WAV. */
const loadMpg123 = Effect.promise(() => import("mpg123-decoder"))

/** A decoder of one MP3 file, until the scope closes. */
export const mp3Decoder: Effect.Effect<FileDecoder, never, Scope.Scope> = Effect.gen(function*() {
  const { MPEGDecoder } = yield* loadMpg123
  let broken = false
  const decoder = yield* Effect.acquireRelease(
    Effect.suspend(() => {
      const made = new MPEGDecoder()
      return Effect.as(Effect.promise(() => made.ready), made)
    }),
    // After a trap its memory cannot be trusted: it is left to the garbage collector.
    (made) => Effect.sync(() => broken ? undefined : made.free())
  )
  const splitter = makeFrameSplitter("mp3")
  return {
    push: splitter.push,
    end: splitter.end,
    next: () => {
      const frame = splitter.next()
      if (frame === undefined) return Result.succeed(undefined)
      return Result.try({
        try: (): ReadonlyArray<Sound> => {
          const { channelData, sampleRate, samplesDecoded } = decoder.decodeFrame(frame.bytes)
          // The library makes two channels of one.
          const channels = channelData.slice(0, frame.header.mono ? 1 : 2)
          return samplesDecoded === 0 ? [] : [{ sampleRate, channels: channels.map((samples) => samples.map(tame)) }]
        },
        catch: () => {
          broken = true
          const reason = "the decoder broke down over a frame"
          return new MalformedAudio({ container: "mp3", offset: splitter.offset(), reason })
        }
      })
    }
  }
})
