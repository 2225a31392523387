/** Looks things up in a document of the vendor's, and notes what is not understood of them. */
import { isObject } from "effect/Predicate"
import { strangeKeys, tellingKeys, type Thing } from "./keys.ts"
import { follow, type Json } from "./references.ts"

export const makeReader = (document: Json) => {
  const unread: Array<string> = []

  const note = (place: string, what: string): void => {
    unread.push(`${place} ${what}`.trim())
  }

  const find = (place: string, thing: Thing, value: unknown): Json => {
    const found = follow(document, value)
    const beside = isObject(value) && "$ref" in value ? tellingKeys(thing, value) : []
    if (beside.length > 1 || found === undefined) note(place, beside.join(", "))
    if (found !== undefined) strangeKeys(thing, found).forEach((key) => note(place, key))
    return found ?? {}
  }

  return { unread, note, find }
}

/** The documents write authentication as a header of nearly everything. The transport signs it all. */
export const isCredential = (header: string): boolean => header.toLowerCase() === "authorization"

export const withoutSlash = (url: string): string => url.replace(/\/+$/, "")
