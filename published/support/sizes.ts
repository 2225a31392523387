/** What a program weighs in a browser: minified by esbuild, gzipped, in bytes. */
import { build } from "esbuild"
import { gzipSync } from "node:zlib"
import { bundle } from "./bundle.ts"

export interface Sizes {
  /** The program with everything that it needs. */
  readonly total: number
  /** What is left without what it uses of Effect: the cost of this SDK in a program that uses Effect already. */
  readonly onTop: number
  /** The program. */
  readonly code: string
}

const gzipped = (code: string): number => gzipSync(code, { level: 9 }).byteLength

const namespaces = /^import \* as ([\w$]+) from "(effect\/[^"]+)";$/gm

/** The program without Effect, and from there what it uses of it: each export that it names. */
const effectOf = async (consumer: string, code: string): Promise<string> => {
  const { outputFiles } = await build({
    absWorkingDir: consumer,
    bundle: true,
    external: ["effect/*"],
    format: "esm",
    logLevel: "silent",
    platform: "browser",
    stdin: { contents: code, resolveDir: consumer },
    tsconfigRaw: {},
    write: false
  })
  const own = outputFiles[0]?.text ?? ""
  const used = new Set<string>()
  for (const [, namespace = "", module] of own.matchAll(namespaces)) {
    const members = new RegExp(String.raw`(?<![\w$.])${namespace.replaceAll("$", "\\$")}\.([\w$]+)`, "g")
    for (const [, member] of own.matchAll(members)) used.add(`{ ${member} as _ } from "${module}"`)
  }
  const imports = [...used].map((one, index) => `import ${one.replace("_", `used${index}`)}`)
  // Kept without names of their own, which the program has none of.
  return `${imports.join("\n")}\nglobalThis.used = [${imports.map((_, index) => `used${index}`).join()}]`
}

/** Weighs a program, given as the text of a module that imports what it uses by `import * as`. */
export const weigh = async (consumer: string, code: string): Promise<Sizes> => {
  const [whole, effect] = await Promise.all(
    [code, await effectOf(consumer, code)].map((code) => bundle({ consumer, entry: { code }, minify: true }))
  )
  const { code: bundled = "" } = whole ?? {}
  const total = gzipped(bundled)
  return { code: bundled, total, onTop: total - gzipped(effect?.code ?? "") }
}
