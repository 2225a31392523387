/** What calls cost, by days and by what they have in common. */
import type { Charge, Entry } from "./ledgerEntry.ts"
import { deployment } from "./ledgerFilter.ts"
import { byDayAnd, type Dimensions, distinct } from "./ledgerGroups.ts"
import { dollars, meaningOf } from "./ledgerPrices.ts"
import { formatDay } from "./ledgerTime.ts"

/** A charge, and the call that it is for. */
interface Position extends Charge {
  readonly entry: Entry
}

const positionsOf = (entries: ReadonlyArray<Entry>): ReadonlyArray<Position> =>
  entries.flatMap((entry) => entry.charges.map((charge) => ({ ...charge, entry })))

const dimensions = {
  accessor: ({ entry }: Position) => entry.apiKeyId,
  deployment: () => deployment,
  line_item: ({ lineItem }: Position) => lineItem,
  tags: ({ entry }: Position) => entry.tags
} satisfies Dimensions<Position>

/** What costs can be grouped by. */
export const billingGroupings: ReadonlyArray<string> = Object.keys(dimensions)

/** What was charged for, by days, the earliest first, and within them by what the charges have in common. */
export const costs = (
  entries: ReadonlyArray<Entry>,
  options: { readonly line_item?: string | undefined; readonly grouping: ReadonlyArray<string> }
) => {
  const positions = positionsOf(entries)
    .filter(({ lineItem }) => options.line_item === undefined || options.line_item === lineItem)
  return byDayAnd(dimensions, options.grouping, positions, ({ entry }) => entry.created)
    .map(({ common, day, members }) => ({
      dollars: dollars(members.reduce((sum, { microDollars }) => sum + microDollars, 0)),
      grouping: { start: formatDay(day), end: formatDay(day), ...common }
    }))
}

/** What costs can be told apart by. */
export const costFields = (entries: ReadonlyArray<Entry>) => {
  const positions = positionsOf(entries)
  return {
    accessors: distinct(positions.map(({ entry }) => entry.apiKeyId)),
    deployments: positions.length === 0 ? [] : [deployment],
    tags: distinct(positions.flatMap(({ entry }) => entry.tags)),
    line_items: Object.fromEntries(
      distinct(positions.map(({ lineItem }) => lineItem)).map((lineItem) => [lineItem, meaningOf(lineItem)])
    )
  }
}
