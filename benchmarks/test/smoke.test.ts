/** Every case in small: that it runs to its end, and what it writes. What it measures says nothing here. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Live from "../emulator/live.ts"
import * as Rest from "../emulator/rest.ts"
import { type Outcome, valueOf } from "../result.ts"
import { cases } from "../sideBySide/cases/all.ts"
import { run } from "../sideBySide/comparison.ts"

const Results = Schema.Array(Schema.Struct({
  case: Schema.NonEmptyString,
  peer: Schema.NonEmptyString,
  metric: Schema.NonEmptyString,
  unit: Schema.String,
  median: Schema.Finite,
  p10: Schema.Finite,
  p90: Schema.Finite,
  ratioToRaw: Schema.NullOr(Schema.Finite),
  ratioToOfficial: Schema.NullOr(Schema.Finite)
}))

/** The figures as `--json` has them, by peer and metric. */
const written = ({ results }: Outcome): ReadonlyMap<string, number> => {
  const read = Schema.decodeUnknownSync(Schema.fromJsonString(Results), { onExcessProperty: "error" })
  return new Map(
    read(JSON.stringify(results)).map(({ median, metric, p10, p90, peer }) => {
      assert.isAtMost(p10, median)
      assert.isAtMost(median, p90)
      return [`${peer}: ${metric}`, median]
    })
  )
}

describe("npm run bench", () => {
  it.live("measures calls", () =>
    Effect.gen(function*() {
      const outcome = yield* Rest.run({ rounds: 1, duration: 200, warmUp: 50, concurrency: 4 })
      const figures = written(outcome)
      for (const peer of ["GET /v1/projects", "POST /v1/read"]) {
        assert.isAbove(figures.get(`${peer}: calls per second`) ?? 0, 0)
        assert.strictEqual(figures.get(`${peer}: failed calls`), 0)
      }
      assert.strictEqual(outcome.verdicts.length, 2)
    }))

  it.live("measures sessions, and knows what has to come of each of them", () =>
    Effect.gen(function*() {
      const outcome = yield* Live.run({ sessions: 5, duration: 4000, spread: 100 })
      const figures = written(outcome)
      assert.isAbove(figures.get("emulator: results") ?? 0, 5)
      assert.strictEqual(figures.get("emulator: sessions with a wrong message"), 0)
      assert.isAtLeast(figures.get("emulator: final result after its last frame") ?? -1, 0)
      assert.isTrue(outcome.verdicts[1]?.met)
    }))

  for (const comparison of cases) {
    it.live(`measures ${comparison.name}`, () =>
      Effect.gen(function*() {
        const outcome = yield* run(comparison, "small")
        written(outcome)
        assert.deepStrictEqual(
          new Set(outcome.results.map(({ peer }) => peer)),
          new Set(comparison.peers.map(({ name }) => name))
        )
        for (const { metric, over, peer } of comparison.targets) {
          const base = over === "nothing" ? undefined : comparison[over]
          const value = valueOf(outcome.results, peer, metric, "nothing")
          const ratio = valueOf(outcome.results, peer, metric, over)
          assert.isTrue(Number.isFinite(value), `${peer}: ${metric} is ${value}`)
          // So little may take no memory.
          if (base !== undefined && valueOf(outcome.results, base, metric, "nothing") === 0) continue
          assert.isTrue(Number.isFinite(ratio), `${peer}: ${metric} over ${over} is ${ratio}`)
        }
      }))
  }

  it("has cases and units for all that is promised, and names that tell them apart", () => {
    for (const { official, peers, raw, targets, units } of cases) {
      const names = peers.map(({ name }) => name)
      assert.strictEqual(new Set(names).size, names.length)
      for (const base of [raw, official]) assert.include([...names, undefined], base)
      for (const { metric, peer } of targets) {
        assert.include(names, peer)
        assert.property(units, metric)
      }
    }
    assert.strictEqual(new Set(cases.map(({ name }) => name)).size, cases.length)
  })
})
