/** Every kind of operation under every fault, over both transports. */
import { Faults } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { type Transport, transports } from "../sessions/support.ts"
import { type Kind, kinds } from "./kinds.ts"
import { answers, expired } from "./matrixAnswers.ts"
import { limitOf, problemOf, type Row, unaffected } from "./matrixExpected.ts"
import { frames } from "./matrixFrames.ts"
import { lines } from "./matrixLines.ts"
import { leavingNothing, patient, undergo } from "./matrixSupport.ts"
import { unfitting } from "./matrixUnfitting.ts"

/** Milliseconds that a limit is first, where it is to be exceeded; and that are enough for any machine to be on time. */
const shortest = 250
const longest = 2000

/** Runs a case, and says what is wrong with what came of it. */
const examine = (row: Row, kind: Kind, transport: Transport) =>
  Effect.gen(function*() {
    const plan = Faults.plan([{ faults: row.faults, ...(row.times === undefined ? undefined : { times: row.times }) }])
    const expected = [row.expected(kind, transport)].flat()
    const attempt = Effect.fnUntraced(function*(limit: number) {
      const exceeded = expected.map(limitOf)
      const limits = {
        open: exceeded.includes("open") ? limit : patient.open,
        silence: exceeded.includes("silence") ? limit : patient.silence
      }
      const result = yield* undergo(kind, transport, plan, limits, row.hasToken)
      const problems = result.isLate
        ? ["it took longer than it may"]
        : expected.map((one) => problemOf(kind, result, one, limits))
      // The limit was exceeded before anything could go wrong, or nothing was on time: the machine may be slow.
      const isSlow = exceeded.some((one) => one !== undefined) &&
        (result.isLate ? limit < longest : result.injected.length === 0 && limit < patient.open)
      return { isSlow, result, problem: problems.includes(undefined) ? undefined : problems.join(", or ") }
    })
    let limit = shortest
    let outcome = yield* attempt(limit)
    while (outcome.isSlow) outcome = yield* attempt(limit *= 2)
    if (outcome.problem === undefined) return []
    const { exit, injected } = outcome.result
    const came = Exit.isSuccess(exit) ? JSON.stringify(exit.value) : String(exit.cause)
    return [`${kind.name} over ${transport.name}: ${outcome.problem}: ${came} ${JSON.stringify(injected)}`]
  })

const cases = transports.flatMap((transport) => kinds.map((kind) => [transport, kind] as const))

const examineAll = (row: Row) =>
  leavingNothing(Effect.forEach(
    cases.filter(([, kind]) => row.only?.(kind) !== false),
    ([transport, kind]) => examine(row, kind, transport),
    { concurrency: 12 }
  )).pipe(
    Effect.map((problems) => assert.deepStrictEqual(problems.flat(), []))
  )

const undisturbed: Row = {
  name: "nothing",
  faults: [{ type: "Latency", delay: 0 }],
  times: 0,
  expected: () => unaffected
}

describe("every kind of operation", () => {
  it.live("succeeds without a fault", () => examineAll(undisturbed))

  it.live.each([...answers])("answered with $name", (row) => examineAll(row))
  it.live.each([...expired])("with $name", (row) => examineAll(row))
  it.live.each([...unfitting])("left alone by $name", (row) => examineAll(row))
  it.live.each([...lines])("with $name", (row) => examineAll(row))
  it.live.each([...frames])("with $name", (row) => examineAll(row))
})
