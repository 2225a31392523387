/** The runtimes that run the programs as a process: where they are, how they are started, and what differs there. */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { TraitsName } from "../programs/traits.ts"

/** A runtime with a client. */
export interface Stage {
  /** With the version: `Node 24.21.0, core`. */
  readonly name: string
  /** What a script is started with. */
  readonly command: readonly [string, ...ReadonlyArray<string>]
  readonly client: "core" | "node"
  readonly traits: TraitsName
}

const tool = (path: string) => fileURLToPath(new URL(`../tools/node_modules/${path}`, import.meta.url))

const versionOf = (executable: string): string => {
  const { error, stdout } = spawnSync(executable, ["--version"], { encoding: "utf8" })
  const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0]
  if (version === undefined) throw new Error(`${executable} does not run: ${String(error)}`)
  return version
}

const on = (
  name: string,
  executable: string,
  args: ReadonlyArray<string>,
  core: TraitsName
): ReadonlyArray<Stage> => {
  const runtime = `${name} ${versionOf(executable)}`
  const command = [executable, ...args] as const
  return [
    { name: `${runtime}, core`, command, client: "core", traits: core },
    { name: `${runtime}, node`, command, client: "node", traits: "ws" }
  ]
}

/**
 * What Deno is allowed: to call the emulator, and to read its environment, all of it, because Effect lists the variables
 * when it reads one. It reads modules without leave, and fetches none.
 */
const deno = [
  "run",
  "--no-prompt",
  "--cached-only",
  "--node-modules-dir=manual",
  "--allow-net=127.0.0.1",
  "--allow-env"
]

export const stages: ReadonlyArray<Stage> = [
  ...on("Node", tool("node-22/bin/node"), [], "global"),
  ...on("Node", process.execPath, [], "global"),
  ...on("Node", tool("node-26/bin/node"), [], "global"),
  ...on("Bun", tool("bun/bin/bun.exe"), ["--no-install"], "globalWithStatus"),
  ...on("Deno", tool("deno/deno"), deno, "globalWithStatus")
]
