/**
 * Names for the secrets that stand in JSON. The rest stays as it was written: spaces, the order of members and mistakes
 * too, because it is to be sent again. JSON is read piece by piece, as it comes, and need not be right.
 */
import * as Option from "effect/Option"
import { type Hide, hideQuery, hideUrl } from "./secrets.ts"

/** Takes bytes, and gives them back as soon as it is known what they are. */
export interface Blanker {
  readonly push: (bytes: Uint8Array) => Uint8Array
  /** What is left. */
  readonly end: () => Uint8Array
}

/** What a string is. Other strings pass. */
type Meaning = "key" | "secret" | "url" | "endpoint" | "json" | undefined

/** An object or a list that is open. */
interface Level {
  readonly isObject: boolean
  /** Whether everything in it is secret. */
  readonly isSecret: boolean
  /** Whether a name comes next, not a value. */
  expectsKey: boolean
  key: string
}

/** Names of secrets, wherever they stand. */
const secretKey = /^(?:access_?token|api_?key|authorization|password|secret|secret_access_key|session_token)$/i

/** Objects in which everything is secret: headers for the servers of others, accounts of AWS (inventory 2.5). */
const secretObject = /^(?:headers|credentials)$/

const quote = 0x22
const backslash = 0x5c

const parse = Option.liftThrowable((literal: string): string => JSON.parse(literal))

const utf8 = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8")
const binary = (text: string): string => Buffer.from(text, "utf8").toString("latin1")

/** Blanks a text that is there as a whole. */
export const blankText = (text: string, hide: Hide, extra?: string): string => {
  const blanker = make(hide, extra)
  return Buffer.concat([blanker.push(Buffer.from(text, "utf8")), blanker.end()]).toString("utf8")
}

/** `extra` is a name that is secret besides: `key`, where a key was made. */
export const make = (hide: Hide, extra?: string): Blanker => {
  const levels: Array<Level> = []
  /** The string that is read; what is secret of it is not given back before its end. */
  let inString = false
  let meaning: Meaning
  let held = ""
  let escaped = false

  const top = () => levels.at(-1)

  const meaningNow = (): Meaning => {
    const level = top()
    if (level === undefined) return undefined
    if (level.isObject && level.expectsKey) return "key"
    if (level.isSecret || secretKey.test(level.key) || level.key === extra) return "secret"
    // Services take keys in the query of an endpoint; that of a recording says which one it is.
    if (level.key === "url") return levels.at(-2)?.key === "endpoint" ? "endpoint" : "url"
    return level.key === "config" ? "json" : undefined
  }

  const blankedAs = (text: string): string => {
    if (meaning === "json") return blankText(text, hide)
    if (meaning === "url") return hideUrl(text, hide)
    return meaning === "endpoint" ? hideQuery(hideUrl(text, hide), hide) : hide(text)
  }

  /** What is written of a string that was held; without its end, if the body has none. */
  const released = (isWhole: boolean): string => {
    const value = Option.getOrUndefined(parse(utf8(isWhole ? held : `${held.replace(/\\+$/, "")}"`)))
    if (meaning === "key") {
      const level = top()
      if (level !== undefined) level.key = value ?? ""
      return held
    }
    // Whatever it is, it is not shown as it is.
    const text = value ?? utf8(held)
    const blanked = blankedAs(text)
    // One that does not end still does not end.
    return blanked === text ? held : binary(JSON.stringify(blanked).slice(0, isWhole ? undefined : -1))
  }

  const structure = (character: string) => {
    const level = top()
    if (character === "{" || character === "[") {
      const isSecret = level !== undefined &&
        (level.isSecret || (level.isObject && (secretObject.test(level.key) || level.key === extra)))
      const isObject = character === "{"
      levels.push({ isObject, isSecret, expectsKey: isObject, key: isObject ? "" : level?.key ?? "" })
    } else if (character === "}" || character === "]") levels.pop()
    else if (level !== undefined && level.isObject) {
      if (character === ":") level.expectsKey = false
      else if (character === ",") level.expectsKey = true
    }
  }

  const push = (bytes: Uint8Array): Uint8Array => {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")
    let out = ""
    let from = 0
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (!inString) {
        if (code !== quote) {
          structure(text.charAt(i))
          continue
        }
        inString = true
        meaning = meaningNow()
        if (meaning !== undefined) {
          out += text.slice(from, i)
          from = i
        }
      } else if (escaped) escaped = false
      else if (code === backslash) escaped = true
      else if (code === quote) {
        inString = false
        if (meaning === undefined) continue
        held += text.slice(from, i + 1)
        from = i + 1
        out += released(true)
        held = ""
      }
    }
    if (inString && meaning !== undefined) held += text.slice(from)
    else out += text.slice(from)
    return Buffer.from(out, "latin1")
  }

  return {
    push,
    end: () => {
      const rest = inString && meaning !== undefined ? released(false) : ""
      held = ""
      return Buffer.from(rest, "latin1")
    }
  }
}

/** A body that says only at its end whether a value in it is secret: as much of it is waited for, in bytes. */
const mostHeld = 1_048_576

const sensitive = /"is_sensitive"\s*:\s*true/

/** For variables of agents: their `value` is secret if `is_sensitive` says so. One that is too long is. */
export const makeVariable = (hide: Hide): Blanker => {
  const held: Array<Uint8Array> = []
  let length = 0
  let blanker: Blanker | undefined
  const begin = (): Uint8Array => {
    const all = Buffer.concat(held.splice(0))
    const isSecret = length > mostHeld || sensitive.test(all.toString("utf8"))
    blanker = make(hide, isSecret ? "value" : undefined)
    return blanker.push(all)
  }
  return {
    push: (bytes) => {
      if (blanker !== undefined) return blanker.push(bytes)
      held.push(bytes)
      length += bytes.length
      return length > mostHeld ? begin() : new Uint8Array()
    },
    end: () => {
      const begun = blanker === undefined ? begin() : new Uint8Array()
      return Buffer.concat([begun, blanker?.end() ?? new Uint8Array()])
    }
  }
}
