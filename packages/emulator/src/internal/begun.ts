import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

/** A stream that has begun: what is wrong from the start is known before anything of it is used. */
export const begun = Effect.fnUntraced(function*<A, E, R>(
  stream: Stream.Stream<A, E, R>
): Effect.fn.Return<Stream.Stream<A, E>, E, R | Scope.Scope> {
  const pull = yield* Stream.toPull(stream)
  const first = yield* Pull.catchDone(pull, () => Effect.succeed([]))
  return Stream.concat(Stream.fromArray(first), Stream.fromPull(Effect.succeed(pull)))
})
