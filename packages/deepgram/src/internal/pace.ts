/** Gives audio out at the speed at which it is spoken. */
import type * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import { BadRequest } from "../DeepgramError.ts"
import type { AudioFormat } from "./audioMeter.ts"
import { refused } from "./errors.ts"
import { makeCutter } from "./paceFrames.ts"

const operation = "LiveAudio.pace"

/** Milliseconds of audio that are made up for at most when the reader, or the source, was slow. */
const maxBurst = 1000

/**
 * When frames are due. Everything is counted from the start, so that inexact sleeps do not add up; whoever is later than
 * the burst allows has lost that time.
 */
const makeTimer = (clock: Clock.Clock, speed: number) => {
  let start: bigint | undefined
  let lost = 0
  return {
    start: () => {
      start ??= clock.monotonicTimeNanosUnsafe()
    },
    /** @param due milliseconds of audio */
    until: (due: number): Effect.Effect<void> =>
      Effect.suspend(() => {
        const now = clock.monotonicTimeNanosUnsafe()
        const wait = lost + due / speed - Number(now - (start ?? now)) / 1e6
        lost += Math.max(0, -wait - maxBurst / speed)
        return wait > 0 ? Effect.sleep(Duration.millis(Math.ceil(wait))) : Effect.void
      })
  }
}

type Frames<E> = Pull.Pull<Arr.NonEmptyReadonlyArray<Uint8Array>, E>

const unknown = "the audio is neither raw (linear16, linear32, mulaw or alaw, with a sample_rate) nor WAV"

/** @param seconds the length of a frame */
export const paced = (format: AudioFormat, speed: number, seconds: number) => {
  const mistake = !(speed > 0)
    ? `the speed is ${speed}`
    : !(seconds > 0 && Number.isFinite(seconds))
    ? "the length of a frame is not a time"
    : undefined
  return <E, R>(audio: Stream.Stream<Uint8Array, E, R>): Stream.Stream<Uint8Array, E | BadRequest, R> =>
    mistake !== undefined
      ? Stream.fail(refused(BadRequest, operation, mistake))
      : Stream.transformPull(audio, (pull) =>
        Clock.clockWith((clock) => {
          const cutter = makeCutter(format, seconds)
          const timer = makeTimer(clock, speed)
          let failed = false
          let end: Frames<E> | undefined
          const over = (how: Frames<E>) => {
            end = how
            cutter.end()
            return next
          }
          const more = Pull.matchEffect(pull, {
            onSuccess: (pieces) => {
              timer.start()
              for (const piece of pieces) cutter.push(piece)
              return next
            },
            // What came before a failure is given first.
            onFailure: (cause) => {
              failed = true
              return over(Effect.failCause(cause))
            },
            onDone: () => over(Cause.done())
          })
          const next: Frames<E | BadRequest> = Effect.suspend(() => {
            const frame = cutter.next()
            if (frame === undefined) return end ?? more
            if (frame !== "unknown") return Effect.as(timer.until(frame.end), [frame.bytes])
            return failed && end !== undefined ? end : Effect.fail(refused(BadRequest, operation, unknown))
          })
          return Effect.succeed(next)
        }))
}
