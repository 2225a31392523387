/** How the small examples begin and end: what they have in common, so that each can show one thing. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Cause, Config, ConfigProvider, Console, Effect, Exit, Redacted, Runtime } from "effect"

/** A variable of the environment that there has to be, and what it is. */
export const required = (name: string, what: string): Config.Config<Redacted.Redacted> =>
  Config.NonEmptyString(name).pipe(
    Config.map((value) => Redacted.make(value)),
    Config.orElse(() => Config.fail(new ConfigProvider.SourceError({ message: `${name} is not set: it is ${what}` })))
  )

/** Of a server that cannot begin its cause alone says why. */
const lineOf = (error: { readonly message: string; readonly cause?: unknown }) => error.message || String(error.cause)

/** A failure is said in one line; a mistake of the program with where it is; an interruption not at all. */
const report = (cause: Cause.Cause<Parameters<typeof lineOf>[0]>): Effect.Effect<void> => {
  const failure = cause.reasons.find(Cause.isFailReason)
  return failure !== undefined
    ? Console.error(`✗ ${lineOf(failure.error)}`)
    : Cause.hasInterruptsOnly(cause)
    ? Effect.void
    : Console.error(Cause.pretty(cause))
}

/**
 * Runs an example. What it fails with is said in one line, and the process ends with 1. `serves`: it runs until a
 * signal ends it, which is no failure.
 */
export const run = <A, E extends { readonly message: string }>(
  program: Effect.Effect<A, E>,
  { serves = false }: { readonly serves?: boolean } = {}
): void =>
  NodeRuntime.runMain(Effect.tapCause(program, report), {
    disableErrorReporting: true,
    teardown: (exit, onExit) =>
      serves && Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
        ? onExit(0)
        : Runtime.defaultTeardown(exit, onExit)
  })
