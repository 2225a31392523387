/** Strict readers of the two caption formats: they fail on anything that a player might stumble over. */
import { assert } from "@effect/vitest"

export interface ParsedCue {
  /** Milliseconds. */
  readonly start: number
  /** Milliseconds. */
  readonly end: number
  readonly label: string | undefined
  readonly lines: ReadonlyArray<string>
}

const milliseconds = (text: string, separator: "," | "."): number => {
  const match = /^(\d{2,}):([0-5]\d):([0-5]\d)([,.])(\d{3})$/.exec(text)
  assert.isNotNull(match, `not a time: ${text}`)
  assert.strictEqual(match[4], separator)
  return ((Number(match[1]) * 60 + Number(match[2])) * 60 + Number(match[3])) * 1000 + Number(match[5])
}

const times = (line: string | undefined, separator: "," | ".") => {
  const parts = (line ?? "").split(" --> ")
  assert.lengthOf(parts, 2, `not a line of times: ${line}`)
  const start = milliseconds(parts[0] ?? "", separator)
  const end = milliseconds(parts[1] ?? "", separator)
  assert.isAbove(end, start)
  return { start, end }
}

const blocksOf = (file: string): Array<Array<string>> => {
  assert.notMatch(file, /\r/)
  assert.isTrue(file.endsWith("\n"))
  const blocks = file.slice(0, -1).split("\n\n").map((block) => block.split("\n"))
  for (const line of blocks.flat()) assert.notStrictEqual(line.trim(), "", `blank line in ${JSON.stringify(file)}`)
  return blocks
}

const inOrder = (cues: Array<ParsedCue>): Array<ParsedCue> => {
  for (const [index, cue] of cues.entries()) assert.isAtLeast(cue.start, cues[index - 1]?.start ?? 0)
  return cues
}

export const parseSrt = (file: string): Array<ParsedCue> => {
  if (file === "") return []
  return inOrder(
    blocksOf(file).map(([number, timing, ...lines], index) => {
      assert.strictEqual(number, String(index + 1))
      assert.isNotEmpty(lines)
      const { end, start } = times(timing, ",")
      return { start, end, label: undefined, lines }
    })
  )
}

const unescape = (text: string): string => {
  assert.notMatch(text, /[<>]/, "unescaped")
  assert.notMatch(text.replace(/&(?:amp|lt|gt);/g, ""), /&/, "unescaped")
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")
}

export const parseVtt = (file: string): { readonly notes: Array<string>; readonly cues: Array<ParsedCue> } => {
  const [header, ...blocks] = blocksOf(file)
  assert.deepStrictEqual(header, ["WEBVTT"])
  const notes: Array<string> = []
  const cues: Array<ParsedCue> = []
  for (const [first, ...rest] of blocks) {
    if (first === "NOTE") {
      assert.notMatch(rest.join("\n"), /-->/)
      notes.push(rest.join("\n"))
      continue
    }
    assert.isNotEmpty(rest)
    const voice = /^<v ([^>]+)>/.exec(rest[0] ?? "")
    const lines = [(rest[0] ?? "").slice(voice?.[0].length ?? 0), ...rest.slice(1)].map(unescape)
    cues.push({ ...times(first, "."), label: voice?.[1] === undefined ? undefined : unescape(voice[1]), lines })
  }
  return { notes, cues: inOrder(cues) }
}
