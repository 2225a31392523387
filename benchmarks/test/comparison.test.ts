/** What comparisons make of the figures of rounds. No process is started: the test says what peers would answer. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { beforeEach, vi } from "vitest"
import { noiseOf } from "../machine.ts"
import { PeerError } from "../peer.ts"
import type { Result } from "../result.ts"
import { type Comparison, type Figures, run, type Target, verdictOf } from "../sideBySide/comparison.ts"
import type { Question } from "../sideBySide/roundProcess.ts"

/** What rounds answer, by peer, what others do meanwhile, in order, and what was asked. */
const script = vi.hoisted(() => ({
  rounds: {} as Record<string, Array<Figures>>,
  foreign: [] as Array<number>,
  peersCpu: [] as Array<number>,
  asked: [] as Array<Question>
}))

vi.mock("../machine.ts", async (original) => ({
  ...await original<typeof import("../machine.ts")>(),
  watch: Effect.succeed((peersCpu: number) => {
    script.peersCpu.push(peersCpu)
    return script.foreign.shift() ?? 0
  })
}))

vi.mock("../peer.ts", async (original) => {
  const peer = await original<typeof import("../peer.ts")>()
  const round = (question: Question) => {
    script.asked.push(question)
    const figures = script.rounds[question.module]?.shift()
    return figures === undefined
      ? Effect.fail(new peer.PeerError({ message: `${question.module} has nothing to say` }))
      : Effect.succeed({ figures, cpu: 30 })
  }
  const server = () => Effect.succeed({ ports: { json: 1 }, cpu: 5 })
  return {
    ...peer,
    start: (name: string) => Effect.succeed({ ask: name === "sideBySide/serverProcess" ? server : round })
  }
})

const comparison: Comparison = {
  name: "calls",
  title: "Calls",
  load: "calls",
  size: { duration: 2000 },
  small: { duration: 1 },
  rounds: 3,
  peers: [
    { name: "undici", module: "raw" },
    { name: "ours, traced", module: "ours", variant: "traced" },
    { name: "theirs", module: "official" }
  ],
  raw: "undici",
  official: "theirs",
  units: { rate: "/s", memory: "MB" },
  targets: [{ peer: "ours, traced", metric: "rate", over: "raw", bound: "at least", must: 2 }]
}

const rates = (...values: ReadonlyArray<number>): Array<Figures> => values.map((rate) => ({ rate }))

beforeEach(() => {
  Object.assign(script, {
    rounds: { raw: rates(10, 100, 1000), ours: rates(30, 50, 2000), official: rates(60, 25, 4000) },
    foreign: [],
    peersCpu: [],
    asked: []
  })
})

describe("a comparison", () => {
  it.effect("divides the figures of each round, and takes the median of that", () =>
    Effect.gen(function*() {
      const { noise, results, verdicts } = yield* run(comparison)
      const about = { case: "calls", metric: "rate", unit: "/s" }
      assert.deepStrictEqual(results, [
        { ...about, peer: "undici", median: 100, p10: 10, p90: 1000, ratioToRaw: 1, ratioToOfficial: 0.25 },
        // Of the medians it would be 0.5 and 0.83.
        { ...about, peer: "ours, traced", median: 50, p10: 30, p90: 2000, ratioToRaw: 2, ratioToOfficial: 0.5 },
        { ...about, peer: "theirs", median: 60, p10: 25, p90: 4000, ratioToRaw: 4, ratioToOfficial: 1 }
      ])
      assert.strictEqual(noise, undefined)
      assert.deepStrictEqual(verdicts, [
        { promise: "ours, traced: rate 2× raw, wanted at least 2", met: true, stretched: false }
      ])
    }))

  it.effect("has no ratio where there is nobody to compare with, or who has no such figure in a round", () =>
    Effect.gen(function*() {
      script.rounds["ours"] = [{ rate: 1, memory: 2 }, { rate: 1, memory: 2 }, { rate: 1, memory: 2 }]
      script.rounds["raw"] = [{ rate: 10 }, { rate: 100, memory: 1 }, { rate: 1000, memory: 1 }]
      const { results } = yield* run({ ...comparison, official: undefined })
      assert.deepStrictEqual(
        results.map(({ metric, peer, ratioToOfficial, ratioToRaw }) => [peer, metric, ratioToRaw, ratioToOfficial]),
        [
          ["undici", "rate", 1, null],
          ["undici", "memory", 1, null],
          ["ours, traced", "rate", 0.01, null],
          ["ours, traced", "memory", null, null],
          ["theirs", "rate", 4, null]
        ]
      )
    }))

  it.effect("lets peers take turns, back and forth, and tells them what to do", () =>
    Effect.gen(function*() {
      yield* run(comparison)
      assert.deepStrictEqual(
        script.asked.map(({ module }) => module),
        ["raw", "ours", "official", "official", "ours", "raw", "raw", "ours", "official"]
      )
      assert.deepStrictEqual<unknown>(script.asked[1], {
        load: "calls",
        module: "ours",
        variant: "traced",
        size: { duration: 2000 },
        ports: { json: 1 }
      })
    }))

  it.effect("in small has one round of each, and takes it as it comes", () =>
    Effect.gen(function*() {
      script.foreign = [1, 1, 1]
      const { results } = yield* run(comparison, "small")
      assert.deepStrictEqual(script.asked.map(({ module, size }) => [module, size["duration"]]), [
        ["raw", 1],
        ["ours", 1],
        ["official", 1]
      ])
      assert.deepStrictEqual(results.map(({ ratioToRaw }) => ratioToRaw), [1, 3, 6])
    }))

  it.effect("repeats a round in which others were busy, and forgets it", () =>
    Effect.gen(function*() {
      script.foreign = [0, 1, 1, 1]
      script.rounds["ours"] = rates(7, 7, 7, 30, 50, 2000)
      const { noise, results } = yield* run(comparison)
      assert.strictEqual(noise, undefined)
      assert.strictEqual(results[1]?.ratioToRaw, 2)
      // What the peer and the server used is not what others did.
      assert.deepStrictEqual(new Set(script.peersCpu), new Set([35]))
      assert.strictEqual(script.asked.length, 12)
    }))

  it.effect("is refused when others were busy four times", () =>
    Effect.gen(function*() {
      script.foreign = [0, 1, 1, 1, 0.5]
      script.rounds["ours"] = rates(7, 7, 7, 30, 50, 2000)
      const { noise } = yield* run(comparison)
      assert.strictEqual(noise, noiseOf(0.5))
      assert.strictEqual(noise, "other programs kept 50 % of a processor busy")
      assert.strictEqual(script.asked.length, 12)
    }))

  it.effect("fails with what a peer fails with", () =>
    Effect.gen(function*() {
      script.rounds["official"] = rates(1)
      const error = yield* Effect.flip(run(comparison))
      assert.deepStrictEqual(error, new PeerError({ message: "official has nothing to say" }))
    }))
})

describe("a verdict", () => {
  const result: Result = {
    case: "calls",
    peer: "ours",
    metric: "rate",
    unit: "/s",
    median: 1234.5,
    p10: 1,
    p90: 9999,
    ratioToRaw: 0.8512,
    ratioToOfficial: null
  }
  const target: Target = { peer: "ours", metric: "rate", over: "raw", bound: "at least", must: 0.75, stretch: 0.9 }
  const of = (change: Partial<Target>) => verdictOf({ ...target, ...change }, [result], "/s")

  it("says what was reached, and what was wanted", () => {
    assert.strictEqual(of({}).promise, "ours: rate 0.851× raw, wanted at least 0.75, stretch 0.9")
    assert.strictEqual(
      of({ over: "nothing", bound: "at most", must: 2000, stretch: undefined }).promise,
      "ours: rate 1230 /s, wanted at most 2000"
    )
    assert.strictEqual(of({ over: "official" }).promise, "ours: rate NaN× official, wanted at least 0.75, stretch 0.9")
  })

  it("knows must and stretch, each up to the figure itself", () => {
    const outcome = (change: Partial<Target>) => [of(change).met, of(change).stretched]
    assert.deepStrictEqual(outcome({}), [true, false])
    assert.deepStrictEqual(outcome({ must: 0.8513 }), [false, false])
    assert.deepStrictEqual(outcome({ must: 0.8512, stretch: 0.8512 }), [true, true])
    assert.deepStrictEqual(outcome({ must: 0.5, stretch: undefined }), [true, false])
    assert.deepStrictEqual(outcome({ bound: "at most", must: 0.8511, stretch: 0.8 }), [false, false])
    assert.deepStrictEqual(outcome({ bound: "at most", must: 0.8512, stretch: 0.8 }), [true, false])
    assert.deepStrictEqual(outcome({ bound: "at most", must: 1, stretch: 0.8512 }), [true, true])
    assert.deepStrictEqual(outcome({ over: "nothing", bound: "at least", must: 1234, stretch: 1235 }), [true, false])
  })

  it("of what was not measured is that it was not met", () => {
    for (const change of [{ over: "official" }, { peer: "theirs" }, { metric: "CPU" }] as const) {
      for (const bound of ["at least", "at most"] as const) {
        const { met, stretched } = of({ ...change, bound })
        assert.deepStrictEqual([met, stretched], [false, false])
      }
    }
  })
})
