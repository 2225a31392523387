/** Runs programs, one after the other. */
import type { Deepgram } from "effect-deepgram/Deepgram"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { type Outcome, type Program, Runtime, type Suite } from "../programs/program.ts"

/** For what hangs: nothing that is right takes long. */
const patience = "30 seconds"

const outcomeOf = (suite: Suite, program: Program): Effect.Effect<Outcome, never, Deepgram | Runtime> =>
  program.run.pipe(
    Effect.timeout(patience),
    Effect.exit,
    Effect.map((exit) => ({
      suite: suite.name,
      program: program.name,
      failure: Exit.isSuccess(exit) ? undefined : Cause.pretty(exit.cause)
    }))
  )

/** How the programs of a suite end that can be run there, as they do. */
export const outcomesOf = (suite: Suite): Stream.Stream<Outcome, never, Deepgram | Runtime> =>
  Stream.unwrap(Effect.map(Runtime, ({ hasKey }) =>
    Stream.fromIterable(suite.programs).pipe(
      Stream.filter(({ needsKey = false }) => hasKey || !needsKey),
      Stream.mapEffect((program) => outcomeOf(suite, program))
    )))
