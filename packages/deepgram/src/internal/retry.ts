import type * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import { type DeepgramError, isRetryable } from "../DeepgramError.ts"

/** Decides whether and when a failure is followed by another attempt: it is given the typed error. */
export type RetrySchedule = Schedule.Schedule<unknown, DeepgramError>

/** Every part has a default. */
export interface RetryPolicyOptions {
  /** How many retries follow the first attempt. Default 2. */
  readonly times?: number | undefined
  /** Wait before the first retry; it doubles with each. Default 1 second. */
  readonly initialDelay?: Duration.Input | undefined
  /** The longest wait, also where the server asks for more, before it is spread by 10 or 20 %. Default 60 seconds. */
  readonly maxDelay?: Duration.Input | undefined
}

export const retryPolicy = (options: RetryPolicyOptions = {}): RetrySchedule => {
  const longest = Duration.fromInputUnsafe(options.maxDelay ?? "60 seconds")
  const atMost = (delay: Duration.Duration) => Duration.min(delay, longest)
  return Schedule.exponential(options.initialDelay ?? "1 second").pipe(
    Schedule.setInputType<DeepgramError>(),
    Schedule.upTo({ times: options.times ?? 2 }),
    Schedule.modifyDelay(({ duration, input }) =>
      Effect.map(Random.next, (random) => {
        // `Retry-After` is kept exactly; a reset is shared with others, so they are spread over another 20 %.
        if ("retryAfter" in input && input.retryAfter !== undefined) return atMost(input.retryAfter)
        return "rateLimitReset" in input && input.rateLimitReset !== undefined
          ? Duration.times(atMost(input.rateLimitReset), 1 + random * 0.2)
          : Duration.times(atMost(duration), 1 + (random - 0.5) * 0.2)
      })
    )
  )
}

/** Failures of operations within an operation: they were tried again themselves. */
const settled = new WeakSet<DeepgramError>()

/** Keeps the operation that waited for another from trying that one again and again. */
export const settle = (error: DeepgramError): void => void settled.add(error)

const isWorthIt = (error: DeepgramError): boolean => isRetryable(error) && !settled.has(error)

/**
 * Runs `attempt` until it succeeds, fails for good, or the schedule ends: one counter for every kind of failure.
 * A wait that would leave no time before `deadline` (milliseconds of the clock) is not begun: the error in hand says
 * more than a time-out.
 */
export const retrying = <A, E extends DeepgramError, R>(
  attempt: Effect.Effect<A, E, R>,
  options: {
    readonly schedule: RetrySchedule
    readonly deadline: number
    /** The first attempt, where it is not like the others. */
    readonly first?: Effect.Effect<A, E, R>
  }
): Effect.Effect<A, E, R> =>
  Effect.catch(options.first ?? attempt, (failure) => {
    if (!isWorthIt(failure)) return Effect.fail(failure)
    return Effect.flatMap(Schedule.toStep(options.schedule), (step) => {
      const again = (error: E): Effect.Effect<A, E, R> =>
        isWorthIt(error)
          ? Effect.flatMap(Clock.currentTimeMillis, (now) =>
            Effect.matchCauseEffect(step(now, error), {
              onFailure: (cause) =>
                Pull.isDoneCause(cause) ? Effect.fail(error) : Effect.failCause(cause as Cause.Cause<never>),
              onSuccess: ([, delay]) =>
                now + Duration.toMillis(delay) >= options.deadline
                  ? Effect.fail(error)
                  : Effect.andThen(Effect.sleep(delay), Effect.catch(attempt, again))
            }))
          : Effect.fail(error)
      return again(failure)
    })
  })
