import { assert, describe, it } from "@effect/vitest"
import type { Difference } from "../compare.ts"
import { type Deliberate, everyOperation, explain } from "../explain.ts"

const difference = (operation: string, place: string, rest: Partial<Difference> = {}): Difference => ({
  operation,
  place,
  kind: "extra",
  ...rest
})

const because = { reason: "because", evidence: "it is" }

const extra = (at: Deliberate["at"], rest: object = {}): Deliberate => ({ kind: "extra", at, ...because, ...rest })

const differences = [
  difference("GET /a", "query x"),
  difference("GET /a", "query xy"),
  difference("GET /a", "response 200 x"),
  difference("GET /a", "response 200 x.y"),
  difference("GET /a", "response 200 x[].y"),
  difference("GET /a", "response 200 x as \"y\""),
  difference("GET /a", "response 200 xy"),
  difference("GET /b", "query x"),
  difference("GET /b", "query x", { kind: "type", here: "string", there: "number" })
]

/** Which of them an entry explains, and where it explains nothing. */
const explained = (...entries: ReadonlyArray<Deliberate>) => {
  const { stale, unexplained } = explain(differences, entries)
  return {
    explained: differences.flatMap((each, i) => unexplained.includes(each) ? [] : [i]),
    stale: stale.map(({ kind, operation, place }) => `${kind} ${operation} ${place}`)
  }
}

describe("an entry", () => {
  it("explains what is at its place", () => {
    assert.deepStrictEqual(explained(extra({ "GET /a": ["query x"] })), { explained: [0], stale: [] })
  })

  it("explains at several places of several operations", () => {
    assert.deepStrictEqual(explained(extra({ "GET /a": ["query x", "query xy"], "GET /b": ["query x"] })), {
      explained: [0, 1, 7],
      stale: []
    })
  })

  it("explains in every operation", () => {
    assert.deepStrictEqual(explained(extra({ [everyOperation]: ["query x"] })), { explained: [0, 7], stale: [] })
  })

  it("explains what is beneath its place, if it says so", () => {
    assert.deepStrictEqual(explained(extra({ "GET /a": ["response 200 x"] })), { explained: [2], stale: [] })
    assert.deepStrictEqual(explained(extra({ "GET /a": ["response 200 x"] }, { below: true })), {
      explained: [2, 3, 4, 5],
      stale: []
    })
  })

  it("explains one kind", () => {
    assert.deepStrictEqual(explained({ kind: "missing", at: { "GET /a": ["query x"] }, ...because }), {
      explained: [],
      stale: ["missing GET /a query x"]
    })
  })

  it("explains the types that it names", () => {
    const type = (here: string, there: string): Deliberate => ({
      kind: "type",
      at: { "GET /b": ["query x"] },
      here,
      there,
      ...because
    })
    assert.deepStrictEqual(explained(type("string", "number")), { explained: [8], stale: [] })
    assert.deepStrictEqual(explained(type("string", "boolean")), { explained: [], stale: ["type GET /b query x"] })
    assert.deepStrictEqual(explained(type("boolean", "number")), { explained: [], stale: ["type GET /b query x"] })
  })

  it("is stale where it explains nothing", () => {
    assert.deepStrictEqual(
      explained(
        extra({ "GET /a": ["query x", "query z"], "GET /c": ["query x"] }),
        extra({ [everyOperation]: ["query z"] })
      ),
      {
        explained: [0],
        stale: ["extra GET /a query z", "extra GET /c query x", `extra ${everyOperation} query z`]
      }
    )
  })
})
