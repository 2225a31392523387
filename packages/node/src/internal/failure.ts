/** What undici, ws and Node report, in words that say what to do; for requests as `effect/http` knows it. */
import * as HttpClientError from "effect/http/HttpClientError"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import type { Socket } from "node:net"

const untrusted: ReadonlySet<unknown> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
])

/** The request itself is at fault: it would fail again. */
const unsendable: ReadonlySet<unknown> = new Set(["UND_ERR_INVALID_ARG", "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH"])

const refusal = /^Proxy response \((\d+)\)|^Proxy Authentication Required \((407)\)/

/** What is said of a proxy's answer. */
export const proxyRefusal = (status: string): string =>
  `the proxy refused to connect: status ${status}${status === "407" ? ", it wants other credentials" : ""}`

const refusedByProxy = (message: string): string | undefined => {
  const match = refusal.exec(message)
  const status = match?.[1] ?? match?.[2]
  return status === undefined ? undefined : proxyRefusal(status)
}

/** What a server says before it hangs up. Some hang up without. */
const alert =
  /\balert (certificate required|handshake failure|(?:bad|unsupported) certificate|certificate \w+|unknown ca)/

const wordOf = (message: string): string | undefined => alert.exec(message)?.[1]

/** A connection that was closed without a word. */
const closed: ReadonlySet<unknown> = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"])

/**
 * Whom a failure is blamed on: a proxy that is not passed yet, or a server that was shown a certificate and has said nothing
 * since.
 */
export type Blamed = "proxy" | "certificate"

const blamed = new WeakMap<Error, Blamed>()

/** Remembers whom an error is blamed on. Who is blamed first stays it. */
export const blame = <E>(error: E, on: Blamed): E => {
  if (error instanceof Error && !blamed.has(error)) blamed.set(error, on)
  return error
}

const inWordsOfProxy = ({ code, message }: NodeJS.ErrnoException): string | undefined => {
  const said = wordOf(message)
  return untrusted.has(code)
    ? `the certificate of the proxy is not trusted: ${message}; pass its authority as tls.ca`
    : code === "ERR_TLS_CERT_ALTNAME_INVALID"
    ? `the certificate of the proxy is for another name: ${message}`
    : said !== undefined
    ? `the proxy refused the TLS handshake (${said}): it gets no client certificate, tls.cert is for the server`
    : closed.has(code)
    ? `the proxy closed the connection: ${message}`
    : undefined
}

const inWordsOfServer = (
  { code, message }: NodeJS.ErrnoException,
  on: "certificate" | undefined
): string | undefined => {
  const said = wordOf(message)
  return untrusted.has(code)
    ? `the certificate is not trusted: ${message}; pass its authority as tls.ca`
    : on === "certificate" && closed.has(code)
    ? `${message}; the server may not accept the client certificate of tls.cert`
    : said === undefined
    ? undefined
    : said === "certificate required" || said === "handshake failure"
    ? `the server refused the TLS handshake (${said}): if it wants a client certificate, pass tls.cert and tls.key`
    : `the server does not accept the client certificate of tls.cert: ${said}`
}

const inWords = (error: Error, on: Blamed | undefined): string | undefined =>
  on === "proxy" ? inWordsOfProxy(error) : inWordsOfServer(error, on)

/** Says in the message of a socket's error what to do. */
export const explain = (error: Error): void => {
  error.message = inWords(error, blamed.get(error)) ?? error.message
}

/**
 * Watches a connection that stands. Undici reports its end in place of the alert that came before; and who is blamed for the
 * end is blamed until something has come.
 */
export const watch = (connection: Socket, on: Blamed | undefined): void => {
  let first: Error | undefined
  let isAnswered = false
  const heard = () => {
    if (connection.readableLength === 0) return
    isAnswered = true
    connection.off("readable", heard)
  }
  if (on !== undefined) connection.on("readable", heard)
  connection.on("error", (error) => {
    if (first === undefined) first = error
    else if (error !== first) error.cause ??= first
    if (on !== undefined && !isAnswered) blame(error, on)
  })
}

/** An error, and what it came of. */
const chainOf = (error: Error): ReadonlyArray<Error> =>
  error.cause instanceof Error ? [error, ...chainOf(error.cause)] : [error]

/** Undici's wrappers of what went wrong with a proxy, which do not say what. */
const wrappers: ReadonlySet<unknown> = new Set(["UND_ERR_PRX_CONN", "UND_ERR_PRX_TLS"])

const codeOf = (error: NodeJS.ErrnoException): string | undefined => error.code

// The tunnel fails as the proxy does.
const blamedOf = (chain: ReadonlyArray<Error>): Blamed | undefined =>
  chain.some((error) => wrappers.has(codeOf(error)) || blamed.get(error) === "proxy")
    ? "proxy"
    : chain.map((error) => blamed.get(error)).find((on) => on !== undefined)

/** A request that got no answer. */
export const noAnswer = (request: HttpClientRequest, reported: Error): HttpClientError.HttpClientError => {
  const chain = chainOf(reported)
  const cause = chain.find(({ message }) => wordOf(message) !== undefined) ??
    chain.find((error) => !wrappers.has(codeOf(error))) ?? reported
  const code = codeOf(cause)
  const proxyRefused = refusedByProxy(cause.message)
  const words = inWords(cause, blamedOf(chain)) ?? proxyRefused
  const reason = words === undefined ? cause : Object.assign(new Error(words), { code, stack: cause.stack })
  return new HttpClientError.HttpClientError({
    reason: proxyRefused === undefined && unsendable.has(code)
      ? new HttpClientError.EncodeError({ request, cause: reason })
      : new HttpClientError.TransportError({ request, cause: reason })
  })
}

/** A request that is not even tried, because the options of the transport cannot be used. */
export const unusable = (request: HttpClientRequest, description: string): HttpClientError.HttpClientError =>
  new HttpClientError.HttpClientError({ reason: new HttpClientError.EncodeError({ request, description }) })
