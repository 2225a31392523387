/** The calls of a project, for those who may see them. */
import * as Effect from "effect/Effect"
import { Ledger } from "../state/ledger.ts"
import { type Filter, filterNames, matches } from "../state/ledgerFilter.ts"
import { formatDay, isWithin } from "../state/ledgerTime.ts"
import { unknownVariant, type VendorError } from "../vendorError.ts"
import { inProject } from "./accounts.ts"
import { daysOf, type Period, resolution } from "./period.ts"

/** What is known of a project, for somebody with a permission. */
export const ledgerOf = Effect.fnUntraced(function*(id: string, permission: "usage:read" | "billing:read") {
  const { projectId } = yield* inProject(id, permission)
  const { balance, entries, find } = yield* Ledger
  return {
    balance: balance(projectId),
    entries: entries(projectId),
    find: (requestId: string) => find(projectId, requestId)
  }
})

/** Fails with 400 when a query asks for calls of a kind that there is not. */
export const checkFilter = Effect.fnUntraced(
  function*(query: Filter & { readonly status?: string | undefined }): Effect.fn.Return<void, VendorError> {
    for (const [name, known] of filterNames) {
      const wanted = query[name]
      if (wanted !== undefined && !known.some((name) => name === wanted)) return yield* unknownVariant(wanted, known)
    }
  }
)

/** The calls that a query is about, the newest first, and what the answer says of their days. */
export const callsOf = Effect.fnUntraced(function*(
  id: string,
  permission: "usage:read" | "billing:read",
  query: Filter & Period
) {
  const ledger = yield* ledgerOf(id, permission)
  yield* checkFilter(query)
  const days = yield* daysOf(query)
  const isWanted = matches(query)
  return {
    entries: (yield* ledger.entries).filter((entry) => isWithin(days, entry.created) && isWanted(entry)),
    period: { start: formatDay(days.first), end: formatDay(days.last), resolution }
  }
})
