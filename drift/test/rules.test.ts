import { assert, describe, it } from "@effect/vitest"
import { compare } from "../compare.ts"
import {
  anything,
  type Description,
  type Field,
  json,
  list,
  literal,
  noMessages,
  object,
  scalar,
  type Type,
  union,
  unread,
  wholeNumber
} from "../description.ts"

const string = scalar("string")
const number = scalar("number")
const boolean = scalar("boolean")
const nullable = (type: Type) => union([type, scalar("null")])
const closed = (...names: ReadonlyArray<string | number>) => union(names.map(literal))
const open = (...names: ReadonlyArray<string>) => union([string, ...names.map(literal)])
const required = (type: Type): Field => ({ type, required: true })
const optional = (type: Type): Field => ({ type, required: false })
const fields = (all: Readonly<Record<string, Field>>) => object(new Map(Object.entries(all)))
const map = (values: Type) => object(new Map(), values)

/** An operation with a type in its query, its body and its answer. */
const where = (place: "query" | "body" | "answer", field: Field): Description => ({
  operations: [{
    method: "POST",
    path: "/test",
    parameters: { path: new Map(), query: new Map(place === "query" ? [["a", field]] : []), header: new Map() },
    body: new Map(place === "body" ? [[json, fields({ a: field })]] : []),
    responses: new Map([["200", new Map(place === "answer" ? [[json, fields({ a: field })]] : [])]]),
    messages: noMessages,
    servers: undefined,
    unread: []
  }],
  servers: [],
  unread: []
})

const places = { query: "query a", body: "body a", answer: "response 200 a" } as const

/** What is found at each place, without the place. */
const found = (here: Field, there: Field): Record<string, unknown> =>
  Object.fromEntries((["query", "body", "answer"] as const).map((place) => [
    place,
    compare(where(place, here), where(place, there)).map(({ kind, place: at }) =>
      `${kind} ${at.replace(places[place], "").trim()}`.trim()
    )
  ]))

const rule = (
  name: string,
  here: Type | Field,
  there: Type | Field,
  expected: ReadonlyArray<string> | Readonly<Record<"query" | "body" | "answer", ReadonlyArray<string>>>
) =>
  it(name, () => {
    const field = (one: Type | Field) => "required" in one ? one : required(one)
    assert.deepStrictEqual(
      found(field(here), field(there)),
      "query" in expected ? expected : { query: expected, body: expected, answer: expected }
    )
  })

describe("names", () => {
  rule("may be open here and closed there", open("a", "b"), closed("a", "b"), [])
  rule("may be open on both sides", open("a", "b"), open("a", "b"), [])
  rule("may be closed on both sides", closed("a", "b"), closed("a", "b"), [])
  rule("may not be closed here and open there", closed("a"), open("a"), ["type"])
  rule("may not be missing where they are open", string, closed("a", "b"), ["missing as \"a\"", "missing as \"b\""])
  rule("may not be missing", open("a"), open("a", "b"), ["missing as \"b\""])
  rule("may not be more", open("a", "b"), closed("a"), ["extra as \"b\""])
})

describe("numbers", () => {
  rule("may be whole there only", number, wholeNumber, [])
  rule("may not be whole here only", wholeNumber, number, ["type"])
  rule("may be whole on both sides", wholeNumber, wholeNumber, [])
  rule("are no text", number, string, ["type"])
  rule("are text in a query", number, closed("1", "2.5"), {
    query: ["missing as \"1\"", "missing as \"2.5\""],
    body: ["type"],
    answer: ["type"]
  })
  rule("may be listed as text in a query", closed(1, 2), closed("1", "2"), {
    query: [],
    body: ["type"],
    answer: ["type"]
  })
  rule("are told from words in a query", number, closed("1", "auto"), {
    query: ["missing as \"1\"", "missing as string"],
    body: ["type"],
    answer: ["type"]
  })
  rule("are told from words here in a query", closed("1", "auto"), closed(1), {
    query: ["extra as string"],
    body: ["type"],
    answer: ["type"]
  })
  rule("are told from words in lists in a query", list(closed(1)), list(closed("1", "auto")), {
    query: ["missing as string"],
    body: ["type []"],
    answer: ["type []"]
  })
  rule("are words where the other side takes words", open("1", "auto"), closed("1", "auto"), [])
  rule("may be listed beside others", union([number, literal(1)]), union([number, literal("1")]), {
    query: [],
    body: ["extra as \"1\"", "missing as string"],
    answer: ["extra as \"1\"", "missing as string"]
  })
})

describe("booleans", () => {
  rule("are text in a query", boolean, closed("true", "false"), { query: [], body: ["type"], answer: ["type"] })
  rule("are told from words in a query", boolean, closed("true", "false", "auto"), {
    query: ["missing as string"],
    body: ["type"],
    answer: ["type"]
  })
  rule("are words where the other side takes words", open("true", "auto"), closed("true", "auto"), [])
  rule("are told from words beside words in a query", union([boolean, literal("v2")]), closed("v2", "true", "false"), {
    query: [],
    body: ["missing as \"true\"", "missing as \"false\"", "extra as boolean"],
    answer: ["missing as \"true\"", "missing as \"false\"", "extra as boolean"]
  })
  rule("are both words", boolean, closed("true"), ["type"])
  rule("are one of several kinds", union([boolean, string]), string, ["extra as boolean"])
  rule("may be missing of several kinds", string, union([boolean, string]), ["missing as boolean"])
})

describe("lists", () => {
  rule("are one value too in a query", union([string, list(string)]), list(string), {
    query: [],
    body: ["extra as string"],
    answer: ["extra as string"]
  })
  rule("are not one value alone", string, list(string), {
    query: ["missing as list"],
    body: ["type"],
    answer: ["type"]
  })
  rule("hold the same", list(number), list(string), { query: ["type"], body: ["type []"], answer: ["type []"] })
  rule("are one list of all that they hold", list(union([string, number])), union([list(string), list(number)]), [])
  rule("hold lists", list(list(number)), list(list(string)), {
    query: ["type []"],
    body: ["type [][]"],
    answer: ["type [][]"]
  })
})

describe("what may be absent", () => {
  rule("may not be required here only", required(string), optional(string), ["required"])
  rule("may be required there only in an answer", optional(string), required(string), {
    query: ["required"],
    body: ["required"],
    answer: []
  })
  rule("may be null in an answer", nullable(string), string, {
    query: ["extra as null"],
    body: ["extra as null"],
    answer: []
  })
  rule("may be null there in an answer", string, nullable(string), {
    query: ["missing as null"],
    body: ["missing as null"],
    answer: []
  })
})

describe("anything", () => {
  rule("is anything", anything, anything, [])
  rule("is no type", anything, string, ["type"])
  rule("has no type here", string, anything, ["type"])
  rule("is more than any object", anything, map(anything), ["type"])
  rule("may not hide a type beside it", anything, union([anything, string]), ["missing as string"])
  rule("may not hide a type beside it here", union([anything, string]), anything, ["extra as string"])
  rule("may have a type beside it", union([anything, string]), union([anything, string]), [])
  rule("has no type here for being beside one", string, union([anything, string]), ["type"])
})

describe("objects", () => {
  const a = fields({ a: required(string) })
  const b = fields({ b: required(string) })
  const c = fields({ c: required(string), d: optional(string) })

  rule("have the same fields", a, a, [])
  rule("may not lack a field", a, fields({ a: required(string), b: optional(string) }), ["missing .b"])
  rule("may not have a field more", fields({ a: required(string), b: optional(string) }), a, ["extra .b"])
  rule("without fields hold anything", map(anything), fields({}), [])
  rule("without fields are no map", map(string), fields({}), ["type .*"])
  rule("are no map", a, map(string), ["type"])
  rule("hold the same as maps", map(number), map(string), ["type .*"])
  rule("may have others", object(new Map([["a", required(string)]]), anything), a, ["extra .*"])
  rule("may have others there", a, object(new Map([["a", required(string)]]), string), ["missing .*"])
  rule("are the same in any order", union([a, b, c]), union([c, a, b]), [])
  rule("are paired with the most similar", union([a, c]), union([fields({ c: required(string) }), a]), ["extra .d"])
  rule(
    "are paired with the most similar, not the first",
    union([fields({ a: required(string), b: required(string) }), a]),
    union([a, fields({ a: required(string), b: required(string) })]),
    []
  )
  rule("may not lack a variant", union([a, b]), union([a, b, c]), ["missing as { c, d? }"])
  rule("may not have a variant more", union([a, b, c]), union([a, c]), ["extra as { b }"])
  const tagged = (all: Readonly<Record<string, Field>>) => fields({ type: required(literal("t")), ...all })
  const narrow = tagged({ a: required(closed("x")) })
  const wide = tagged({ a: required(closed("y")), b: required(string) })
  rule(
    "of one type are one where there is one of them here",
    tagged({ a: required(open("x", "y")), b: optional(string) }),
    union([narrow, wide]),
    []
  )
  rule("of one type are one by all of their fields", narrow, union([narrow, wide, fields({ c: required(string) })]), {
    query: ["missing .a as \"y\"", "missing .b", "missing as { c }"],
    body: ["missing .a as \"y\"", "missing .b", "missing as { c }"],
    answer: ["required .type", "required .a", "missing .a as \"y\"", "missing .b", "missing .c"]
  })
  rule("of one type are several where there are as many here", union([narrow, wide]), union([wide, narrow]), [])
  rule("of several types are several", narrow, union([narrow, fields({ type: required(literal("u")) })]), {
    query: ["missing as { type }"],
    body: ["missing as { type }"],
    answer: ["missing .type as \"u\"", "required .a"]
  })
  rule(
    "of any type are several",
    fields({ type: required(string) }),
    union([
      fields({ type: required(string) }),
      fields({ type: required(string), a: required(string) })
    ]),
    {
      query: ["missing as { type, a }"],
      body: ["missing as { type, a }"],
      answer: ["missing .a"]
    }
  )
  rule("are read as one in an answer", fields({ a: optional(string), b: optional(string) }), union([a, b]), {
    query: ["required .a", "extra .b", "missing as { b }"],
    body: ["required .a", "extra .b", "missing as { b }"],
    answer: []
  })
  rule("that are read as one have all fields", fields({ a: optional(string) }), union([a, b]), {
    query: ["required .a", "missing as { b }"],
    body: ["required .a", "missing as { b }"],
    answer: ["missing .b"]
  })
  rule("that are read as one may lack what only some have", a, union([a, b]), {
    query: ["missing as { b }"],
    body: ["missing as { b }"],
    answer: ["required .a", "missing .b"]
  })
})

describe("what is not understood", () => {
  rule("there is reported", string, unread("allOf"), ["unread"])
  rule("here is reported", unread("a schema within itself"), string, ["unread"])
  rule("is reported beside others", union([string, list(string)]), union([string, unread("allOf")]), ["unread"])
})
