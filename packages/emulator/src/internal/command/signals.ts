/** What ends the command besides the first signal, at which the runtime interrupts it. */
import * as Effect from "effect/Effect"
import { constants } from "node:os"
import { performance } from "node:perf_hooks"

/**
 * Two signals within this time, in milliseconds, are the same one: npm may pass on what the terminal has already sent to
 * every process of its group.
 */
const echo = 300

/** The code of a process that a signal ended, as shells count. */
const codeOf = (signal: NodeJS.Signals): number => 128 + constants.signals[signal]

/** The first signal stops the emulator gracefully, which is done elsewhere; one that comes later ends the process. */
const insisting = Effect.acquireRelease(
  Effect.sync(() => {
    let first: number | undefined
    const onSignal = () => {
      first ??= performance.now()
      if (performance.now() > first + echo) process.exit(codeOf("SIGINT"))
    }
    process.on("SIGINT", onSignal).on("SIGTERM", onSignal)
    return onSignal
  }),
  (onSignal) => Effect.sync(() => process.off("SIGINT", onSignal).off("SIGTERM", onSignal))
)

/** The terminal is gone: the runtime knows only the other two. */
const hangingUp = Effect.acquireRelease(
  Effect.sync(() => {
    const onHangUp = () => void process.kill(process.pid, "SIGTERM")
    process.on("SIGHUP", onHangUp)
    return onHangUp
  }),
  (onHangUp) => Effect.sync(() => process.off("SIGHUP", onHangUp))
)

/** A signal means that what was to be done is not done: the exit code says so. */
export const unfinished = Effect.acquireRelease(
  Effect.sync(() => {
    const onSignal = (signal: NodeJS.Signals) => {
      process.exitCode = codeOf(signal)
    }
    // Before the runtime, which may be done at once.
    process.prependOnceListener("SIGINT", onSignal).prependOnceListener("SIGTERM", onSignal)
    return onSignal
  }),
  (onSignal) => Effect.sync(() => process.off("SIGINT", onSignal).off("SIGTERM", onSignal))
)

/** How often it is looked for npm, in milliseconds. */
const interval = 500

/** What npm runs in a shell. */
const shellCommands = new Set(["exec", "run", "run-script", "start"])

/** npm and npx pass signals on to nothing but the shell: who stops them would leave the emulator behind. */
const followingNpm = Effect.acquireRelease(
  Effect.sync(() => {
    const parent = process.ppid
    const timer = setInterval(() => {
      if (process.ppid === parent || !shellCommands.has(process.env["npm_command"] ?? "")) return
      clearInterval(timer)
      process.kill(process.pid, "SIGTERM")
    }, interval)
    return timer
  }),
  (timer) => Effect.sync(() => clearInterval(timer))
)

/** Runs something that is to stop when its user wants it to. */
export const heeding = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.scoped(Effect.andThen(Effect.all([insisting, hangingUp, followingNpm]), self))
