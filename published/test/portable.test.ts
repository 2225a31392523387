import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { transform } from "esbuild"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { inject } from "vitest"
import { bundle, bundleEach } from "../support/bundle.ts"
import { entryPoints, filesOf } from "../support/files.ts"

const consumer = inject("consumer")
const folder = join(consumer, "node_modules/effect-deepgram")
const modules = entryPoints(folder, "effect-deepgram")
const built = filesOf(folder).filter((path) => /^dist\/.*\.js$/.test(path))

const read = (path: string): string => readFileSync(join(folder, path), "utf8")

const bundles = Effect.runSync(Effect.cached(Effect.promise(() => bundleEach(consumer, modules))))

/** Why what cannot be bundled is not. */
const refusal = (code: string) =>
  Effect.flip(Effect.tryPromise({ try: () => bundle({ consumer, entry: { code } }), catch: String }))

/** Globals of Node that no browser has. */
const globals = [
  "process",
  "Buffer",
  "require",
  "module",
  "exports",
  "global",
  "setImmediate",
  "__dirname",
  "__filename"
]

// Only what is nowhere declared is replaced: fields and variables of these names are others.
const marked = Object.fromEntries(
  globals.flatMap((name) => [[name, `global_${name}`], [`globalThis.${name}`, `global_${name}`]])
)

const globalsIn = (code: string) =>
  Effect.map(Effect.promise(() => transform(code, { define: marked })), ({ code }) => [
    ...new Set(Array.from(code.matchAll(/\bglobal_(\w+)/g), ([, name]) => name))
  ])

describe("the packed SDK", () => {
  it.effect("has its modules in it, and no other module than those of effect, when bundled for browsers", () =>
    Effect.gen(function*() {
      assert.isAbove(modules.length, 25)
      const { metafile } = yield* bundles
      const inputs = Object.keys(metafile.inputs)
      const foreign = inputs.filter((path) => !/^node_modules\/(effect|effect-deepgram)\/dist\//.test(path))
      assert.deepStrictEqual(foreign, [])
      // Of modules that hold types only nothing is left to import.
      const used = built.filter((path) => !read(path).startsWith("export {};\n//#"))
      const reached = inputs.filter((path) => path.startsWith("node_modules/effect-deepgram/"))
      assert.sameMembers(reached, used.map((path) => `node_modules/effect-deepgram/${path}`))
      assert.deepStrictEqual(Object.values(metafile.outputs).flatMap(({ imports }) => imports), [])
    }))

  it.effect("would not be bundled with a module of Node, nor with one that is private", () =>
    Effect.gen(function*() {
      assert.match(yield* refusal(`import "node:fs"`), /Could not resolve "node:fs"/)
      assert.match(yield* refusal(`import "@effect-deepgram/node"`), /Could not resolve "node:/)
      assert.match(yield* refusal(`import "effect-deepgram/internal/version"`), /Could not resolve/)
    }))

  it.effect("uses no global of Node", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* globalsIn("const a = { process: 1 }; a.process; (Buffer) => Buffer"), [])
      assert.deepStrictEqual(yield* globalsIn("a ?? globalThis.process; typeof Buffer"), ["process", "Buffer"])
      for (const path of built) {
        assert.deepStrictEqual(yield* globalsIn(read(path)), [], path)
      }
    }))

  it.effect.each(modules)("%s can be imported alone", (name) =>
    Effect.gen(function*() {
      const { codes } = yield* bundles
      const code = codes[modules.indexOf(name)] ?? ""
      const module: Record<string, unknown> = yield* Effect.promise(
        () => import(/* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`)
      )
      assert.isNotEmpty(Object.keys(module))
      assert.notInclude(Object.values(module), undefined)
    }))
})
