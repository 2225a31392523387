/**
 * Reads our contract: the schemas of the endpoints themselves, as they are on the wire. A document generated from them
 * would say less, for in a query it calls every number and boolean a string.
 */
import { make as makeSettings } from "effect-deepgram/DeepgramConfig"
import * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { hasProperty } from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { hostOf } from "../packages/deepgram/src/internal/operation.ts"
import * as Description from "./description.ts"

const isWhole = (check: SchemaAST.Check<never>): boolean =>
  check._tag === "FilterGroup"
    ? check.checks.some(isWhole)
    : hasProperty(check.annotations?.["representation"], "id") &&
      check.annotations["representation"].id === "effect/schema/isInt"

/** `ast` is of the encoded side. */
const readType = (ast: SchemaAST.AST, within: ReadonlyArray<SchemaAST.AST>): Description.Type => {
  const inner = [...within, ast]
  switch (ast._tag) {
    case "String":
    case "TemplateLiteral":
      return Description.scalar("string")
    case "Number":
      return ast.checks?.some(isWhole) === true ? Description.wholeNumber : Description.scalar("number")
    case "Boolean":
      return Description.scalar("boolean")
    case "Null":
      return Description.scalar("null")
    case "Literal":
      return typeof ast.literal === "bigint" ? Description.unread("bigint") : Description.literal(ast.literal)
    case "Unknown":
    case "Any":
      return Description.anything
    case "Undefined":
    case "Void":
    case "Never":
      return Description.nothing
    case "Union":
      return Description.union(ast.types.map((type) => readType(type, inner)))
    case "Arrays":
      return Description.list(Description.union([...ast.elements, ...ast.rest].map((item) => readType(item, inner))))
    case "Objects":
      return Description.object(
        readFields(ast, inner),
        ast.indexSignatures.length === 0
          ? undefined
          : Description.union(ast.indexSignatures.map(({ type }) => readType(type, inner)))
      )
    case "Suspend": {
      const target = ast.thunk()
      return within.includes(target) ? Description.unread("a schema within itself") : readType(target, inner)
    }
    case "Declaration":
      return isJson(ast) ? Description.anything : Description.unread(`declaration ${SchemaAST.resolveIdentifier(ast)}`)
    default:
      return Description.unread(ast._tag)
  }
}

const isJson = (ast: SchemaAST.Declaration): boolean =>
  hasProperty(ast.annotations?.["representation"], "id") &&
  ast.annotations["representation"].id === "effect/schema/Json"

const readFields = (
  ast: SchemaAST.Objects,
  within: ReadonlyArray<SchemaAST.AST>
): ReadonlyMap<string, Description.Field> =>
  new Map(
    ast.propertySignatures.map(({ name, type }) => [
      String(name),
      { type: readType(type, within), required: type.context?.isOptional !== true }
    ])
  )

const encoded = (schema: Schema.Top): SchemaAST.AST => SchemaAST.toEncoded(schema.ast)

/** An endpoint wraps the schemas of path, query and headers in codecs from and to text; inside is what was declared. */
const declared = (endpoint: HttpApiEndpoint.Top, schema: Schema.Top): Schema.Top =>
  !endpoint.disableCodecs && hasProperty(schema, "schema") && Schema.isSchema(schema.schema)
    ? schema.schema as Schema.Top
    : schema

const readParameters = (
  endpoint: HttpApiEndpoint.Top,
  schema: Schema.Top | undefined
): ReadonlyMap<string, Description.Field> => {
  if (schema === undefined) return new Map()
  const ast = encoded(declared(endpoint, schema))
  return ast._tag === "Objects" ? readFields(ast, []) : new Map([["*", { type: readType(ast, []), required: true }]])
}

/** The media types of a schema that stands for a stream of bytes. */
const streamTypes = (schema: Schema.Top): ReadonlyArray<string> | undefined =>
  hasProperty(schema, "_tag") && schema._tag === "StreamUint8Array"
    ? (schema as HttpApiSchema.StreamUint8Array).contentTypes
    : undefined

const readBody = (schema: Schema.Top): Description.Type =>
  streamTypes(schema) === undefined ? readType(encoded(schema), []) : Description.scalar("bytes")

const acceptsUndefined = (ast: SchemaAST.AST): boolean =>
  ast._tag === "Undefined" || (ast._tag === "Union" && ast.types.some(acceptsUndefined))

const acceptsNull = (ast: SchemaAST.AST): boolean => readType(SchemaAST.toEncoded(ast), []).scalars.has("null")

const withoutNull = ({ required, type }: Description.Field): Description.Field => ({
  required,
  type: { ...type, scalars: new Map([...type.scalars].filter(([name]) => name !== "null")) }
})

/** The codec of a body writes `undefined` as `null`; the SDK leaves such members out (`internal/operation.ts`). */
const readPayload = (endpoint: HttpApiEndpoint.Top, schema: Schema.Top): Description.Type => {
  const type = readBody(schema)
  const { ast } = declared(endpoint, schema)
  if (ast._tag !== "Objects") return type
  const absent = new Set(
    ast.propertySignatures.filter(({ type }) => acceptsUndefined(type) && !acceptsNull(type))
      .map(({ name }) => String(name))
  )
  const fieldsOf = (fields: ReadonlyMap<string, Description.Field>) =>
    new Map(Array.from(fields, ([name, field]) => [name, absent.has(name) ? withoutNull(field) : field]))
  return { ...type, objects: type.objects.map(({ fields, others }) => ({ fields: fieldsOf(fields), others })) }
}

const responseEncoding = SchemaAST.resolveAt<HttpApiSchema.ResponseEncoding>("~httpApiEncoding")

const mediaTypes = (schema: Schema.Top): ReadonlyArray<string> =>
  streamTypes(schema) ??
    (HttpApiSchema.isNoContent(schema.ast) ? [] : [responseEncoding(schema.ast)?.contentType ?? Description.json])

const readContent = (schemas: Iterable<Schema.Top>): Description.Content => {
  const found = new Map<string, Array<Schema.Top>>()
  for (const schema of schemas) {
    for (const mediaType of mediaTypes(schema)) found.set(mediaType, [...found.get(mediaType) ?? [], schema])
  }
  return new Map(Array.from(found, ([mediaType, same]) => [mediaType, Description.union(same.map(readBody))]))
}

type Statuses = ReadonlyMap<number, ReadonlyArray<Schema.Top>>

const readResponses = (endpoint: HttpApiEndpoint.Top, statuses: Statuses): Description.Operation["responses"] => {
  const found = new Map(statuses)
  // `HttpApi.reflect` leaves streams out. None here has another status than 200.
  const streams = [...endpoint.success].filter((schema) => streamTypes(schema) !== undefined)
  if (streams.length > 0) found.set(200, [...found.get(200) ?? [], ...streams])
  return new Map(Array.from(found, ([status, schemas]) => [String(status), readContent(schemas)]))
}

const placeholder = /:(\w+)/g

/** Including what stands in the path but has no schema. */
const readPathParameters = (endpoint: HttpApiEndpoint.Top): ReadonlyMap<string, Description.Field> => {
  const inPath = Array.from(endpoint.path.matchAll(placeholder), ([, name = ""]): [string, Description.Field] => [
    name,
    { type: Description.unread("no schema"), required: true }
  ])
  return new Map([...inPath, ...readParameters(endpoint, endpoint.params)])
}

const { hosts } = makeSettings()

const readOperation = (endpoint: HttpApiEndpoint.Top, statuses: Statuses): Description.Operation => ({
  method: endpoint.method,
  path: endpoint.path.replace(placeholder, "{$1}"),
  parameters: {
    path: readPathParameters(endpoint),
    query: readParameters(endpoint, endpoint.query),
    header: readParameters(endpoint, endpoint.headers)
  },
  body: new Map(
    Array.from(endpoint.payload, ([mediaType, { schemas }]) => [
      mediaType,
      Description.union([...schemas].map((schema) => readPayload(endpoint, schema)))
    ])
  ),
  responses: readResponses(endpoint, statuses),
  servers: [hosts[hostOf(endpoint.path)]],
  unread: []
})

/** The operations of our contract. */
export const fromContract = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): Description.Description => {
  const operations: Array<Description.Operation> = []
  HttpApi.reflect(api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, errors, successes }) =>
      operations.push(readOperation(endpoint, new Map([...successes, ...errors])))
  })
  return { operations, servers: [], unread: [] }
}
