/** Calls that are answered with something else. */
import type { Faults } from "@effect-deepgram/emulator"
import { Duration } from "effect"
import type { DeepgramError } from "effect-deepgram"
import type { Transport } from "../sessions/support.ts"
import type { Kind } from "./kinds.ts"
import { type Expected, failure, isSession, type Row, success, tries, unaffected } from "./matrixExpected.ts"

/** What a status is to the SDK. */
const tags: Readonly<Record<number, DeepgramError.StatusError["_tag"]>> = {
  200: "UnexpectedStatus",
  302: "UnexpectedStatus",
  400: "BadRequest",
  401: "Unauthorized",
  402: "PaymentRequired",
  403: "PermissionDenied",
  404: "NotFound",
  408: "RequestTimeout",
  409: "Conflict",
  413: "PayloadTooLarge",
  415: "UnsupportedMediaType",
  418: "UnexpectedStatus",
  422: "UnprocessableEntity",
  429: "RateLimited",
  500: "ServerError",
  502: "ServerError",
  503: "ServerError",
  504: "ServerError",
  599: "ServerError"
}

const isRetried = (status: number): boolean => status === 408 || status === 429 || status >= 500

/** What is known of the answer besides its status. */
interface Said {
  readonly code?: string | undefined
  readonly detail?: string | undefined
  readonly hasId?: boolean
}

/** The error that an answer is. Only `ws` shows what a handshake was answered with; without that nothing is tried again. */
const refused = (
  status: number,
  kind: Kind,
  { isWs }: Transport,
  { hasId = true, ...said }: Said = {},
  waits: Readonly<Record<string, Duration.Duration>> = {}
): Expected => {
  if (isSession(kind) && !isWs) {
    // Node's own asks again with the same credential, as for a page that wants a password.
    const often = status === 401 ? [1, 2] as const : 1
    return failure("HandshakeRejected", often, { status: undefined, code: undefined, requestId: undefined })
  }
  const often = isRetried(status) ? tries(kind) : 1
  const fields = { status, ...said, ...waits, ...(hasId ? undefined : { requestId: undefined }) }
  return isSession(kind)
    ? failure("HandshakeRejected", often, fields, hasId)
    : failure(tags[status] ?? "ServerError", often, { ...fields, origin: "server" }, hasId)
}

const legacy: Row["name"] = "as the voice API says it"

const statuses = Object.keys(tags).map(Number).filter((status) => status >= 400).map((status): Row => ({
  name: `${status}, ${legacy}`,
  faults: [{ type: "Answer", status }],
  expected: (kind, transport) => refused(status, kind, transport)
}))

const code = "SOMETHING"
const message = "Some words."

/** What each shape tells of the error. */
const shapes = {
  legacy: { code, detail: message },
  modern: { code, detail: `${message}: Service Unavailable` },
  errorCode: { code, detail: message },
  text: { code: undefined, detail: message },
  "json-text": { code: undefined, detail: message },
  html: { code: undefined, detail: message, hasId: false },
  empty: { code: undefined, detail: message }
} satisfies Record<NonNullable<Faults.Answer["shape"]>, Said>

const shaped = Object.entries(shapes).map(([shape, said]): Row => ({
  name: `503 as ${shape}`,
  faults: [{ type: "Answer", status: 503, shape: shape as keyof typeof shapes, code, message }],
  expected: (kind, transport) => refused(503, kind, transport, said)
}))

/** A redirect is not followed; whether `fetch` says what it was depends on how much was sent. */
const redirect: Row = {
  name: "302",
  faults: [{ type: "Answer", status: 302, shape: "empty", headers: { location: "/v1/projects" } }],
  expected: (kind, transport) =>
    !transport.isWs && !isSession(kind) && !kind.isRepeated
      ? failure("UnexpectedStatus", 1, { status: undefined, origin: "server" })
      : refused(302, kind, transport)
}

/** Success, but not with what was asked for. */
const others = (["legacy", "text", "html", "empty"] as const).map((shape): Row => ({
  name: `200 as ${shape}`,
  faults: [{ type: "Answer", status: 200, shape }],
  expected: (kind, transport) => {
    if (isSession(kind)) return refused(200, kind, transport, { hasId: shape !== "html" })
    // Deepgram leaves empty lists out.
    if (kind.operation === "Projects.list" && shape === "legacy") return success(1, { text: /^$/ })
    // Nothing says that nothing is no audio.
    if (kind.answer === "audio" && shape === "empty") return success(1, { text: /^$/ })
    return failure("DecodeError", 1, { status: 200 }, shape !== "html")
  }
}))

/** The server says when to come again. */
const waits: ReadonlyArray<Row> = [
  {
    name: "429 with Retry-After",
    faults: [{ type: "Answer", status: 429, retryAfter: 2 }],
    expected: (kind, transport) => refused(429, kind, transport, {}, { retryAfter: Duration.seconds(2) })
  },
  {
    name: "503 with X-RateLimit-Reset",
    faults: [{ type: "Answer", status: 503, shape: "empty", rateLimitReset: 30 }],
    expected: (kind, transport) => refused(503, kind, transport)
  }
]

/** What goes wrong once or twice is tried again. */
const passing = [1, 2].map((times): Row => ({
  name: `503 for ${times} times`,
  times,
  faults: [{ type: "Answer", status: 503, shape: "html" }],
  expected: (kind, transport) =>
    kind.isRepeated && (transport.isWs || !isSession(kind))
      ? success(times)
      : refused(503, kind, transport, { hasId: false })
}))

const crowded: ReadonlyArray<Row> = [
  {
    name: "more at a time than none",
    faults: [{ type: "Concurrency", most: 0, retryAfter: 0 }],
    expected: (kind, transport) => refused(429, kind, transport)
  },
  {
    name: "no more at a time than one",
    faults: [{ type: "Concurrency", most: 1 }],
    expected: () => unaffected
  }
]

/** Answers of every status and shape. */
export const answers: ReadonlyArray<Row> = [
  ...statuses,
  ...shaped,
  redirect,
  ...others,
  ...waits,
  ...passing,
  ...crowded
]

/** Only who has a token is refused. */
export const expired: ReadonlyArray<Row> = [
  {
    name: "tokens that expire, although it has none",
    faults: [{ type: "ExpireTokens" }],
    expected: () => unaffected
  },
  {
    name: "a token that expires at once",
    hasToken: true,
    // The management API takes no tokens.
    only: ({ operation }) => operation !== "Projects.list",
    faults: [{ type: "ExpireTokens" }],
    expected: (kind, transport) => refused(401, kind, transport, { code: "INVALID_AUTH" })
  },
  {
    name: "a token that expires in time",
    hasToken: true,
    only: ({ operation }) => operation !== "Projects.list",
    faults: [{ type: "ExpireTokens", after: "1 hour" }],
    expected: () => unaffected
  }
]
