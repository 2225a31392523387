/** One channel, heard step by step, so that nothing depends on how its samples are cut. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Heard, RecognitionError, Recognizer } from "../../Recognizer.ts"
import { exact } from "../seconds.ts"
import { makeEar } from "./ear.ts"
import { makeSteps } from "./steps.ts"
import { makeSound, type Span } from "./turnSound.ts"

/** What became certain, and when. All times are seconds of audio. */
export interface Moment {
  readonly now: number
  readonly heard: ReadonlyArray<Heard>
  /** The last sound; it goes on when it ends now. */
  readonly sound: Span
}

/** Hears the only channel of a session. */
export interface TurnEar {
  /** Says after every step what became certain. */
  readonly hear: (samples: Float32Array, onStep: (moment: Moment) => void) => Effect.Effect<void, RecognitionError>
  /** What is certain at this sample, with the words that have ended and that the recogniser has not given yet. */
  readonly settle: Effect.Effect<Moment, RecognitionError>
  /** The audio has ended. */
  readonly finish: Effect.Effect<Moment, RecognitionError>
  /** Seconds heard. */
  readonly seconds: () => number
}

/** Listens at `sampleRate` Hz until the scope closes. */
export const openTurnEar = Effect.fnUntraced(
  function*(sampleRate: number): Effect.fn.Return<TurnEar, RecognitionError, Recognizer | Scope.Scope> {
    const ear = yield* makeEar(sampleRate)
    const steps = makeSteps(sampleRate)
    const sound = makeSound()
    let total = 0

    const hear = Effect.fnUntraced(function*(samples: Float32Array) {
      const heard = yield* ear.push(samples)
      const now = exact(steps.seconds())
      sound.add(samples, now)
      return { now, heard, sound: sound.last() }
    })

    /** Hears what waits for the rest of its step, and then `more`. */
    const complete = Effect.fnUntraced(function*(more: Effect.Effect<ReadonlyArray<Heard>, RecognitionError>) {
      const [samples = new Float32Array(0)] = steps.rest() ?? []
      const moment = yield* hear(samples)
      return { ...moment, heard: [...moment.heard, ...yield* more] }
    })

    return {
      hear: Effect.fnUntraced(function*(samples, onStep) {
        total += samples.length
        for (const [step] of steps.push([samples])) if (step !== undefined) onStep(yield* hear(step))
      }),
      settle: complete(ear.flush),
      finish: complete(ear.finish),
      seconds: () => total / sampleRate
    }
  }
)
