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

const refusedByServer = (message: string): string | undefined => {
  const said = alert.exec(message)?.[1]
  return said === undefined
    ? undefined
    : said === "certificate required" || said === "handshake failure"
    ? `the server refused the TLS handshake (${said}): if it wants a client certificate, pass tls.cert and tls.key`
    : `the server does not accept the client certificate of tls.cert: ${said}`
}

/** A connection that was closed without a word. */
const closed: ReadonlySet<unknown> = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"])

/** `certified`: a client certificate was shown, which the server may have disliked. */
const inWords = ({ code, message }: NodeJS.ErrnoException, certified: boolean): string | undefined =>
  untrusted.has(code)
    ? `the certificate is not trusted: ${message}; pass its authority as tls.ca`
    : certified && closed.has(code)
    ? `${message}; the server may not accept the client certificate of tls.cert`
    : refusedByServer(message)

/** Says in the message of a socket's error what to do. */
export const explain = (error: Error, certified: boolean): void => {
  error.message = inWords(error, certified) ?? error.message
}

/** Undici reports the end of a connection in place of the alert that came before. */
export const keepFirst = (connection: Socket): void => {
  let first: Error | undefined
  connection.on("error", (error) => {
    if (first === undefined) first = error
    else error.cause ??= first
  })
}

/** A request that got no answer. */
export const noAnswer = (
  request: HttpClientRequest,
  reported: Error,
  certified: boolean
): HttpClientError.HttpClientError => {
  const cause = reported.cause instanceof Error && refusedByServer(reported.cause.message) !== undefined
    ? reported.cause
    : reported
  const { code } = cause as NodeJS.ErrnoException
  const proxyRefused = refusedByProxy(cause.message)
  const words = inWords(cause, certified) ?? proxyRefused
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
