/**
 * Reads the vendor's OpenAPI 3.1 document. What it does not understand is kept as unread, so that the comparison
 * reports it.
 */
import { isObject } from "effect/Predicate"
import * as Result from "effect/Result"
import * as Description from "./description.ts"

type Json = Readonly<Record<string, unknown>>

/** Says nothing of what stands on the wire, or nothing that is compared: bounds, lengths and formats. */
const ignored = new Set(
  ("title description default example examples deprecated readOnly writeOnly externalDocs format pattern minimum maximum " +
    "exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems uniqueItems minProperties " +
    "maxProperties").split(" ")
)

const understood = new Set(
  "$ref type enum const oneOf anyOf properties required additionalProperties items".split(" ")
)

const membersOf = (value: unknown): Array<[string, unknown]> => isObject(value) ? Object.entries(value) : []

const listOf = (value: unknown): ReadonlyArray<unknown> => Array.isArray(value) ? value : []

const isExtension = (key: string): boolean => key.startsWith("x-")

/** What `$ref` names, `undefined` when there is nothing. */
const resolve = (document: Json, ref: unknown): unknown =>
  typeof ref !== "string" || !ref.startsWith("#/") ? undefined : ref.slice(2).split("/").reduce<unknown>(
    (holder, key) => isObject(holder) ? (holder as Json)[key.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined,
    document
  )

/** The thing itself where the document may refer to it. */
const follow = (document: Json, value: unknown): Json => {
  const target = isObject(value) && "$ref" in value ? resolve(document, value.$ref) : value
  return isObject(target) ? target as Json : {}
}

const makeSchemaReader = (document: Json) => {
  const read = (schema: unknown, within: ReadonlyArray<unknown>): Description.Type => {
    if (schema === true) return Description.anything
    if (!isObject(schema)) return Description.unread("no schema")
    const keys = Object.keys(schema).filter((key) => !ignored.has(key) && !isExtension(key))
    const strange = keys.filter((key) => !understood.has(key))
    if (strange.length > 0) return Description.unread(strange.join(", "))
    if (keys.length === 0) return Description.anything
    const { $ref, anyOf, oneOf } = schema as Json
    const alternatives = oneOf ?? anyOf
    if (keys.length > 1 && ($ref !== undefined || alternatives !== undefined)) {
      return Description.unread(keys.join(", "))
    }
    if ($ref !== undefined) {
      if (within.includes($ref)) return Description.unread(`${$ref} within itself`)
      return read(resolve(document, $ref), [...within, $ref])
    }
    if (alternatives !== undefined) {
      return Description.union(listOf(alternatives).map((alternative) => read(alternative, within)))
    }
    return readTyped(schema as Json, within)
  }

  const readTyped = (schema: Json, within: ReadonlyArray<unknown>): Description.Type => {
    if (schema["enum"] !== undefined) return Description.union(listOf(schema["enum"]).map(readValue))
    if (schema["const"] !== undefined) return readValue(schema["const"])
    const named = schema["type"] ?? (schema["properties"] === undefined ? undefined : "object")
    const types = Array.isArray(named) ? named : [named]
    return Description.union(types.map((type) => readNamed(schema, type, within)))
  }

  const readNamed = (schema: Json, type: unknown, within: ReadonlyArray<unknown>): Description.Type => {
    switch (type) {
      case "string":
        return Description.scalar(schema["format"] === "binary" ? "bytes" : "string")
      case "number":
      case "boolean":
      case "null":
        return Description.scalar(type)
      case "integer":
        return Description.wholeNumber
      case "array":
        return Description.list(schema["items"] === undefined ? Description.anything : read(schema["items"], within))
      case "object":
        return readObject(schema, within)
      default:
        return Description.unread(`type ${JSON.stringify(type)}`)
    }
  }

  const readObject = (schema: Json, within: ReadonlyArray<unknown>): Description.Type => {
    const required = listOf(schema["required"])
    const others = schema["additionalProperties"]
    return Description.object(
      new Map(
        membersOf(schema["properties"]).map(([name, property]) => [
          name,
          { type: read(property, within), required: required.includes(name) }
        ])
      ),
      others === undefined || others === false ? undefined : read(others, within)
    )
  }

  return (schema: unknown): Description.Type => read(schema, [])
}

const readValue = (value: unknown): Description.Type =>
  value === null
    ? Description.scalar("null")
    : typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? Description.literal(value)
    : Description.unread(`value ${JSON.stringify(value)}`)

/** Of a parameter; arrays other than as repeated keys would be another thing on the wire. */
const parameterKeys = new Set("name in description required schema example examples deprecated".split(" "))

/** Cookies are headers. */
const sectionOf = (parameter: Json): string =>
  parameter["in"] === "path" || parameter["in"] === "query" ? parameter["in"] : "header"

const notOperations = new Set("summary description servers parameters $ref".split(" "))

const makeOperationReader = (document: Json) => {
  const readSchema = makeSchemaReader(document)

  const readContent = (content: unknown): Description.Content =>
    new Map(membersOf(content).map(([mediaType, body]) => [mediaType, readSchema(follow(document, body)["schema"])]))

  const readParameter = (parameter: Json): Description.Field => {
    const strange = Object.keys(parameter).filter((key) => !parameterKeys.has(key) && !isExtension(key))
    return {
      required: parameter["required"] === true,
      type: strange.length > 0 ? Description.unread(strange.join(", ")) : readSchema(parameter["schema"])
    }
  }

  const readParameters = (parameters: ReadonlyArray<Json>, where: string): ReadonlyMap<string, Description.Field> =>
    new Map(
      parameters.filter((parameter) => sectionOf(parameter) === where && !isCredential(parameter))
        .map((parameter) => [String(parameter["name"]), readParameter(parameter)])
    )

  return (path: string, method: string, operation: Json, shared: unknown): Description.Operation => {
    const parameters = [...listOf(shared), ...listOf(operation["parameters"])].map((each) => follow(document, each))
    return {
      method: method.toUpperCase(),
      path,
      parameters: {
        path: readParameters(parameters, "path"),
        query: readParameters(parameters, "query"),
        header: readParameters(parameters, "header")
      },
      body: readContent(follow(document, operation["requestBody"])["content"]),
      responses: new Map(
        membersOf(operation["responses"]).map(([status, response]) => [
          status,
          readContent(follow(document, response)["content"])
        ])
      )
    }
  }
}

/** The document writes authentication as a header parameter of nearly every operation. The transport signs them all. */
const isCredential = (parameter: Json): boolean =>
  parameter["in"] === "header" && String(parameter["name"]).toLowerCase() === "authorization"

/** The operations of an OpenAPI document. */
export const fromOpenApi = (document: unknown): Result.Result<Description.Description, string> => {
  if (!isObject(document) || !("paths" in document)) return Result.fail("is no OpenAPI document: it has no paths")
  const readOperation = makeOperationReader(document as Json)
  return Result.succeed({
    operations: membersOf(document.paths).flatMap(([path, item]) =>
      membersOf(item).filter(([key]) => !notOperations.has(key) && !isExtension(key)).map(([method, operation]) =>
        readOperation(path, method, follow(document as Json, operation), (item as Json)["parameters"])
      )
    )
  })
}
