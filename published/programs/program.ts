/** What runs everywhere: on Node, Bun and Deno, in browsers and workers, against an emulator. */
import type { Deepgram } from "effect-deepgram/Deepgram"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** Where runtimes really differ. */
export interface Traits {
  /** What a session knows of a handshake that was refused: Deepgram's answer, its status alone, or nothing. */
  readonly refusedHandshake: "answer" | "status" | "nothing"
  /** Whether the emulator says what it is doing: not to pages of other origins. */
  readonly asksEmulator: boolean
  /** Whether the client has an API key; else it has an access token. */
  readonly hasKey: boolean
}

/** What holds of the runtime that runs the programs, and of the client there. */
export class Runtime extends Context.Service<Runtime, Traits>()("published/Runtime") {}

/** One thing that has to be right: it succeeds, or fails with what was wrong. */
export interface Program {
  /** What is shown, in a sentence. */
  readonly name: string
  /** Is not run where the client has an access token only. Default `false`. */
  readonly needsKey?: boolean
  readonly run: Effect.Effect<void, unknown, Deepgram | Runtime>
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
  readonly failure?: string | undefined
}

/** Something is not as it has to be. */
export class Wrong extends Schema.TaggedError<Wrong>()("Wrong", { message: Schema.String }) {}

/** Fails unless both are the same as JSON. */
export const same = (what: string, actual: unknown, expected: unknown): Effect.Effect<void, Wrong> => {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)]
  return is === should
    ? Effect.void
    : Effect.fail(new Wrong({ message: `${what}: expected ${should ?? "nothing"}, got ${is ?? "nothing"}` }))
}

/** Fails unless it holds. */
export const holds = (what: string, condition: boolean): Effect.Effect<void, Wrong> =>
  condition ? Effect.void : Effect.fail(new Wrong({ message: `not so: ${what}` }))
