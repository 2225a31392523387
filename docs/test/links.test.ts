import { assert, describe, it } from "@effect/vitest"
import { existsSync } from "node:fs"
import { posix, resolve } from "node:path"
import { makeReader } from "./support/exports.ts"
import { anchors, codeSpans, links } from "./support/markdown.ts"
import { documents, list, publicModules, read, root, sources } from "./support/repository.ts"

/** What is wrong with where a link of a file goes. */
const problemOf = (file: string, target: string): string | undefined => {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return URL.canParse(target) ? undefined : "is not a URL"
  const [path = "", anchor] = target.split("#")
  const goal = path === "" ? file : posix.join(posix.dirname(file), decodeURIComponent(path))
  if (!existsSync(resolve(root, goal))) return "does not exist"
  return anchor === undefined || anchors(read(goal)).has(anchor) ? undefined : "has no such heading"
}

const broken = (file: string, markdown: string): Array<string> =>
  links(markdown).flatMap(({ line, target }) => {
    const problem = problemOf(file, target)
    return problem === undefined ? [] : [`${file}:${line}: ${target} ${problem}`]
  })

describe("links of Markdown files", () => {
  for (const file of documents()) {
    it(file, () => assert.deepStrictEqual(broken(file, read(file)), []))
  }

  it("are found broken", () => {
    const markdown = [
      "[the SDK](packages/deepgram) [none](packages/none) `[code](none.md)`",
      "[how](docs/architecture.md#decisions) [what](docs/architecture.md#none) [up](../outside.md)",
      "[here](#a-heading-with-code) [not here](#a-heading) ![image](none.png) [web](https://[)",
      "## A heading, with `code`",
      "```md",
      "[in a fence](none.md)",
      "```",
      "[reference]: <none.txt>"
    ]
    assert.deepStrictEqual(broken("README.md", "").concat(problemOf("README.md", "#see-it") ?? []), [])
    assert.deepStrictEqual(
      broken("CONTRIBUTING.md", markdown.join("\n")).map((line) => line.slice("CONTRIBUTING.md:".length)),
      [
        "1: packages/none does not exist",
        "2: docs/architecture.md#none has no such heading",
        "2: ../outside.md does not exist",
        "3: #a-heading-with-code has no such heading",
        "3: #a-heading has no such heading",
        "3: none.png does not exist",
        "3: https://[ is not a URL",
        "8: none.txt does not exist"
      ]
    )
  })
})

describe("links to the vendor", () => {
  const page =
    /^https:\/\/developers\.deepgram\.com(?:\/(?:docs|guides|reference)(?:\/[a-z0-9]+(?:[-.][a-z0-9]+)*)+(?:#[\w-]+)?)?$/
  const malformed = (text: string) =>
    Array.from(text.matchAll(/(?:\w+:\/*)?developers\.deepgram\.com[^\s`"'<>)\]}]*/g), ([link]) => link)
      .filter((link) => !page.test(link))

  it("are well-formed", () => {
    const files = [...documents(), ...sources()]
    assert.deepStrictEqual(files.flatMap((file) => malformed(read(file)).map((link) => `${file}: ${link}`)), [])
  })

  it("are found malformed", () => {
    const wrong = [
      "http://developers.deepgram.com/docs/keyterm",
      "developers.deepgram.com/docs/keyterm",
      "https://developers.deepgram.com/docs/keyterm.",
      "https://developers.deepgram.com/docs//keyterm",
      "https://developers.deepgram.com/doc/keyterm",
      "https://developers.deepgram.com/docs/",
      "https://developers.deepgram.com/docs/Keyterm"
    ]
    const right = "(https://developers.deepgram.com) <https://developers.deepgram.com/docs/keyterm#a_b> "
    assert.deepStrictEqual(malformed(right + wrong.join(" ")), wrong)
  })
})

describe("paths", () => {
  // `internal/errors.ts`, `packages/`: what stands before the first part may be left out.
  const path = /^[\w@.-]+(?:\/[\w@.-]+)*(?:\/|\.(?:ts|mjs|json|md))$/

  it("in docs/architecture.md exist", () => {
    const files = list("**/*.*").map((file) => `/${file}`)
    const exists = (span: string) =>
      files.some((file) => span.endsWith("/") ? file.includes(`/${span}`) : file.endsWith(`/${span}`))
    const spans = codeSpans(read("docs/architecture.md")).map(({ target }) => target).filter((span) => path.test(span))
    assert.isAbove(spans.length, 10)
    assert.deepStrictEqual(spans.filter((span) => !exists(span)), [])
    assert.isFalse(exists("internal/none.ts"))
  })
})

describe("names", () => {
  const { exportsOf } = makeReader(read)
  const modules = new Map(publicModules().map((file) => [posix.basename(file, ".ts"), file]))

  /** `ListenV1.submitUrl`, of a module of ours, that does not exist. */
  const unknown = (markdown: string) =>
    codeSpans(markdown).map(({ target }) => target).filter((span) => {
      const [, module = "", member] = /^([A-Z]\w*)\.(\w+)(?![\w.])/.exec(span) ?? []
      const file = modules.get(module)
      return file !== undefined && !exportsOf(file).some(({ name }) => name === member) && `${module}.ts` !== span
    })

  for (const file of documents()) {
    it(`in ${file} exist`, () => assert.deepStrictEqual(unknown(read(file)), []))
  }

  it("are found unknown", () => {
    const markdown =
      "`ListenV1.none(1)`, `ListenV1.submitUrl`, `ListenV1.ts`, `Effect.none`, `Deepgram.withOptions({ query })`"
    assert.deepStrictEqual(unknown(markdown), ["ListenV1.none(1)"])
  })
})
