/** Error answers in Deepgram's own shapes (inventory 1.0.5). */
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"

/** An answer other than success, as the voice APIs write it. */
export class VendorError extends Schema.TaggedError<VendorError>()("VendorError", {
  status: Schema.Int,
  err_code: Schema.String,
  err_msg: Schema.String
}) {
  override get message(): string {
    return `${this.status} ${this.err_code}: ${this.err_msg}`
  }
}

/** The answer to a request with this id. */
export const toResponse = (error: VendorError, requestId: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe(
    { err_code: error.err_code, err_msg: error.err_msg, request_id: requestId },
    // Deepgram says the reason in a header too: it is all that failed WebSocket handshakes show in some clients.
    { status: error.status, headers: { "dg-error": error.err_msg.replace(/[^\x20-\x7e]+/g, " ") } }
  )

const refuse = (status: number, err_code: string) => (err_msg: string) => new VendorError({ status, err_code, err_msg })

export const badRequest = refuse(400, "Bad Request")
export const invalidQueryParameter = refuse(400, "INVALID_QUERY_PARAMETER")
export const remoteContentError = refuse(400, "REMOTE_CONTENT_ERROR")
export const payloadTooLarge = refuse(413, "PAYLOAD_TOO_LARGE")
export const unsupportedMediaType = refuse(415, "UNSUPPORTED_MEDIA_TYPE")
export const invalidCredentials = refuse(401, "INVALID_AUTH")("Invalid credentials.")
export const noAccessToModel = refuse(403, "INSUFFICIENT_PERMISSIONS")(
  "Project does not have access to the requested model."
)
export const pathNotFound = refuse(404, "NOT_FOUND")("The requested resource does not exist.")
export const internalError = refuse(500, "INTERNAL_SERVER_ERROR")("The emulator failed; its log says why.")
