/** A transcription that goes on while audio arrives: what stands between a socket and a recogniser. */
import type * as Effect from "effect/Effect"
import type { RecognitionError } from "../../Recognizer.ts"
import type { AudioError } from "../audio/errors.ts"

/** Why a session cannot go on. */
export type LiveProblem = AudioError | RecognitionError

/** Messages to be sent, in order. */
export type Said<Message> = Effect.Effect<ReadonlyArray<Message>, LiveProblem>

/** What every channel that listens has in common. */
export interface LiveSession<Message> {
  /** More audio, in frames of any size. */
  readonly push: (bytes: Uint8Array) => Said<Message>
  /** The client closed the stream: everything that is still to be said. */
  readonly finish: Said<Message>
  /** What was heard so far. */
  readonly heard: () => { readonly seconds: number; readonly channels: number }
}
