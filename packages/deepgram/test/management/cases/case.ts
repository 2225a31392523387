/** One call of an operation: what it puts on the wire, and what comes of the answer. */
import type { Effect } from "effect"
import type { Deepgram, DeepgramError } from "effect-deepgram"

/** One call. */
export interface Case {
  /** As in the contract. */
  readonly operation: string
  /** What is special about this one. */
  readonly about?: string
  readonly run: Effect.Effect<unknown, DeepgramError.RequestError, Deepgram.Deepgram>
  /** Method and target, byte for byte. */
  readonly request: string
  /** Byte for byte. */
  readonly body?: string
  /** What the server says: fields that the specification has and some that it has not. */
  readonly answer: unknown
  /** What the caller gets, where it is not the answer itself. */
  readonly value?: unknown
}

export const project = "9db43a4f-4f24-4c0c-a2fc-1c0f19f77869"
export const member = "43d2a494-1f0e-4a93-a0a9-6a7e55a6a0f1"

/** A field that nobody knows yet. */
export const future = { nested: [1, null, "x"] }
