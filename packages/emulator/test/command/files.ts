import { Effect } from "effect"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** An empty directory, as long as the scope is open. */
export const temporaryDirectory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "emulator-command-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true }))
)

export const write = (file: string, text: string) => Effect.sync(() => writeFileSync(file, text))

export const readText = (file: URL) => Effect.sync(() => readFileSync(file, "utf8"))
