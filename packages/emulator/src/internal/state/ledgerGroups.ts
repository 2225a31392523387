/** Grouping of calls, or of what they cost, by day and by what they have in common. */
import { dayOf } from "./ledgerTime.ts"

/** Each once, in the order of their names. */
export const distinct = (values: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(values)].toSorted()

/** What things can be grouped by. */
export type Dimensions<A> = { readonly [name: string]: (a: A) => string | ReadonlyArray<string> }

/** By dimension; `null` for one that was not grouped by. */
export type Common<D> = {
  readonly [Name in keyof D]: D[Name] extends (...args: never) => infer Value ? Value | null : never
}

/** What belongs together. */
export interface Group<A, D = unknown> {
  /** Days since 1970. */
  readonly day: number
  readonly common: Common<D>
  readonly members: ReadonlyArray<A>
}

/** Everything is in exactly one group. Groups are in the order of their days, and within one of what they have in common. */
export const byDayAnd = <A, D extends Dimensions<A>>(
  dimensions: D,
  by: ReadonlyArray<string>,
  all: ReadonlyArray<A>,
  millisOf: (a: A) => number
): ReadonlyArray<Group<A, D>> => {
  const commonOf = (a: A) =>
    Object.fromEntries(
      Object.entries(dimensions).map(([name, of]) => [name, by.includes(name) ? of(a) : null])
    ) as Common<D>
  const groups = new Map<string, Group<A, D> & { readonly members: Array<A> }>()
  for (const a of all) {
    const day = dayOf(millisOf(a))
    const common = commonOf(a)
    const key = `${day} ${JSON.stringify(common)}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { day, common, members: [a] })
    else group.members.push(a)
  }
  return [...groups]
    .toSorted(([a, { day }], [b, other]) => day - other.day || (a < b ? -1 : 1))
    .map(([, group]) => group)
}
