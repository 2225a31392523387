import { assert, describe, it } from "@effect/vitest"
import { Array as Arr, Effect } from "effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import packageJson from "../package.json" with { type: "json" }
import { version } from "../src/internal/version.ts"

const src = fileURLToPath(new URL("../src", import.meta.url))

interface Module {
  readonly path: string
  readonly code: string
  readonly imports: ReadonlyArray<string>
}

const importPattern = /(?:\bfrom\s*|\bimport\s*\(?\s*)["']([^"']+)["']/g

/** Strings and comments may name what code may not. */
const withoutText = (source: string): string =>
  source.replaceAll(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, "").replaceAll(/"(?:[^"\\\n]|\\.)*"/g, `""`)

const read = (path: string): Module => {
  const source = Fs.readFileSync(path, "utf8")
  const uncommented = source.replaceAll(/\/\*[\s\S]*?\*\//g, "")
  return {
    path: Path.relative(src, path),
    code: withoutText(source),
    imports: [...uncommented.matchAll(importPattern)].map((match) => match[1]!)
  }
}

/** Every module that a public one reaches: those that lie flat in `src`. */
const graph = (): ReadonlyArray<Module> => {
  const seen = new Map<string, Module>()
  const visit = (path: string): void => {
    if (seen.has(path)) return
    const module = read(path)
    seen.set(path, module)
    for (const name of module.imports) if (name.startsWith(".")) visit(Path.resolve(Path.dirname(path), name))
  }
  for (const name of Fs.readdirSync(src)) if (name.endsWith(".ts")) visit(Path.join(src, name))
  return [...seen.values()]
}

const modules = graph()

describe("the package", () => {
  it("knows its version", () => {
    assert.strictEqual(version, packageJson.version)
  })

  it("has no runtime dependency but effect, and no module that nobody reaches", () => {
    assert.notProperty(packageJson, "dependencies")
    assert.deepStrictEqual(Object.keys(packageJson.peerDependencies), ["effect"])
    const files = Fs.readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"))
    assert.sameMembers(modules.map(({ path }) => path), files)
  })

  it.each(modules)("$path imports nothing but its own files and modules of effect", ({ imports }) => {
    const foreign = imports.filter((name) => !name.startsWith(".") && !/^effect\/[\w/-]+$/.test(name))
    assert.deepStrictEqual(foreign, [])
    assert.deepStrictEqual(imports.filter((name) => name.startsWith(".") && !name.endsWith(".ts")), [])
  })

  it.each(modules)("$path uses no global of Node, and nothing of a page", ({ code }) => {
    const words = ["process", "Buffer", "require", "__dirname", "setImmediate", "window", "document", "XMLHttpRequest"]
    const used = words.filter((word) => new RegExp(`(?<![.\\w$"'])${word}\\b(?!\\s*:)`).test(code))
    assert.deepStrictEqual(used, [])
  })

  it.effect("finds what it looks for", () =>
    Effect.sync(() => {
      assert.isAbove(modules.length, 15)
      assert.isTrue(Arr.some(modules, ({ imports }) => imports.includes("effect/Effect")))
      assert.match(withoutText("const a = process.env // Buffer"), /process/)
      assert.notMatch(withoutText("const a = \"process\" // Buffer"), /process|Buffer/)
    }))
})
