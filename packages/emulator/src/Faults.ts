/**
 * What goes wrong on demand: a plan of faults, by which an emulator is as late, as broken and as far away as the tests of
 * an application need it to be.
 *
 * Faults are plain data: the same in process (`faults` of `Emulator.Options`, `set` of {@link Controls}), as JSON at
 * `PUT /_emulator/faults`, and for a single call in the header {@link header} or the query parameter
 * {@link queryParameter}. What is random about them follows from the seed of the plan.
 */
import * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** The header of a call that is to go wrong: a {@link Fault} or a list of them, as JSON. */
export const header = "x-emulator-faults"

/** The same in the query, for clients that cannot set headers, such as a browser's `WebSocket`. */
export const queryParameter = "emulator_faults"

/** Milliseconds, `"1.5 seconds"`, or what else `Duration` can be made of; not negative. */
const DurationInput = Schema.declare<Duration.Input>(
  (input): input is Duration.Input =>
    !Number.isNaN(input) &&
    Option.exists(Duration.fromInput(input as Duration.Input), (duration) => !Duration.isNegative(duration)),
  { expected: "a duration, such as 200 (milliseconds) or \"2 seconds\"" }
)

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/**
 * Where in a call something happens.
 *
 * - `request`: in the body of the request, when `after` bytes of it have been read.
 * - `head`: in the head of the answer, or of the answer to a handshake, when `after` bytes of it have been sent.
 * - `body`: in the body of the answer, when `after` bytes of it have been sent; the framing of chunks does not count.
 * - `frame`: in a session over WebSocket, as soon as the side that `of` names has sent `after` messages.
 *
 * Bytes have to follow in the same part: a body, or a head, of 10 bytes has no place after 10.
 */
const place = {
  /** Default `head`: before anything is answered. */
  at: Schema.optionalKey(Schema.Literals(["request", "head", "body", "frame"])),
  /** Bytes, or messages of a session. Default 0. */
  after: Schema.optionalKey(Count),
  /** Whose messages count: those of the emulator (the default) or those of the client. */
  of: Schema.optionalKey(Schema.Literals(["server", "client"])),
  /** Of the emulator's next message, so many bytes are sent before, its frame included. Default 0: none of it. */
  into: Schema.optionalKey(Count)
}

/** Which message of a session is meant. */
const frame = {
  /** Messages that pass before. Default 0: the first one is meant. */
  after: Schema.optionalKey(Count)
}

/** The schema of {@link Latency}. */
export const Latency = Schema.Struct({
  type: Schema.tag("Latency"),
  delay: DurationInput,
  /** As much as this may be added, evenly distributed. */
  jitter: Schema.optionalKey(DurationInput),
  /** `call`, the default: before anything is done. `frame`: every message that the emulator sends. Their order stays. */
  each: Schema.optionalKey(Schema.Literals(["call", "frame"]))
})
/** The answer begins late, or every message of a session is late. Of several, those of a call add up. */
export interface Latency extends Schema.Schema.Type<typeof Latency> {}

/** The schema of {@link Bandwidth}. */
export const Bandwidth = Schema.Struct({
  type: Schema.tag("Bandwidth"),
  bytesPerSecond: Schema.Finite.check(Schema.isGreaterThan(0)),
  /** `down`, the default: what the emulator sends, its heads and messages too. `up`: bodies and messages of the client. */
  direction: Schema.optionalKey(Schema.Literals(["down", "up"]))
})
/** The line is narrow: bytes pass in slices of at most 50 ms. */
export interface Bandwidth extends Schema.Schema.Type<typeof Bandwidth> {}

/** The schema of {@link Stall}. */
export const Stall = Schema.Struct({
  type: Schema.tag("Stall"),
  ...place,
  /** Default: until the client gives up. */
  duration: Schema.optionalKey(DurationInput)
})
/**
 * Nothing goes on for a while: no more is sent, and of the body of a request, or of a session, no more is looked at; but
 * the connection is there. Timers of the session do not end it meanwhile. What a client sends meanwhile waits: up to
 * 8 MiB, then the client does; of a stall without end it is thrown away, so that a client that goes is noticed.
 */
export interface Stall extends Schema.Schema.Type<typeof Stall> {}

/** The schema of {@link Reset}. */
export const Reset = Schema.Struct({ type: Schema.tag("Reset"), ...place })
/** The connection is reset (RST): clients see `ECONNRESET`. */
export interface Reset extends Schema.Schema.Type<typeof Reset> {}

/** The schema of {@link HalfOpen}. */
export const HalfOpen = Schema.Struct({ type: Schema.tag("HalfOpen"), ...place })
/**
 * The other side is gone without a word, as when a cable is pulled: nothing more is read, sent or closed, not even when
 * the client closes. It ends with the emulator.
 */
export interface HalfOpen extends Schema.Schema.Type<typeof HalfOpen> {}

/** With these, what is sent would not be what the head says: that is what `Truncate` and `Malform` are for. */
const framing = /^(?:content-length|trailer|transfer-encoding|upgrade)$/i

/** The schema of {@link Answer}. */
export const Answer = Schema.Struct({
  type: Schema.tag("Answer"),
  status: Schema.Int.check(Schema.isBetween({ minimum: 200, maximum: 599 })),
  /**
   * What the body is like. `legacy`, the default: `err_code`, `err_msg` and `request_id`, as the voice API answers;
   * `modern`: `category`, `message`, `details` and `request_id`, as the management API does; `errorCode`: `error_code`,
   * as Deepgram documents 503; `text`: a plain text; `json-text`: a text as JSON; `html`: the page of a proxy;
   * `empty`: nothing.
   */
  shape: Schema.optionalKey(
    Schema.Literals(["legacy", "modern", "errorCode", "text", "json-text", "html", "empty"])
  ),
  /** Default: what Deepgram says with this status. */
  code: Schema.optionalKey(Schema.String),
  /** Default: what Deepgram says with this status. */
  message: Schema.optionalKey(Schema.String),
  /** `Retry-After`, in seconds. */
  retryAfter: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))),
  /** `X-RateLimit-Reset`: the limit ends so many seconds from now; sent as seconds since 1970. */
  rateLimitReset: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))),
  /** Other headers, but for those that say how the body is sent: its length, trailers, another protocol. */
  headers: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.String).check(Schema.makeFilter(
      (headers: Readonly<Record<string, string>>) =>
        Object.entries(headers).every(([name, value]) =>
          /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && !framing.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
        ),
      { expected: "headers that can be sent, none of which says how the body is" }
    ))
  )
})
/** Something else is answered, to a request or to a handshake; nothing of it is done or charged. */
export interface Answer extends Schema.Schema.Type<typeof Answer> {}

/** The schema of {@link Truncate}. */
export const Truncate = Schema.Struct({
  type: Schema.tag("Truncate"),
  /** Bytes of the body that arrive. */
  after: Schema.optionalKey(Count)
})
/**
 * The body of the answer ends early, and with it the connection; its head promised more. One that has no more is left
 * alone.
 */
export interface Truncate extends Schema.Schema.Type<typeof Truncate> {}

/** The schema of {@link Malform}. */
export const Malform = Schema.Struct({
  type: Schema.tag("Malform"),
  /**
   * `json`, the default: begins like JSON and is none. `shape`: JSON of another shape. `html`: a page, with its content
   * type and status 200. `encoding`: bytes that are no UTF-8. `empty`: nothing.
   */
  how: Schema.optionalKey(Schema.Literals(["json", "shape", "html", "encoding", "empty"]))
})
/** The body of a successful answer is something else. */
export interface Malform extends Schema.Schema.Type<typeof Malform> {}

/** The schema of {@link Oversize}. */
export const Oversize = Schema.Struct({
  type: Schema.tag("Oversize"),
  /** Bytes that are added. */
  bytes: Count
})
/** The body of an answer, also of a failure, is larger than it should be: to texts, spaces are added; to audio, zeros. */
export interface Oversize extends Schema.Schema.Type<typeof Oversize> {}

/** The schema of {@link Close}. */
export const Close = Schema.Struct({
  type: Schema.tag("Close"),
  /** A code that may be sent; default: none, so that the client sees 1005. 1006 is what a `Reset` looks like. */
  code: Schema.optionalKey(Schema.Int.check(Schema.makeFilter(
    (code: number) =>
      (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) ||
      (code >= 3000 && code <= 4999),
    { expected: "a close code that may be sent" }
  ))),
  /** At most 123 bytes. */
  reason: Schema.optionalKey(Schema.String.check(Schema.makeFilter(
    (reason: string) => new TextEncoder().encode(reason).length <= 123,
    { expected: "at most 123 bytes" }
  ))),
  after: place.after,
  of: place.of
})
/** A session is closed by the emulator. */
export interface Close extends Schema.Schema.Type<typeof Close> {}

/** The schema of {@link Duplicate}. */
export const Duplicate = Schema.Struct({
  type: Schema.tag("Duplicate"),
  ...frame,
  /** All that follow too. */
  all: Schema.optionalKey(Schema.Boolean)
})
/** A message of the emulator is sent twice. */
export interface Duplicate extends Schema.Schema.Type<typeof Duplicate> {}

/** The schema of {@link Unknown}. */
export const Unknown = Schema.Struct({
  type: Schema.tag("Unknown"),
  ...frame,
  /** Any JSON. Default: an object with a `type` of its own. */
  message: Schema.optionalKey(Schema.Json)
})
/** A message that no documentation knows is sent in front of another one. */
export interface Unknown extends Schema.Schema.Type<typeof Unknown> {}

/** The schema of {@link Garble}. */
export const Garble = Schema.Struct({ type: Schema.tag("Garble"), ...frame })
/** The next text message of the emulator is cut in the middle, so that it is no JSON. Audio is left alone. */
export interface Garble extends Schema.Schema.Type<typeof Garble> {}

/** The schema of {@link Concurrency}. */
export const Concurrency = Schema.Struct({
  type: Schema.tag("Concurrency"),
  most: Count,
  /** `Retry-After`, in seconds. */
  retryAfter: Answer.fields.retryAfter
})
/**
 * More calls at a time of one project than these are answered with 429, as Deepgram limits them; sessions count until they
 * end. Only calls that the rule means count.
 */
export interface Concurrency extends Schema.Schema.Type<typeof Concurrency> {}

/** The schema of {@link ExpireTokens}. */
export const ExpireTokens = Schema.Struct({
  type: Schema.tag("ExpireTokens"),
  /** Since they were granted. Default 0. */
  after: Schema.optionalKey(DurationInput)
})
/** Access tokens are refused with 401 earlier than they say, by the clock. API keys are not. */
export interface ExpireTokens extends Schema.Schema.Type<typeof ExpireTokens> {}

/** The schema of {@link Fault}. */
export const Fault = Schema.Union([
  Latency,
  Bandwidth,
  Stall,
  Reset,
  HalfOpen,
  Answer,
  Truncate,
  Malform,
  Oversize,
  Close,
  Duplicate,
  Unknown,
  Garble,
  Concurrency,
  ExpireTokens
]).annotate({ expected: "a fault with one of the types that there are" })
/** Something that goes wrong with a call. What does not fit a call, such as the `body` of a session, leaves it alone. */
export type Fault =
  | Latency
  | Bandwidth
  | Stall
  | Reset
  | HalfOpen
  | Answer
  | Truncate
  | Malform
  | Oversize
  | Close
  | Duplicate
  | Unknown
  | Garble
  | Concurrency
  | ExpireTokens

/** The schema of {@link When}. */
export const When = Schema.Struct({
  /** In capitals. */
  method: Schema.optionalKey(
    Schema.String.check(Schema.isPattern(/^[^a-z]+$/, { expected: "a method in capitals, such as GET" }))
  ),
  /** Without the query; `*` stands for anything: `/v1/projects/*`. */
  path: Schema.optionalKey(
    Schema.String.check(Schema.isPattern(/^[^?#]+$/, { expected: "a path without a query, such as /v1/projects/*" }))
  ),
  /** Requests, or sessions over WebSocket. */
  transport: Schema.optionalKey(Schema.Literals(["http", "websocket"]))
})
/** Which calls are meant: those that all of it fits. The preflights of browsers are none, unless `method` is `OPTIONS`. */
export interface When extends Schema.Schema.Type<typeof When> {}

/** The schema of {@link Rule}. */
export const Rule = Schema.Struct({
  /** For the log. Default: its place in the plan. */
  name: Schema.optionalKey(Schema.String),
  /** Default: every call. */
  when: Schema.optionalKey(When),
  /** Happen together. */
  faults: Schema.NonEmptyArray(Fault),
  /** Default 0. */
  skip: Schema.optionalKey(Count),
  /** Default: always. */
  times: Schema.optionalKey(Count),
  /** From 0 to 1, the default. */
  probability: Schema.optionalKey(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })))
})
/**
 * What goes wrong when. Of the calls that it fits, `skip` pass; of the `times` that follow, each goes wrong with
 * `probability`.
 */
export interface Rule extends Schema.Schema.Type<typeof Rule> {}

/** The schema of {@link Plan}. */
export const Plan = Schema.Struct({
  /** What is random follows from it: the same calls in the same order meet the same faults. Default 0. */
  seed: Schema.optionalKey(Schema.Int),
  rules: Schema.Array(Rule)
})
/**
 * What goes wrong. All rules that fit a call count; where two exclude each other, such as answers, the first one does. What is about the
 * emulator itself, `/` and `/_emulator/...`, never goes wrong.
 */
export interface Plan extends Schema.Schema.Type<typeof Plan> {}

/**
 * A plan of rules; a fault alone happens to every call.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Emulator, Faults, Recording } from "@effect-deepgram/emulator"
 * import { ListenV1, Transcript } from "effect-deepgram"
 *
 * const faults = Faults.plan([
 *   { type: "Latency", delay: 20, jitter: 10 },
 *   { when: { path: "/v1/listen" }, times: 2, faults: [{ type: "Answer", status: 503, retryAfter: 0 }] }
 * ], { seed: 7 })
 *
 * // The SDK tries again, twice.
 * export const program = ListenV1.transcribeFile(Recording.wav("Still here."), { model: "nova-3", punctuate: true }).pipe(
 *   Effect.map((transcription) => Transcript.toText(transcription)),
 *   Effect.provide(Emulator.layerSdk({ faults }))
 * )
 * // => "Still here."
 * ```
 */
export const plan = (
  rules: ReadonlyArray<Rule | Fault>,
  options: { readonly seed?: number | undefined } = {}
): Plan => ({
  seed: options.seed ?? 0,
  rules: rules.map((rule): Rule => "faults" in rule ? rule : { faults: [rule] })
})

/** The schema of {@link Injected}. */
export const Injected = Schema.Struct({
  /** Milliseconds since 1970, by the clock of the emulator. */
  time: Schema.Finite,
  /** As in `dg-request-id`. */
  requestId: Schema.String,
  method: Schema.String,
  /** Without the query. */
  path: Schema.String,
  /** The name of the rule or its place in the plan; `call` for a fault that the call itself asked for. */
  rule: Schema.String,
  fault: Fault
})
/** A fault that took effect. What goes on, such as `Bandwidth` or the lateness of all messages, is there once a call. */
export interface Injected extends Schema.Schema.Type<typeof Injected> {}

/** A plan that cannot be carried out. */
export class PlanError extends Schema.TaggedError<PlanError>()("PlanError", {
  /** What is wrong with it, and where. */
  message: Schema.String
}) {}

/** The faults of a running emulator. */
export interface Controls {
  /** Takes the place of the plan there is, for calls that begin from now on; counting starts anew. */
  readonly set: (plan: Plan) => Effect.Effect<void, PlanError>
  /** Nothing goes wrong any more, but for what has begun. */
  readonly clear: Effect.Effect<void>
  readonly plan: Effect.Effect<Plan>
  /** The last 10,000 faults that happened, in their order: each when it takes effect. */
  readonly injected: Effect.Effect<ReadonlyArray<Injected>>
}
