/** Runs what `npm start` runs. */
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { execPath } from "node:process"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** The process itself. Nothing of the machine's own environment may reach it. */
export const start = (args: ReadonlyArray<string>, env: Record<string, string> = {}) =>
  Effect.callback<{ readonly code: number; readonly out: string; readonly err: string }>((resume) => {
    const child = execFile(
      execPath,
      ["--conditions=@effect-deepgram/source", "examples/start/main.ts", ...args],
      { cwd: root, env: { PATH: process.env["PATH"] ?? "", ...env } },
      (error, out, err) => resume(Effect.succeed({ code: error === null ? 0 : Number(error.code), out, err }))
    )
    return Effect.sync(() => child.kill())
  })

/** A folder until the scope closes. */
export const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "start-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

/** A file until the scope closes. */
export const file = Effect.fnUntraced(function*(name: string, content: Uint8Array | string) {
  const path = join(yield* folder, name)
  yield* Effect.sync(() => writeFileSync(path, content))
  return path
})

export const lines = (text: string) => text.trimEnd().split("\n")
