import { assert, describe, it } from "@effect/vitest"
import { instrument } from "./support/assertions.ts"
import { blocksOf, isMisleading, isRun, isTypeScript } from "./support/blocks.ts"
import { parseDiagnostics } from "./support/compiler.ts"
import { fences, outsideFences } from "./support/fences.ts"
import { anchors, slug } from "./support/markdown.ts"

const fence = "```"

describe("fences", () => {
  it("are found with their place, whatever their marks", () => {
    const markdown = [
      "text with ```inline``` marks",
      "```ts",
      "const a = 1",
      "",
      "const b = 2",
      "```",
      "- item",
      "  ````md title",
      "  ```ts",
      "    deeper",
      "  ```",
      "  ````",
      "~~~",
      "```",
      "~~~",
      "```",
      "```",
      "end"
    ].join("\n")
    assert.deepStrictEqual(fences(markdown), [
      { info: "ts", text: "const a = 1\n\nconst b = 2", line: 3, end: 6, indent: 0 },
      { info: "md title", text: "```ts\n  deeper\n```", line: 9, end: 12, indent: 2 },
      { info: "", text: "```", line: 14, end: 15, indent: 0 },
      { info: "", text: "", line: 17, end: 17, indent: 0 }
    ])
    assert.deepStrictEqual(
      outsideFences(markdown).split("\n").flatMap((line, i) => line === "" ? [] : [`${i + 1} ${line}`]),
      ["1 text with ```inline``` marks", "7 - item", "18 end"]
    )
  })

  it("must be closed", () => {
    assert.throws(() => fences("text\n```ts\ncode\n``"), "text: the fence in line 2 is not closed")
    assert.throws(
      () => blocksOf("packages/deepgram/src/Some.ts", `/**\n * ${fence}ts\n */\nexport const a = 1`),
      "packages/deepgram/src/Some.ts, a: the fence in line 2 is not closed"
    )
  })
})

describe("blocks", () => {
  it("of doc comments carry the name of what they document", () => {
    const source = [
      "/**",
      " * A module.",
      " *",
      ` * ${fence}ts`,
      " * first()",
      ` * ${fence}`,
      " */",
      `import * as Effect from "effect/Effect"`,
      "",
      `const text = "/** not a comment */"`,
      "// ```ts",
      "/* ```ts */",
      "",
      "/**",
      " * Text.",
      " *",
      " * @example",
      ` * ${fence}ts`,
      " * if (true) {",
      " *   second()",
      " *",
      " * }",
      ` * ${fence}`,
      " *",
      ` * ${fence}sh`,
      " * npm test",
      ` * ${fence}`,
      " */",
      "export declare function operation(): void",
      "",
      "export interface Options {",
      "  /**",
      "   * A field.",
      "   *",
      `   * ${fence}ts no-run`,
      "   * third()",
      `   * ${fence}`,
      "   */",
      "  readonly field?: string",
      "}"
    ].join("\n")
    const blocks = blocksOf("packages/deepgram/src/internal/Some.ts", source)
    assert.deepStrictEqual(blocks.map(({ indent, info, line, name, text }) => ({ indent, info, line, name, text })), [
      { indent: 3, info: "ts", line: 5, name: "packages-deepgram-internal-Some-module-1", text: "first()" },
      {
        indent: 3,
        info: "ts",
        line: 19,
        name: "packages-deepgram-internal-Some-operation-1",
        text: "if (true) {\n  second()\n\n}"
      },
      { indent: 3, info: "sh", line: 26, name: "packages-deepgram-internal-Some-operation-2", text: "npm test" },
      { indent: 5, info: "ts no-run", line: 36, name: "packages-deepgram-internal-Some-field-1", text: "third()" }
    ])
    assert.deepStrictEqual(blocks.map(isTypeScript), [true, true, false, true])
    assert.deepStrictEqual(blocks.map(isRun), [true, true, false, false])
    assert.deepStrictEqual(blocks.filter(isMisleading), [])
  })

  it("of Markdown carry the heading above them", () => {
    const block = [`${fence}ts`, "", fence]
    const markdown = [...block, "# Title", ...block, ...block, "## A `b`, c", ...block].join("\n")
    assert.deepStrictEqual(blocksOf("docs/guide.md", markdown).map(({ name }) => name), [
      "docs-guide-1",
      "docs-guide-title-1",
      "docs-guide-title-2",
      "docs-guide-a-b-c-1"
    ])
  })

  it("that would not be tested are found", () => {
    const marks = [
      "ts",
      "ts no-run",
      "sh",
      "",
      "json",
      "ts norun",
      "ts  no-run",
      "TS",
      "typescript",
      "js",
      "mjs",
      "tsx",
      "js twoslash"
    ]
    const blocks = marks.flatMap((mark) => blocksOf("README.md", `${fence}${mark}\n${fence}`))
    assert.deepStrictEqual(blocks.filter(isMisleading).map(({ info }) => info), marks.slice(5))
  })
})

describe("headings", () => {
  it("have GitHub's anchors", () => {
    assert.strictEqual(slug("It's `code`, a [link](https://x.y) & more: Größe_1"), "its-code-a-link--more-größe_1")
    assert.deepStrictEqual([...anchors("# One\n## One\n```sh\n# not one\n```\n### Two #")], ["one", "one-1", "two"])
  })
})

describe("assertions", () => {
  const isCall = (line: number, actual: string, expected?: string) =>
    `$is(${line}, ${actual}${expected === undefined ? "" : `, () => (${expected})`})`

  /** Without what is put before the first line. */
  const module = (...lines: ReadonlyArray<string>) => instrument(lines.join("\n")).replace(/^.*?\}\); /, "").split("\n")

  it("stand behind an expression, on its line or below it", () => {
    assert.deepStrictEqual(
      module(
        `import { a } from "a"`,
        `a("… 😀 // no comment") // => "x" + [1]`,
        `a(`,
        `  1`,
        `);`,
        `// => [`,
        `//   "]",`,
        `//   2`,
        `// ]`,
        `// And this is a comment.`,
        `a(2)`
      ),
      [
        `import { a } from "a"`,
        `${isCall(2, `a("… 😀 // no comment")`, `"x" + [1]`)} // => "x" + [1]`,
        `$is(3, a(`,
        `  1`,
        `), () => ([    "]",    2  ]));`,
        `// => [`,
        `//   "]",`,
        `//   2`,
        `// ]`,
        `// And this is a comment.`,
        isCall(11, "a(2)")
      ]
    )
  })

  it("stand behind a constant", () => {
    assert.deepStrictEqual(module(`const a = 1 // => 1`, `export const b: number = 2`, `// => 2`), [
      `const a = 1;${isCall(1, "a", "1")} // => 1`,
      `export const b: number = 2;${isCall(2, "b", "2")}`,
      `// => 2`
    ])
  })

  it("are refused where they would be overlooked", () => {
    const cases: ReadonlyArray<readonly [example: string, message: string]> = [
      [`f({\n  a: 1, // => 1\n  b: 2\n})`, `line 1: "// =>" belongs behind the whole statement`],
      [`\nf() // => 1,`, `line 2: what follows "// =>" is not a value`],
      [`f()\n// => [\n\n// ]`, `line 1: what follows "// =>" is not a value`],
      [`f() // => about 1`, `line 1: what follows "// =>" is not a value`],
      [`f() // => 1\n// => 2`, `line 1: one statement has several "// =>"`],
      [`// => 1\nf()`, `line 1: no statement is before "// =>"`],
      [`const a = 1, b = 2 // => 2`, `line 1: "// =>" belongs behind an expression or one constant`],
      [`const [a] = [1] // => 1`, `line 1: "// =>" belongs behind an expression or one constant`],
      [`type A = string // => "a"`, `line 1: "// =>" belongs behind an expression or one constant`]
    ]
    for (const [example, message] of cases) assert.throws(() => instrument(example), message)
  })
})

describe("compiler output", () => {
  it("becomes diagnostics", () => {
    const output = [
      "docs/.generated/types/a-1.ts(3,5): error TS2322: Type 'A' is not assignable to type 'B'.",
      "  Property 'c' is missing.",
      "    And more.",
      "packages\\deepgram\\src\\A.ts(1,1): error TS1005: ';' expected.",
      "error TS18003: No inputs were found.",
      ""
    ].join("\r\n")
    assert.deepStrictEqual(parseDiagnostics(output), [
      {
        file: "docs/.generated/types/a-1.ts",
        line: 3,
        column: 5,
        message: "error TS2322: Type 'A' is not assignable to type 'B'.\n  Property 'c' is missing.\n    And more."
      },
      { file: "packages/deepgram/src/A.ts", line: 1, column: 1, message: "error TS1005: ';' expected." },
      { file: "", line: 0, column: 0, message: "error TS18003: No inputs were found." }
    ])
  })
})
