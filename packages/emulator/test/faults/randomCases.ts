/** Cases made of a seed: an operation, what goes wrong with it, and how patient its caller is. */
import type { Faults } from "@effect-deepgram/emulator"
import { type Transport, transports } from "../sessions/support.ts"
import { integer, makeRandom, pick, type Random } from "../voice/support.ts"
import { type Kind, kinds } from "./kinds.ts"

/** A case. */
export interface Case {
  readonly number: number
  readonly kind: Kind
  readonly transport: Transport
  /** An access token instead of the key. */
  readonly hasToken: boolean
  readonly faults: ReadonlyArray<Faults.Fault>
  /** How the faults are asked for. */
  readonly by: "header" | "query"
  /** Milliseconds of every limit. */
  readonly limit: number
  /** Milliseconds after which the caller loses interest. */
  readonly interruptedAfter: number | undefined
}

const chance = (random: Random, probability: number): boolean => random() < probability

/** With that probability; else not at all. */
const perhaps = <A extends object>(random: Random, probability: number, make: () => A): A | undefined =>
  chance(random, probability) ? make() : undefined

const count = (random: Random): number => pick(random, [0, 0, 1, 2, 5, 20, 100, 1000])

const everywhere = ["request", "head", "body", "frame"] as const

/** Where there is something of a call. */
const placesIn = ({ hasBody, answer }: Kind): ReadonlyArray<typeof everywhere[number]> =>
  answer === "session" ? ["head", "frame", "frame"] : hasBody ? ["request", "head", "body"] : ["head", "body"]

const placeOf = (random: Random, kind: Kind): Omit<Faults.Reset, "type"> => ({
  ...perhaps(random, 0.9, () => ({ at: pick(random, chance(random, 0.8) ? placesIn(kind) : everywhere) })),
  ...perhaps(random, 0.7, () => ({ after: count(random) })),
  ...perhaps(random, 0.3, () => ({ of: pick(random, ["server", "client"] as const) })),
  ...perhaps(random, 0.3, () => ({ into: count(random) }))
})

const statuses = [
  200,
  201,
  204,
  301,
  304,
  400,
  401,
  402,
  403,
  404,
  408,
  409,
  413,
  415,
  418,
  422,
  429,
  500,
  502,
  503,
  504
]
const shapes = ["legacy", "modern", "errorCode", "text", "json-text", "html", "empty"] as const
const codes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 1014, 3000, 4000, 4999]
const reasons = ["", "Goodbye.", "See https://dpgr.am/net0001", "NET-0004", "DATA-0000", "ü".repeat(61)]
const strange = [null, 0, "", [], {}, { type: "New" }, { type: null }, { type: "Results" }, { type: "Error" }]

const makers: Readonly<Record<Faults.Fault["type"], (random: Random, kind: Kind) => Faults.Fault>> = {
  Latency: (random) => ({
    type: "Latency",
    delay: integer(random, 0, 120),
    ...perhaps(random, 0.5, () => ({ jitter: integer(random, 0, 60) })),
    ...perhaps(random, 0.3, () => ({ each: pick(random, ["call", "frame"] as const) }))
  }),
  Bandwidth: (random) => ({
    type: "Bandwidth",
    bytesPerSecond: 2 ** integer(random, 12, 20),
    ...perhaps(random, 0.5, () => ({ direction: pick(random, ["up", "down"] as const) }))
  }),
  Stall: (random, kind) => ({
    type: "Stall",
    ...placeOf(random, kind),
    ...perhaps(random, 0.5, () => ({ duration: integer(random, 0, 150) }))
  }),
  Reset: (random, kind) => ({ type: "Reset", ...placeOf(random, kind) }),
  HalfOpen: (random, kind) => ({ type: "HalfOpen", ...placeOf(random, kind) }),
  Answer: (random) => ({
    type: "Answer",
    status: pick(random, statuses),
    ...perhaps(random, 0.8, () => ({ shape: pick(random, shapes) })),
    ...perhaps(random, 0.2, () => ({ message: "<b>words</b>" })),
    ...perhaps(random, 0.2, () => ({ retryAfter: pick(random, [0, 0.01, 1, 100_000]) })),
    ...perhaps(random, 0.2, () => ({ rateLimitReset: pick(random, [0, 1, 100_000]) }))
  }),
  Truncate: (random) => ({ type: "Truncate", ...perhaps(random, 0.7, () => ({ after: count(random) })) }),
  Malform: (random) => ({
    type: "Malform",
    how: pick(random, ["json", "shape", "html", "encoding", "empty"] as const)
  }),
  Oversize: (random) => ({ type: "Oversize", bytes: 2 ** integer(random, 0, 14) }),
  Close: (random) => ({
    type: "Close",
    ...perhaps(random, 0.8, () => ({
      code: pick(random, codes),
      ...perhaps(random, 0.5, () => ({ reason: pick(random, reasons) }))
    })),
    ...perhaps(random, 0.7, () => ({ after: integer(random, 0, 6) })),
    ...perhaps(random, 0.3, () => ({ of: pick(random, ["server", "client"] as const) }))
  }),
  Duplicate: (random) => ({
    type: "Duplicate",
    ...perhaps(random, 0.7, () => ({ after: integer(random, 0, 6) })),
    ...perhaps(random, 0.3, () => ({ all: chance(random, 0.5) }))
  }),
  Unknown: (random) => ({
    type: "Unknown",
    ...perhaps(random, 0.7, () => ({ after: integer(random, 0, 6) })),
    ...perhaps(random, 0.7, () => ({ message: pick(random, strange) }))
  }),
  Garble: (random) => ({ type: "Garble", ...perhaps(random, 0.7, () => ({ after: integer(random, 0, 6) })) }),
  Concurrency: (random) => ({ type: "Concurrency", most: integer(random, 0, 3) }),
  ExpireTokens: (random) => ({ type: "ExpireTokens", ...perhaps(random, 0.2, () => ({ after: "1 hour" })) })
}

/** Every type of fault. */
export const types = Object.keys(makers) as ReadonlyArray<Faults.Fault["type"]>

const ofRequests: ReadonlyArray<Faults.Fault["type"]> = ["Truncate", "Malform", "Oversize"]
const ofSessions: ReadonlyArray<Faults.Fault["type"]> = ["Close", "Duplicate", "Unknown", "Garble"]

/** What can go wrong with such a call. */
const fitting = ({ answer }: Kind, hasToken: boolean): ReadonlyArray<Faults.Fault["type"]> => {
  const others = answer === "session" ? ofRequests : ofSessions
  return types.filter((type) => !others.includes(type) && (hasToken || type !== "ExpireTokens"))
}

/** Most of them fit; those that do not must do no harm. */
const faultOf = (random: Random, kind: Kind, hasToken: boolean): Faults.Fault =>
  makers[pick(random, chance(random, 0.85) ? fitting(kind, hasToken) : types)](random, kind)

/** The case of that number: always the same for the same seed. */
export const caseOf = (seed: number, number: number): Case => {
  const random = makeRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b))
  const kind = pick(random, kinds)
  // The management API takes no tokens.
  const hasToken = kind.operation !== "Projects.list" && chance(random, 0.3)
  return {
    number,
    kind,
    transport: pick(random, transports),
    hasToken,
    faults: Array.from({ length: integer(random, 1, 3) }, () => faultOf(random, kind, hasToken)),
    by: pick(random, ["header", "query"] as const),
    limit: integer(random, 200, 1200),
    interruptedAfter: chance(random, 0.2) ? integer(random, 0, 150) : undefined
  }
}

/** Whether a success may have another value, because nothing on the wire says that it is not what was asked for. */
export const mayDiffer = (fault: Faults.Fault, kind: Kind): boolean => {
  switch (fault.type) {
    // Audio may be anything.
    case "Answer":
      return fault.status < 300
    case "Malform":
    case "Oversize":
      return kind.answer === "audio"
    // What was said cannot be read.
    case "Garble":
      return kind.answer === "session"
    // It looks like the end that was asked for, and this channel has no last message.
    case "Close":
      return kind.operation === "SpeakV1.speakStream" && (fault.code === undefined || fault.code === 1000)
    default:
      return false
  }
}
