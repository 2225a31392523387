/** What has to be done about a session when time passes: to keep it open, and to notice that it is dead. */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** When things happened, in milliseconds of the clock. */
export interface Times {
  /** The last audio, or what stood in for it. */
  lastSent: number
  lastReceived: number
  /** The first audio since the last message; infinity for none. */
  unanswered: number
}

/** Runs `act` whenever `since` was so long ago; it sleeps only for the rest. Ends when `act` says so. */
const whenever = (
  clock: Clock.Clock,
  after: Duration.Duration,
  since: () => number,
  act: () => "again" | "done"
): Effect.Effect<void> => {
  const millis = Duration.toMillis(after)
  const loop: Effect.Effect<void> = Effect.suspend(() => {
    const left = since() + millis - clock.currentTimeMillisUnsafe()
    if (left > 0) return Effect.andThen(Effect.sleep(Math.min(left, millis)), loop)
    return act() === "again" ? loop : Effect.void
  })
  return loop
}

/** Says again and again that somebody is there, whenever nothing was sent for a while. */
export const keepAlive = (
  clock: Clock.Clock,
  times: Times,
  after: Duration.Duration,
  say: () => void
): Effect.Effect<void> =>
  whenever(clock, after, () => times.lastSent, () => {
    times.lastSent = clock.currentTimeMillisUnsafe()
    say()
    return "again"
  })

/** Notices that audio goes out, and nothing comes in. */
export const watch = (
  clock: Clock.Clock,
  times: Times,
  after: Duration.Duration,
  fail: () => void
): Effect.Effect<void> =>
  whenever(clock, after, () => Math.min(times.unanswered, clock.currentTimeMillisUnsafe()), () => {
    fail()
    return "done"
  })

/** Waits until nothing has come in for so long since `from`. */
export const silence = (
  clock: Clock.Clock,
  times: Times,
  after: Duration.Duration,
  from: number
): Effect.Effect<void> => whenever(clock, after, () => Math.max(from, times.lastReceived), () => "done")
