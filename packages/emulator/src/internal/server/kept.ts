/** What is the same for everything that a project keeps by id. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { notFound, type VendorError } from "../vendorError.ts"

/** What can be done with a collection, and the 404 for what is not in it; `name` says what it holds. */
export const kept = <Self, A>(collection: Context.Service<Self, Map<string, A>>, name: string) => {
  const missing = notFound(`${name} not found.`)
  /** In one step, so that nobody sees half of it. */
  const found = <B>(id: string, use: (item: A, all: Map<string, A>) => B): Effect.Effect<B, VendorError, Self> =>
    Effect.flatMap(collection, (all) => {
      const item = all.get(id)
      return item === undefined ? Effect.fail(missing) : Effect.succeed(use(item, all))
    })
  return {
    all: Effect.map(collection, (all) => [...all.values()]),
    find: (id: string) => found(id, (item) => item),
    replace: (id: string, change: (before: A) => A) =>
      found(id, (before, all) => {
        const after = change(before)
        all.set(id, after)
        return after
      }),
    /** Answers with what was removed. */
    remove: (id: string) =>
      found(id, (item, all) => {
        all.delete(id)
        return item
      })
  }
}
