/** What goes wrong with the connection, whatever is said on it. */
import type { Faults } from "@effect-deepgram/emulator"
import type { Transport } from "../sessions/support.ts"
import type { Kind } from "./kinds.ts"
import { type Expected, failure, isRequest, isSession, type Row, success, timedOut, tries } from "./matrixExpected.ts"

interface Place {
  readonly at: NonNullable<Faults.Stall["at"]>
  readonly after: number
  readonly of?: "server" | "client"
  readonly into?: number
}

const places: ReadonlyArray<Place> = [
  { at: "request", after: 0 },
  { at: "request", after: 10 },
  { at: "head", after: 0 },
  { at: "head", after: 20 },
  { at: "body", after: 0 },
  { at: "body", after: 10 },
  { at: "frame", after: 0 },
  { at: "frame", after: 1 },
  { at: "frame", after: 2 },
  { at: "frame", after: 1, of: "client" },
  { at: "frame", after: 0, into: 1 },
  { at: "frame", after: 1, into: 20 }
]

/** Whether a call comes to that place. */
const comesTo = ({ at }: Place, kind: Kind): boolean => {
  switch (at) {
    case "request":
      return kind.hasBody
    case "head":
      return true
    case "body":
      return !isSession(kind)
    case "frame":
      return isSession(kind)
  }
}

/** An agent is open when its settings are applied, by its second message. */
const isOpening = ({ after, at, of }: Place, kind: Kind): boolean =>
  at !== "frame" || kind.operation === "AgentV1.converse" && of !== "client" && after < 2

const unanswered = (place: Place) => (kind: Kind): Expected | ReadonlyArray<Expected> =>
  place.at === "frame" && kind.operation === "AgentV1.converse"
    ? [timedOut("open"), timedOut("silence")]
    : timedOut(isOpening(place, kind) ? "open" : "silence")

/** A connection that breaks before the answer has begun is dialled again. */
const broken = (kind: Kind, { isWs }: Transport, often: readonly [number, number]): Expected =>
  // Node's own does not say why there was no handshake.
  isSession(kind) && !isWs
    ? failure("HandshakeRejected", 1, { status: undefined, requestId: undefined })
    : failure("TransportError", often)

const reset = (place: Place) => (kind: Kind, transport: Transport): Expected | ReadonlyArray<Expected> => {
  const often = [tries(kind), tries(kind)] as const
  if (place.at === "frame") {
    const closed = failure("ConnectionClosed", 1, { code: 1006, reason: "" })
    // What was sent before a reset may be lost with it, that the socket is open too.
    return [closed, broken(kind, transport, often)]
  }
  // Once audio comes, nothing is tried again; whether its head came before the reset depends on who is faster.
  return place.at === "body" && kind.answer === "audio"
    ? broken(kind, transport, [1, tries(kind)])
    : broken(kind, transport, often)
}

const nameOf = ({ after, at, into, of }: Place): string =>
  `${at} after ${after}${of === undefined ? "" : ` of the ${of}`}${into === undefined ? "" : ` and ${into} bytes`}`

const stalls = places.map((place): Row => ({
  name: `a stall in the ${nameOf(place)}`,
  faults: [{ type: "Stall", ...place }],
  only: (kind) => comesTo(place, kind),
  expected: unanswered(place)
}))

const pauses = places.map((place): Row => ({
  name: `a pause in the ${nameOf(place)}`,
  faults: [{ type: "Stall", ...place, duration: 30 }],
  only: (kind) => comesTo(place, kind),
  expected: () => success(1)
}))

const halfOpen = places.map((place): Row => ({
  name: `a connection that is half open from the ${nameOf(place)}`,
  faults: [{ type: "HalfOpen", ...place }],
  only: (kind) => comesTo(place, kind),
  expected: unanswered(place)
}))

const resets = places.map((place): Row => ({
  name: `a reset in the ${nameOf(place)}`,
  faults: [{ type: "Reset", ...place }],
  only: (kind) => comesTo(place, kind),
  expected: reset(place)
}))

const truncated = [0, 10].map((after): Row => ({
  name: `an answer that breaks off after ${after}`,
  faults: [{ type: "Truncate", after }],
  only: isRequest,
  expected: (kind) => failure("TransportError", kind.answer === "audio" ? 1 : tries(kind), {}, true)
}))

/** What breaks once is tried again, if no audio has come. */
const passing: ReadonlyArray<Row> = [
  {
    name: "a reset of the first two",
    times: 2,
    faults: [{ type: "Reset" }],
    expected: (kind, transport) =>
      kind.isRepeated && (transport.isWs || !isSession(kind)) ? success(2) : broken(kind, transport, [1, 1])
  },
  {
    name: "a first answer that breaks off",
    times: 1,
    faults: [{ type: "Truncate", after: 10 }],
    only: isRequest,
    expected: (kind) => kind.answer === "json" && kind.isRepeated ? success(1) : failure("TransportError", 1, {}, true)
  }
]

const malformed = (["json", "shape", "html", "encoding", "empty"] as const).map((how): Row => ({
  name: `an answer whose ${how} is wrong`,
  faults: [{ type: "Malform", how }],
  only: isRequest,
  expected: (kind) =>
    kind.answer === "audio" && how !== "html"
      // Nothing says that it is no audio.
      ? success(1, { text: /^$/ })
      : failure("DecodeError", 1, { status: 200 }, true)
}))

const oversized: ReadonlyArray<Row> = [
  {
    name: "an answer that is larger by 100 kB",
    faults: [{ type: "Oversize", bytes: 100_000 }],
    // Of audio nobody knows how long it is.
    only: isRequest,
    expected: (kind) => success(1, kind.answer === "audio" ? { text: /One two/ } : {})
  },
  {
    name: "an answer that is larger by 64 MiB",
    only: ({ operation }) => operation === "Projects.list",
    faults: [{ type: "Oversize", bytes: 67_108_864 }],
    expected: () => success(1)
  }
]

/** Late, but complete. */
const slow: ReadonlyArray<Row> = [
  { name: "latency", faults: [{ type: "Latency", delay: 20, jitter: 20 }], expected: () => success(1) },
  {
    name: "latency of each message",
    only: isSession,
    faults: [{ type: "Latency", delay: 3, jitter: 3, each: "frame" }],
    expected: () => success([1, 1000])
  },
  {
    name: "a narrow line",
    faults: [{ type: "Bandwidth", bytesPerSecond: 100_000 }],
    expected: () => success([1, 1000])
  },
  {
    name: "a narrow line upwards",
    faults: [{ type: "Bandwidth", bytesPerSecond: 100_000, direction: "up" }],
    expected: (kind) => success(kind.hasBody || isSession(kind) ? [1, 1000] : [0, 1])
  }
]

/** Faults of the connection. */
export const lines: ReadonlyArray<Row> = [
  ...stalls,
  ...pauses,
  ...halfOpen,
  ...resets,
  ...truncated,
  ...passing,
  ...malformed,
  ...oversized,
  ...slow
]
