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
  /** HTTP status; absent when this SDK refused. */
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

/** No HTTP answer: DNS, refused or reset connection, TLS, an answer cut off. Retried by default. */
export class TransportError extends Schema.TaggedError<TransportError>()("TransportError", {
  ...base,
  /** What the runtime reported. */
  cause: Schema.Defect()
}) {}

/** The operation did not finish within its time: `Deepgram.withOptions({ timeout })` changes it. Not retried. */
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

/** Every failure of this SDK. */
export type DeepgramError = RequestError

/** The schema of {@link RequestError}: to send errors between processes, with `Schema.toCodecJson`. */
export const RequestError = Schema.Union([
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
])

/** The schema of {@link DeepgramError}. */
export const DeepgramError = RequestError

/** Tells whether a value is a failure of this SDK. */
export const isDeepgramError: (u: unknown) => u is DeepgramError = Schema.is(DeepgramError)

/**
 * Whether trying again may help: 408, 429, 5xx and transport failures. A time-out is not retried: the time is used up.
 */
export const isRetryable = (error: RequestError): boolean =>
  error._tag === "RequestTimeout" || error._tag === "RateLimited" || error._tag === "ServerError" ||
  error._tag === "TransportError"
