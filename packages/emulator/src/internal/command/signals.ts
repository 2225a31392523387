/** What ends the command besides the first signal, at which the runtime interrupts it. */
import * as Effect from "effect/Effect"
import { performance } from "node:perf_hooks"

/**
 * Two signals within this time, in milliseconds, are the same one: npm may pass on what the terminal has already sent to
 * every process of its group.
 */
const echo = 300

/** The code of a process that a signal ended at once, as shells count: 128 and the number of SIGINT. */
const interrupted = 130

/** The first signal stops the emulator gracefully, which is done elsewhere; one that comes later ends the process. */
const insisting = Effect.acquireRelease(
  Effect.sync(() => {
    let first: number | undefined
    const onSignal = () => {
      first ??= performance.now()
      if (performance.now() > first + echo) process.exit(interrupted)
    }
    process.on("SIGINT", onSignal).on("SIGTERM", onSignal)
    return onSignal
  }),
  (onSignal) => Effect.sync(() => process.off("SIGINT", onSignal).off("SIGTERM", onSignal))
)

/** How often it is looked for npx, in milliseconds. */
const interval = 500

/** `npx` runs commands in a shell, and passes signals on to nothing but that: who stops npx would leave the emulator behind. */
const followingNpx = Effect.acquireRelease(
  Effect.sync(() => {
    const parent = process.ppid
    const timer = setInterval(() => {
      if (process.ppid === parent || process.env["npm_command"] !== "exec") return
      clearInterval(timer)
      process.kill(process.pid, "SIGTERM")
    }, interval)
    return timer
  }),
  (timer) => Effect.sync(() => clearInterval(timer))
)

/** Runs something that is to stop when its user wants it to. */
export const heeding = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.scoped(Effect.andThen(Effect.all([insisting, followingNpx]), self))
