/** How much may wait of what a client asks for: who asks for more waits with it. */
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"

/** Room for what waits. */
export interface Room {
  /** Waits until there is any; the last to come may take more than that. */
  readonly any: Effect.Effect<void>
  /** So much more is taken, or less. */
  readonly change: (by: number) => void
}

/** Room for so much. */
export const makeRoom = (most: number): Room => {
  const latch = Latch.makeUnsafe(true)
  let taken = 0
  return {
    any: Latch.await(latch),
    change: (by) => {
      taken += by
      if (taken < most) Latch.openUnsafe(latch)
      else Latch.closeUnsafe(latch)
    }
  }
}
