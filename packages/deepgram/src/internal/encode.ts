/** What callers pass, checked against the contract and brought into the form of the wire. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Errors from "../DeepgramError.ts"
import { refused } from "./errors.ts"
import { isJson } from "./normalize.ts"

/** `undefined` is absence; a JSON codec would write it as `null`. */
const withoutUndefined = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))

/** The refusal of options that are none, as untyped code may pass them. */
export const refusedOptions = (operation: string): Errors.BadRequest =>
  refused(Errors.BadRequest, operation, "the options are missing, or no object")

/** Names that the contract does not know: misspelled, or for `Deepgram.withOptions`. */
const unknownNames = (schema: Schema.Top | undefined, value: object): ReadonlyArray<string> => {
  if (schema?.ast._tag !== "Objects") return []
  const known = new Set<PropertyKey>(schema.ast.propertySignatures.map(({ name }) => name))
  return Object.keys(value).filter((name) => !known.has(name))
}

// What is misspelled further in would be left out without a word.
const encoderOf = (schema: Schema.Top) =>
  Schema.encodeUnknownEffect(schema as Schema.Codec<unknown, unknown>, { onExcessProperty: "error" })

/** What the members of an encoded part are: texts and lists of them in a query, any JSON in a body. */
type Encoded<Through> = Through extends "query" ? Readonly<Record<string, string | ReadonlyArray<string>>> : object

/** Encodes one part of a request: `through` is where `Deepgram.withOptions` takes what the contract does not know. */
export const makeEncoder = <Through extends "query" | "body">(
  schemaOf: () => Schema.Top | undefined,
  through: Through
) => {
  // Schemas are made and compiled by the first call: importing a module must cost nothing.
  let encoder: ReturnType<typeof encoderOf> | undefined
  let schema: Schema.Top | undefined
  return Effect.fnUntraced(
    function*(operation: string, given: unknown): Effect.fn.Return<Encoded<Through>, Errors.BadRequest> {
      if (!isJson(given)) return yield* refusedOptions(operation)
      schema ??= schemaOf()
      const value = withoutUndefined(given)
      const unknown = unknownNames(schema, value)
      if (unknown.length > 0) {
        return yield* refused(
          Errors.BadRequest,
          operation,
          `there is no option ${unknown.join(", ")}; to send it all the same, use Deepgram.withOptions({ ${through} })`
        )
      }
      if (schema === undefined) return value as Encoded<Through>
      return yield* Effect.mapError(
        (encoder ??= encoderOf(schema))(value),
        (error) => refused(Errors.BadRequest, operation, error.message)
      ) as Effect.Effect<Encoded<Through>, Errors.BadRequest>
    }
  )
}
