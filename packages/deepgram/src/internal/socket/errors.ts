/** The one place where what happens to a socket becomes a {@link Errors.LiveError}. */
import * as Duration from "effect/Duration"
import * as Errors from "../../DeepgramError.ts"
import { cutBody, describeCause, describeRefusal, type Origin, quote, withId } from "../errors.ts"
import { inSeconds } from "../seconds.ts"
import { redactCause } from "../secrets.ts"
import type { End } from "./webSocket.ts"

const about = (operation: string, text: string, requestId: string | undefined) => ({
  operation,
  message: withId(`${operation}: ${text}`, requestId),
  ...(requestId === undefined ? undefined : { requestId })
})

const hidden =
  "this runtime does not show why: the credential, the options or the address may be wrong, or the server out of reach"

// Node's own `WebSocket` says the same of every answer that is none of a channel; of a network failure 22 has the cause,
// and 24 says nothing of anything: its error is empty. An `AggregateError` is empty too, but holds why each address failed.
const isUnexplained = (cause: unknown): boolean =>
  !(cause instanceof Error) ||
  cause.cause === undefined && !("errors" in cause) && /^$|non-101|expected 101/i.test(cause.message)

/** Deno and Cloudflare's workers say in words what others say by an answer; the latter name the 101 that they wanted, too. */
const statusIn = (cause: unknown): number | undefined => {
  const said = cause instanceof Error ? cause.message : ""
  const [, status] = /\bbut received ([1-5]\d\d) instead\b/i.exec(said) ??
    /\bstatus code:? (?!101\b)([1-5]\d\d)\b/i.exec(said) ?? []
  return status === undefined ? undefined : Number(status)
}

/** Why a channel was not opened. */
export const fromHandshake = (
  end: End,
  origin: Origin,
  now: number
): Errors.HandshakeRejected | Errors.TransportError => {
  const { operation } = origin
  if (end._tag === "Refused") {
    const { body, fields, message, requestId } = describeRefusal(end, origin, now)
    const text = `the server refused the handshake: ${message}`
    return new Errors.HandshakeRejected({ ...about(operation, text, requestId), ...fields, body })
  }
  const cause = end._tag === "Held" ? undefined : end.cause
  const status = statusIn(cause)
  if (status !== undefined) return fromHandshake({ _tag: "Refused", status, headers: {}, body: "" }, origin, now)
  if (isUnexplained(cause)) {
    return new Errors.HandshakeRejected(about(operation, `the channel could not be opened; ${hidden}`, undefined))
  }
  const why = quote(describeCause(cause), origin)
  return new Errors.TransportError({
    ...about(operation, `no connection: ${why}`, undefined),
    cause: redactCause(cause, origin.secrets)
  })
}

const byReason: Readonly<Record<string, string>> = {
  "BIG-0000": "a message was too large",
  "BIG-0001": "the text of a message was too long",
  "CLIENT_MESSAGE_TIMEOUT": "neither audio nor a KeepAlive came for too long",
  "DATA-0000":
    "the audio could not be decoded: check encoding and sample_rate, and leave both out for audio with a header",
  "DATA-0001": "more text was sent than may be spoken in a minute",
  "MAXIMUM_SESSION_LENGTH_REACHED": "the session reached its longest time: open another one",
  "NET-0000": "Deepgram did not answer in time",
  "NET-0001": "nothing came for too long: keep sending, and with ListenV1 at least one frame of audio before a pause",
  "NET-0003": "the session reached its longest time: open another one",
  "NET-0004": "nothing came for too long"
}

const byCode: Readonly<Record<number, string>> = {
  1000: "the server ended the session before it was closed here",
  1001: "the server goes away: open another session",
  1002: "the server found a frame that is against the protocol",
  1003: "the server does not take this kind of frame",
  1005: "the server closed without a word",
  1006: "the connection broke without a word: the network, a proxy, or the server's process",
  1007: "the server found a text that is no text",
  1008: "the server refused what was sent",
  1009: "a frame was too large for the server",
  1011: "the server failed",
  1012: "the server starts anew: open another session",
  1013: "the server is overloaded: try again later",
  1015: "TLS failed"
}

/** Named as in Deepgram's documents, or by the link to them that ends its reasons: `https://dpgr.am/net0001`. */
const vendorCode = /\b(NET|DATA|BIG|MESSAGE)-?(\d{4})\b/i

const vendorCodeIn = (reason: string): string | undefined => {
  const [, kind, number] = vendorCode.exec(reason) ?? []
  return kind === undefined ? undefined : `${kind.toUpperCase()}-${number}`
}

const idle: ReadonlySet<string | undefined> = new Set(["NET-0001", "NET-0004", "CLIENT_MESSAGE_TIMEOUT"])

/** What the last `Error` message of the server said. */
export interface Complaint {
  readonly code?: string | undefined
  readonly description?: string | undefined
}

/** What is known of the end of a socket that was open. */
export type Closed = Extract<End, { readonly _tag: "Closed" }>

/** Of an end without a code. */
export const held: Closed = {
  _tag: "Closed",
  code: 1006,
  reason: "",
  cause: new Error("the server has closed, but holds the connection")
}

/** A close that the channel's rules do not know as its end; `isTooEarly`: it would be one behind what was left unsaid. */
export const fromClose = (
  end: Closed,
  complaint: Complaint | undefined,
  origin: Origin,
  requestId: string | undefined,
  isTooEarly = false
): Errors.ConnectionClosed | Errors.IdleTimeout => {
  const { code } = end
  const reason = quote(end.reason, origin)
  const name = vendorCodeIn(reason) ?? complaint?.code
  const detail = complaint?.description === undefined ? undefined : quote(complaint.description, origin)
  const errorCode = complaint?.code === undefined ? undefined : quote(complaint.code, origin)
  const why = end.cause instanceof Error ? quote(describeCause(end.cause), origin) : ""
  const explanation = (name === undefined ? undefined : byReason[name]) ??
    (isTooEarly && code === 1000 ? "the server ended the session before it had said everything" : byCode[code]) ??
    "the server gave no known reason"
  // Servers like to repeat in the reason what they have said.
  const isNew = [errorCode, detail].every((said) => said === undefined || !said.includes(reason))
  const said = [errorCode, detail, isNew ? reason : "", why].filter((text) => text !== undefined && text !== "")
  const fields = {
    ...about(
      origin.operation,
      `the session was closed with ${code}: ${explanation}${said.length === 0 ? "" : ` (${said.join(": ")})`}`,
      requestId
    ),
    code,
    reason
  }
  return idle.has(name) ? new Errors.IdleTimeout(fields) : new Errors.ConnectionClosed({
    ...fields,
    ...(errorCode === undefined ? undefined : { errorCode }),
    ...(detail === undefined ? undefined : { detail }),
    ...(end.cause === undefined ? undefined : { cause: redactCause(end.cause, origin.secrets) })
  })
}

export const sendAfterClose = (operation: string, requestId: string | undefined): Errors.SendAfterClose =>
  new Errors.SendAfterClose(about(operation, "not sent: the session was closed here before", requestId))

/** A message of a known type that does not fit it. */
export const malformed = (
  text: string,
  issue: string,
  origin: Origin,
  requestId: string | undefined
): Errors.ProtocolError =>
  new Errors.ProtocolError({
    ...about(
      origin.operation,
      `the server sent a message that cannot be understood: ${quote(issue, origin)}`,
      requestId
    ),
    issue: quote(issue, origin),
    raw: cutBody(text, origin)
  })

/** Messages that are not taken; `why` they cannot wait where they are. */
export const tooSlow = (
  operation: string,
  buffered: number,
  why: string,
  requestId: string | undefined
): Errors.SlowConsumer =>
  new Errors.SlowConsumer({
    ...about(operation, `the messages are not taken fast enough: ${buffered} bytes are waiting, and ${why}`, requestId),
    buffered
  })

/** A second reader would get every other message. */
export const readTwice = (operation: string, requestId: string | undefined): Errors.BadRequest =>
  new Errors.BadRequest({
    ...about(operation, "the messages of this connection are being read already", requestId),
    origin: "client"
  })

/** Something took longer than an option allows. */
export const timedOut = (
  operation: string,
  what: string,
  after: Duration.Duration,
  option: string,
  requestId: string | undefined
): Errors.TimedOut =>
  new Errors.TimedOut({
    ...about(operation, `${what} within ${inSeconds(after)} (the option ${option} allows more)`, requestId),
    after
  })
