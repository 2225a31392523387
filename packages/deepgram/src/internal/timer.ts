import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** The longest time, in milliseconds, that a timer of JavaScript can wait. */
export const maxTimer = 2_147_483_647

/**
 * Acts after so many milliseconds of a clock, unless it is called off. By a timer of the machine, unless the clock is
 * another one, such as that of tests: a fiber that sleeps costs as much as a third of a small request, and an idle
 * session without one is half as large.
 */
export const after = (clock: Clock.Clock, millis: number, act: () => void): () => void => {
  if (clock === Context.get(Context.empty(), Clock.Clock) && millis <= maxTimer) {
    // By a fiber all the same: what it throws is to be a defect, and not the end of the process.
    const timer = setTimeout(() => void Effect.runFork(Effect.sync(act)), millis)
    return () => clearTimeout(timer)
  }
  const sleeping = Effect.runFork(Effect.andThen(clock.sleep(Duration.millis(millis)), Effect.sync(act)))
  return () => sleeping.interruptUnsafe()
}
