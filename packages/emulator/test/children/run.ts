import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

/** Runs a program of this folder, which has to end by itself. */
export const endsByItself = (program: string, ...args: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(
          process.execPath,
          ["--conditions=@effect-deepgram/source", fileURLToPath(new URL(`./${program}.ts`, import.meta.url)), ...args],
          { stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, NODE_OPTIONS: "" } }
        )
      ),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    const code = yield* Effect.callback<number | null>((resume) => {
      child.on("close", (code) => resume(Effect.succeed(code)))
    })
    assert.strictEqual(code, 0)
  })
