import type { Caption } from "./model.ts"
import { clean } from "./text.ts"
import { timestamp, toMs } from "./time.ts"

interface Block {
  readonly times: string
  readonly label: string
  readonly lines: ReadonlyArray<string>
}

/** What goes into a file, with nothing in it that would break the file: captions may have been edited. */
const blocks = (captions: ReadonlyArray<Caption>, separator: "," | "."): Array<Block> =>
  captions.toSorted((a, b) => a.start - b.start).flatMap((caption) => {
    const lines = caption.lines.flatMap((line) => line.split(/\r\n|\r|\n/)).map(clean).filter((line) => line !== "")
    if (lines.length === 0) return []
    const start = toMs(caption.start)
    const end = Math.max(toMs(caption.end), start + 1)
    const times = `${timestamp(start, separator)} --> ${timestamp(end, separator)}`
    return [{ times, label: clean(caption.label ?? ""), lines }]
  })

export const srt = (captions: ReadonlyArray<Caption>): string =>
  blocks(captions, ",").map(({ lines, times }, index) => `${index + 1}\n${times}\n${lines.join("\n")}\n`).join("\n")

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

/** A blank line would end the comment, and an arrow would make it a cue. */
const comment = (note: string): string =>
  ["NOTE", ...note.split(/\r\n|\r|\n/).map(clean).filter((line) => line !== "")].join("\n").replaceAll("-->", "→")

export const vtt = (captions: ReadonlyArray<Caption>, note: string): string => {
  const cues = blocks(captions, ".").map(({ label, lines, times }) => {
    const text = lines.map(escape).join("\n")
    return `${times}\n${label === "" ? text : `<v ${escape(label)}>${text}`}\n`
  })
  return ["WEBVTT\n", ...(clean(note) === "" ? [] : [`${comment(note)}\n`]), ...cues].join("\n")
}
