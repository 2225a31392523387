/** The files of the repository, by their path from its root. */
import { globSync, readFileSync } from "node:fs"
import { resolve } from "node:path"

export const root = resolve(import.meta.dirname, "../../..")

const generated = /(?:^|\/)(?:node_modules|dist|\.tsbuildinfo|\.generated)(?:\/|$)/

/** The files that match, in order; nothing that was installed or generated. */
export const list = (...patterns: ReadonlyArray<string>): ReadonlyArray<string> =>
  globSync([...patterns], { cwd: root, exclude: (path) => generated.test(path.replaceAll("\\", "/")) })
    .map((path) => path.replaceAll("\\", "/"))
    .toSorted()

export const read = (file: string): string => readFileSync(resolve(root, file), "utf8")

/** The Markdown files that people read. */
export const documents = (): ReadonlyArray<string> =>
  list("*.md", "docs/*.md", "docs/guides/*.md", "packages/*/*.md", "examples/*.md")

/** The sources of the packages. */
export const sources = (): ReadonlyArray<string> => list("packages/*/src/**/*.ts")

/** The modules that can be imported from outside. */
export const publicModules = (): ReadonlyArray<string> => list("packages/*/src/*.ts")
