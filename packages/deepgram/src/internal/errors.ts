/** The one place where answers and failures of the transport become {@link RequestError}s. */
import * as Duration from "effect/Duration"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as Option from "effect/Option"
import * as Errors from "../DeepgramError.ts"
import { parseJson } from "./json.ts"
import { isJson } from "./normalize.ts"
import { innermost, receivedSecrets, redact, redactCause } from "./secrets.ts"

/** What every error says of its operation. */
export interface Origin {
  readonly operation: string
  /** Texts that must appear in no error: the credential and whatever else was sent to prove who calls. */
  readonly secrets: ReadonlyArray<string>
}

/** An answer may hold secrets of its own. */
export const withReceived = ({ operation, secrets }: Origin, body: string): Origin => ({
  operation,
  secrets: [...secrets, ...receivedSecrets(body)].toSorted((a, b) => b.length - a.length)
})

type Headers = Readonly<Record<string, string | undefined>>

const maxDetailLength = 500

const oneLine = (text: string): string => {
  const line = text.replace(/\s+/g, " ").trim()
  return line.length > maxDetailLength ? `${line.slice(0, maxDetailLength)}…` : line
}

/** Cuts a body to what an error may keep: what is secret goes first, or half of it might stay. */
export const cutBody = (text: string, origin: Origin): string =>
  redact(text, origin.secrets).slice(0, Errors.maxBodyLength)

/** What came from outside, as one short line. */
export const quote = (text: string, origin: Origin): string => oneLine(redact(text, origin.secrets))

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Deepgram's id of the request, if the head of the answer has one. */
export const requestIdOf = (headers: Headers, origin: Origin): string | undefined => {
  const id = headers["dg-request-id"]
  return id === undefined || uuid.test(id) ? id : quote(id, origin)
}

/** A message that somebody on call can take to Deepgram. */
export const withId = (message: string, requestId: string | undefined): string =>
  requestId === undefined ? message : `${message} [request ${requestId}]`

const text = (u: unknown): string | undefined => typeof u === "string" && u.trim() !== "" ? u : undefined

interface ErrorBody {
  readonly code?: string | undefined
  readonly detail?: string | undefined
  readonly requestId?: string | undefined
}

// A proxy's page: its title says more than its first lines.
const htmlToText = (html: string): string => {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(html)?.[1]?.trim()
  return title !== undefined && title !== ""
    ? title
    : html.replace(/<(style|script)[\s\S]*?<\/\1>/gi, " ").replace(/<[^>]*>/g, " ")
}

/** Reads the four JSON shapes that Deepgram answers errors with, and whatever else stands in its place (inventory 1.0.5). */
const parseErrorBody = (body: string): ErrorBody => {
  if (body.trim() === "") return {}
  const json = parseJson(body)
  if (Option.isNone(json)) return { detail: /<html|<!doctype|<body|<h1/i.test(body) ? htmlToText(body) : body }
  if (typeof json.value === "string") return { detail: json.value }
  if (!isJson(json.value)) return { detail: body }
  const { category, details, err_code, err_msg, error_code, message, request_id } = json.value
  const words = [text(err_msg) ?? text(message), text(details)].filter((part) => part !== undefined)
  const code = text(err_code) ?? text(error_code) ?? text(category)
  return {
    code,
    detail: words.length > 0 ? words.join(": ") : code === undefined ? body : undefined,
    requestId: text(request_id)
  }
}

/** How long the server asks to wait; nothing when it asks for no time or for a time that is past. */
const serverWait = (headers: Headers, now: number) => {
  const after = headers["retry-after"]?.trim()
  const seconds = after !== undefined && /^\d+(\.\d+)?$/.test(after) ? Number(after) * 1000 : undefined
  // Without a time of day it is no date, whatever `Date.parse` makes of it.
  const afterMillis = seconds ?? (after !== undefined && /\d:\d\d:\d\d/.test(after) ? Date.parse(after) - now : 0)
  const resetMillis = Number.parseFloat(headers["x-ratelimit-reset"] ?? "") * 1000 - now
  return {
    ...(afterMillis > 0 ? { retryAfter: Duration.millis(afterMillis) } : undefined),
    ...(resetMillis > 0 ? { rateLimitReset: Duration.millis(resetMillis) } : undefined)
  }
}

const redirectAdvice =
  "Redirects are not followed, so that the credential stays with its host: set baseUrl to the final address."

const known = {
  400: [Errors.BadRequest, "Bad Request", undefined],
  401: [
    Errors.Unauthorized,
    "Unauthorized",
    "Check the credential: API keys come from DEEPGRAM_API_KEY (sent as Token), access tokens from DEEPGRAM_TOKEN (sent as Bearer, valid for seconds to an hour)."
  ],
  402: [Errors.PaymentRequired, "Payment Required", "Add credits to the project in the Deepgram console."],
  403: [
    Errors.PermissionDenied,
    "Forbidden",
    "Check the scopes of the key, and the spelling of the model: an unknown one is answered like this too."
  ],
  404: [Errors.NotFound, "Not Found", undefined],
  408: [
    Errors.RequestTimeout,
    "Request Timeout",
    "If the upload is slow, send a URL, or use a callback."
  ],
  409: [Errors.Conflict, "Conflict", undefined],
  413: [Errors.PayloadTooLarge, "Payload Too Large", "Send less in one request."],
  415: [Errors.UnsupportedMediaType, "Unsupported Media Type", undefined],
  422: [Errors.UnprocessableEntity, "Unprocessable Entity", undefined],
  429: [
    Errors.RateLimited,
    "Too Many Requests",
    "Deepgram limits how many requests run at the same time: run fewer, or wait longer between retries."
  ]
} as const

const kindOf = (status: number) => {
  if (status in known) return known[status as keyof typeof known]
  if (status >= 500 && status < 600) return [Errors.ServerError, "Deepgram failed", undefined] as const
  return status >= 300 && status < 400 && status !== 304
    ? [Errors.UnexpectedStatus, "a redirect", redirectAdvice] as const
    : [Errors.UnexpectedStatus, "unexpected", undefined] as const
}

/** An answer that is no success. */
export interface Refusal {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** What is said of a refusal, whatever it was an answer to. */
export const describeRefusal = ({ body: text, headers, status }: Refusal, sender: Origin, now: number) => {
  const origin = withReceived(sender, text)
  const body = parseErrorBody(text)
  // Speak and failed handshakes say the reason in a header, also where the body is empty.
  const said = body.detail ?? headers["dg-error"]
  const code = body.code === undefined ? undefined : quote(body.code, origin)
  const detail = said === undefined ? undefined : quote(said, origin)
  const requestId = requestIdOf(headers, origin) ??
    (body.requestId === undefined ? undefined : quote(body.requestId, origin))
  const [Class, title, advice] = kindOf(status)
  // The vendor writes the status' name as code and at the head of the text: once is enough.
  const parts = [
    code === title ? undefined : code,
    detail?.startsWith(`${title}: `) === true ? detail.slice(title.length + 2) : detail === title ? undefined : detail
  ].filter((part) => part !== undefined)
  return {
    Class,
    message: [`${status} ${title}`, ...parts].join(": ") + (advice === undefined ? "" : ` (${advice})`),
    fields: {
      status,
      ...(code === undefined ? undefined : { code }),
      ...(detail === undefined ? undefined : { detail }),
      ...(requestId === undefined ? undefined : { requestId }),
      ...(status === 408 || status === 429 || status >= 500 ? serverWait(headers, now) : undefined)
    },
    requestId,
    body: cutBody(text, origin)
  }
}

/** A status that is not a success. */
export const fromStatus = (refusal: Refusal, origin: Origin, now: number): Errors.StatusError => {
  const { Class, fields, message, requestId } = describeRefusal(refusal, origin, now)
  const { operation } = origin
  return new Class({ operation, message: withId(`${operation}: ${message}`, requestId), origin: "server", ...fields })
}

/** A request that the SDK does not send, because Deepgram would refuse it; the reason is cut to one line. */
export const refused = <E extends Errors.BadRequest | Errors.Unauthorized | Errors.PayloadTooLarge>(
  Class: new(fields: Pick<E, "operation" | "message" | "origin" | "detail">) => E,
  operation: string,
  reason: string
): E => {
  const detail = oneLine(reason)
  return new Class({ operation, message: `${operation}: not sent: ${detail}`, origin: "client", detail })
}

/** The reason that a runtime gives, in words. */
export const describeCause = (cause: unknown): string => {
  const reason = innermost(cause)
  if (!(reason instanceof Error)) return reason === undefined ? "" : String(reason)
  const code = (reason as { readonly code?: unknown }).code
  return typeof code === "string" && !reason.message.includes(code) ? `${reason.message} (${code})` : reason.message
}

const troubles = {
  TransportError: "no answer",
  EncodeError: "the request cannot be sent",
  InvalidUrlError: "the address of the server is not a URL",
  StatusCodeError: "the HttpClient refused the answer",
  DecodeError: "the answer broke off",
  EmptyBodyError: "the answer has no body"
} satisfies Record<HttpClientError.HttpClientErrorReason["_tag"], string>

// What the `fetch` of Node, Bun and Deno says where it was told `redirect: "error"`; trying again would change nothing.
const refusedRedirect = /^unexpected ?redirect|redirect mode/i

/** No answer, one that broke off, or a request that cannot be sent however often it is tried. */
export const fromTransport = (
  reason: HttpClientError.HttpClientErrorReason,
  origin: Origin,
  requestId: string | undefined
): Errors.TransportError | Errors.BadRequest | Errors.UnexpectedStatus => {
  const why = quote(describeCause(reason.cause) || (reason.description ?? ""), origin)
  const trouble = `${troubles[reason._tag]}${why === "" ? "" : `: ${why}`}`
  if (reason._tag === "EncodeError" || reason._tag === "InvalidUrlError") {
    return refused(Errors.BadRequest, origin.operation, trouble)
  }
  if (refusedRedirect.test(why)) {
    return new Errors.UnexpectedStatus({
      operation: origin.operation,
      message: `${origin.operation}: a redirect (${redirectAdvice})`,
      origin: "server",
      detail: why
    })
  }
  return new Errors.TransportError({
    operation: origin.operation,
    message: withId(`${origin.operation}: ${trouble}`, requestId),
    // Not the HttpClientError itself: it holds the request, headers included.
    cause: reason.cause === undefined ? why : redactCause(reason.cause, origin.secrets),
    ...(requestId === undefined ? undefined : { requestId })
  })
}
