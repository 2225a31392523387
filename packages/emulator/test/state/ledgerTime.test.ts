import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { dayOf, daysBetween, formatDay, isWithin, parseDay, parseMoment } from "../../src/internal/state/ledgerTime.ts"

const Day = Schema.Int.check(Schema.isBetween({ minimum: -700_000, maximum: 2_900_000 }))

describe("days", () => {
  it.prop("are read as they are written", { day: Day }, ({ day }) => {
    assert.strictEqual(parseDay(formatDay(day)), day)
  })

  it("that do not exist are none", () => {
    for (const text of ["2026-02-29", "2026-02-31", "2026-13-01", "2026-00-10", "2026-01-00", "2026-1-1", ""]) {
      assert.isUndefined(parseDay(text), text)
    }
    assert.strictEqual(formatDay(parseDay("2028-02-29")!), "2028-02-29")
  })

  it("are by default the thirty that end with today", () => {
    const today = parseDay("2026-01-30")!
    const { first, last } = daysBetween(undefined, undefined, today)
    assert.deepStrictEqual([formatDay(first), formatDay(last)], ["2026-01-01", "2026-01-30"])
    assert.deepStrictEqual(daysBetween(today - 3, undefined, today), { first: today - 3, last: today })
    assert.deepStrictEqual(daysBetween(undefined, today - 90, today), { first: today - 119, last: today - 90 })
  })

  it("include the first and the last moment of both ends", () => {
    const days = daysBetween(parseDay("2026-01-10"), parseDay("2026-01-11"), 0)
    const isIn = (text: string) => isWithin(days, Date.parse(text))
    assert.deepStrictEqual(
      ["2026-01-09T23:59:59.999Z", "2026-01-10T00:00:00Z", "2026-01-11T23:59:59.999Z", "2026-01-12T00:00:00Z"].map(
        isIn
      ),
      [false, true, true, false]
    )
    assert.strictEqual(dayOf(Date.parse("1969-12-31T23:59:59Z")), -1)
  })
})

describe("moments", () => {
  const cases: ReadonlyArray<readonly [text: string, first: string, last: string]> = [
    ["2026-01-31", "2026-01-31T00:00:00.000Z", "2026-01-31T23:59:59.999Z"],
    ["2026-01-31T10:20:30", "2026-01-31T10:20:30.000Z", "2026-01-31T10:20:30.999Z"],
    ["2026-01-31T10:20:30Z", "2026-01-31T10:20:30.000Z", "2026-01-31T10:20:30.999Z"],
    ["2026-01-31T10:20:30.25Z", "2026-01-31T10:20:30.250Z", "2026-01-31T10:20:30.250Z"],
    ["2026-01-31T10:20:30.000+01:00", "2026-01-31T09:20:30.000Z", "2026-01-31T09:20:30.000Z"],
    ["2026-01-31T00:20:30+01:00", "2026-01-30T23:20:30.000Z", "2026-01-30T23:20:30.999Z"],
    ["2026-01-31T22:00:00-03:30", "2026-02-01T01:30:00.000Z", "2026-02-01T01:30:00.999Z"]
  ]
  for (const [text, first, last] of cases) {
    it(`${text} is from ${first} to ${last}`, () => {
      const stretch = parseMoment(text)!
      assert.deepStrictEqual(
        [new Date(stretch.first).toISOString(), new Date(stretch.last).toISOString()],
        [first, last]
      )
    })
  }

  it("that do not exist are none", () => {
    for (const text of ["2026-02-30T10:00:00", "2026-01-31T25:00:00", "2026-01-31T10:61:00Z", "now"]) {
      assert.isUndefined(parseMoment(text), text)
    }
  })
})
