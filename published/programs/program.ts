/** What runs everywhere: on Node, Bun and Deno, in browsers and workers, against an emulator. */
import type { Deepgram } from "effect-deepgram"
import type * as Effect from "effect/Effect"

/** One thing that has to be right: it succeeds, or fails with what was wrong. */
export interface Program {
  /** What is shown, in a sentence. */
  readonly name: string
  readonly run: Effect.Effect<void, unknown, Deepgram.Deepgram>
}

/** Programs about one part of the SDK. */
export interface Suite {
  readonly name: string
  readonly programs: ReadonlyArray<Program>
}

/** How one program ended; what runners write, one JSON text to a line. */
export interface Outcome {
  readonly suite: string
  readonly program: string
  /** Nothing when it is right. */
  readonly failure: string | undefined
}
