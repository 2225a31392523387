/** Runs the programs on a stage, in a process of its own that has to end by itself. */
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { dirname, join } from "node:path"
import type { Address } from "./emulator.ts"
import type { Stage } from "./runtimes.ts"

/** Milliseconds after which a process is killed: it takes seconds, and what hangs in it is given up after 30 seconds. */
const limit = 180_000

/** What is left of a process. */
export interface Ended {
  /** Nothing when it did not end by itself. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a compiled script in its folder. The environment is its own: nothing of this machine's makes a difference. */
export const run = ({ client, command: [file, ...args], traits }: Stage, script: string, { apiKey, url }: Address) =>
  Effect.callback<Ended>((resume) => {
    const cwd = dirname(script)
    const child = spawn(file, [...args, script, client, traits], {
      cwd,
      timeout: limit,
      killSignal: "SIGKILL",
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        DEEPGRAM_BASE_URL: url,
        DEEPGRAM_API_KEY: apiKey,
        NO_COLOR: "1",
        HOME: cwd,
        DENO_DIR: join(cwd, ".deno"),
        DENO_NO_UPDATE_CHECK: "1",
        DO_NOT_TRACK: "1"
      }
    })
    let [stdout, stderr] = ["", ""]
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text))
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text))
    child.once("error", (error) => resume(Effect.die(error)))
    child.once("close", (code) => resume(Effect.succeed({ code, stdout, stderr })))
    return Effect.sync(() => child.kill("SIGKILL"))
  })
