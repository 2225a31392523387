/** The days and moments that queries name. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { dayOf, type Days, daysBetween, parseDay, parseMoment } from "../state/ledgerTime.ts"
import { invalidValue, unknownVariant, type VendorError } from "../vendorError.ts"

/** As it is decoded from a query: text. */
export interface Period {
  readonly start?: unknown
  readonly end?: unknown
}

/** Reads one end of a period; there may be no such day although it is written like one. */
const read = <A>(name: string, value: unknown, parse: (text: string) => A | undefined) =>
  Effect.suspend((): Effect.Effect<A | undefined, VendorError> => {
    if (value === undefined) return Effect.undefined
    const parsed = parse(String(value))
    return parsed === undefined
      ? Effect.fail(invalidValue(name, String(value)))
      : Effect.succeed(parsed)
  })

/** The days that are asked for; by default the last thirty. */
export const daysOf = Effect.fnUntraced(function*(query: Period): Effect.fn.Return<Days, VendorError> {
  const today = dayOf(yield* Clock.currentTimeMillis)
  return daysBetween(yield* read("start", query.start, parseDay), yield* read("end", query.end, parseDay), today)
})

/** The first and the last moment that are asked for; of a day that ends a period, its last. */
export const momentsOf = Effect.fnUntraced(function*(query: Period) {
  const start = yield* read("start", query.start, parseMoment)
  const end = yield* read("end", query.end, parseMoment)
  return { from: start?.first, to: end?.last }
})

/** Fails with what is not among the names that things can be grouped by. */
export const groupingsOf = (
  grouping: string | ReadonlyArray<string> | undefined,
  known: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<string>, VendorError> => {
  const names = grouping === undefined ? [] : [grouping].flat()
  const unknown = names.find((name) => !known.includes(name))
  return unknown === undefined ? Effect.succeed(names) : Effect.fail(unknownVariant(unknown, known))
}

/** Amounts are given by the day. */
export const resolution = { units: "day", amount: 1 }
