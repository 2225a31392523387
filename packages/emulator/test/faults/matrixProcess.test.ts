/** A process in which operations hang. */
import { Emulator } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { transports } from "../sessions/support.ts"

describe("a process whose operations were left hanging", () => {
  for (const { name } of transports) {
    it.live(`ends by itself, over ${name}`, () =>
      Effect.gen(function*() {
        const { url } = yield* Emulator.Emulator
        const child = yield* Effect.acquireRelease(
          Effect.sync(() =>
            spawn(
              process.execPath,
              [
                "--conditions=@effect-deepgram/source",
                fileURLToPath(new URL("../children/faulted.ts", import.meta.url)),
                url,
                name
              ],
              { stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, NODE_OPTIONS: "" } }
            )
          ),
          (child) => Effect.sync(() => child.kill("SIGKILL"))
        )
        const code = yield* Effect.callback<number | null>((resume) => {
          child.on("close", (code) => resume(Effect.succeed(code)))
        })
        assert.strictEqual(code, 0)
        // The emulator would not close what is left open.
      }).pipe(Effect.provide(Emulator.layer({ idleTimeout: "10 minutes" }))), 120_000)
  }
})
