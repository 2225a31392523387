/** What goes wrong with the messages of sessions. */
import type { Kind } from "./kinds.ts"
import { type Expected, failure, isSession, type Row, success, timedOut, unaffected } from "./matrixExpected.ts"

interface Moment {
  readonly after: number
  readonly of?: "client"
}

const moments: ReadonlyArray<Moment> = [{ after: 0 }, { after: 1 }, { after: 2 }, { after: 1, of: "client" }]

/**
 * A close is the end that was asked for, if it comes behind all that has to be said. Live speech of Aura has no last
 * message: an early end looks like one that was asked for, if it was.
 */
const isEnd = (code: number, { after, of }: Moment, kind: Kind): "yes" | "no" | "perhaps" => {
  if (code !== 1000 && code !== 1005) return "no"
  if (kind.operation === "SpeakV1.speakStream") return "perhaps"
  return kind.operation === "ListenV1.transcribeStream" && code === 1000 && after === 2 && of === undefined
    ? "yes"
    : "no"
}

const closed = (code: number, moment: Moment) => (kind: Kind): Expected | ReadonlyArray<Expected> => {
  const asked = isEnd(code, moment, kind)
  const failed = failure("ConnectionClosed", 1, { code })
  const ended = success(1, { text: /^/, messages: "any" })
  return asked === "yes" ? success(1) : asked === "no" ? failed : [failed, ended]
}

const closes = [1000, 1001, 1005, 1008, 1009, 1011, 4000].flatMap((code) =>
  moments.map((moment): Row => ({
    name: `a close with ${code} after ${moment.after}${moment.of === undefined ? "" : ` of the ${moment.of}`}`,
    faults: [{ type: "Close", ...moment, ...(code === 1005 ? undefined : { code }) }],
    only: isSession,
    expected: closed(code, moment)
  }))
)

const reasons: ReadonlyArray<Row> = [
  {
    name: "a close for silence",
    faults: [{ type: "Close", code: 1011, reason: "Nothing came. See https://dpgr.am/net0001" }],
    only: isSession,
    expected: () => failure("IdleTimeout", 1, { code: 1011 })
  },
  {
    name: "a close for audio that is none",
    faults: [{ type: "Close", code: 1008, reason: "DATA-0000" }],
    only: isSession,
    expected: () => failure("ConnectionClosed", 1, { code: 1008, reason: "DATA-0000" })
  }
]

const more = (count: number) => (undisturbed: number): number => undisturbed + count

const duplicates: ReadonlyArray<Row> = [
  ...[0, 1].map((after): Row => ({
    name: `message ${after} twice`,
    faults: [{ type: "Duplicate", after }],
    only: isSession,
    expected: () => success(1, { messages: more(1) })
  })),
  {
    name: "every message twice",
    faults: [{ type: "Duplicate", all: true }],
    only: isSession,
    expected: () => success([1, 1000], { messages: (undisturbed) => undisturbed * 2 })
  }
]

const strange = [
  undefined,
  { type: "SomethingNew", with: ["members"] },
  { type: "__proto__" },
  { type: 5 },
  { no: "type" },
  [],
  "text",
  17,
  null
]

const unknown = strange.flatMap((message) =>
  [0, 1].map((after): Row => ({
    name: `${message === undefined ? "an unknown message" : JSON.stringify(message)} before message ${after}`,
    faults: [{ type: "Unknown", after, ...(message === undefined ? undefined : { message }) }],
    only: isSession,
    expected: () => success(1, { messages: more(1), unrecognized: 1 })
  }))
)

/** Known by its name, but not what it promises. */
const wrong: Row = {
  name: "a message of a known type that is malformed",
  faults: [{ type: "Unknown", message: { type: "Warning", description: { is: "no text" } } }],
  only: isSession,
  expected: (kind) =>
    // It has no warnings.
    kind.operation === "ListenV1.transcribeStream"
      ? success(1, { messages: more(1), unrecognized: 1 })
      : failure("ProtocolError", 1)
}

/** What cannot be read is unrecognized; whoever waits for it waits in vain. */
const garbled: Readonly<Record<string, ReadonlyArray<Expected>>> = {
  "ListenV1.transcribeStream": [
    success(1, { text: /^$/, unrecognized: 1 }),
    failure("ConnectionClosed", 1, { code: 1000 })
  ],
  "ListenV2.transcribeStream": [success(1, { unrecognized: 1 }), success(1, { unrecognized: 1 })],
  "SpeakV1.speakStream": [success(1, { unrecognized: 1 }), unaffected],
  "SpeakV2.speakStream": [success(1, { unrecognized: 1 }), success(1, { unrecognized: 1 })],
  "AgentV1.converse": [timedOut("open"), timedOut("open")]
}

const garbles = [0, 1].map((after): Row => ({
  name: `message ${after} cut in the middle`,
  faults: [{ type: "Garble", after }],
  only: isSession,
  expected: (kind) => garbled[kind.operation]?.[after] ?? []
}))

/** Faults of messages. */
export const frames: ReadonlyArray<Row> = [...closes, ...reasons, ...duplicates, ...unknown, wrong, ...garbles]
