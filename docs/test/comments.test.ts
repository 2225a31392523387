import { assert, describe, it } from "@effect/vitest"
import { makeReader } from "./support/exports.ts"
import { publicModules, read } from "./support/repository.ts"

describe("every export has a doc comment", () => {
  const { exportsOf, hasHead } = makeReader(read)

  for (const file of publicModules()) {
    it(file, () => {
      const undocumented = exportsOf(file).filter(({ documented }) => !documented).map(({ name }) => name)
      assert.deepStrictEqual(undocumented, [])
    })
  }

  it("and every public module says what it is for", () => {
    assert.deepStrictEqual(publicModules().filter((file) => !file.endsWith("/index.ts") && !hasHead(file)), [])
  })
})

describe("an export without a doc comment is found", () => {
  const files: Readonly<Record<string, string>> = {
    "src/index.ts": [
      `export * as Documented from "./Documented.ts"`,
      `export * as Bare from "./internal/Bare.ts"`,
      `export * from "./Documented.ts"`
    ].join("\n"),
    "src/Documented.ts": [
      `/** The module. */`,
      `import { imported, type Inner } from "./internal/Bare.ts"`,
      `import * as Everything from "./internal/Bare.ts"`,
      ``,
      `/** A constant. */`,
      `export const one = 1`,
      ``,
      `/** Too far away. */`,
      ``,
      `export const two = 2`,
      `/* Not a doc comment. */`,
      `export function three(): void {}`,
      `/** A type, */`,
      `export type Both = string`,
      `export const Both = "and a constant"`,
      `export { imported, /** Here. */ type Inner }`,
      `/** Not of what it holds. */`,
      `export { Everything }`,
      `export type { Outer as Renamed } from "./internal/Bare.ts"`
    ].join("\n"),
    "src/internal/Bare.ts": [
      `import * as Effect from "effect/Effect"`,
      `const inner = Effect.void`,
      `export interface Inner {}`,
      `/** An interface. */`,
      `export interface Outer {}`,
      `export { inner as imported }`
    ].join("\n")
  }
  const { exportsOf, hasHead } = makeReader((file) => files[file] ?? "")
  const undocumented = (file: string) => exportsOf(file).filter(({ documented }) => !documented).map(({ name }) => name)

  it("where it is declared", () => {
    assert.deepStrictEqual(exportsOf("src/Documented.ts").map(({ name }) => name), [
      "one",
      "two",
      "three",
      "Both",
      "Both",
      "imported",
      "Inner",
      "Everything",
      "Renamed"
    ])
    assert.deepStrictEqual(undocumented("src/Documented.ts"), ["two", "three", "Both", "imported", "Everything"])
  })

  it("through re-exports", () => {
    assert.deepStrictEqual(undocumented("src/index.ts"), ["Bare", ...undocumented("src/Documented.ts")])
    assert.isTrue(hasHead("src/Documented.ts"))
    assert.isFalse(hasHead("src/internal/Bare.ts"))
  })
})
