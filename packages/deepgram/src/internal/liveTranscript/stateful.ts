import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"

/** Reads one after the other, and remembers. */
export interface Reader<A, B> {
  readonly read: (element: A) => ReadonlyArray<B>
  /** What is left when there are no more. */
  readonly end: () => ReadonlyArray<B>
}

/** What a reader makes of a stream. What is left is also given when the stream fails: the failure comes after it. */
export const stateful =
  <A, B>(make: () => Reader<A, B>) => <E, R>(self: Stream.Stream<A, E, R>): Stream.Stream<B, E, R> =>
    Stream.transformPull(self, (pull) =>
      Effect.sync(() => {
        const reader = make()
        type Next = Pull.Pull<Arr.NonEmptyReadonlyArray<B>, E>
        let over: Next | undefined
        const end = (how: Next): Next => {
          over = how
          const rest = reader.end()
          return Arr.isReadonlyArrayNonEmpty(rest) ? Effect.succeed(rest) : how
        }
        const more: Next = Pull.matchEffect(pull, {
          onSuccess: (elements) => {
            const made = elements.flatMap(reader.read)
            return Arr.isReadonlyArrayNonEmpty(made) ? Effect.succeed(made) : more
          },
          onFailure: (cause) => end(Effect.failCause(cause)),
          onDone: () => end(Cause.done())
        })
        return Effect.suspend(() => over ?? more)
      }))
