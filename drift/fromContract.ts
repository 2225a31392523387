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
import { readNames, readType } from "./contractSchemas.ts"
import * as Description from "./description.ts"

/** An endpoint wraps the schemas of path, query and headers in codecs from and to text; inside is what was declared. */
const declared = (endpoint: HttpApiEndpoint.Top, schema: Schema.Top): Schema.Top =>
  !endpoint.disableCodecs && hasProperty(schema, "schema") && Schema.isSchema(schema.schema)
    ? schema.schema as Schema.Top
    : schema

const readParameters = (
  endpoint: HttpApiEndpoint.Top,
  schema: Schema.Top | undefined
): ReadonlyMap<string, Description.Field> => schema === undefined ? new Map() : readNames(declared(endpoint, schema))

/** The media types of a schema that stands for a stream of bytes. */
const streamTypes = (schema: Schema.Top): ReadonlyArray<string> | undefined =>
  hasProperty(schema, "_tag") && schema._tag === "StreamUint8Array"
    ? (schema as HttpApiSchema.StreamUint8Array).contentTypes
    : undefined

const readBody = (schema: Schema.Top): Description.Type =>
  streamTypes(schema) === undefined ? readType(schema.ast) : Description.scalar("bytes")

const acceptsUndefined = (ast: SchemaAST.AST): boolean =>
  ast._tag === "Undefined" || (ast._tag === "Union" && ast.types.some(acceptsUndefined))

const acceptsNull = (ast: SchemaAST.AST): boolean => readType(ast).scalars.has("null")

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
  messages: Description.noMessages,
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
