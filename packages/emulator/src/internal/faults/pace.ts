/** A narrow line: bytes take their time. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Milliseconds that go into one slice. */
const slice = 50

/** Hands bytes on so slowly, in slices, each when the last byte of it would have come. */
export const make = (bytesPerSecond: number) => {
  const size = Math.max(1, Math.floor((bytesPerSecond * slice) / 1000))
  let due = -Infinity
  return Effect.fnUntraced(
    function*<E>(bytes: Buffer, hand: (slice: Buffer) => Effect.Effect<void, E>): Effect.fn.Return<void, E> {
      for (let at = 0; at < bytes.length; at += size) {
        const part = bytes.subarray(at, at + size)
        const now = yield* Clock.currentTimeMillis
        // Timers are late: what they lost is caught up with, unless there was nothing to send.
        due = (due < now - slice ? now : due) + (part.length / bytesPerSecond) * 1000
        if (due > now) yield* Effect.sleep(due - now)
        yield* hand(part)
      }
    }
  )
}
