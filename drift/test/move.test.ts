import { assert, describe, it } from "@effect/vitest"
import { type Description, type Field, json, noMessages, object, scalar, type Type, union } from "../description.ts"
import { applyMoves } from "../move.ts"
import { sideOfType } from "../show.ts"

const string: Field = { type: scalar("string"), required: false }
const fields = (all: Readonly<Record<string, Field>>): Type => object(new Map(Object.entries(all)))
const nested = (all: Readonly<Record<string, Field>>, required = false): Field => ({ type: fields(all), required })

const answering = (type: Type): Description => ({
  operations: [{
    method: "GET",
    path: "/test/{id}",
    parameters: { path: new Map(), query: new Map(), header: new Map() },
    body: new Map(),
    responses: new Map([["200", new Map([[json, type]])]]),
    messages: noMessages,
    servers: undefined,
    unread: []
  }],
  servers: [],
  unread: []
})

const moved = (type: Type, ...moves: ReadonlyArray<readonly [from: string, to: string, rest?: object]>) => {
  const { description, stale } = applyMoves(
    answering(type),
    Array.from(moves, ([from, to, rest]) => ({
      operation: "GET /test/{test_id}",
      status: "200",
      from,
      to,
      reason: "",
      evidence: "",
      ...rest
    }))
  )
  const result = description.operations[0]?.responses.get("200")?.get(json)
  return [result === undefined ? "nothing" : sideOfType(result).full, stale.map(({ from }) => from)]
}

describe("a move", () => {
  it("takes what is nested to what nests it", () => {
    assert.deepStrictEqual(moved(fields({ a: nested({ a: nested({ b: string, c: string }) }, true) }), ["a.a", "a"]), [
      "{ a: { b?: string, c?: string } }",
      []
    ])
  })

  it("leaves what is beside it", () => {
    assert.deepStrictEqual(
      moved(fields({ a: nested({ b: nested({ a: nested({ x: string }), y: string }), z: string }) }), ["a.b.a", "a"]),
      ["{ a?: { b?: { y?: string }, x?: string, z?: string } }", []]
    )
  })

  it("removes what only led to it", () => {
    assert.deepStrictEqual(moved(fields({ a: nested({ b: nested({ c: string }) }), d: string }), ["a.b.c", "c"]), [
      "{ c?: string, d?: string }",
      []
    ])
  })

  it("may follow another", () => {
    const type = fields({ item: nested({ member: nested({ id: string, key: nested({ k: string }) }) }) })
    assert.deepStrictEqual(moved(type, ["item.member.key", "key"], ["item.member", "member"]), [
      "{ key?: { k?: string }, member?: { id?: string } }",
      []
    ])
  })

  it("is of one variant", () => {
    const type = union([fields({ id: string }), fields({ a: nested({ b: nested({ c: string }) }) })])
    assert.deepStrictEqual(moved(type, ["a.b", "a"]), ["{ a?: { c?: string } } | { id?: string }", []])
  })

  it("is stale where there is nothing to move", () => {
    const type = fields({ a: nested({ b: string }) })
    const same = "{ a?: { b?: string } }"
    assert.deepStrictEqual(moved(type, ["a.c", "a"]), [same, ["a.c"]])
    assert.deepStrictEqual(moved(type, ["c.a", "a"]), [same, ["c.a"]])
    assert.deepStrictEqual(moved(type, ["a.b", "b", { status: "400" }]), [same, ["a.b"]])
    assert.deepStrictEqual(moved(type, ["a.b", "b", { operation: "PUT /test/{id}" }]), [same, ["a.b"]])
  })
})
