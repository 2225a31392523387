import { Emulator, Recording } from "@effect-deepgram/emulator"
import { Effect, type Scope } from "effect"
import { Deepgram, ListenV1, Projects } from "effect-deepgram"
import type { HttpServer } from "effect/http"

/** How an operation is shown to work. */
export interface RoundTrip {
  /** The functions that send it; the one of the same name unless said otherwise. */
  readonly functions?: ReadonlyArray<string>
  readonly run: Effect.Effect<
    unknown,
    unknown,
    Deepgram.Deepgram | Emulator.Emulator | HttpServer.HttpServer | Scope.Scope
  >
}

/** The project of the emulator. */
export const project = Effect.map(Projects.list(), ({ projects }) => projects[0]!.project_id)

export const inProject = <A, E, R>(use: (id: string) => Effect.Effect<A, E, R>) => Effect.flatMap(project, use)

export const text = "Thank you for calling. The parcel arrives on Tuesday."

export const transcribed = ListenV1.transcribeFile(Recording.wav(text), { model: "nova-3", tag: "tests" })
