/** Query parameters that cannot be read, in Deepgram's words. */
import * as Effect from "effect/Effect"
import { ParsedSearchParams } from "effect/http/HttpServerRequest"
import * as Schema from "effect/Schema"
import type * as SchemaIssue from "effect/SchemaIssue"
import { invalidQueryParameter, quoted, type VendorError } from "../vendorError.ts"

/** What of an endpoint is looked at. */
interface Endpoint {
  readonly query: Schema.Top | undefined
}

/** Fails with 400 when a request has parameters that its endpoint does not know; `words` says so of their names. */
export const refuseUnknown = Effect.fnUntraced(function*(
  { query }: Endpoint,
  words: (names: string) => string
) {
  const ast = query?.ast
  if (ast?._tag !== "Objects") return
  const known = new Set<PropertyKey>(ast.propertySignatures.map(({ name }) => name))
  const unknown = Object.keys(yield* ParsedSearchParams).filter((name) => !known.has(name))
  if (unknown.length > 0) return yield* invalidQueryParameter(words(quoted(unknown.join(", "))))
})

/** A parameter that has to be there is not. */
export const missingField = (name: string): VendorError =>
  invalidQueryParameter(`Failed to deserialize query parameters: missing field \`${name}\``)

/** The parameter that an issue says is missing. */
const missingName = (issue: SchemaIssue.Issue, name = ""): string | undefined => {
  switch (issue._tag) {
    case "MissingKey":
      return name
    case "Pointer":
      return missingName(issue.issue, String(issue.path[0] ?? name))
    case "Encoding":
    case "Filter":
      return missingName(issue.issue, name)
    case "Composite":
      return issue.issues.map((issue) => missingName(issue, name)).find((found) => found !== undefined)
    default:
      return undefined
  }
}

/** What is wrong with a query that does not fit the schema of its endpoint. */
export const ofQuery = ({ issue, message }: Schema.SchemaError): VendorError => {
  const name = missingName(issue)
  return name === undefined
    ? invalidQueryParameter(`Invalid query string. ${message.replace(/\s+/g, " ")}`)
    : missingField(name)
}

/** The query of a request that no route is for, decoded as those of the routes are; fails with 400. */
export const decodeQuery = <A, I>(schema: Schema.Codec<A, I>): Effect.Effect<A, VendorError, ParsedSearchParams> => {
  const decode = Schema.decodeUnknownEffect(Schema.toCodecArrayFromSingle(Schema.toCodecStringTree(schema)))
  return Effect.flatMap(ParsedSearchParams, (parameters) => Effect.mapError(decode(parameters), ofQuery))
}
