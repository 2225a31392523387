/** A transcription that goes on while audio arrives: what stands between a socket and a recogniser. */
import * as Effect from "effect/Effect"
import type { RecognitionError } from "../../Recognizer.ts"
import type { AudioError } from "../audio/errors.ts"

/** Why a session cannot go on. */
export type LiveProblem = AudioError | RecognitionError

/** Messages to be sent, in order. */
export type Answer<Message> = Effect.Effect<ReadonlyArray<Message>, LiveProblem>

/** Bytes of a frame that are heard at once. */
const pieceBytes = 65_536

/**
 * Hears a frame piece by piece, so that of a large one only the samples of a piece are held; answers what is said to
 * all of them.
 */
export const inPieces = <Message, E>(
  bytes: Uint8Array,
  push: (piece: Uint8Array) => Effect.Effect<ReadonlyArray<Message>, E>
): Effect.Effect<ReadonlyArray<Message>, E> => {
  if (bytes.length <= pieceBytes) return push(bytes)
  const pieces = Array.from(
    { length: Math.ceil(bytes.length / pieceBytes) },
    (_, index) => bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes)
  )
  return Effect.map(Effect.forEach(pieces, push), (said) => said.flat())
}

/** What every channel that listens has in common. */
export interface LiveSession<Message> {
  /** More audio, in frames of any size. */
  readonly push: (bytes: Uint8Array) => Answer<Message>
  /** The client closed the stream: everything that is still to be said. */
  readonly finish: Answer<Message>
  /** The client has stopped sending: fails when what it sent is too little to be audio. */
  readonly verdict: Effect.Effect<void, LiveProblem>
  /** What was heard so far. */
  readonly heard: () => { readonly seconds: number; readonly channels: number }
}
