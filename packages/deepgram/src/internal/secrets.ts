/** Keeps what proves who calls out of what came back: servers, proxies and runtimes repeat what they were sent. */
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

/** Shorter texts are no secrets, and would be found everywhere. */
const minLength = 4

const secretHeader = /auth|cookie|key|password|secret|token/i

/** The whole value, and its parts: without the scheme, and the values of cookies. */
const headerSecrets = (value: string): ReadonlyArray<string> => [
  value,
  value.slice(value.indexOf(" ") + 1),
  ...value.split(";").map((pair) => pair.slice(pair.indexOf("=") + 1).trim())
]

const decode = Option.liftThrowable(decodeURIComponent)

/** The password of a URL, or the user where there is none: as it stands there, written once more, and as it is meant. */
const urlSecrets = (url: string): ReadonlyArray<string> => {
  const userInfo = /^[a-z]+:\/\/([^/?#]*)@/i.exec(url)?.[1]
  if (userInfo === undefined) return []
  const colon = userInfo.indexOf(":")
  const secret = userInfo.slice(colon + 1)
  return [secret, encodeURIComponent(secret), Option.getOrElse(decode(secret), () => secret)]
}

/** Whatever an answer or a runtime might repeat, and no error may. The longest comes first: one may hold another. */
export const secretsOf = ({ headers, url, urlParams }: HttpClientRequest.HttpClientRequest): ReadonlyArray<string> =>
  Object.entries(headers)
    .flatMap(([name, value]) => secretHeader.test(name) ? headerSecrets(value) : [])
    .concat(
      urlSecrets(url),
      urlParams.params.flatMap(([, value]) => urlSecrets(Redacted.isRedacted(value) ? Redacted.value(value) : value))
    )
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
    .filter((secret, index, all) => secret.length >= minLength && all.indexOf(secret) === index)
    .toSorted((a, b) => b.length - a.length)

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
