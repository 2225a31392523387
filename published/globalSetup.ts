/** Packs the packages, and installs them like a user would: in a folder of their own, from the packed files. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { env, execPath } from "node:process"
import { fileURLToPath } from "node:url"
import type { TestProject } from "vitest/node"

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of a program that has installed the packed packages. */
    readonly consumer: string
  }
}

const root = fileURLToPath(new URL("..", import.meta.url))

const run = (command: string, cwd: string) => {
  const { error, status, stderr, stdout } = spawnSync(command, {
    cwd,
    // npm chooses versions by the Node that it runs on.
    env: { ...env, PATH: `${dirname(execPath)}${delimiter}${env["PATH"] ?? ""}` },
    shell: true,
    encoding: "utf8"
  })
  if (status !== 0) throw new Error(`${command} failed (${status ?? String(error)}):\n${stdout}${stderr}`)
}

export const setup = (project: TestProject): () => void => {
  run("node scripts/install-if-needed.mjs published/tools", root)
  run("node scripts/pack.mjs", root)
  const consumer = mkdtempSync(join(tmpdir(), "effect-deepgram-consumer-"))
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }))
  const packed = ["deepgram", "node", "emulator"].map((name) => join(root, "published/.packed", `${name}.tgz`))
  run(["npm install --no-audit --no-fund", "effect", "@effect/platform-node", ...packed].join(" "), consumer)
  project.provide("consumer", consumer)
  return () => rmSync(consumer, { recursive: true, force: true })
}
