/** Answers that are faults: in each of the shapes that clients of Deepgram meet (inventory 1.0.5). */
import { STATUS_CODES } from "node:http"
import type { Answer } from "../../Faults.ts"
import { exposedHeaders } from "../server/exposedHeaders.ts"
import { projectId } from "../state/directory.ts"
import { toAnswer, VendorError } from "../vendorError.ts"

/** All of an answer. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** These statuses have no body, and say no length. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304])

/** The head of an answer. */
export const headersOf = ({ body, headers, status }: Reply): Readonly<Record<string, string>> =>
  bodiless.has(status) ? headers : { ...headers, "content-length": String(Buffer.byteLength(body)) }

/** What Deepgram says with a status. */
const defaults: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ["Bad Request", "Bad Request: failed to process audio: corrupt or unsupported data"],
  401: ["INVALID_AUTH", "Invalid credentials."],
  402: ["ASR_PAYMENT_REQUIRED", "Project does not have enough credits for an ASR request."],
  403: ["FORBIDDEN", "Insufficient permissions."],
  404: ["PROJECT_NOT_FOUND", "Project not found."],
  408: ["SLOW_UPLOAD", "Request upload timeout."],
  413: ["PAYLOAD_TOO_LARGE", "Payload too large."],
  415: ["UNSUPPORTED_MEDIA_TYPE", "Unsupported media type."],
  422: ["UNPROCESSABLE_ENTITY", "Failed to handle request."],
  429: ["Too Many Requests", "Please try again later."],
  500: ["INTERNAL_SERVER_ERROR", "Internal Server Error"]
}

/** `dg-request-id` and `dg-project-id` are on every answer (inventory 1.0.6). */
const identity = (requestId: string) => ({ "dg-request-id": requestId, "dg-project-id": projectId })

/** What scripts of other origins may read; of handshakes they see nothing anyway. */
export const ofOrigins = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": exposedHeaders.join(",")
}

/** The page of a proxy, which knows nothing of Deepgram. */
export const page = (title: string): string =>
  `<!DOCTYPE html>\n<html>\n<head><title>${title}</title></head>\n<body>\n<center><h1>${title}</h1></center>\n` +
  `<hr><center>proxy</center>\n</body>\n</html>\n`

/** The answer that an error is. */
export const replyOfError = (error: VendorError, requestId: string): Reply => {
  const { body, headers } = toAnswer(error, requestId)
  return {
    status: error.status,
    headers: { ...identity(requestId), ...headers, "content-type": "application/json" },
    body: JSON.stringify(body)
  }
}

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")

const contentOf = (
  { code, message, shape, status }: Answer,
  requestId: string
): { readonly type: string | undefined; readonly body: string; readonly says: string } => {
  const phrase = STATUS_CODES[status] ?? "Unknown"
  const [defaultCode, defaultMessage] = defaults[status] ?? [phrase, phrase]
  const says = message ?? defaultMessage
  const json = (body: unknown) => ({ type: "application/json", body: JSON.stringify(body), says })
  switch (bodiless.has(status) ? "empty" : shape ?? "legacy") {
    case "legacy":
      return json({ err_code: code ?? defaultCode, err_msg: says, request_id: requestId })
    case "modern":
      return json({ category: code ?? defaultCode, message: says, details: phrase, request_id: requestId })
    case "errorCode":
      return json({ error_code: code ?? phrase, err_msg: says, request_id: requestId })
    case "json-text":
      return json(says)
    case "text":
      return { type: "text/plain; charset=utf-8", body: says, says }
    case "html":
      return { type: "text/html", body: page(escape(message ?? `${status} ${phrase}`)), says }
    case "empty":
      return { type: undefined, body: "", says }
  }
}

/** The answer that a fault is; `now` is in milliseconds since 1970. */
export const replyOf = (answer: Answer, requestId: string, now: number): Reply => {
  const { body, says, type } = contentOf(answer, requestId)
  const error = new VendorError({ status: answer.status, err_code: answer.code ?? "", err_msg: says })
  const headers: Record<string, string> = answer.shape === "html" ? {} : { ...identity(requestId) }
  if (answer.shape !== "html" && answer.status >= 400) Object.assign(headers, toAnswer(error, requestId).headers)
  if (type !== undefined) headers["content-type"] = type
  if (answer.retryAfter !== undefined) headers["retry-after"] = String(answer.retryAfter)
  if (answer.rateLimitReset !== undefined) {
    headers["x-ratelimit-reset"] = String(Math.ceil(now / 1000 + answer.rateLimitReset))
  }
  for (const [name, value] of Object.entries(answer.headers ?? {})) headers[name.toLowerCase()] = value
  return { status: answer.status, headers, body }
}
