/** What callers pass, checked against the contract and brought into the form of the wire. */
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import * as Errors from "../DeepgramError.ts"
import { guardOf } from "./decode.ts"
import { refused } from "./errors.ts"
import { isJson } from "./normalize.ts"
import type { Query } from "./outgoing.ts"

/** The refusal of options that are none, as untyped code may pass them. */
export const refusedOptions = (operation: string): Errors.BadRequest =>
  refused(Errors.BadRequest, operation, "the options are missing, or no object")

// What is misspelled further in would be left out without a word.
const encoderOf = (schema: Schema.Top) =>
  Schema.encodeUnknownExit(schema as Schema.Codec<unknown, unknown>, { onExcessProperty: "error" })

const plain: ReadonlySet<string> = new Set(["String", "Boolean", "Literal", "Undefined"])

/** Whether each value of a type stands on the wire as it is: in a query a number becomes a text by itself. */
const standsAsItIs = (ast: SchemaAST.AST, through: "query" | "body"): boolean => {
  if (ast.encoding !== undefined) return false
  const members = ast._tag === "Union" ? ast.types : ast._tag === "Arrays" ? [...ast.elements, ...ast.rest] : undefined
  return members === undefined
    // `NaN` is no JSON.
    ? plain.has(ast._tag) || ast._tag === "Number" && through === "query"
    : members.every((member) => standsAsItIs(member, through))
}

/** What the members of an encoded part are: what can be written as texts in a query, any JSON in a body. */
type Encoded<Through> = Through extends "query" ? Query : object

const makeTools = (typed: Schema.Top, encoded: Schema.Top, through: "query" | "body") => {
  const { ast } = typed
  const members = ast._tag === "Objects" ? ast.propertySignatures : undefined
  return {
    // Names that it has not are misspelled, or for `Deepgram.withOptions`.
    names: members && new Map<PropertyKey, number>(members.map(({ name }, place) => [name, place])),
    plain: new Set<PropertyKey>(members?.flatMap(({ name, type }) => standsAsItIs(type, through) ? name : [])),
    fits: guardOf(Schema.toType(typed)),
    encode: encoderOf(encoded)
  }
}

/**
 * Encodes one part of a request: `through` is where `Deepgram.withOptions` takes what the contract does not know. What
 * fits, and stands on the wire as it is, needs no encoding: of a call that is most of it.
 */
export const makeEncoder = <Through extends "query" | "body">(
  schemaOf: () => Schema.Top | undefined,
  through: Through,
  codecOf: (schema: Schema.Top) => Schema.Top = (schema) => schema
) => {
  // Schemas are made and compiled by the first call: importing a module must cost nothing.
  let tools: ReturnType<typeof makeTools> | undefined
  return (operation: string, given: unknown): Exit.Exit<Encoded<Through>, Errors.BadRequest> => {
    if (!isJson(given)) return Exit.fail(refusedOptions(operation))
    if (tools === undefined) {
      const schema = schemaOf()
      tools = schema && makeTools(schema, codecOf(schema), through)
    }
    // `undefined` is absence; a JSON codec would write it as `null`.
    const names = Object.keys(given).filter((name) => given[name] !== undefined)
    const known = tools?.names
    const unknown = known === undefined ? [] : names.filter((name) => !known.has(name))
    if (unknown.length > 0) {
      return Exit.fail(refused(
        Errors.BadRequest,
        operation,
        `there is no option ${unknown.join(", ")}; to send it all the same, use Deepgram.withOptions({ ${through} })`
      ))
    }
    // In the order of the contract, as if it were encoded.
    if (known !== undefined) names.sort((a, b) => (known.get(a) ?? 0) - (known.get(b) ?? 0))
    const value: Record<string, unknown> = {}
    for (const name of names) value[name] = given[name]
    const isPlain = known !== undefined && names.every((name) => tools?.plain.has(name))
    if (tools === undefined || isPlain && tools.fits(value)) return Exit.succeed(value as Encoded<Through>)
    return Exit.mapBoth(tools.encode(value), {
      onSuccess: (encoded) => encoded as Encoded<Through>,
      onFailure: (error) => refused(Errors.BadRequest, operation, error.message)
    })
  }
}
