/** What the tarballs hold, and what those who know how packages go wrong say of them. */
import { build } from "esbuild"
import { execFile } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { promisify } from "node:util"
import { describe, expect, inject, it } from "vitest"
import { packages } from "../../scripts/packages.mjs"
import { attempt, root, run, tarball, tool } from "../support/commands.ts"
import { entryOf, entryPoints, filesOf, manifestOf } from "../support/files.ts"

/** What arethetypeswrong says. */
interface Analysis {
  readonly analysis: { readonly entrypoints: Readonly<Record<string, unknown>> }
  readonly problems?: Readonly<
    Record<string, ReadonlyArray<{ readonly kind: string; readonly resolutionKind?: string }>>
  >
}

/** Of Babel, which has no types, what is needed here. */
const { parseSync }: {
  readonly parseSync: (code: string, options: object) => {
    readonly program: { readonly body: ReadonlyArray<{ readonly type: string }> }
  }
} = createRequire(import.meta.url)("@babel/core")

const consumer = inject("consumer")

/** What runs in the consumer, on Node alone; it takes JSON as an argument and writes JSON. */
const scripts = {
  imports: `
    const { closed, open } = JSON.parse(process.argv[1])
    const empty = [], found = []
    for (const specifier of open) if (Object.keys(await import(specifier)).length === 0) empty.push(specifier)
    for (const specifier of closed) {
      try {
        // A pattern of exports lets a path through behind which there is no file.
        if (existsSync(fileURLToPath(import.meta.resolve(specifier)))) found.push(specifier)
      } catch ({ code }) {
        if (code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") found.push(specifier + ": " + code)
      }
    }
    console.log(JSON.stringify({ empty, found }))`,
  effects: `
    const { dependencies, urls } = JSON.parse(process.argv[1])
    const keys = (of) => Reflect.ownKeys(of).map(String)
    const intrinsics = [globalThis, Object, Object.prototype, Array.prototype, Function.prototype, Promise.prototype]
    const state = () => ({
      keys: intrinsics.map(keys),
      listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
      resources: process.getActiveResourcesInfo(),
      environment: process.env,
      exitCode: process.exitCode
    })
    for (const dependency of dependencies) await import(dependency)
    const before = JSON.stringify(state())
    for (const url of urls) await import(url)
    const after = JSON.stringify(state())
    console.log(JSON.stringify({ before, after }))`
}

const runScript = async (name: keyof typeof scripts, input: unknown): Promise<Record<string, unknown>> => {
  const code = `import { existsSync } from "node:fs"; import { fileURLToPath } from "node:url"; ${scripts[name]}`
  const { stderr, stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", code, JSON.stringify(input)],
    { cwd: consumer, env: { ...process.env, NODE_OPTIONS: "" } }
  )
  expect(stderr).toBe("")
  return JSON.parse(stdout)
}

describe("an entry of a changelog", () => {
  const changelog = "# one\n\n## 0.2.0\n\n### Minor Changes\n\n## 0.1.0\n\nThe first.\n"

  it("is what is between its heading and the next", () => {
    expect(entryOf(changelog, "0.1.0")).toBe("\n\nThe first.\n")
    expect(entryOf(changelog, "0.2.0")).toBe("\n\n### Minor Changes\n\n")
    expect(entryOf(changelog, "0.3.0")).toBe("")
  })
})

for (const { folder, name } of packages) {
  const installed = join(consumer, "node_modules", name)
  const sources = filesOf(join(root, "packages", folder, "src"))
  const modules = filesOf(join(installed, "dist")).filter((file) => file.endsWith(".js"))
  const manifest = manifestOf(installed)

  describe(name, () => {
    it("holds its texts, its sources and what they compile to, and nothing else", () => {
      const compiled = sources.flatMap((source) =>
        [".js", ".js.map", ".d.ts", ".d.ts.map"].map((ending) => `dist/${source.replace(/\.ts$/, ending)}`)
      )
      expect(sources.filter((source) => !source.endsWith(".ts"))).toStrictEqual([])
      expect(filesOf(installed)).toStrictEqual(
        [
          "CHANGELOG.md",
          "LICENSE",
          "README.md",
          "package.json",
          ...compiled,
          ...sources.map((source) => `src/${source}`)
        ].toSorted()
      )
    })

    it("has maps that lead to sources that it holds", () => {
      const maps = filesOf(installed).filter((file) => file.endsWith(".map"))
      expect(maps.length).toBe(2 * sources.length)
      for (const map of maps) {
        const at = join(installed, map)
        const content: { readonly sources: ReadonlyArray<string> } = JSON.parse(readFileSync(at, "utf8"))
        const source = map.replace(/^dist\//, "src/").replace(/\.(js|d\.ts)\.map$/, ".ts")
        expect(content.sources.map((path) => resolve(dirname(at), path)), map).toStrictEqual([join(installed, source)])
        expect(readFileSync(at.slice(0, -".map".length), "utf8")).toContain("//# sourceMappingURL=")
      }
    })

    it("says nothing of the machine that it was made on", () => {
      expect(filesOf(installed).filter((file) => readFileSync(join(installed, file), "utf8").includes(root)))
        .toStrictEqual([])
    })

    it("has a changelog with an entry for its version", () => {
      const changelog = readFileSync(join(installed, "CHANGELOG.md"), "utf8")
      expect(changelog.startsWith(`# ${name}\n`)).toBe(true)
      expect(entryOf(changelog, manifest.version)).toMatch(/^[^#\s]/m)
    })

    it("has a README whose links lead somewhere within the package", () => {
      const readme = readFileSync(join(installed, "README.md"), "utf8")
      const links = Array.from(readme.matchAll(/\]\(([^)\s]+)\)/g), ([, target = ""]) => target)
      // Fragments are checked by the tests of the documents.
      const paths = links.filter((target) => !/^(?:https:|#)/.test(target)).map((target) => target.split("#")[0] ?? "")
      expect(paths.filter((path) => path.startsWith("..") || !existsSync(join(installed, path)))).toStrictEqual([])
    })

    it("names files in exports and bin that exist", () => {
      const targets = Object.values(manifest.exports)
        .flatMap((target) => typeof target === "string" ? [target] : Object.values(target ?? {}))
        .concat(Object.values(manifest.bin ?? {}))
      const names = sources.filter((source) => !source.includes("/")).map((source) => source.replace(/\.ts$/, ""))
      const files = targets.flatMap((target) => names.map((module) => target.replace("*", module)))
      expect(files.length).toBeGreaterThan(0)
      expect(files.filter((file) => !existsSync(join(installed, file)))).toStrictEqual([])
    })

    it("lets every public module be imported, and no other", async () => {
      const open = entryPoints(installed, name)
      const closed = modules
        .flatMap((file) => [`${name}/${file.slice(0, -".js".length)}`, `${name}/dist/${file}`, `${name}/src/${file}`])
        .filter((specifier) => !open.includes(specifier))
      expect(open.length).toBeGreaterThan(2)
      expect(closed.length).toBeGreaterThan(open.length)
      expect(await runScript("imports", { closed, open })).toStrictEqual({ empty: [], found: [] })
    })

    it("names in sideEffects the modules that do something when they are loaded", () => {
      const statements = (file: string) =>
        parseSync(readFileSync(join(installed, "dist", file), "utf8"), {
          babelrc: false,
          configFile: false,
          sourceType: "module"
        }).program.body
      // Declarations do nothing, and `for` fills tables; that this is so is shown below.
      const doing = modules.filter((file) =>
        statements(file).some(({ type }) => !/^(?:Import|Export|Variable|Function|Class|ForStatement)/.test(type))
      )
      expect(manifest.sideEffects).toStrictEqual([
        ...doing.map((file) => `./src/${file.replace(/\.js$/, ".ts")}`),
        ...doing.map((file) => `./dist/${file}`)
      ])
    })

    it("does nothing else when it is loaded", async () => {
      const quiet = modules.filter((file) => !manifest.sideEffects.includes(`./dist/${file}`))
      const imports = quiet.flatMap((file) =>
        Array.from(
          readFileSync(join(installed, "dist", file), "utf8").matchAll(/^import .*"([^."][^"]*)";$/gm),
          ([, path]) => path
        )
      )
      expect(imports.length).toBeGreaterThan(0)
      const urls = quiet.map((file) => pathToFileURL(join(installed, "dist", file)).href)
      const { after, before } = await runScript("effects", { dependencies: Array.from(new Set(imports)), urls })
      expect(after).toStrictEqual(before)
    })

    it("is dropped by a bundler where nothing of it is used", async () => {
      const { outputFiles } = await build({
        stdin: {
          contents: entryPoints(installed, name).map((specifier) => `import "${specifier}"`).join("\n"),
          resolveDir: consumer
        },
        bundle: true,
        format: "esm",
        platform: "node",
        write: false,
        logLevel: "silent"
      })
      expect(outputFiles.map(({ text }) => text)).toStrictEqual([""])
    })

    it("is clean to publint", async () => {
      expect(await run([tool("publint"), "--strict", tarball(folder)], root)).toContain("All good!")
    })

    it("is clean to arethetypeswrong, every module of it", async () => {
      const entries = entryPoints(installed, name).map((specifier) => specifier.replace(name, "."))
      // ESM alone: `require` of CommonJS and the resolution of Node 10, which knows no `exports`, cannot find it.
      const options = ["--profile", "esm-only", "--format", "json", "--entrypoints", ...entries]
      const { analysis, problems = {} }: Analysis = JSON.parse(
        await run([tool("attw"), tarball(folder), ...options], root)
      )
      expect(Object.keys(analysis.entrypoints).toSorted()).toStrictEqual(entries.toSorted())
      expect(
        Object.values(problems).flat().filter(({ resolutionKind = "" }) =>
          !["node10", "node16-cjs"].includes(resolutionKind)
        )
      ).toStrictEqual([])
    })
  })
}

it("knip finds nothing that is not used", async () => {
  // Hints about its configuration are on stderr.
  const { code, output } = await attempt([tool("knip"), "--no-progress"], root)
  expect(output).toBe("")
  expect(code).toBe(0)
})
