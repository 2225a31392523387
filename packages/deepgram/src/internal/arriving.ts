/** The short way of a body that is read as it arrives, for transports of this SDK. */
import type * as HttpClientError from "effect/http/HttpClientError"
import { hasProperty } from "effect/Predicate"
import type { Answer } from "./direct.ts"

/** Pieces of a body. */
export type Chunks = readonly [Uint8Array, ...Array<Uint8Array>]

/** What there is of a body: more of it, its end, or why there is no more. */
export type Arrived = Chunks | "ended" | HttpClientError.HttpClientError

/** A body for one reader, who needs no effect to look whether there is more, and no fiber to wait for it. */
export interface Arriving {
  /** What has come since the last time, if anything has. */
  readonly take: () => Arrived | undefined
  /** Who is told, once, of what comes next; nobody any more, where there is nobody. */
  readonly onArrival: (wake: ((arrived: Arrived) => void) | undefined) => void
}

/** By this text, as `@effect-deepgram/node` has it too. Only the answer has it that the short way asked for. */
const key = "effect-deepgram/arriving"

export const arrivingOf = (response: Answer): Arriving | undefined =>
  hasProperty(response, key) ? response[key] as Arriving | undefined : undefined
