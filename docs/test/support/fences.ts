/** Code between fences in Markdown. */
export interface Fence {
  /** The language and what follows it. */
  readonly info: string
  readonly text: string
  /** Line of the first line of code, from 1. */
  readonly line: number
  /** Line of the closing fence, from 1. */
  readonly end: number
  /** How far the fence is indented, in characters. */
  readonly indent: number
}

const opening = /^( *)(`{3,}|~{3,})\s*([^`]*)$/

/** All fences of a text, in order. Throws for one that is not closed: what follows it would be taken for code. */
export const fences = (markdown: string, of = "text"): Array<Fence> => {
  const lines = markdown.split("\n")
  const found: Array<Fence> = []
  for (let i = 0; i < lines.length; i++) {
    const [, spaces = "", marks, info = ""] = opening.exec(lines[i] ?? "") ?? []
    if (marks === undefined) continue
    const closing = new RegExp(`^ *${marks}${marks.charAt(0)}*\\s*$`)
    const length = lines.slice(i + 1).findIndex((line) => closing.test(line))
    if (length === -1) throw new Error(`${of}: the fence in line ${i + 1} is not closed`)
    const code = lines.slice(i + 1, i + 1 + length)
    const indented = new RegExp(`^ {0,${spaces.length}}`)
    found.push({
      info: info.trim(),
      text: code.map((line) => line.replace(indented, "")).join("\n"),
      line: i + 2,
      end: i + 2 + length,
      indent: spaces.length
    })
    i += length + 1
  }
  return found
}

/** The text without its fences, line by line where it was. */
export const outsideFences = (markdown: string): string => {
  const lines = markdown.split("\n")
  for (const { end, line } of fences(markdown)) lines.fill("", line - 2, end)
  return lines.join("\n")
}
