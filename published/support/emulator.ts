/** An emulator for programs in other processes, browsers and workers, in a process of its own. */
import { Effect, Schema, type Scope } from "effect"
import { spawn } from "node:child_process"
import { compile } from "./compile.ts"

const Announcement = Schema.fromJsonString(Schema.Struct({ url: Schema.String, apiKey: Schema.String }))

/** Where an emulator is, and a key that it accepts. */
export interface Address extends Schema.Schema.Type<typeof Announcement> {}

/**
 * Starts the emulator of the consumer's packages, by the Node that runs the tests, on a free port; it ends with the scope.
 * What it knows besides is in `runners/emulator.ts`.
 */
export const emulator: Effect.Effect<Address, never, Scope.Scope> = Effect.gen(function*() {
  const script = yield* compile("emulator")
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, NODE_OPTIONS: "" } })
    ),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )
  let stderr = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text))
  const line = yield* Effect.callback<string>((resume) => {
    let text = ""
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk
      const end = text.indexOf("\n")
      if (end >= 0) resume(Effect.succeed(text.slice(0, end)))
    })
    child.once("close", () => resume(Effect.die(new Error(`The emulator has ended: ${stderr}`))))
  })
  return yield* Effect.orDie(Schema.decodeUnknownEffect(Announcement)(line))
})
