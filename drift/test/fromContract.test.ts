import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import type { Content, Field, Operation, Type } from "../description.ts"
import { fromContract } from "../fromContract.ts"
import { sideOfType } from "../show.ts"

const read = <Endpoint extends HttpApiEndpoint.Constraint>(endpoint: Endpoint): Operation => {
  const [operation] = fromContract(HttpApi.make("test").add(HttpApiGroup.make("test").add(endpoint))).operations
  if (operation === undefined) throw new Error("there is no operation")
  return operation
}

const show = (type: Type) => sideOfType(type).text

const showAll = (fields: ReadonlyMap<string, Field>) =>
  Object.fromEntries(Array.from(fields, ([name, { required, type }]) => [required ? name : `${name}?`, show(type)]))

const showContent = (content: Content) => Object.fromEntries(Array.from(content, ([name, type]) => [name, show(type)]))

const fieldsOf = (type: Type | undefined) => showAll(type?.objects[0]?.fields ?? new Map())

interface Tree {
  readonly children: ReadonlyArray<Tree>
}

const Tree: Schema.Codec<Tree> = Schema.Struct({
  children: Schema.Array(Schema.suspend((): Schema.Codec<Tree> => Tree))
})

const types = {
  text: Schema.String,
  id: Schema.String.check(Schema.isUUID()),
  number: Schema.Finite,
  whole: Schema.Int,
  wholeAndMore: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9 })),
  int32: Schema.Finite.check(Schema.isInt32()),
  flag: Schema.Boolean,
  names: Schema.Literals(["a", "b"]),
  manyNames: Schema.Literals([..."abcdefghijkl"]),
  figures: Schema.Literals([1, 2.5]),
  open: Schema.Union([Schema.StringForLiteralAutocomplete, Schema.Literals(["a", "b"])]),
  list: Schema.Array(Schema.Finite),
  pair: Schema.Tuple([Schema.String, Schema.Finite]),
  either: Schema.Union([Schema.Boolean, Schema.Struct({ a: Schema.String })]),
  maybe: Schema.NullOr(Schema.String),
  record: Schema.Record(Schema.String, Schema.Finite),
  anyObject: Schema.Record(Schema.String, Schema.Unknown),
  empty: Schema.Struct({}),
  rest: Schema.StructWithRest(Schema.Struct({ a: Schema.String }), [Schema.Record(Schema.String, Schema.Unknown)]),
  unknown: Schema.Unknown,
  json: Schema.Json,
  date: Schema.Date,
  secret: Schema.RedactedFromValue(Schema.String),
  optional: Schema.optionalKey(Schema.String),
  tree: Tree
}

const shown = {
  text: "string",
  id: "string",
  number: "number",
  whole: "integer",
  wholeAndMore: "integer",
  int32: "integer",
  flag: "boolean",
  names: "\"a\" | \"b\"",
  manyNames: `${[..."abcdefghij"].map((name) => `"${name}"`).join(" | ")} | … (12 strings)`,
  figures: "1 | 2.5",
  open: "string",
  list: "list of number",
  pair: "list of string | number",
  either: "boolean | { a }",
  maybe: "string | null",
  record: "map of number",
  anyObject: "any object",
  empty: "any object",
  rest: "{ a, others: anything }",
  unknown: "anything",
  json: "anything",
  date: "string",
  secret: "string",
  "optional?": "string",
  tree: "{ children }"
}

describe("an endpoint", () => {
  it("has the types that its answer has on the wire", () => {
    const operation = read(HttpApiEndpoint.get("test", "/test", { success: Schema.Struct(types) }))
    assert.deepStrictEqual(fieldsOf(operation.responses.get("200")?.get("application/json")), shown)
  })

  it("has the types that its body has on the wire", () => {
    const operation = read(HttpApiEndpoint.post("test", "/test", { payload: Schema.Struct(types) }))
    assert.deepStrictEqual(fieldsOf(operation.body.get("application/json")), shown)
  })

  it("leaves out of its body what is undefined, but for what is deeper in it", () => {
    const fields = {
      a: Schema.optional(Schema.String),
      b: Schema.optional(Schema.NullOr(Schema.String)),
      c: Schema.UndefinedOr(Schema.String)
    }
    const payload = Schema.Struct({ ...fields, deeper: Schema.Struct(fields) })
    const { body } = read(HttpApiEndpoint.post("test", "/test", { payload }))
    const type = body.get("application/json")
    assert.deepStrictEqual(fieldsOf(type), {
      "a?": "string",
      "b?": "string | null",
      c: "string",
      deeper: "{ a?, b?, c }"
    })
    assert.deepStrictEqual(fieldsOf(type?.objects[0]?.fields.get("deeper")?.type), {
      "a?": "string | null",
      "b?": "string | null",
      c: "string | null"
    })
  })

  it("keeps the types of parameters, which are text on the wire", () => {
    const operation = read(
      HttpApiEndpoint.get("test", "/test/:id/:day/:none", {
        params: { id: Schema.String, day: Schema.DateFromString },
        query: {
          flag: Schema.optional(Schema.Boolean),
          whole: Schema.Int,
          number: Schema.optionalKey(Schema.Finite),
          several: Schema.Union([Schema.String, Schema.Array(Schema.String)]),
          rate: Schema.Literals([1, 2])
        },
        headers: { "x-number": Schema.Finite }
      })
    )
    assert.strictEqual(operation.path, "/test/{id}/{day}/{none}")
    assert.deepStrictEqual(showAll(operation.parameters.path), {
      id: "string",
      day: "string",
      none: "unread (no schema)"
    })
    assert.deepStrictEqual(showAll(operation.parameters.query), {
      "flag?": "boolean",
      whole: "integer",
      "number?": "number",
      several: "string | list of string",
      rate: "1 | 2"
    })
    assert.deepStrictEqual(showAll(operation.parameters.header), { "x-number": "number" })
  })

  it("has its bodies by media type and its answers by status", () => {
    class Refused extends Schema.Error<Refused>("Refused")({ why: Schema.String }, { httpApiStatus: 409 }) {}
    const operation = read(
      HttpApiEndpoint.post("test", "/test", {
        payload: [
          Schema.Struct({ url: Schema.String }),
          Schema.Struct({ text: Schema.String }),
          HttpApiSchema.StreamUint8Array()
        ],
        success: [
          Schema.Struct({ a: Schema.String }),
          Schema.Struct({ b: Schema.String }).pipe(HttpApiSchema.status(202)),
          Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/csv" })),
          HttpApiSchema.StreamUint8Array({ contentType: ["audio/wav", "audio/mpeg"] })
        ],
        error: Refused
      })
    )
    assert.deepStrictEqual(showContent(operation.body), {
      "application/json": "{ url } | { text }",
      "application/octet-stream": "bytes"
    })
    assert.deepStrictEqual(
      Object.fromEntries(Array.from(operation.responses, ([status, content]) => [status, showContent(content)])),
      {
        200: { "application/json": "{ a }", "text/csv": "string", "audio/wav": "bytes", "audio/mpeg": "bytes" },
        202: { "application/json": "{ b }" },
        409: { "application/json": "{ why }" }
      }
    )
  })

  it("is where the SDK sends it", () => {
    const at = (path: `/${string}`) => read(HttpApiEndpoint.get("test", path)).servers
    assert.deepStrictEqual(at("/v1/listen"), ["https://api.deepgram.com"])
    assert.deepStrictEqual(at("/v1/projects/:project_id/agents"), ["https://api.deepgram.com"])
    assert.deepStrictEqual(at("/v1/agent/settings"), ["https://agent.deepgram.com"])
  })

  it("may answer nothing", () => {
    const { body, responses } = read(HttpApiEndpoint.delete("test", "/test"))
    assert.deepStrictEqual(showContent(body), {})
    assert.deepStrictEqual([...responses], [["204", new Map()]])
  })

  it("is unread where a schema is within itself", () => {
    const operation = read(HttpApiEndpoint.get("test", "/test", { success: Tree }))
    assert.deepStrictEqual(fieldsOf(operation.responses.get("200")?.get("application/json")), {
      children: "list of unread (a schema within itself)"
    })
  })
})
