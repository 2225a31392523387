/** Pulling bytes out of a stream with a look ahead. */
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"

/** Bytes at most in one piece, so that a body of one huge chunk is still worked through bit by bit. */
const pieceBytes = 65_536

/** A pull of bytes that can be looked at before they are taken. */
export interface ByteReader<E> {
  /** The next bytes: never none, never more than 64 KiB; ends with the stream. */
  readonly next: Pull.Pull<Uint8Array, E>
  /** Puts bytes back in front. */
  readonly unread: (bytes: Uint8Array) => void
  /**
   * Shows the first bytes, more and more of them up to `limit`, until `decide` has an answer; they stay unread.
   * `complete`: the stream has no more. With `complete`, or with `limit` bytes, `decide` has to answer.
   */
  readonly peek: <A>(
    limit: number,
    decide: (head: Uint8Array, complete: boolean) => A | undefined
  ) => Effect.Effect<A | undefined, E>
}

/** A reader on top of a stream's pull. */
export const makeByteReader = <E>(pull: Pull.Pull<NonEmptyReadonlyArray<Uint8Array>, E>): ByteReader<E> => {
  // The first of them is the last: taking it is cheap.
  let queue: Array<Uint8Array> = []
  let ended = false

  const fill = pull.pipe(
    Effect.map((chunks) => {
      queue = [...chunks.filter((chunk) => chunk.length > 0).toReversed(), ...queue]
    }),
    Pull.catchDone(() =>
      Effect.sync(() => {
        ended = true
      })
    )
  )

  const next: Pull.Pull<Uint8Array, E> = Effect.suspend((): Pull.Pull<Uint8Array, E> => {
    const first = queue.pop()
    if (first === undefined) return ended ? Cause.done() : Effect.andThen(fill, next)
    if (first.length <= pieceBytes) return Effect.succeed(first)
    queue.push(first.subarray(pieceBytes))
    return Effect.succeed(first.subarray(0, pieceBytes))
  })

  return {
    next,
    unread: (bytes) => {
      if (bytes.length > 0) queue.push(bytes)
    },
    peek: Effect.fnUntraced(function*(limit, decide) {
      const head = new Uint8Array(limit)
      const taken: Array<Uint8Array> = []
      let filled = 0
      let answer
      while (true) {
        const complete = queue.length === 0 && ended
        if (filled > 0 || complete) answer = decide(head.subarray(0, filled), complete)
        if (answer !== undefined || complete || filled === limit) break
        const chunk = queue.pop()
        if (chunk === undefined) {
          yield* fill
        } else {
          taken.push(chunk)
          head.set(chunk.subarray(0, limit - filled), filled)
          filled = Math.min(limit, filled + chunk.length)
        }
      }
      queue.push(...taken.toReversed())
      return answer
    })
  }
}
