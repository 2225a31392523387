/** Error answers in Deepgram's own shapes (inventory 1.0.5). */
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"

/** An answer other than success. */
export class VendorError extends Schema.TaggedError<VendorError>()("VendorError", {
  status: Schema.Int,
  /** In the modern shape the `category`. */
  err_code: Schema.String,
  /** In the modern shape the `message`. */
  err_msg: Schema.String,
  /** The modern shape has it, when there is more to say. */
  details: Schema.optionalKey(Schema.String),
  /** The voice APIs write the legacy shape, most of the management APIs the modern one. Default: legacy. */
  shape: Schema.optionalKey(Schema.Literals(["legacy", "modern"]))
}) {
  override get message(): string {
    return `${this.status} ${this.err_code}: ${this.err_msg}`
  }
}

const bodyOf = ({ details, err_code, err_msg, shape }: VendorError) =>
  shape === "modern" ? { category: err_code, message: err_msg, details } : { err_code, err_msg }

/** Longest `dg-error`, in characters: clients do not read an answer whose head is too long. */
const maxHeaderLength = 500

/** Longest message, in characters, whatever of the request it repeats. */
const maxMessageLength = 1000

/** Longest part of a request that a message repeats, in characters. */
const maxQuoteLength = 200

const shortened = (text: string, longest: number): string =>
  // Half a character may be left over at the end.
  text.length <= longest ? text : `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, "")}...`

/** What a request says, as messages repeat it: its beginning, if it is long. */
export const quoted = (value: string): string => shortened(value, maxQuoteLength)

/** What the request with this id is answered: the body is JSON. */
export const toAnswer = (error: VendorError, requestId: string) => ({
  body: { ...bodyOf(error), request_id: requestId },
  // Deepgram says the reason in a header too: it is all that failed WebSocket handshakes show in some clients.
  headers: {
    "dg-error": shortened(error.err_msg, maxHeaderLength).replace(/[^\x20-\x7e]+/g, " "),
    // Who is too slow for one request is not waited for with the next.
    ...(error.status === 408 ? { connection: "close" } : undefined)
  }
})

/** The answer to a request with this id. */
export const toResponse = (error: VendorError, requestId: string): HttpServerResponse.HttpServerResponse => {
  const { body, headers } = toAnswer(error, requestId)
  return HttpServerResponse.jsonUnsafe(body, { status: error.status, headers })
}

const refuse = (status: number, err_code: string) => (message: string) =>
  new VendorError({ status, err_code, err_msg: shortened(message, maxMessageLength) })

const refuseManagement = (status: number, err_code: string) => (message: string, details?: string) =>
  new VendorError({
    status,
    err_code,
    err_msg: shortened(message, maxMessageLength),
    shape: "modern",
    ...(details === undefined ? undefined : { details: shortened(details, maxMessageLength) })
  })

export const badRequest = refuse(400, "Bad Request")
export const invalidQueryParameter = refuse(400, "INVALID_QUERY_PARAMETER")
export const noCharacters = badRequest("Input text contains no characters.")
export const remoteContentError = refuse(400, "REMOTE_CONTENT_ERROR")
export const slowUpload = refuse(408, "SLOW_UPLOAD")("Request upload timeout.")
export const payloadTooLarge = refuse(413, "PAYLOAD_TOO_LARGE")
export const unsupportedMediaType = refuse(415, "UNSUPPORTED_MEDIA_TYPE")
export const invalidCredentials = refuse(401, "INVALID_AUTH")("Invalid credentials.")
export const noAccessToModel = refuse(403, "INSUFFICIENT_PERMISSIONS")(
  "Project does not have access to the requested model."
)
export const unauthorizedFeatures = refuse(403, "UNAUTHORIZED_FEATURES_REQUESTED")
export const forbidden = refuse(403, "FORBIDDEN")("Insufficient permissions.")
export const projectNotFound = refuse(404, "PROJECT_NOT_FOUND")("Project not found.")
export const pathNotFound = refuse(404, "NOT_FOUND")("The requested resource does not exist.")
export const methodNotAllowed = refuse(405, "METHOD_NOT_ALLOWED")("The requested resource does not take this method.")
export const internalError = refuse(500, "INTERNAL_SERVER_ERROR")("The emulator failed; its log says why.")

/** `a`; `a` or `b`; one of `a`, `b`, `c`. */
const oneOf = (names: ReadonlyArray<string>): string => {
  const ticked = names.map((name) => `\`${name}\``)
  return ticked.length < 3 ? ticked.join(" or ") : `one of ${ticked.join(", ")}`
}

/** A parameter has a value that is none of those that it can have. */
export const unknownVariant = (value: string, known: ReadonlyArray<string>): VendorError =>
  invalidQueryParameter(`unknown variant \`${quoted(value)}\`, expected ${oneOf(known)}`)

/** A parameter has a value that cannot be. */
export const invalidValue = (name: string, value: string): VendorError =>
  invalidQueryParameter(`Invalid '${name}' value of '${quoted(value)}'.`)

/** A body of the management API that cannot be read. */
export const invalidJson = (details: string): VendorError =>
  refuseManagement(400, "INVALID_JSON")("Invalid JSON submitted.", details)

// The inventory has no other category than INVALID_JSON; these are the emulator's own.
export const unacceptable = refuseManagement(400, "INVALID_REQUEST")
export const notFound = refuseManagement(404, "NOT_FOUND")
export const conflict = refuseManagement(409, "CONFLICT")
