import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { Billing, type Deepgram, type DeepgramError, Keys, Requests, Usage } from "effect-deepgram"
import { json } from "../support/answers.ts"
import { client } from "../support/client.ts"
import { serve } from "../support/server.ts"
import { untyped } from "../support/untyped.ts"
import { project } from "./cases/case.ts"

type DateInput = Requests.DateInput
type Operation = (date: DateInput) => Effect.Effect<unknown, DeepgramError.RequestError, Deepgram.Deepgram>

const sent = Effect.fnUntraced(function*(run: Operation, date: DateInput) {
  const server = yield* serve(json({}))
  yield* Effect.provide(run(date), client(server))
  return [...server.requests[0]!.query]
})

const createKey: Operation = (expiration_date) => Keys.create(project, { comment: "c", scopes: [], expiration_date })

const zoned = (zone: string) => DateTime.makeZonedUnsafe("2026-01-31T23:30:15.999Z", { timeZone: zone })

describe("moments", () => {
  const cases: ReadonlyArray<readonly [name: string, date: DateInput, wire: string]> = [
    ["a day", "2026-01-31", "2026-01-31"],
    ["a moment without a zone", "2026-01-31T10:20:30", "2026-01-31T10:20:30"],
    ["a moment with an offset", "2026-01-31T10:20:30+05:30", "2026-01-31T10:20:30+05:30"],
    ["a moment as JavaScript writes it", "2026-01-31T10:20:30.123Z", "2026-01-31T10:20:30.123Z"],
    ["text with blanks around it", " 2026-01-31\n", "2026-01-31"],
    ["a Date", new Date("2026-01-31T10:20:30.999+02:00"), "2026-01-31T08:20:30+00:00"],
    ["a DateTime", DateTime.makeUnsafe("2026-01-31T10:20:30Z"), "2026-01-31T10:20:30+00:00"],
    ["a DateTime of a zone", zoned("Asia/Tokyo"), "2026-01-31T23:30:15+00:00"]
  ]

  it.effect.each(cases)("%s", ([, date, wire]) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* sent((start) => Requests.list(project, { start }), date), [["start", wire]])
      assert.deepStrictEqual(yield* sent((end) => Requests.list(project, { end }), date), [["end", wire]])
      const server = yield* serve(json({ api_key_id: "an-id", key: "the-new-key" }))
      yield* Effect.provide(createKey(date), client(server))
      assert.strictEqual(JSON.parse(server.requests[0]!.body().toString()).expiration_date, wire)
    }))
})

const days: ReadonlyArray<readonly [operation: string, run: Operation]> = [
  ["Usage.summary", (start) => Usage.summary(project, { start })],
  ["Usage.fields", (start) => Usage.fields(project, { start })],
  ["Usage.breakdown", (start) => Usage.breakdown(project, { start })],
  ["Billing.breakdown", (start) => Billing.breakdown(project, { start })],
  ["Billing.fields", (start) => Billing.fields(project, { start })]
]

describe("days", () => {
  const cases: ReadonlyArray<readonly [date: DateInput, wire: string]> = [
    ["2026-01-31", "2026-01-31"],
    ["2024-02-29", "2024-02-29"],
    [new Date("2026-01-31T23:59:59.999Z"), "2026-01-31"],
    [new Date("2026-02-01T00:30:00+02:00"), "2026-01-31"],
    [DateTime.makeUnsafe("2026-01-31T00:00:00Z"), "2026-01-31"],
    [zoned("Asia/Tokyo"), "2026-02-01"],
    [zoned("America/New_York"), "2026-01-31"]
  ]

  it.effect.each(days)("%s", ([, run]) =>
    Effect.gen(function*() {
      for (const [date, wire] of cases) assert.deepStrictEqual(yield* sent(run, date), [["start", wire]])
    }))
})

describe("what is no date", () => {
  const never: ReadonlyArray<DateInput> = [
    "",
    "yesterday",
    "2026-1-31",
    "31.01.2026",
    "2026-01-31 10:20:30",
    "2026-01-31T10:20",
    "2026-01-31T10:20:30+0100",
    "2026-01-31T10:20:30+25:61",
    "20260131",
    "2026-13-45",
    "2026-00-10",
    "2026-01-00",
    "2026-02-29",
    "2026-04-31",
    "2026-02-30T10:20:30Z",
    "2026-01-31T24:00:00",
    "2026-01-31T10:60:00Z",
    "2026-01-31T10:20:60Z",
    "2026-01-31T10:20:30+24:00",
    "2026-01-31T10:20:30-10:60",
    new Date(Number.NaN),
    new Date(8.64e15),
    untyped(7),
    untyped(null)
  ]

  const operations: ReadonlyArray<readonly [operation: string, run: Operation, dates: ReadonlyArray<DateInput>]> = [
    ["Requests.list", (start) => Requests.list(project, { start }), never],
    ["Keys.create", createKey, never],
    ...days.map(([operation, run]) => [operation, run, [...never, "2026-01-31T10:20:30Z"]] as const)
  ]

  it.effect.each(operations)("is not sent: %s", ([operation, run, dates]) =>
    Effect.gen(function*() {
      const server = yield* serve(json({}))
      for (const date of dates) {
        const error = yield* run(date).pipe(Effect.provide(client(server)), Effect.flip)
        assert.strictEqual(error._tag, "BadRequest", String(date))
        assert.strictEqual("origin" in error && error.origin, "client")
        assert.match(error.message, new RegExp(`^${operation}: not sent: .*(start|expiration_date)`))
      }
      assert.strictEqual(server.connections(), 0)
    }))
})
