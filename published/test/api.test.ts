/** The public surface is in git: what changes it changes a file of `published/api`, and `npm run api` writes these. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest"
import { apiReport } from "../../scripts/api-report.mjs"
import { packages } from "../../scripts/packages.mjs"
import { emptyFolder, root } from "../support/commands.ts"

const update = process.env.UPDATE_API !== undefined

const suffix = ".api.md"

const read = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((file) => file.replaceAll("\\", "/"))
      .filter((file) => file.endsWith(suffix))
      .toSorted()
      .map((file) => [file.slice(0, -suffix.length), readFileSync(join(folder, file), "utf8")])
  )

const write = (folder: string, files: Readonly<Record<string, string>>): void => {
  rmSync(folder, { recursive: true, force: true })
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, `${name}${suffix}`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

describe("the public surface", () => {
  for (const { folder, name } of packages) {
    it(`of ${name} is what published/api says (npm run api writes it)`, () => {
      const reports = Object.fromEntries(
        Array.from(apiReport(`${inject("consumer")}/node_modules/${name}`))
          .map(([module, text]) => [module, `# ${name}: ${module}\n\n${text}`])
      )
      const kept = join(root, "published/api", folder)
      if (update) write(kept, reports)
      expect(reports).toStrictEqual(read(kept))
    })
  }
})

describe("a report", () => {
  let folder = ""

  const manifest = {
    name: "one",
    type: "module",
    exports: { ".": {}, "./*": {}, "./index": null, "./internal/*": null }
  }

  const declarations = {
    "index.d.ts": `export * as Calls from "./Calls.ts";\n`,
    "Calls.d.ts": `import * as Inner from "./internal/inner.ts";
import type { Mode } from "./internal/modes.ts";
export { type Options, Refused } from "./internal/inner.ts";
export declare const call: (options: Inner.Options, mode?: Mode) => Inner.Answer;
export declare const whole: typeof import("./internal/whole.ts");
declare const remove: (options: Inner.Options) => void;
export { remove as delete };
`,
    "internal/inner.d.ts": `declare const Refused_base: new(fields: { readonly status: number }) => Error;
/** It was refused. */
export declare class Refused extends Refused_base {
}
export interface Options {
    readonly limit?: number;
}
export interface Answer {
    readonly text: string;
}
export declare const hidden: number;
`,
    "internal/modes.d.ts": `export type Mode = "fast" | "slow";\n`,
    "internal/own.d.ts": `export declare const own: string;\n`,
    "internal/whole.d.ts": `declare const take: string;\nexport { take as get };\n`
  }

  type File = keyof typeof declarations

  const reportOf = (file: File = "index.d.ts", from = "", to = ""): Readonly<Record<string, string>> => {
    mkdirSync(join(folder, "dist/internal"), { recursive: true })
    writeFileSync(join(folder, "package.json"), JSON.stringify(manifest))
    for (const [name, text] of Object.entries(declarations)) {
      if (name === file) expect(text).toContain(from)
      writeFileSync(join(folder, "dist", name), name === file ? text.replace(from, to) : text)
    }
    return Object.fromEntries(apiReport(folder))
  }

  let unchanged: Readonly<Record<string, string>> = {}

  beforeAll(async () => {
    folder = await emptyFolder()
    unchanged = reportOf()
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  it("has public modules, and of others what they lead to", () => {
    const report = unchanged
    expect(Object.keys(report)).toStrictEqual([
      "Calls",
      "index",
      "internal/inner",
      "internal/modes",
      "internal/whole"
    ])
    expect(report.Calls).toContain("export { remove as delete }\n")
    expect(report.index).toContain(`export { * as Calls } from "Calls"`)
    expect(report.Calls).toContain(`export { Refused } from "internal/inner"`)
    expect(report.Calls).toContain(`export type { Options } from "internal/inner"`)
    expect(report["internal/inner"]).not.toContain("hidden")
  })

  const changes: ReadonlyArray<readonly [what: string, file: File, from: string, to: string]> = [
    [
      "an option",
      "internal/inner.d.ts",
      "readonly limit?: number;",
      "readonly limit?: number; readonly page?: number;"
    ],
    ["a literal", "internal/modes.d.ts", `"slow"`, `"slow" | "slower"`],
    ["a field of an error", "internal/inner.d.ts", "{ readonly status: number }", "{ readonly status?: number }"],
    ["a parameter", "Calls.d.ts", "mode?: Mode", "mode: Mode"],
    ["an export", "Calls.d.ts", "type Options, Refused", "Refused"],
    ["a value that becomes a type", "Calls.d.ts", "type Options, Refused", "type Options, type Refused"],
    ["an export by another name", "Calls.d.ts", "export { remove as delete };\n", "export {};\n"],
    ["the name of an export", "Calls.d.ts", "remove as delete", "remove as destroy"],
    ["the name of an export that a module leads to", "internal/whole.d.ts", "take as get", "take as got"],
    ["a module", "index.d.ts", "export * as Calls", "export * as Called"]
  ]

  for (const [what, file, from, to] of changes) {
    it(`changes with ${what}`, () => expect(reportOf(file, from, to)).not.toStrictEqual(unchanged))
  }

  const others: ReadonlyArray<readonly [what: string, file: File, from: string, to: string]> = [
    ["a comment", "internal/inner.d.ts", "It was refused.", "It was refused, and why."],
    ["what nothing public leads to", "internal/inner.d.ts", "hidden: number", "hidden: string"],
    ["a module that nothing public leads to", "internal/own.d.ts", "own: string", "own: number"],
    ["the order of what is declared", "Calls.d.ts", "type Options, Refused", "Refused, type Options"]
  ]

  for (const [what, file, from, to] of others) {
    it(`does not change with ${what}`, () => expect(reportOf(file, from, to)).toStrictEqual(unchanged))
  }
})
