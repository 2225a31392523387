/**
 * Reads schemas. What is not understood makes the whole type unread.
 *
 * Newer documents of the vendor's print fractions as texts with the title `float`. On the wire they are numbers, and so
 * they are read.
 */
import { isObject } from "effect/Predicate"
import * as Description from "../description.ts"
import { strangeKeys, tellingKeys } from "./keys.ts"
import { type Json, listOf, membersOf, resolve } from "./references.ts"

type Within = ReadonlyArray<unknown>

export const makeSchemaReader = (document: Json) => {
  const read = (schema: unknown, within: Within): Description.Type => {
    if (schema === true) return Description.anything
    if (!isObject(schema)) return Description.unread("no schema")
    const strange = strangeKeys("schema", schema)
    if (strange.length > 0) return Description.unread(strange.join(", "))
    const keys = tellingKeys("schema", schema)
    if (keys.length === 0) return Description.anything
    const { $ref, anyOf, oneOf } = schema
    const alternatives = oneOf ?? anyOf
    if (keys.length > 1 && ($ref !== undefined || alternatives !== undefined)) {
      return Description.unread(keys.join(", "))
    }
    if ($ref !== undefined) {
      if (within.includes($ref)) return Description.unread(`${String($ref)} within itself`)
      return read(resolve(document, $ref), [...within, $ref])
    }
    if (alternatives !== undefined) {
      return Description.union(listOf(alternatives).map((alternative) => read(alternative, within)))
    }
    return readTyped(schema, within)
  }

  const readTyped = (schema: Json, within: Within): Description.Type => {
    if (schema["enum"] !== undefined) return Description.union(listOf(schema["enum"]).map(readValue))
    if (schema["const"] !== undefined) return readValue(schema["const"])
    const named = schema["type"] ?? (schema["properties"] === undefined ? undefined : "object")
    const types = Array.isArray(named) ? named : [named]
    return Description.union(types.map((type) => readNamed(schema, type, within)))
  }

  const readNamed = (schema: Json, type: unknown, within: Within): Description.Type => {
    switch (type) {
      case "string":
        return Description.scalar(
          schema["title"] === "float" ? "number" : schema["format"] === "binary" ? "bytes" : "string"
        )
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

  const readObject = (schema: Json, within: Within): Description.Type => {
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
