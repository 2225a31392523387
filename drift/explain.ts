/** Tells the differences that are meant from those that are not. */
import type { Difference } from "./compare.ts"
import type { Kind } from "./compareTypes.ts"

/** Why something is not as the vendor's document has it. */
export interface Because {
  readonly reason: string
  /** Who says that it is so: "recorded answers", "vendor's SDK 5.13", "inventory 1.5". */
  readonly evidence: string
}

/** Differences that are meant. */
export type Deliberate =
  & Because
  & {
    /** Places by operation (`POST /v1/listen`); those of `everyOperation` may be in any. Each must be a difference. */
    readonly at: Readonly<Record<string, ReadonlyArray<string>>>
    /** Whatever is beneath the places too. */
    readonly below?: true
  }
  & (
    | { readonly kind: Exclude<Kind, "type">; readonly here?: string; readonly there?: string }
    /** Both types as the report prints them: another change at the same place is another difference. */
    | { readonly kind: "type"; readonly here: string; readonly there: string }
  )

export const everyOperation = "every operation"

/** A place of an entry at which there is no such difference any more. */
export interface Stale {
  readonly operation: string
  readonly place: string
  readonly kind: Kind | "moved"
}

/** What may follow a place in one that is beneath it. */
const beneath = /^( as |[.[ ])/

const covers = (entry: Deliberate, operation: string, place: string) => (difference: Difference): boolean =>
  (operation === everyOperation || difference.operation === operation) &&
  (difference.place === place ||
    (entry.below === true && difference.place.startsWith(place) &&
      beneath.test(difference.place.slice(place.length)))) &&
  difference.kind === entry.kind &&
  (entry.here === undefined || entry.here === difference.here) &&
  (entry.there === undefined || entry.there === difference.there)

/** The differences that no entry explains, and the places of entries that explain none. */
export const explain = (differences: ReadonlyArray<Difference>, entries: ReadonlyArray<Deliberate>) => {
  const explained = new Set<Difference>()
  const stale: Array<Stale> = []
  for (const entry of entries) {
    for (const [operation, places] of Object.entries(entry.at)) {
      for (const place of places) {
        const covered = differences.filter(covers(entry, operation, place))
        if (covered.length === 0) stale.push({ operation, place, kind: entry.kind })
        covered.forEach((difference) => explained.add(difference))
      }
    }
  }
  return { unexplained: differences.filter((difference) => !explained.has(difference)), stale }
}
