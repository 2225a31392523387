/** Shapes of answers that differ from the one that is typed, brought into it before validation. */
import { identity } from "effect/Function"
import * as Redacted from "effect/Redacted"

type Json = Readonly<Record<string, unknown>>

/** Whether it is an object with members. */
export const isJson = (json: unknown): json is Json => typeof json === "object" && json !== null && !Array.isArray(json)

/** No answer at all says as much as an empty one, where an answer only confirms. */
export const orEmpty = (json: unknown): unknown => json ?? {}

/** What is one level too deep, together with what stands beside it; anything but an object stands alone. */
export const lifted = (outer: unknown, name: string): unknown => {
  if (!isJson(outer)) return outer
  const { [name]: inner, ...beside } = outer
  return isJson(inner) ? { ...beside, ...inner } : inner
}

/** A list that is absent or `null` is an empty one, and one that stands alone gets its name. */
export const withList =
  (name: string, normalizeItem: (item: unknown) => unknown = identity) => (json: unknown): unknown => {
    const holder = Array.isArray(json) ? { [name]: json } : json
    if (!isJson(holder)) return json
    const list = holder[name] ?? []
    return Array.isArray(list)
      ? { ...holder, [name]: list.map((item) => normalizeItem(item)) }
      : json
  }

/** What a result has in common with others, where there is no word of it: nothing. */
export const withGrouping = (result: unknown): unknown =>
  isJson(result) && (result["grouping"] === undefined || result["grouping"] === null)
    ? { ...result, grouping: {} }
    : result

/** A member under its other name, where its own has nothing. */
export const withName = (name: string, other: string) => (json: unknown): unknown =>
  isJson(json) && (json[name] === undefined || json[name] === null) && json[other] !== undefined
    ? { ...json, [name]: json[other] }
    : json

/** A secret is hidden before anything else can see it. */
export const withSecret = (name: string) => (json: unknown): unknown =>
  isJson(json) && typeof json[name] === "string" ? { ...json, [name]: Redacted.make(json[name]) } : json
