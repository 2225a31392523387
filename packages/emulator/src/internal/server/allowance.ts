/** Limits of the kind "so many in a minute". */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** Whether so many more are allowed now; if not, they do not count. */
export type Allowance = (amount: number) => Effect.Effect<boolean>

/** At most so many within any stretch of time of this length. */
export const makeAllowance = (most: number, within: Duration.Duration): Allowance => {
  const window = Duration.toMillis(within)
  let spent: ReadonlyArray<{ readonly at: number; readonly amount: number }> = []
  return (amount) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      spent = spent.filter(({ at }) => now - at < window)
      const isAllowed = spent.reduce((sum, { amount }) => sum + amount, amount) <= most
      if (isAllowed) spent = [...spent, { at: now, amount }]
      return isAllowed
    })
}
