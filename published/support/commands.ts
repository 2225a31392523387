/** Commands, run as a person would, and where what they work on is. */
import { spawn } from "node:child_process"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

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

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  /** Both outputs, for a failure to show. */
  readonly output: string
}

/** Runs a command of the shell to its end. */
export const attempt = (command: string, cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  new Promise((done, failed) => {
    const child = spawn(command, {
      cwd,
      shell: true,
      env: { ...process.env, ...env },
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
export const run = async (command: string, cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> => {
  const { code, output, stdout } = await attempt(command, cwd, env)
  if (code !== 0) throw new Error(`${command} failed (${code}):\n${output}`)
  return stdout
}
