/** Standard input, as a stream. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import { isatty } from "node:tty"
import { Reader } from "./audioReader.ts"

/** Why there is nothing to read. */
interface Failure {
  readonly reason: "Terminal" | "AlreadyRead" | "Unreadable"
  readonly message: string
  readonly cause?: unknown
}

let taken = false

const unreadable = (cause: unknown): Failure => ({
  reason: "Unreadable",
  message: `standard input cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
  cause
})

const input = Effect.suspend((): Effect.Effect<typeof process.stdin, Failure> => {
  // Before it is touched: Node would begin to listen to the keyboard.
  if (isatty(0)) {
    return Effect.fail({
      reason: "Terminal",
      message: "standard input is a terminal: pipe audio into this program, or redirect it from a file"
    })
  }
  return Effect.flatMap(Effect.try({ try: () => process.stdin, catch: unreadable }), (stdin) => {
    if (taken || stdin.readableDidRead || stdin.readableEnded) {
      return Effect.fail<Failure>({ reason: "AlreadyRead", message: "standard input can be read only once" })
    }
    taken = true
    return Effect.succeed(stdin)
  })
})

const opened = Effect.acquireRelease(
  Effect.map(input, (stdin) => ({ stdin, reader: new Reader(stdin) })),
  ({ reader, stdin }) =>
    Effect.sync(() => {
      reader.release()
      // Whoever writes to it hears that nobody reads any more, and nothing of it keeps this process.
      stdin.destroy()
    })
)

/** What comes, until it ends. */
export const bytes: Stream.Stream<Uint8Array, Failure> = Stream.unwrap(Effect.map(opened, ({ reader }) => {
  const next: Pull.Pull<readonly [Uint8Array], Failure> = Effect.flatMap(
    Effect.mapError(reader.next, unreadable),
    (chunk) => chunk === undefined ? Cause.done() : Effect.succeed([chunk] as const)
  )
  return Stream.fromPull(Effect.succeed(next))
}))
