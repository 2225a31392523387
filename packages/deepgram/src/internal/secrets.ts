/** Keeps what proves who calls out of what came back: servers, proxies and runtimes repeat what they were sent. */
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

/** Shorter texts are no secrets, and would be found everywhere. */
const minLength = 4

/** What is not named like a secret is one only if it is as long as one. */
const minUnnamedLength = 16

const secretHeader = /auth|cookie|credential|assertion|jwt|key|password|secret|session|signature|token/i

/** Names of query parameters and of members of JSON bodies: `token`, `api_key`, `X-Amz-Signature`, but not `keyterm`. */
const secretName =
  /(?:^|[_-])(?:api_?key|key|token|secret|password|passwd|pwd|sig|signature|auth|authorization|credential|assertion|jwt|session)$/i

const decode = Option.liftThrowable(decodeURIComponent)
const decodeBase64 = Option.liftThrowable(atob)

/** What stands behind the first `separator`, or everything. */
const after = (text: string, separator: string): string => text.slice(text.indexOf(separator) + 1)

/** The whole value, and its parts: without the scheme, what Basic authentication encodes, and the values of cookies. */
const headerSecrets = (name: string, value: string): ReadonlyArray<string> => {
  const credentials = after(value, " ")
  const basic = /^basic /i.test(value) ? Option.toArray(decodeBase64(credentials)) : []
  const cookies = /cookie/i.test(name) ? value.split(";").map((pair) => after(pair, "=").trim()) : []
  return [value, credentials]
    .concat(basic, basic.map((pair) => after(pair, ":")), cookies.filter((cookie) => cookie.length >= 2 * minLength))
}

/** A secret as it stands in a URL, and as it is meant. */
const spellings = (secret: string): ReadonlyArray<string> => [
  secret,
  encodeURIComponent(secret),
  Option.getOrElse(decode(secret), () => secret)
]

const named = (name: string, value: string): ReadonlyArray<string> =>
  secretName.test(name) || value.length >= minUnnamedLength ? spellings(value) : []

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

const memberSecrets = (name: string, value: unknown): ReadonlyArray<string> => {
  if (typeof value === "string") return [...urlSecrets(value), ...(secretName.test(name) ? spellings(value) : [])]
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([member, inner]) => memberSecrets(Array.isArray(value) ? name : member, inner))
    : []
}

const parseJson = Option.liftThrowable((bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes)))

const bodySecrets = ({ body }: HttpClientRequest.HttpClientRequest): ReadonlyArray<string> =>
  body._tag === "Uint8Array" && body.contentType === "application/json"
    ? Option.match(parseJson(body.body), { onNone: () => [], onSome: (json) => memberSecrets("", json) })
    : []

/** Whatever an answer or a runtime might repeat, and no error may. The longest comes first: one may hold another. */
export const secretsOf = (request: HttpClientRequest.HttpClientRequest): ReadonlyArray<string> =>
  Object.entries(request.headers)
    .flatMap(([name, value]) => secretHeader.test(name) ? headerSecrets(name, value) : [])
    .concat(
      urlSecrets(request.url),
      request.urlParams.params.flatMap(([name, value]) =>
        memberSecrets(name, Redacted.isRedacted(value) ? Redacted.value(value) : value)
      ),
      bodySecrets(request)
    )
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
    .filter((secret, index, all) => secret.length >= minLength && all.indexOf(secret) === index)
    .toSorted((a, b) => b.length - a.length)

/** A text that was cut, without the part of a secret that may be left at its end. */
export const withoutCutSecret = (text: string, secrets: ReadonlyArray<string>): string => {
  const part = secrets
    .flatMap((secret) => Array.from(secret, (_, length) => secret.slice(0, length)))
    .filter((start) => start.length >= minLength && text.endsWith(start))
    .toSorted((a, b) => b.length - a.length)[0]
  return part === undefined ? text : text.slice(0, -part.length)
}

/** The text without the secrets. */
export const redact = (text: string, secrets: ReadonlyArray<string>): string =>
  secrets.reduce((redacted, secret) => redacted.replaceAll(secret, "<redacted>"), text)

/**
 * A copy of what a runtime reported: name, message, stack, code and cause of errors. Runtimes add more, such as the
 * bytes that could not be parsed, or the request.
 */
export const redactCause = (cause: unknown, secrets: ReadonlyArray<string>): unknown => {
  if (!(cause instanceof Error)) return redact(String(cause), secrets)
  const inner = cause.cause ?? (cause instanceof AggregateError ? cause.errors[0] : undefined)
  const copy = new Error(
    redact(cause.message, secrets),
    inner === undefined ? {} : { cause: redactCause(inner, secrets) }
  )
  Object.defineProperty(copy, "name", { value: cause.name, configurable: true, writable: true })
  if (cause.stack !== undefined) copy.stack = redact(cause.stack, secrets)
  const { code } = cause as { readonly code?: unknown }
  return typeof code === "string" ? Object.assign(copy, { code }) : copy
}
