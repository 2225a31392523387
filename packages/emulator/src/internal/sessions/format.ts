/** What stands in a file of recorded calls: one JSON object in each line, in the order in which it happened. */
import * as Schema from "effect/Schema"

/** The version of the format that is written, and the only one that is read. */
export const formatVersion = 1

/** The first line of a file. */
export const Header = Schema.Struct({
  type: Schema.tag("Header"),
  format: Schema.Literal("deepgram-emulator-sessions"),
  /** Of the format; grows when older readers could not read it any more. */
  version: Schema.Int,
  /** Version of the emulator that recorded. */
  emulator: Schema.String,
  /** Milliseconds since 1970. */
  time: Schema.Finite
})
/** What the first line says. */
export interface Header extends Schema.Schema.Type<typeof Header> {}

const Headers = Schema.Array(Schema.Tuple([Schema.String, Schema.String]))

/** What every line about a call has. */
const ofCall = {
  /** The call: what `dg-request-id` says. */
  id: Schema.String,
  /** Milliseconds since the call began. */
  at: Schema.Finite
}

/** Bytes: text if they are UTF-8 without control characters, base64 otherwise. */
const content = {
  text: Schema.optionalKey(Schema.String),
  base64: Schema.optionalKey(Schema.String)
}

/** A call begins: the head of a request. What proves who calls is not in it. */
export const Call = Schema.Struct({
  type: Schema.tag("Call"),
  id: ofCall.id,
  /** Milliseconds since 1970. */
  time: Schema.Finite,
  transport: Schema.Literals(["http", "websocket"]),
  method: Schema.String,
  /** Path and query. */
  target: Schema.String,
  /** In their order. */
  headers: Headers,
  /** The faults that the call asked for itself, as JSON. */
  faults: Schema.optionalKey(Schema.String)
})
/** The head of a request. */
export interface Call extends Schema.Schema.Type<typeof Call> {}

/** A piece of the body of the request, as it came. */
export const RequestBody = Schema.Struct({ type: Schema.tag("RequestBody"), ...ofCall, ...content })
/** The request is there as a whole. */
export const RequestEnd = Schema.Struct({ type: Schema.tag("RequestEnd"), ...ofCall })
/** The head of the answer; status 101 opens a session. */
export const Answer = Schema.Struct({
  type: Schema.tag("Answer"),
  ...ofCall,
  status: Schema.Int,
  headers: Headers
})
/** A piece of the body of the answer, as it went. */
export const AnswerBody = Schema.Struct({ type: Schema.tag("AnswerBody"), ...ofCall, ...content })

const frame = {
  ...ofCall,
  ...content,
  /** A text message, or a binary one: audio. */
  kind: Schema.Literals(["text", "binary"])
}

/** A message of the client. */
export const Received = Schema.Struct({ type: Schema.tag("Received"), ...frame })
/** A message of the emulator. */
export const Sent = Schema.Struct({ type: Schema.tag("Sent"), ...frame })
/** Who closed a session first, and how. */
export const Closed = Schema.Struct({
  type: Schema.tag("Closed"),
  ...ofCall,
  by: Schema.Literals(["client", "server"]),
  /** 1005: none was sent. */
  code: Schema.Int,
  reason: Schema.String
})
/** The call is over. */
export const CallEnd = Schema.Struct({
  type: Schema.tag("CallEnd"),
  ...ofCall,
  /** Who broke it off, if the answer was not complete or the session not closed. */
  cut: Schema.optionalKey(Schema.Literals(["client", "server"]))
})

/** What belongs to a call, in the order in which it happened. */
export const Part = Schema.Union([RequestBody, RequestEnd, Answer, AnswerBody, Received, Sent, Closed, CallEnd])
/** One of them. */
export type Part = Schema.Schema.Type<typeof Part>

/** The last line of a file: the emulator was stopped, nothing is missing. */
export const End = Schema.Struct({
  type: Schema.tag("End"),
  /** Milliseconds since 1970. */
  time: Schema.Finite
})
/** What the last line says. */
export interface End extends Schema.Schema.Type<typeof End> {}

/** A line of a file. */
export const Line = Schema.Union([Header, Call, Part, End])
/** One of them. */
export type Line = Schema.Schema.Type<typeof Line>

/** A file that cannot be read. */
export class SessionsError extends Schema.TaggedError<SessionsError>()("SessionsError", {
  /** The file. */
  path: Schema.String,
  /** Where it is damaged, from 1; without one the file itself cannot be had. */
  line: Schema.optionalKey(Schema.Int),
  problem: Schema.String
}) {
  override get message(): string {
    return `${this.path}${this.line === undefined ? "" : `, line ${this.line}`}: ${this.problem}`
  }
}

/** A recorded call. */
export interface RecordedCall extends Call {
  /** Everything that happened to it, in order. */
  readonly parts: ReadonlyArray<Part>
}

/** A file of recorded calls. */
export interface Recorded {
  readonly header: Header
  /** In the order in which they began. */
  readonly calls: ReadonlyArray<RecordedCall>
  /**
   * Whether the file has its end. One of an emulator that still runs, or that was killed, has not: its last calls may lack
   * parts, and of a last line that is cut off nothing is left.
   */
  readonly complete: boolean
}
