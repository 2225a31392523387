/** Processes of a case: the server, and what puts load on it. Each answers one question after the other. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ChildProcess, fork } from "node:child_process"
import process from "node:process"
import { fileURLToPath } from "node:url"

/** A process did not do what it was started for. */
export class PeerError extends Data.TaggedError("PeerError")<{ readonly message: string }> {}

/** A process of its own. */
export interface Peer<Question, Answer> {
  readonly ask: (question: Question) => Effect.Effect<Answer, PeerError>
}

const ask = (child: ChildProcess, name: string, question: unknown): Effect.Effect<unknown, PeerError> =>
  Effect.callback((resume) => {
    const answered = (answer: unknown) => {
      child.off("exit", ended)
      resume(Effect.succeed(answer))
    }
    const ended = () => {
      child.off("message", answered)
      resume(new PeerError({ message: `${name} ended before it answered` }))
    }
    if (child.exitCode !== null || child.signalCode !== null) return ended()
    child.once("message", answered).once("exit", ended).send(question as object)
    return Effect.sync(() => child.off("message", answered).off("exit", ended))
  })

/** Starts a module, named from this folder, that calls {@link answer}; ended with the scope. */
export const start = <Question, Answer>(name: string): Effect.Effect<Peer<Question, Answer>, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => fork(fileURLToPath(new URL(`${name}.ts`, import.meta.url)))),
      (child) =>
        Effect.callback<void>((resume) => {
          if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
          child.once("exit", () => resume(Effect.void)).kill()
        })
    ),
    (child) => ({
      // Both sides are of this folder: the types of the one are those of the other.
      ask: (question) => ask(child, name, question) as Effect.Effect<Answer, PeerError>
    })
  )

/** The other side: answers what the main process asks. */
export const answer = <Question, Answer>(respond: (question: Question) => Promise<Answer> | Answer): void => {
  process.on("message", (question: Question) => {
    void Promise.resolve(respond(question)).then((answer) => process.send?.(answer))
  })
}
