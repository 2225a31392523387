/**
 * Everything that an operation can fail with: one flat union of small tagged classes, so that
 * `Effect.catchTag("RateLimited", …)` works on any operation.
 *
 * No error holds a secret: texts that come from outside are searched for the credential before they are kept.
 *
 * @see https://developers.deepgram.com/docs/errors
 */
import * as Schema from "effect/Schema"

const base = {
  /** The operation that failed, as `Module.function`, for example `ListenV1.transcribeUrl`. */
  operation: Schema.String,
  /** One line: what happened, and what to do about it. */
  message: Schema.String,
  /** Deepgram's id of the request (a UUID), when an answer carried one: quote it to Deepgram's support. */
  requestId: Schema.optionalKey(Schema.String)
}

const refusal = {
  ...base,
  /**
   * Who refused: Deepgram, or this SDK. The SDK refuses before the request is sent, but for audio that is read twice or
   * after its scope: such a refusal carries the `requestId` of the answer.
   */
  origin: Schema.Literals(["server", "client"]),
  /** HTTP status; absent when this SDK refused, or Deepgram within a session. */
  status: Schema.optionalKey(Schema.Int),
  /** Deepgram's own code (`err_code`, `error_code` or `category`), for example `INVALID_AUTH`. An open set. */
  code: Schema.optionalKey(Schema.String),
  /** Deepgram's own words (`err_msg`, `message` and `details`), or the text of an answer that is not JSON. */
  detail: Schema.optionalKey(Schema.String)
}

const retryable = {
  ...refusal,
  /** How long the server asked to wait, from `Retry-After`. */
  retryAfter: Schema.optionalKey(Schema.Duration),
  /** Time until the server's limit resets, from `X-RateLimit-Reset`. */
  rateLimitReset: Schema.optionalKey(Schema.Duration)
}

/** 400, or options that the SDK knows Deepgram would refuse: mend the request, do not retry it. */
export class BadRequest extends Schema.TaggedError<BadRequest>()("BadRequest", refusal) {}

/** 401: the API key or access token is missing, wrong, expired, or was sent with the wrong scheme. */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()("Unauthorized", refusal) {}

/** 402: the project has no credits left. */
export class PaymentRequired extends Schema.TaggedError<PaymentRequired>()("PaymentRequired", refusal) {}

/** 403: the credential is valid but may not do this, or the project has no access to the model (a misspelled model too). */
export class PermissionDenied extends Schema.TaggedError<PermissionDenied>()("PermissionDenied", refusal) {}

/** 404: no such project, key, model, … or a path that this host does not serve. */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", refusal) {}

/** 408: the server gave up waiting for the request, for example a slow upload. Retried by default. */
export class RequestTimeout extends Schema.TaggedError<RequestTimeout>()("RequestTimeout", retryable) {}

/** 409: the request contradicts what the server holds. */
export class Conflict extends Schema.TaggedError<Conflict>()("Conflict", refusal) {}

/** 413: too much audio or text in one request. */
export class PayloadTooLarge extends Schema.TaggedError<PayloadTooLarge>()("PayloadTooLarge", refusal) {}

/** 415: the body is not of a type that the operation takes. */
export class UnsupportedMediaType extends Schema.TaggedError<UnsupportedMediaType>()("UnsupportedMediaType", refusal) {}

/** 422: the request was understood but could not be processed. */
export class UnprocessableEntity extends Schema.TaggedError<UnprocessableEntity>()("UnprocessableEntity", refusal) {}

/** 429: too many requests at the same time (Deepgram limits concurrency, not volume). Retried by default. */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", retryable) {}

/** 5xx: Deepgram failed. Retried by default. */
export class ServerError extends Schema.TaggedError<ServerError>()("ServerError", retryable) {}

/** Any other status that is not a success, redirects included: they are never followed, so no credential leaves its host. */
export class UnexpectedStatus extends Schema.TaggedError<UnexpectedStatus>()("UnexpectedStatus", refusal) {}

/** No answer: DNS, refused or reset connection, TLS, an answer cut off; a channel that could not be dialled. Retried by default. */
export class TransportError extends Schema.TaggedError<TransportError>()("TransportError", {
  ...base,
  /** What the runtime reported. */
  cause: Schema.Defect()
}) {}

/**
 * The operation did not finish within its time: `Deepgram.withOptions({ timeout })` changes it. Of a channel: it did not
 * open, did not close or did not say anything within the time of the option that the message names. Not retried.
 */
export class TimedOut extends Schema.TaggedError<TimedOut>()("TimedOut", {
  ...base,
  /** The time that was allowed. */
  after: Schema.Duration
}) {}

/** The server answered with success but not with what the operation promises. */
export class DecodeError extends Schema.TaggedError<DecodeError>()("DecodeError", {
  ...base,
  /** HTTP status of the answer. */
  status: Schema.Int,
  /** What was expected, and where in the body. */
  issue: Schema.String,
  /** The body as text, cut after {@link maxBodyLength} characters. */
  body: Schema.String
}) {}

/**
 * The server answered the WebSocket handshake with a status instead of opening the channel. 408, 429 and 5xx are retried
 * by default. Node's `ws` shows the answer, and the global `WebSocket` of Bun, Deno and Cloudflare's workers its `status`.
 * Browsers and Node's global `WebSocket` hide it, so that a refused credential, a wrong option, a server without capacity
 * and one that is out of reach look alike: then `status` and all that follows is absent, and it is not retried.
 */
export class HandshakeRejected extends Schema.TaggedError<HandshakeRejected>()("HandshakeRejected", {
  ...base,
  /** HTTP status. */
  status: Schema.optionalKey(Schema.Int),
  /** Deepgram's own code (`err_code`, `error_code` or `category`), for example `INVALID_AUTH`. An open set. */
  code: Schema.optionalKey(Schema.String),
  /** Deepgram's own words: `err_msg`, or the text of an answer that is not JSON, else the header `dg-error`. */
  detail: Schema.optionalKey(Schema.String),
  /** The body as text, cut after {@link maxBodyLength} characters. */
  body: Schema.optionalKey(Schema.String),
  /** How long the server asked to wait, from `Retry-After`. */
  retryAfter: Schema.optionalKey(Schema.Duration),
  /** Time until the server's limit resets, from `X-RateLimit-Reset`. */
  rateLimitReset: Schema.optionalKey(Schema.Duration)
}) {}

const closing = {
  ...base,
  /** The close code of WebSocket; 1005 stands for none, 1006 for a connection that broke without a word. */
  code: Schema.Int,
  /** What the server said when it closed; often empty. */
  reason: Schema.String
}

/** The channel ended although it should not have: not by `close`, or not in the way that the channel ends. */
export class ConnectionClosed extends Schema.TaggedError<ConnectionClosed>()("ConnectionClosed", {
  ...closing,
  /** The code of the `Error` message before, for example `UNPARSABLE_CLIENT_MESSAGE`. An open set. */
  errorCode: Schema.optionalKey(Schema.String),
  /** The description of the `Error` message before. */
  detail: Schema.optionalKey(Schema.String),
  /** What the runtime reported. */
  cause: Schema.optionalKey(Schema.Defect())
}) {}

/**
 * Deepgram closed the channel because nothing came for too long: no audio (`NET-0001`; of an agent the message before is
 * `CLIENT_MESSAGE_TIMEOUT`), or no text (`NET-0004`).
 */
export class IdleTimeout extends Schema.TaggedError<IdleTimeout>()("IdleTimeout", closing) {}

/** Something was sent after `close`. */
export class SendAfterClose extends Schema.TaggedError<SendAfterClose>()("SendAfterClose", base) {}

/** The server sent a message of a known type that is not what the type promises. */
export class ProtocolError extends Schema.TaggedError<ProtocolError>()("ProtocolError", {
  ...base,
  /** What was expected, and where in the message. */
  issue: Schema.String,
  /** The message as text, cut after {@link maxBodyLength} characters. */
  raw: Schema.String
}) {}

/**
 * More messages came than were taken, and the runtime cannot make the server wait: browsers and the global `WebSocket`
 * cannot, Node's `ws` can.
 */
export class SlowConsumer extends Schema.TaggedError<SlowConsumer>()("SlowConsumer", {
  ...base,
  /** How much was waiting to be taken, in bytes. */
  buffered: Schema.Int
}) {}

/** How much of a body an error keeps, in UTF-16 code units (JavaScript string length). */
export const maxBodyLength = 16_384

/** The failures that come from an answer with a status, or from the SDK refusing the request itself. */
export type StatusError =
  | BadRequest
  | Unauthorized
  | PaymentRequired
  | PermissionDenied
  | NotFound
  | RequestTimeout
  | Conflict
  | PayloadTooLarge
  | UnsupportedMediaType
  | UnprocessableEntity
  | RateLimited
  | ServerError
  | UnexpectedStatus

/** What REST operations fail with. */
export type RequestError = StatusError | TransportError | TimedOut | DecodeError

/** What channels fail with besides. */
type ChannelError =
  | HandshakeRejected
  | ConnectionClosed
  | IdleTimeout
  | SendAfterClose
  | ProtocolError
  | SlowConsumer

/**
 * What channels fail with: their own failures, and those of any request, because a credential may have to be asked for
 * (`DeepgramAuth.layerGranted`) before a channel can be opened.
 */
export type LiveError = RequestError | ChannelError

/** Every failure of this SDK. */
export type DeepgramError = LiveError

const requestErrors = [
  BadRequest,
  Unauthorized,
  PaymentRequired,
  PermissionDenied,
  NotFound,
  RequestTimeout,
  Conflict,
  PayloadTooLarge,
  UnsupportedMediaType,
  UnprocessableEntity,
  RateLimited,
  ServerError,
  UnexpectedStatus,
  TransportError,
  TimedOut,
  DecodeError
] as const

/** The schema of {@link RequestError}: to send errors between processes, with `Schema.toCodecJson`. */
export const RequestError = Schema.Union(requestErrors)

/** The schema of {@link LiveError}. */
export const LiveError = Schema.Union([
  ...requestErrors,
  HandshakeRejected,
  ConnectionClosed,
  IdleTimeout,
  SendAfterClose,
  ProtocolError,
  SlowConsumer
])

/** The schema of {@link DeepgramError}. */
export const DeepgramError = LiveError

/** Tells whether a value is a failure of this SDK. */
export const isDeepgramError: (u: unknown) => u is DeepgramError = Schema.is(DeepgramError)

/** Tells whether a value is a failure of an operation over HTTP. */
export const isRequestError: (u: unknown) => u is RequestError = Schema.is(RequestError)

const isRetryableStatus = (status: number | undefined): boolean =>
  status !== undefined && (status === 408 || status === 429 || status >= 500)

/**
 * Whether trying again may help: 408, 429, 5xx and transport failures. A time-out is not retried: the time is used up. Of
 * what befalls an open channel nothing is: another one would begin anew.
 */
export const isRetryable = (error: DeepgramError): boolean =>
  error._tag === "RequestTimeout" || error._tag === "RateLimited" || error._tag === "ServerError" ||
  error._tag === "TransportError" || error._tag === "HandshakeRejected" && isRetryableStatus(error.status)
