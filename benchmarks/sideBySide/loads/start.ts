/** How long a process takes until it has a client, in launches of Node one after the other. */
import { build, stop } from "esbuild"
import { spawn } from "node:child_process"
import { mkdtemp, rm, symlink } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { env, execArgv, execPath } from "node:process"
import { fileURLToPath } from "node:url"
import { quantile } from "../../result.ts"
import type { Figures } from "../comparison.ts"
import type { Question } from "../roundProcess.ts"

/** A program that says when it has its client. */
export interface Program {
  /** Its file in `peers/`. */
  readonly file: string
  /** Whether it is one file with all that it uses; otherwise Node finds its packages. */
  readonly bundled: boolean
}

/** What is asked of a peer: programs by variant. */
export interface StartPeer {
  readonly programs: Readonly<Record<string, Program>>
}

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

/** What the process was told of where packages are: those that are launched have to find the same ones. */
const conditions = execArgv.flatMap((argument, index) => {
  const [name, value = execArgv[index + 1] ?? ""] = argument.split("=")
  return name === "--conditions" || name === "-C" ? value : []
})

/** Node takes time to strip types, and would not find packages from another folder: so programs are made before. */
const compile = async ({ bundled, file }: Program, outfile: string): Promise<void> => {
  await build({
    entryPoints: [pathOf(`../peers/${file}.ts`)],
    outfile,
    bundle: true,
    conditions,
    format: "esm",
    logLevel: "silent",
    platform: "node",
    target: "node22",
    tsconfigRaw: {},
    ...(bundled
      // What is CommonJS in it asks for modules of Node as CommonJS does.
      ? {
        minify: true,
        banner: {
          js: `import { createRequire as $require } from "node:module"; const require = $require(import.meta.url);`
        }
      }
      : { packages: "external" })
  })
  await stop()
}

/** Milliseconds until a new process was ready. */
const launch = (file: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(execPath, [...conditions.flatMap((condition) => ["--conditions", condition]), file], {
      // Neither what others want of Node, nor what it remembers of earlier launches.
      env: { ...env, NODE_OPTIONS: "", NODE_COMPILE_CACHE: undefined, NODE_V8_COVERAGE: undefined },
      stdio: ["ignore", "pipe", "inherit"]
    })
    let said = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text))
    child.once("error", reject)
    child.once("close", (code) => {
      const milliseconds = Number(said)
      if (code === 0 && milliseconds > 0) resolve(milliseconds)
      else reject(new Error(`${file} ended with ${code} and said ${JSON.stringify(said)}`))
    })
  })

/** `launches` of them count, after one for what is not in memory yet. */
export const measure = async ({ programs }: StartPeer, { size, variant }: Question): Promise<Figures> => {
  const program = programs[variant ?? ""]
  if (program === undefined) throw new Error(`no program ${variant}`)
  const folder = await mkdtemp(join(tmpdir(), "effect-deepgram-start-"))
  try {
    await symlink(pathOf("../../../node_modules"), join(folder, "node_modules"), "junction")
    const file = join(folder, `${program.file}.mjs`)
    await compile(program, file)
    const times: Array<number> = []
    for (let i = 0; i <= (size["launches"] ?? 0); i++) times.push(await launch(file))
    return { "ready": quantile(times.slice(1), 0.5) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
