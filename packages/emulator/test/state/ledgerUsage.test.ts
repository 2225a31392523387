import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { matches, matchesFeatures } from "../../src/internal/state/ledgerFilter.ts"
import { breakdown, summarize, usageFields, usageGroupings } from "../../src/internal/state/ledgerUsage.ts"
import { Calls, entriesOf, entry, epoch, nova3, thalia } from "./calls.ts"

type Amounts = Omit<ReturnType<typeof summarize>[number], "start" | "end">

const sum = (results: ReadonlyArray<Amounts>, name: keyof Amounts): number =>
  results.reduce((total, result) => total + result[name], 0)

const exact = ["requests", "tokens_in", "tokens_out", "tts_characters", "agent_hours"] as const
const rounded = ["hours", "total_hours"] as const

const assertSameTotals = (some: ReadonlyArray<Amounts>, others: ReadonlyArray<Amounts>) => {
  for (const name of exact) assert.strictEqual(sum(some, name), sum(others, name), name)
  for (const name of rounded) assert.closeTo(sum(some, name), sum(others, name), 1e-6, name)
}

const Grouping = Schema.Literals(["accessor", "endpoint", "feature_set", "models", "method", "tags", "deployment"])

describe("usage", () => {
  it.prop("grouped by anything comes to the same", { calls: Calls, grouping: Grouping }, ({ calls, grouping }) => {
    const entries = entriesOf(calls)
    const groups = breakdown(entries, [grouping])
    assertSameTotals(groups, summarize(entries))
    assert.strictEqual(sum(groups, "requests"), entries.length)
    const keys = groups.map((group) => JSON.stringify(group.grouping))
    assert.strictEqual(new Set(keys).size, keys.length)
    for (const { grouping: { end, start, ...common } } of groups) {
      assert.strictEqual(start, end)
      assert.sameMembers(Object.keys(common), [...usageGroupings])
      for (const [name, value] of Object.entries(common)) assert.strictEqual(value === null, name !== grouping, name)
    }
  })

  it.prop("of a group is that of the calls that a filter for it leaves", { calls: Calls }, ({ calls }) => {
    const entries = entriesOf(calls)
    for (const method of ["sync", "async"]) {
      assertSameTotals(
        breakdown(entries, ["method"]).filter(({ grouping }) => grouping["method"] === method),
        summarize(entries.filter(matches({ method })))
      )
    }
  })

  it.prop("with and without a feature is everything", { calls: Calls }, ({ calls }) => {
    const entries = entriesOf(calls)
    const used = entries.filter(matchesFeatures({ diarize: true }))
    const unused = entries.filter(matchesFeatures({ diarize: false }))
    assert.sameMembers([...used, ...unused], [...entries])
    assert.isTrue(used.every(({ features }) => features.includes("diarize")))
    assert.isTrue(unused.every(({ features }) => !features.includes("diarize")))
  })

  it("of several features needs one that is wanted, and none that is not", () => {
    const entries = ["", "diarize", "punctuate", "diarize,redact", "redact"]
      .map((names) => entry({ features: names === "" ? [] : names.split(",") }))
    const left = (filter: Record<string, boolean>) =>
      entries.filter(matchesFeatures(filter)).map(({ features }) => features.join(","))
    assert.deepStrictEqual(left({}), ["", "diarize", "punctuate", "diarize,redact", "redact"])
    assert.deepStrictEqual(left({ diarize: true, punctuate: true }), ["diarize", "punctuate", "diarize,redact"])
    assert.deepStrictEqual(left({ diarize: false, punctuate: false }), ["", "redact"])
    assert.deepStrictEqual(left({ diarize: true, redact: false }), ["diarize"])
  })

  it("of a day counts hours once, and by channels", () => {
    const results = summarize([
      entry({ seconds: 1800, channels: 2 }),
      entry({ seconds: 900, created: epoch + 86_399_999 }),
      entry({ endpoint: "read", seconds: 0, tokensIn: 7, tokensOut: 3, created: epoch + 86_400_000 }),
      entry({ endpoint: "speak", seconds: 0, characters: 12, created: epoch - 1 })
    ])
    const nothing = { hours: 0, total_hours: 0, agent_hours: 0, tokens_in: 0, tokens_out: 0, tts_characters: 0 }
    assert.deepStrictEqual(results, [
      { start: "2026-01-29", end: "2026-01-29", ...nothing, tts_characters: 12, requests: 1 },
      { start: "2026-01-30", end: "2026-01-30", ...nothing, hours: 0.75, total_hours: 1.25, requests: 2 },
      { start: "2026-01-31", end: "2026-01-31", ...nothing, tokens_in: 7, tokens_out: 3, requests: 1 }
    ])
  })

  it("is in the order of the days", () => {
    const days = [10_000, 9999, -1, 10_001].map((day) => entry({ created: day * 86_400_000 }))
    assert.deepStrictEqual(summarize(days).map(({ start }) => start), [
      "1969-12-31",
      "1997-05-18",
      "1997-05-19",
      "1997-05-20"
    ])
  })

  it("is grouped by sets of labels and of models", () => {
    const entries = [
      entry({ tags: ["a"], models: [nova3, thalia] }),
      entry({ tags: ["a", "b"], models: [thalia, nova3] }),
      entry({ tags: ["a"], models: [nova3] })
    ]
    const of = (name: "tags" | "models" | "feature_set") =>
      breakdown(entries, [name]).map(({ grouping, requests }) => [grouping[name], requests])
    assert.deepStrictEqual(of("tags"), [[["a", "b"], 1], [["a"], 2]])
    assert.deepStrictEqual(of("models"), [[[nova3.uuid, thalia.uuid], 2], [[nova3.uuid], 1]])
    assert.deepStrictEqual(of("feature_set"), [["", 3]])
  })

  it("can be filtered by everything that calls have", () => {
    const call = entry({ models: [nova3, thalia], tags: ["a", "b"] })
    const left = (filter: Parameters<typeof matches>[0]) => [call].filter(matches(filter)).length
    for (
      const filter of [
        { accessor: "key-1" },
        { deployment: "hosted" },
        { endpoint: "listen" },
        { method: "sync" },
        { model: thalia.uuid },
        { tag: "b" }
      ]
    ) {
      assert.strictEqual(left(filter), 1, JSON.stringify(filter))
      assert.strictEqual(left(Object.fromEntries(Object.keys(filter).map((name) => [name, "other"]))), 0)
    }
  })

  it("has fields: what was used, once each", () => {
    const fields = usageFields([
      entry({ tags: ["b", "a"], features: ["redact"], models: [{ ...nova3, language: "fr" }] }),
      entry({ tags: ["a"], method: "async", models: [nova3] }),
      entry({ endpoint: "speak", models: [thalia] })
    ])
    assert.deepStrictEqual(fields, {
      tags: ["a", "b"],
      models: [
        { name: "aura-2-thalia-en", language: "en", version: "latest", model_id: thalia.uuid },
        { name: "general-nova-3", language: "fr", version: "latest", model_id: nova3.uuid }
      ],
      processing_methods: ["async", "sync"],
      features: ["redact"],
      languages: ["en", "fr"]
    })
  })
})
