/** JSON and the references in it. */
import { isObject } from "effect/Predicate"

export type Json = Readonly<Record<string, unknown>>

export const membersOf = (value: unknown): Array<[string, unknown]> => isObject(value) ? Object.entries(value) : []

export const listOf = (value: unknown): ReadonlyArray<unknown> => Array.isArray(value) ? value : []

const unescaped = (key: string): string => key.replaceAll("~1", "/").replaceAll("~0", "~")

/** The vendor does not escape the `/` in names of messages, so that several parts may be one name. */
const lookUp = (holder: unknown, parts: ReadonlyArray<string>): unknown => {
  if (parts.length === 0 || !isObject(holder)) return parts.length === 0 ? holder : undefined
  const length = parts.findIndex((_, i) => Object.hasOwn(holder, unescaped(parts.slice(0, i + 1).join("/")))) + 1
  return length === 0 ? undefined : lookUp(holder[unescaped(parts.slice(0, length).join("/"))], parts.slice(length))
}

/** What `$ref` names, `undefined` when there is nothing. */
export const resolve = (document: Json, ref: unknown): unknown =>
  typeof ref !== "string" || !ref.startsWith("#/") ? undefined : lookUp(document, ref.slice(2).split("/"))

/** The thing itself where the document may refer to it, `undefined` when there is none. */
export const follow = (document: Json, value: unknown, within: ReadonlyArray<unknown> = []): Json | undefined => {
  if (!isObject(value)) return undefined
  const { $ref } = value
  if ($ref === undefined) return value
  return within.includes($ref) ? undefined : follow(document, resolve(document, $ref), [...within, $ref])
}
