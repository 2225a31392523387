/** What a program makes a browser load: kilobytes, minified by esbuild and gzipped. */
import { build, stop } from "esbuild"
import { setTimeout } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import type { Figures } from "../comparison.ts"
import type { Question } from "../roundProcess.ts"

/** A program as the text of a module. */
export interface Program {
  readonly code: string
  /** Modules of Node that it asks for and can do without. */
  readonly missing?: ReadonlyArray<string> | undefined
}

/** What is asked of a peer: programs by variant. */
export interface BundlePeer {
  readonly programs: Readonly<Record<string, Program>>
}

/** Bytes of a program, as the budgets of the published packages count them; that project is no part of this one. */
interface Sizes {
  readonly weigh: (consumer: string, code: string) => Promise<{ readonly total: number; readonly onTop: number }>
}

const root = fileURLToPath(new URL("../../..", import.meta.url))

/** The same as `weigh`, of what is not ours: with holes in it, and without Effect. */
const weighOther = async (code: string, missing: ReadonlyArray<string>): Promise<number> => {
  const { outputFiles } = await build({
    bundle: true,
    external: [...missing],
    format: "esm",
    logLevel: "silent",
    minify: true,
    platform: "browser",
    stdin: { contents: code, resolveDir: root },
    target: "es2022",
    tsconfigRaw: {},
    write: false
  })
  return gzipSync(outputFiles[0]?.text ?? "", { level: 9 }).byteLength
}

const figuresOf = async ({ code, missing }: Program): Promise<Figures> => {
  if (missing !== undefined) return { "all of it": await weighOther(code, missing) / 1000 }
  const { weigh }: Sizes = await import(new URL("../../../published/support/sizes.ts", import.meta.url).href)
  const { onTop, total } = await weigh(root, code)
  return { "all of it": total / 1000, "on top of Effect": onTop / 1000 }
}

/** Weighs with the packages of this repository as they were built. */
export const measure = async ({ programs }: BundlePeer, { variant }: Question): Promise<Figures> => {
  const program = programs[variant ?? ""]
  if (program === undefined) throw new Error(`no program ${variant}`)
  const figures = await figuresOf(program)
  // Its process has to be over, or the time that it took is not known to be ours.
  await stop()
  await setTimeout(100)
  return figures
}
