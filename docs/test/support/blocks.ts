/** The examples of the documentation: fences of TypeScript in Markdown files and in doc comments. */
import { type Fence, fences } from "./fences.ts"
import { slug } from "./markdown.ts"

export interface Block extends Fence {
  /** The file, from the root of the repository. */
  readonly file: string
  /** What the example belongs to: an export, or the heading above it. */
  readonly owner: string
  /** Name of the module that is made of it. */
  readonly name: string
}

/** Whether the block is run; if not, it is only type-checked. */
export const isRun = (block: Block): boolean => block.info === "ts"

/** `file:line` of a line of the block, from 1. */
export const origin = (block: Block, line = 1): string => `${block.file}:${block.line + line - 1}`

type Found = readonly [owner: string, fence: Fence]

const docComment = /^[ \t]*\/\*\*[\s\S]*?\*\//gm
const modifiers = /^\s*(?:(?:export|declare|abstract|readonly|static|const|let|function|class|interface|type)\s+)*/
const prefix = /^[ \t]*\*? ?/

/** The name that a source declares first. */
const declared = (source: string): string => {
  const name = /^[\w$]+/.exec(source.replace(modifiers, ""))?.[0] ?? "module"
  return name === "import" || name === "export" ? "module" : name
}

const moved = (fence: Fence, lines: number, columns: number): Fence => ({
  ...fence,
  line: fence.line + lines,
  end: fence.end + lines,
  indent: fence.indent + columns
})

const inDocComments = (file: string, source: string): Array<Found> =>
  Array.from(source.matchAll(docComment)).flatMap((match) => {
    const owner = declared(source.slice(match.index + match[0].length))
    const lines = match[0].slice(0, -2).split("\n")
    const bare = lines.map((line, i) => i === 0 ? "" : line.replace(prefix, "")).join("\n")
    const above = source.slice(0, match.index).split("\n").length - 1
    return fences(bare, `${file}, ${owner}`).map((fence): Found => {
      const margin = prefix.exec(lines[fence.line - 2] ?? "")?.[0].length ?? 0
      return [owner, moved(fence, above, margin)]
    })
  })

const inMarkdown = (file: string, markdown: string): Array<Found> => {
  const lines = markdown.split("\n")
  return fences(markdown, file).map((fence): Found => {
    const heading = lines.slice(0, fence.line - 1).findLast((line) => /^#+ /.test(line)) ?? ""
    return [slug(heading.replace(/^#+ /, "")), fence]
  })
}

/** The fences of a Markdown file, or of the doc comments of a source, whatever their language; no two have one name. */
export const blocksOf = (file: string, text: string): Array<Block> => {
  const counts = new Map<string, number>()
  const path = file.replace("/src/", "/").replace(/\.[a-z]+$/, "").replaceAll("/", "-")
  const blocks: Array<Block> = []
  for (const [owner, fence] of file.endsWith(".md") ? inMarkdown(file, text) : inDocComments(file, text)) {
    const name = owner === "" ? path : `${path}-${owner}`
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    blocks.push({ ...fence, file, owner, name: `${name}-${count}` })
  }
  return blocks
}

/** Whether a block is an example that is tested. */
export const isTypeScript = (block: Block): boolean => /^ts\b/.test(block.info)

/** Whether a block is an example by a mark that keeps it out of the tests. */
export const isMisleading = ({ info }: Block): boolean =>
  /^(?:[cm]?js|jsx|javascript|tsx|[cm]ts|typescript)\b/i.test(info) ||
  /^ts\b/i.test(info) && !/^ts( no-run)?$/.test(info)
