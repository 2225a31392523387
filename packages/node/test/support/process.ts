/** Scripts of `test/children`, each in a process of its own. */
import { Effect, type Scope } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import type { Writable } from "node:stream"
import { fileURLToPath } from "node:url"

/** What a script has for its standard input: nothing, what is written into it, or an open file. */
export type Input = "ignore" | ((stdin: Writable) => void) | number

const start = (script: string, args: ReadonlyArray<string>, nodeArgs: ReadonlyArray<string>, input: Input) =>
  Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [
        "--conditions=@effect-deepgram/source",
        ...nodeArgs,
        fileURLToPath(new URL(`../children/${script}`, import.meta.url)),
        ...args
      ], {
        stdio: [typeof input === "function" ? "pipe" : input, "pipe", "pipe"],
        env: { ...process.env, NODE_OPTIONS: "" }
      })
    ),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )

const collect = (stream: ChildProcess["stdout"]) => {
  let text = ""
  stream?.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
  return () => text
}

/** What is left of a process. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Waits for a script to end by itself. */
export const run = Effect.fnUntraced(
  function*(
    script: string,
    args: ReadonlyArray<string> = [],
    nodeArgs: ReadonlyArray<string> = [],
    input: Input = "ignore"
  ): Effect.fn.Return<Ended, never, Scope.Scope> {
    const child = yield* start(script, args, nodeArgs, input)
    const stdout = collect(child.stdout)
    const stderr = collect(child.stderr)
    if (typeof input === "function" && child.stdin !== null) input(child.stdin)
    return yield* Effect.callback<Ended>((resume) => {
      child.on("close", (code) => resume(Effect.succeed({ code, stdout: stdout(), stderr: stderr() })))
    })
  },
  Effect.scoped
)

/** Starts a script that goes on until the scope closes, and waits for its first line. */
export const launch = Effect.fnUntraced(function*(
  script: string,
  args: ReadonlyArray<string> = []
): Effect.fn.Return<string, never, Scope.Scope> {
  const child = yield* start(script, args, [], "ignore")
  const stderr = collect(child.stderr)
  return yield* Effect.callback<string>((resume) => {
    let text = ""
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk
      const end = text.indexOf("\n")
      if (end >= 0) resume(Effect.succeed(text.slice(0, end)))
    })
    child.on("close", () => resume(Effect.die(new Error(`${script} ended early: ${stderr()}`))))
  })
})
