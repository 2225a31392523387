import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"

/** A scope that lasts as long as its parent if the effect succeeds, and as long as the effect if not. */
export const withOwnScope = <A, E, R>(
  parent: Scope.Scope,
  use: (own: Scope.Closeable) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.flatMap(
    Scope.fork(parent),
    (own) => Effect.onExit(use(own), (exit) => Exit.isSuccess(exit) ? Effect.void : Scope.close(own, exit))
  )
