/** Keeps what proves who calls out of what came back: servers, proxies and runtimes repeat what they were sent. */
import * as Option from "effect/Option"
import { parseJson } from "./json.ts"

/** Shorter texts are no secrets, and would be found everywhere. */
const minLength = 4

/** What is not named like a secret is one only if it is as long as one. */
const minUnnamedLength = 16

/** Names of headers that prove who calls. */
export const secretHeader = /auth|cookie|credential|assertion|jwt|key|password|secret|session|signature|token/i

/** Names of query parameters and of members of JSON bodies: `token`, `api_key`, `X-Amz-Signature`, but not `keyterm`. */
const secretName =
  /(?:^|[_-])(?:api_?key|key|token|secret|password|passwd|pwd|sig|signature|auth|authorization|credential|assertion|jwt|session)$/i

const decode = Option.liftThrowable(decodeURIComponent)
const decodeBase64 = Option.liftThrowable(atob)

/** What stands behind the first `separator`, or everything. */
const after = (text: string, separator: string): string => text.slice(text.indexOf(separator) + 1)

/** The whole value, and its parts: without the scheme, what Basic authentication encodes, and the values of cookies. */
export const headerSecrets = (name: string, value: string): ReadonlyArray<string> => {
  const credentials = after(value, " ")
  const basic = /^basic /i.test(value) ? Option.toArray(decodeBase64(credentials)) : []
  const cookies = /cookie/i.test(name) ? value.split(";").map((pair) => after(pair, "=").trim()) : []
  return [value, credentials]
    .concat(basic, basic.map((pair) => after(pair, ":")), cookies.filter((cookie) => cookie.length >= 2 * minLength))
}

/** A secret as it stands in a URL, as it is meant, and as URLs and forms write that. */
const spellings = (secret: string): ReadonlyArray<string> =>
  [secret, ...Option.toArray(decode(secret))].flatMap((text) => [
    text,
    encodeURIComponent(text.toWellFormed()),
    new URLSearchParams([["", text]]).toString().slice(1)
  ])

/** A secret as writers of JSON put it: some escape slashes, some what has a meaning in HTML. */
const escaped = (secret: string): ReadonlyArray<string> => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  secret.replaceAll("/", "\\/"),
  secret.replace(/[<>&=']/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)
]

/** Some do more than one of it, and some write JSON into JSON. */
const escapes = (secret: string): ReadonlyArray<string> => [...new Set(escaped(secret).flatMap(escaped))]

const named = (name: string, value: string): ReadonlyArray<string> =>
  value.length >= (secretName.test(name) ? 2 * minLength : minUnnamedLength) ? spellings(value) : []

/** The password of a URL, and the tokens and signatures in its query. */
const urlSecrets = (text: string): ReadonlyArray<string> => {
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(text)) return []
  const userInfo = /^[a-z\d+.-]+:\/\/([^/?#]*)@/i.exec(text)?.[1]
  const query = /\?([^#]*)/.exec(text)?.[1] ?? ""
  return [
    ...(userInfo === undefined ? [] : spellings(after(userInfo, ":"))),
    ...query.split("&").flatMap((pair) =>
      pair.includes("=") ? named(pair.slice(0, pair.indexOf("=")), after(pair, "=")) : []
    )
  ]
}

/** What is secret in JSON by its name, or as a part of a URL. */
export const memberSecrets = (name: string, value: unknown): ReadonlyArray<string> => {
  if (typeof value === "string") return [...urlSecrets(value), ...(secretName.test(name) ? spellings(value) : [])]
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([member, inner]) => memberSecrets(Array.isArray(value) ? name : member, inner))
    : []
}

/** What was sent, as far as it may hold secrets. */
export interface Sent {
  /** Without its query. */
  readonly url: string
  readonly parameters: ReadonlyArray<readonly [name: string, value: string]>
  readonly headers: Readonly<Record<string, string>>
  /** A body of JSON. */
  readonly json?: string | undefined
}

/** In all the ways in which they may be written. */
export const writingsOf = (secrets: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...new Set(secrets.filter((secret) => secret.length >= minLength).flatMap(escapes))
]

/** One may hold another. */
export const longestFirst = (secrets: ReadonlyArray<string>): ReadonlyArray<string> =>
  secrets.toSorted((a, b) => b.length - a.length)

/** Whatever an answer or a runtime might repeat, and no error may. */
export const secretsOf = ({ headers, json, parameters, url }: Sent): ReadonlyArray<string> => {
  const body = json === undefined ? Option.none() : parseJson(json)
  const secrets = Object.entries(headers)
    .flatMap(([name, value]) => secretHeader.test(name) ? headerSecrets(name, value) : [])
    .concat(
      urlSecrets(url),
      parameters.flatMap(([name, value]) => memberSecrets(name, value)),
      Option.isSome(body) ? memberSecrets("", body.value) : []
    )
  return longestFirst(writingsOf(secrets))
}

/** All texts at or below members that are named like secrets. */
const receivedMembers = (json: unknown): ReadonlyArray<string> => {
  const found: Array<string> = []
  const open: Array<readonly [value: unknown, isSecret: boolean]> = [[json, false]]
  for (const [value, isSecret] of open) {
    if (typeof value === "string" && isSecret) found.push(value)
    if (typeof value !== "object" || value === null) continue
    for (const [name, inner] of Object.entries(value)) open.push([inner, isSecret || secretName.test(name)])
  }
  return found
}

/** A member of a JSON text and its value, as they are written; the value may be cut off. */
const writtenMember = /"([\w-]{1,64})"\s*:\s*"([^"\\]*(?:\\.[^"\\]*)*)/g

/** What the body of an answer holds as a secret: a new key, a token. Its JSON may be broken. */
export const receivedSecrets = (text: string): ReadonlyArray<string> => {
  const written = [...text.matchAll(writtenMember)].flatMap(([, name = "", value = ""]) =>
    secretName.test(name) ? [value] : []
  )
  const members = Option.match(parseJson(text), { onNone: () => [], onSome: receivedMembers })
  const secrets = [...written, ...members.flatMap(escapes)].filter((secret) => secret.length >= minLength)
  return [...new Set(secrets)]
}

/** The longest part of a secret that is looked for at the end of a text that was cut. */
const maxPart = 1024

/** A text that was cut, without the part of a secret that may be left at its end. */
export const withoutCutSecret = (text: string, secrets: ReadonlyArray<string>): string => {
  let longest = 0
  for (const secret of secrets) {
    for (let length = Math.min(secret.length - 1, maxPart); length >= minLength && length > longest; length--) {
      if (text.endsWith(secret.slice(0, length))) longest = length
    }
  }
  return text.slice(0, text.length - longest)
}

/** Whatever is written like a JSON Web Token is one. */
const jwt = /\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g

/** The text without the secrets. */
export const redact = (text: string, secrets: ReadonlyArray<string>): string =>
  secrets.reduce((redacted, secret) => redacted.replaceAll(secret, "<redacted>"), text).replaceAll(jwt, "<redacted>")

/** How deep causes are followed: they may be circular. */
const maxDepth = 8

/**
 * A copy of what a runtime reported: name, message, stack, code and cause of errors. Runtimes add more, such as the
 * bytes that could not be parsed, or the request.
 */
export const redactCause = (cause: unknown, secrets: ReadonlyArray<string>, depth = 0): unknown => {
  if (!(cause instanceof Error)) return redact(String(cause), secrets)
  const inner = cause.cause ?? (cause instanceof AggregateError ? cause.errors[0] : undefined)
  const copy = new Error(
    redact(cause.message, secrets),
    inner === undefined || depth === maxDepth ? {} : { cause: redactCause(inner, secrets, depth + 1) }
  )
  Object.defineProperty(copy, "name", { value: redact(cause.name, secrets), configurable: true, writable: true })
  if (cause.stack !== undefined) copy.stack = redact(cause.stack, secrets)
  const { code } = cause as { readonly code?: unknown }
  return typeof code === "string" ? Object.assign(copy, { code: redact(code, secrets) }) : copy
}

/** `fetch failed` says nothing: the reason is in the innermost cause. */
export const innermost = (cause: unknown, depth = 0): unknown => {
  if (!(cause instanceof Error) || depth === maxDepth) return cause
  if (cause instanceof AggregateError && cause.errors.length > 0) return innermost(cause.errors[0], depth + 1)
  return cause.cause === undefined ? cause : innermost(cause.cause, depth + 1)
}
