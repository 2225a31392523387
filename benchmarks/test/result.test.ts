import { assert, describe, it } from "@effect/vitest"
import { figure, type Outcome, quantile, show, valueOf } from "../result.ts"

const rate = figure({ case: "calls", peer: "ours", metric: "rate", unit: "/s" }, [900, 1000, 1200])
const failed = figure({ case: "calls", peer: "the other one", metric: "failed", unit: "" }, [0])
const compared = { ...rate, ratioToRaw: 0.853, ratioToOfficial: 12.34 }

const outcome = (change: Partial<Outcome>): Outcome => ({ results: [], verdicts: [], noise: undefined, ...change })

describe("results", () => {
  it("have quantiles", () => {
    assert.deepStrictEqual([0, 0.1, 0.5, 0.9, 1].map((share) => quantile([5, 1, 4, 2, 3], share)), [1, 1, 3, 5, 5])
    assert.deepStrictEqual([quantile([10, 9], 0.5), quantile([], 0.5)], [10, NaN])
    assert.deepStrictEqual([rate.p10, rate.median, rate.p90], [900, 1000, 1200])
  })

  it("are found, as they are or divided", () => {
    const value = (...about: [string, string, "raw" | "official" | "nothing"]) => valueOf([failed, compared], ...about)
    assert.strictEqual(value("ours", "rate", "nothing"), 1000)
    assert.strictEqual(value("ours", "rate", "raw"), 0.853)
    assert.strictEqual(value("ours", "rate", "official"), 12.34)
    assert.isNaN(value("the other one", "failed", "raw"))
    assert.isNaN(value("ours", "failed", "nothing"))
  })

  it("are shown in columns, those alone that there are", () => {
    assert.strictEqual(
      show(outcome({ results: [rate, failed] })),
      "  ours           rate    1,000 /s  (900 to 1,200)\n" +
        "  the other one  failed  0"
    )
    assert.strictEqual(
      show(outcome({ results: [compared, { ...compared, peer: "raw", ratioToOfficial: null }, failed] })),
      "  ours           rate    1,000 /s  (900 to 1,200)  0.85× raw  12.3× official\n" +
        "  raw            rate    1,000 /s  (900 to 1,200)  0.85× raw\n" +
        "  the other one  failed  0"
    )
  })

  it("are shown without a column between that has nothing", () => {
    assert.strictEqual(
      show(outcome({ results: [{ ...compared, ratioToRaw: null }] })),
      "  ours  rate  1,000 /s  (900 to 1,200)  12.3× official"
    )
  })

  it("are shown with what was promised, unless they are refused", () => {
    const verdicts = [
      { promise: "one", met: true, stretched: true },
      { promise: "two", met: true, stretched: false },
      { promise: "three", met: true },
      { promise: "four", met: false }
    ]
    assert.strictEqual(
      show(outcome({ verdicts })),
      "  STRETCH  one\n  MET      two\n  MET      three\n  NOT MET  four"
    )
    assert.strictEqual(
      show(outcome({ verdicts, noise: "too loud" })),
      "  REFUSED  one\n  REFUSED  two\n  REFUSED  three\n  REFUSED  four\n  refused: too loud"
    )
  })
})
