/** Time for tests that have a `TestClock` on one side and a real socket on the other. */
import { Clock, Duration, Effect, type Exit, Fiber, Queue } from "effect"
import { TestClock } from "effect/testing"

/** Sees every sleep that begins, and lets it pass. */
export interface Sleeps {
  /** Gives an effect a clock that is watched. */
  readonly watch: <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Waits until a sleep begins that none of these (in milliseconds) is, and says how long it is. */
  readonly next: (...except: ReadonlyArray<number>) => Effect.Effect<number>
  /** Waits until a sleep of this many milliseconds begins. */
  readonly until: (millis: number) => Effect.Effect<void>
}

/** The waits of the SDK that are not between attempts: for error bodies, and for a whole operation. */
export const limits = { errorBody: 5000, operation: 60_000 }

/**
 * A `TestClock` that can be waited on. Without it a test would have to guess when the client, woken by a socket, has
 * gone to sleep again.
 */
export const watchSleeps: Effect.Effect<Sleeps> = Effect.gen(function*() {
  const clock = yield* Clock.Clock
  const begun = yield* Queue.unbounded<number>()
  const watched: Clock.Clock = Object.assign(Object.create(clock) as Clock.Clock, {
    sleep: (duration: Duration.Duration) =>
      Effect.suspend(() => {
        Queue.offerUnsafe(begun, Duration.toMillis(duration))
        return clock.sleep(duration)
      })
  })
  const taken: Array<number> = []
  const first = (wanted: (millis: number) => boolean): Effect.Effect<number> =>
    Effect.suspend(() => {
      const index = taken.findIndex(wanted)
      return index >= 0
        // The sleeper was first in line: it is on the clock before this goes on.
        ? Effect.as(Effect.yieldNow, taken.splice(index, 1)[0]!)
        : Effect.flatMap(Queue.take(begun), (millis) => {
          taken.push(millis)
          return first(wanted)
        })
    })
  return {
    watch: Effect.provideService(Clock.Clock, watched),
    next: (...except) => first((millis) => !except.includes(millis)),
    until: (millis) => Effect.asVoid(first((begun) => begun === millis))
  }
})

/** Lets time pass by milliseconds. */
export const pass = (millis: number): Effect.Effect<void> => TestClock.adjust(Duration.millis(millis))

/** How an operation ended under a clock that let every wait between its attempts pass, and what those waits were. */
export interface Retried<A, E> {
  readonly exit: Exit.Exit<A, E>
  /** Milliseconds. */
  readonly waits: ReadonlyArray<number>
}

/**
 * Runs an operation to its end: whenever it has gone to sleep between two attempts, time passes by that much.
 * `operation` is its time limit, which is not waited for.
 */
export const retrying = Effect.fnUntraced(function*<A, E, R>(
  self: Effect.Effect<A, E, R>,
  operation = limits.operation
): Effect.fn.Return<Retried<A, E>, never, R> {
  const sleeps = yield* watchSleeps
  const fiber = yield* Effect.forkChild(Effect.exit(sleeps.watch(self)))
  const waits: Array<number> = []
  const timePasses = Effect.forever(
    Effect.flatMap(sleeps.next(limits.errorBody, operation), (millis) => {
      waits.push(millis)
      return pass(millis)
    })
  )
  return { exit: yield* Effect.raceFirst(Fiber.join(fiber), timePasses), waits }
})
