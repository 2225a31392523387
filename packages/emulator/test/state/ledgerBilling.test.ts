import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { costFields, costs } from "../../src/internal/state/ledgerBilling.ts"
import { chargesOf, microDollars } from "../../src/internal/state/ledgerPrices.ts"
import { Calls, entriesOf, entry, nova3, thalia } from "./calls.ts"

const Groupings = Schema.Array(Schema.Literals(["accessor", "deployment", "line_item", "tags"]))

/** Of numbers of dollars, exactly. */
const sum = (results: ReturnType<typeof costs>): number =>
  results.reduce((total, { dollars }) => total + microDollars(dollars), 0)

const charged = (entries: ReturnType<typeof entriesOf>): number =>
  entries.flatMap(({ charges }) => charges).reduce((total, charge) => total + charge.microDollars, 0)

describe("costs", () => {
  it.prop("in any groups come to what was charged", { calls: Calls, by: Groupings }, ({ by, calls }) => {
    const entries = entriesOf(calls)
    const results = costs(entries, { grouping: by })
    assert.strictEqual(sum(results), charged(entries))
    for (const { grouping: { end, start, ...common } } of results) {
      assert.strictEqual(start, end)
      assert.hasAllKeys(common, ["accessor", "deployment", "line_item", "tags"])
      for (const [name, value] of Object.entries(common)) {
        assert.strictEqual(value === null, !by.some((wanted) => wanted === name), name)
      }
    }
  })

  it.prop("of each line item come to what was charged", { calls: Calls }, ({ calls }) => {
    const entries = entriesOf(calls)
    const { line_items } = costFields(entries)
    const parts = Object.keys(line_items).map((line_item) => sum(costs(entries, { line_item, grouping: [] })))
    assert.strictEqual(parts.reduce((total, part) => total + part, 0), charged(entries))
    assert.deepStrictEqual(costs(entries, { line_item: "none", grouping: [] }), [])
  })

  it("of a call with several line items are told apart", () => {
    const call = entry({ seconds: 60, tokensIn: 1000, tokensOut: 500, tags: ["a"] })
    const results = costs([call], { grouping: ["line_item", "tags"] })
    assert.deepStrictEqual(results.map(({ dollars, grouping }) => [grouping.line_item, dollars]), [
      ["batch::nova-3", 0.004],
      ["intelligence::input-tokens", 0.001],
      ["intelligence::output-tokens", 0.001]
    ])
    assert.deepStrictEqual(results.map(({ grouping }) => grouping.tags), [["a"], ["a"], ["a"]])
  })

  it("of failures are none, and they have no fields", () => {
    assert.deepStrictEqual(costs([entry({ code: 400 })], { grouping: [] }), [])
    assert.deepStrictEqual(costFields([entry({ code: 400, tags: ["a"] })]), {
      accessors: [],
      deployments: [],
      tags: [],
      line_items: {}
    })
  })

  it("have fields: what was charged for, once each", () => {
    assert.deepStrictEqual(costFields([entry({ tags: ["b"] }), entry({ tags: ["a"], apiKeyId: "key-2" }), entry()]), {
      accessors: ["key-1", "key-2"],
      deployments: ["hosted"],
      tags: ["a", "b"],
      line_items: { "batch::nova-3": "nova-3 (speech to text, recordings)" }
    })
  })
})

describe("prices", () => {
  const usage = {
    endpoint: "listen" as const,
    method: "sync" as const,
    models: [nova3],
    seconds: 0,
    channels: 1,
    tokensIn: 0,
    tokensOut: 0,
    characters: 0
  }

  it("are for minutes of each channel, and for characters", () => {
    const of = (channels: number) => chargesOf({ ...usage, seconds: 90, channels })
    assert.deepStrictEqual(of(1), [{ lineItem: "batch::nova-3", microDollars: 6000 }])
    assert.deepStrictEqual(of(2), [{ lineItem: "batch::nova-3", microDollars: 12_000 }])
    assert.deepStrictEqual(chargesOf({ ...usage, models: [thalia], characters: 7 }), [
      { lineItem: "tts::aura-2", microDollars: 210 }
    ])
    assert.deepStrictEqual(chargesOf(usage), [])
  })

  it("of live audio are others", () => {
    const of = (arch: string) =>
      chargesOf({ ...usage, method: "streaming", models: [{ ...nova3, arch }], seconds: 60, channels: 2 })
    assert.deepStrictEqual(of("nova-3"), [{ lineItem: "streaming::nova-3", microDollars: 16_000 }])
    assert.deepStrictEqual(of("flux"), [{ lineItem: "streaming::flux", microDollars: 16_000 }])
    assert.deepStrictEqual(of("other"), [{ lineItem: "streaming::other", microDollars: 40_000 }])
    const call = entry({ method: "streaming" })
    assert.deepStrictEqual(costFields([call]).line_items, { "streaming::nova-3": "nova-3 (speech to text, live)" })
  })

  it("of agents are for the time that they are there, whatever they do", () => {
    const call = { ...usage, endpoint: "agent" as const, method: "streaming" as const, seconds: 90, characters: 1000 }
    assert.deepStrictEqual(chargesOf(call), [{ lineItem: "agent::standard", microDollars: 120_000 }])
    const entries = [entry({ ...call, charges: chargesOf(call) })]
    assert.deepStrictEqual(costFields(entries).line_items, { "agent::standard": "standard (voice agent)" })
  })

  it("of models that nobody knows are their own", () => {
    const models = [{ ...nova3, arch: "constructor" }]
    assert.deepStrictEqual(chargesOf({ ...usage, models, seconds: 60, characters: 1000 }), [
      { lineItem: "batch::constructor", microDollars: 20_000 },
      { lineItem: "tts::constructor", microDollars: 30_000 }
    ])
  })
})
