/** What undici and Node report, as `effect/http` knows it, and in words that say what to do. */
import * as HttpClientError from "effect/http/HttpClientError"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"

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

const refusedByProxy = (message: string): string | undefined => {
  const match = refusal.exec(message)
  const status = match?.[1] ?? match?.[2]
  return status === undefined
    ? undefined
    : `the proxy refused to connect: status ${status}${status === "407" ? ", it wants other credentials" : ""}`
}

/** A request that got no answer. */
export const noAnswer = (request: HttpClientRequest, cause: Error): HttpClientError.HttpClientError => {
  const { code } = cause as NodeJS.ErrnoException
  const proxyRefusal = refusedByProxy(cause.message)
  const words = untrusted.has(code)
    ? `the certificate is not trusted: ${cause.message}; pass its authority as tls.ca`
    : proxyRefusal
  const reason = words === undefined ? cause : Object.assign(new Error(words), { code, stack: cause.stack })
  return new HttpClientError.HttpClientError({
    reason: proxyRefusal === undefined && unsendable.has(code)
      ? new HttpClientError.EncodeError({ request, cause: reason })
      : new HttpClientError.TransportError({ request, cause: reason })
  })
}

/** A request that is not even tried, because the options of the transport cannot be used. */
export const unusable = (request: HttpClientRequest, description: string): HttpClientError.HttpClientError =>
  new HttpClientError.HttpClientError({ reason: new HttpClientError.EncodeError({ request, description }) })
