/** Tells the differences that are meant from those that are not. */
import type { Difference } from "./compare.ts"
import type { Kind } from "./compareTypes.ts"
import { type Description, json, operationName, shapeOf } from "./description.ts"
import { type Side, sideOfFields } from "./show.ts"

/** Why something is not as the vendor's document has it. */
export interface Because {
  readonly reason: string
  /** Who says that it is so: "recorded answers", "vendor's SDK 5.13", "inventory 1.5". */
  readonly evidence: string
}

/** What the vendor's document says at another status too: a change of both is found there. */
interface CopyOf {
  readonly copyOf: string
}

/** Differences that are meant. */
export type Deliberate =
  & Because
  & {
    /** Places by operation (`POST /v1/listen`); those of `everyOperation` may be in any. Each must be a difference. */
    readonly at: Readonly<Record<string, ReadonlyArray<string>>>
    /** Not the places themselves, but whatever values are listed there. */
    readonly values?: true
  }
  & (
    | { readonly kind: Exclude<Kind, "type">; readonly here?: string; readonly there?: string | CopyOf }
    /** Both types in full (`Side`): another change at the same place is another difference. */
    | { readonly kind: "type"; readonly here: string; readonly there: string }
  )

export const everyOperation = "every operation"

/** A place of an entry at which there is no such difference any more. */
export interface Stale {
  readonly operation: string
  readonly place: string
  readonly kind: Kind | "moved"
}

const isAt = (entry: Deliberate, operation: string, place: string) => (difference: Difference): boolean =>
  difference.kind === entry.kind &&
  (operation === everyOperation || difference.operation === operation) &&
  (entry.values === true ? difference.place.startsWith(`${place} as "`) : difference.place === place)

/** The shapes that the JSON of a status may have. */
const shapesAt = ({ operations }: Description, operation: string, status: string): ReadonlyArray<string> =>
  operations.filter((each) => shapeOf(operationName(each)) === shapeOf(operation))
    .flatMap(({ responses }) => responses.get(status)?.get(json)?.objects ?? [])
    .map((fields) => sideOfFields(fields).full)

const says = (
  expected: string | CopyOf | undefined,
  side: Side | undefined,
  operation: string,
  vendor: Description
): boolean =>
  expected === undefined || (typeof expected === "string"
    ? expected === side?.full
    : side !== undefined && shapesAt(vendor, operation, expected.copyOf).includes(side.full))

/**
 * The differences that no entry explains, those of them that one explains but for what its types are in full, and the
 * places of entries that explain none.
 */
export const explain = (
  differences: ReadonlyArray<Difference>,
  entries: ReadonlyArray<Deliberate>,
  vendor: Description
) => {
  const explained = new Set<Difference>()
  const changed = new Set<Difference>()
  const stale: Array<Stale> = []
  for (const entry of entries) {
    for (const [operation, places] of Object.entries(entry.at)) {
      for (const place of places) {
        const found = differences.filter(isAt(entry, operation, place))
        const covered = found.filter(({ here, operation, there }) =>
          says(entry.here, here, operation, vendor) && says(entry.there, there, operation, vendor)
        )
        if (covered.length === 0) stale.push({ operation, place, kind: entry.kind })
        found.forEach((difference) => changed.add(difference))
        covered.forEach((difference) => explained.add(difference))
      }
    }
  }
  const unexplained = differences.filter((difference) => !explained.has(difference))
  return { unexplained, changed: unexplained.filter((difference) => changed.has(difference)), stale }
}
