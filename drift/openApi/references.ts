/** JSON and the references in it. */
import { isObject } from "effect/Predicate"

export type Json = Readonly<Record<string, unknown>>

export const membersOf = (value: unknown): Array<[string, unknown]> => isObject(value) ? Object.entries(value) : []

export const listOf = (value: unknown): ReadonlyArray<unknown> => Array.isArray(value) ? value : []

/** What `$ref` names, `undefined` when there is nothing. */
export const resolve = (document: Json, ref: unknown): unknown =>
  typeof ref !== "string" || !ref.startsWith("#/") ? undefined : ref.slice(2).split("/").reduce<unknown>(
    (holder, key) => isObject(holder) ? holder[key.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined,
    document
  )

/** The thing itself where the document may refer to it, `undefined` when there is none. */
export const follow = (document: Json, value: unknown, within: ReadonlyArray<unknown> = []): Json | undefined => {
  if (!isObject(value)) return undefined
  const { $ref } = value
  if ($ref === undefined) return value
  return within.includes($ref) ? undefined : follow(document, resolve(document, $ref), [...within, $ref])
}
