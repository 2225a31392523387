/** Links, anchors and code spans of Markdown files. */
import { outsideFences } from "./fences.ts"

export interface Link {
  readonly target: string
  /** From 1. */
  readonly line: number
}

const codeSpan = /(`+)(?!`)(.+?)\1/g
const inline = /\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)/g
const reference = /^\s*\[[^\]]+\]:\s+<?(\S+?)>?(?:\s|$)/g

const byLine = (markdown: string, find: (line: string) => ReadonlyArray<string>): Array<Link> =>
  outsideFences(markdown).split("\n").flatMap((text, i) => find(text).map((target) => ({ target, line: i + 1 })))

const all = (pattern: RegExp, text: string, group: number): Array<string> =>
  Array.from(text.matchAll(pattern), (match) => match[group] ?? "")

/** Where the links and images point to. */
export const links = (markdown: string): Array<Link> =>
  byLine(markdown, (line) => {
    const text = line.replace(codeSpan, "`")
    return [...all(inline, text, 1), ...all(reference, text, 1)]
  })

/** What stands between backticks. */
export const codeSpans = (markdown: string): Array<Link> =>
  byLine(markdown, (line) => all(codeSpan, line, 2).map((span) => span.trim()))

/** The anchor that GitHub gives to a heading. */
export const slug = (heading: string): string =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "")
    .replaceAll(" ", "-")

/** The anchors of the headings; a heading that comes again is numbered. */
export const anchors = (markdown: string): Set<string> => {
  const found = new Set<string>()
  for (const [, heading = ""] of outsideFences(markdown).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const anchor = slug(heading)
    let unique = anchor
    for (let i = 1; found.has(unique); i++) unique = `${anchor}-${i}`
    found.add(unique)
  }
  return found
}
