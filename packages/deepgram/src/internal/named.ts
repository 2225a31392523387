import * as Effect from "effect/Effect"

/**
 * `Effect.fn` where somebody has spans. Where nobody does, the span and the place of the call cost almost as much
 * as a small request does over a kept connection, and the errors of operations name them anyway.
 */
export const named = (name: string) =>
<Args extends ReadonlyArray<unknown>, A, E, R>(
  body: (...args: Args) => Effect.Effect<A, E, R>
): (...args: Args) => Effect.Effect<A, E, R> => {
  const traced: (...args: Args) => Effect.Effect<A, E, R> = Effect.fn(name)(body)
  return (...args) =>
    Effect.withFiber<A, E, R>(({ cache }) =>
      cache.tracer === undefined && cache.span === undefined ? body(...args) : traced(...args)
    )
}
