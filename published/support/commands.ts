/** Commands, run as a person would, and where what they work on is. */
import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { delimiter, dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { packages } from "../../scripts/packages.mjs"

export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "")

/** A program of `published/tools`. */
export const tool = (name: string): string => join(root, "published/tools/node_modules/.bin", name)

/** The compilers that users have, by their version. */
export const compilers = {
  "5.9": join(root, "published/tools/node_modules/typescript-5.9/bin/tsc"),
  "7": join(root, "node_modules/typescript/bin/tsc")
}

/** The tarball of a package, by its folder. */
export const tarball = (folder: string): string => resolve(root, "published/.packed", `${folder}.tgz`)

/** A folder of one test; whoever asks for it removes it. */
export const emptyFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "effect-deepgram-"))

/** A program and its arguments. No shell reads them, so that they may have blanks. */
export type Command = readonly [program: string, ...args: ReadonlyArray<string>]

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  /** Both outputs, for a failure to show. */
  readonly output: string
}

/** Runs a command to its end, on the Node of this process. */
export const attempt = ([program, ...args]: Command, cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  new Promise((done, failed) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`, ...env },
      stdio: ["ignore", "pipe", "pipe"]
    })
    let stdout = ""
    let output = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text
      output += text
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text))
    child.on("error", failed)
    child.on("close", (code) => done({ code, stdout, output }))
  })

/** Runs a command that has to succeed, and gives what it wrote on stdout. */
export const run = async (command: Command, cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> => {
  const { code, output, stdout } = await attempt(command, cwd, env)
  if (code !== 0) throw new Error(`${command.join(" ")} failed (${code}):\n${output}`)
  return stdout
}

/** A version of Effect, or a tag, that is tried instead of the one in package-lock.json. */
const { EFFECT_VERSION } = process.env

const locked: Readonly<Record<string, { readonly version: string } | undefined>> =
  JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages

/** What npm installs by a name: the tarball of a package of ours, and of Effect's the version that is tested. */
export const installable = (name: string): string => {
  const one = packages.find((one) => one.name === name)
  if (one !== undefined) return tarball(one.folder)
  return name === "effect" || name.startsWith("@effect/")
    ? `${name}@${EFFECT_VERSION ?? locked[`node_modules/${name}`]?.version}`
    : name
}

/** Options of `npm install`: what is on this machine is not asked for again, unless it is about what is newest. */
export const quickly = ["--no-audit", "--no-fund", ...(EFFECT_VERSION === undefined ? ["--prefer-offline"] : [])]
