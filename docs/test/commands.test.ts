import { assert, describe, it } from "@effect/vitest"
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { documents, read, root } from "./support/repository.ts"

const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: Readonly<Record<string, string>> }

const exists = (path: string): boolean => existsSync(resolve(root, path))

/** A command of `.bin`, or a package that is run by its name. */
const isInstalled = (executable: string): boolean => {
  const manifest = `node_modules/${executable}/package.json`
  return exists(`node_modules/.bin/${executable}`) || (exists(manifest) && "bin" in JSON.parse(read(manifest)))
}

/** What a text runs with npm that is no script of the repository, and with npx that is not installed. */
const unknownCommands = (text: string): Array<string> =>
  Array.from(text.matchAll(/\bnpm (?:run (?:--silent )?([\w:-]+)|(start|test)\b)|\bnpx ([\w@/.-]+)/g))
    .filter(([, run, short, executable]) =>
      executable === undefined ? scripts[run ?? short ?? ""] === undefined : !isInstalled(executable)
    )
    .map(([command]) => command)

describe("commands", () => {
  for (const file of documents()) {
    it(`of ${file} exist`, () => assert.deepStrictEqual(unknownCommands(read(file)), []))
  }

  it("of CONTRIBUTING.md are a table", () => {
    const commands = Array.from(read("CONTRIBUTING.md").matchAll(/^\| `(np[mx] [^`]+)` \|/gm), ([, command]) => command)
    assert.include(commands, "npm test [-- NAME]")
    assert.isAbove(commands.length, 5)
  })

  it("are found unknown", () => {
    assert.deepStrictEqual(
      unknownCommands(
        "`npm test`, `npm run lint`, `npm run none`, `npx vitest run`, `npx none`, `npx effect`, `npm install effect`"
      ),
      ["npm run none", "npx none", "npx effect"]
    )
  })

  it("of package.json name files that exist", () => {
    const files = Object.values(scripts).flatMap((script) => script.match(/[\w./-]+\.(?:ts|mjs)\b/g) ?? [])
    assert.include(files, "scripts/test.mjs")
    assert.deepStrictEqual(files.filter((file) => !exists(file)), [])
    assert.deepStrictEqual(Object.values(scripts).flatMap(unknownCommands), [])
  })
})
