import { assert, describe, it } from "@effect/vitest"
import type { Difference } from "../compare.ts"
import { type Description, json, noMessages, object, type Operation, scalar, type Type, union } from "../description.ts"
import { type Deliberate, everyOperation, explain } from "../explain.ts"
import { sideOf, sideOfType } from "../show.ts"

const difference = (operation: string, place: string, rest: Partial<Difference> = {}): Difference => ({
  operation,
  place,
  kind: "extra",
  ...rest
})

const because = { reason: "because", evidence: "it is" }

const extra = (at: Deliberate["at"], rest: object = {}): Deliberate => ({ kind: "extra", at, ...because, ...rest })

const shape = (name: string, type: Type) => object(new Map([[name, { type, required: true }]]))

/** In full another thing than on one line. */
const refusal = shape("a", scalar("string"))

const answering = (path: string, answers: Readonly<Record<string, Type>>): Operation => ({
  method: "GET",
  path,
  parameters: { path: new Map(), query: new Map(), header: new Map() },
  body: new Map(),
  responses: new Map(Object.entries(answers).map(([status, type]) => [status, new Map([[json, type]])])),
  messages: noMessages,
  servers: undefined,
  unread: []
})

const vendor: Description = {
  operations: [
    answering("/a", { 200: union([refusal, shape("b", scalar("number"))]), 201: shape("a", scalar("number")) }),
    answering("/b", { 202: refusal })
  ],
  servers: [],
  unread: []
}

const differences = [
  difference("GET /a", "query x"),
  difference("GET /a", "query xy"),
  difference("GET /a", "response 200 x"),
  difference("GET /a", "response 200 x.y"),
  difference("GET /a", "response 200 x[].y"),
  difference("GET /a", "response 200 x as \"y\""),
  difference("GET /a", "response 200 xy"),
  difference("GET /b", "query x"),
  difference("GET /b", "query x", { kind: "type", here: sideOf("string"), there: sideOf("number") }),
  difference("GET /a", "response 400", { kind: "missing", there: sideOfType(refusal) })
]

/** Which of them an entry explains, and where it explains nothing. */
const explained = (...entries: ReadonlyArray<Deliberate>) => {
  const { changed, stale, unexplained } = explain(differences, entries, vendor)
  return {
    explained: differences.flatMap((each, i) => unexplained.includes(each) ? [] : [i]),
    ...(changed.length === 0 ? undefined : { changed: changed.map((each) => differences.indexOf(each)) }),
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

  it("explains nothing that is beneath its place", () => {
    assert.deepStrictEqual(explained(extra({ "GET /a": ["response 200 x"] })), { explained: [2], stale: [] })
  })

  it("explains values that are listed at its place, if it says so, and nothing else", () => {
    assert.deepStrictEqual(explained(extra({ "GET /a": ["response 200 x"] }, { values: true })), {
      explained: [5],
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
    const other = { explained: [], changed: [8], stale: ["type GET /b query x"] }
    assert.deepStrictEqual(explained(type("string", "boolean")), other)
    assert.deepStrictEqual(explained(type("boolean", "number")), other)
  })

  const missing = (there: Exclude<Deliberate["there"], undefined>): Deliberate => ({
    kind: "missing",
    at: { "GET /a": ["response 400"] },
    there,
    ...because
  })

  it("names types in full", () => {
    assert.deepStrictEqual(explained(missing("{ a: string }")), { explained: [9], stale: [] })
    assert.deepStrictEqual(explained(missing("{ a }")), {
      explained: [],
      changed: [9],
      stale: ["missing GET /a response 400"]
    })
  })

  it("may name another status that has the same", () => {
    const other = { explained: [], changed: [9], stale: ["missing GET /a response 400"] }
    assert.deepStrictEqual(explained(missing({ copyOf: "200" })), { explained: [9], stale: [] })
    assert.deepStrictEqual(explained(missing({ copyOf: "201" })), other)
    assert.deepStrictEqual(explained(missing({ copyOf: "202" })), other)
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
