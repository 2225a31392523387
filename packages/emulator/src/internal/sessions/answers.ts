/** Answers of HTTP/1.1, read out of the bytes of a connection. */
import type { Pair } from "./secrets.ts"

/** Is told what is answered. */
export interface Listener {
  /** Of the request. */
  readonly method: string
  readonly onHead: (status: number, headers: ReadonlyArray<Pair>) => void
  readonly onBody: (bytes: Uint8Array) => void
  /** The answer is complete. */
  readonly onEnd: () => void
}

/** Reads one answer. */
export interface Reader {
  /** Takes bytes; those behind the end of the answer come back. */
  readonly take: (bytes: Buffer) => Buffer
  /** The connection is closed: an answer without a length ends with it. */
  readonly close: () => void
}

const none = Buffer.alloc(0)

/** What comes next. A `session` has no end. */
type State = "head" | "length" | "size" | "chunk" | "trailer" | "close" | "session" | "end"

/** Where a line, or a head, ends. */
const blankLine = "\r\n\r\n"
const lineEnd = "\r\n"

const headersOf = (lines: ReadonlyArray<string>): ReadonlyArray<Pair> =>
  lines.map((line): Pair => {
    const colon = line.indexOf(":")
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })

const valueOf = (headers: ReadonlyArray<Pair>, name: string): string | undefined =>
  headers.find(([key]) => key.toLowerCase() === name)?.[1]

/** A reader of the answer that comes next. */
export const reader = ({ method, onBody, onEnd, onHead }: Listener): Reader => {
  let state: State = "head"
  /** A line or head that is not complete. */
  let held = none
  let left = 0

  const end = () => {
    state = "end"
    onEnd()
  }

  /** Takes a text up to its end; nothing as long as it is not there. */
  const textUpTo = (bytes: Buffer, mark: string): { readonly text: string; readonly rest: Buffer } | undefined => {
    const all = held.length === 0 ? bytes : Buffer.concat([held, bytes])
    const at = all.indexOf(mark)
    if (at < 0) {
      held = Buffer.from(all)
      return undefined
    }
    held = none
    return { text: all.toString("latin1", 0, at), rest: all.subarray(at + mark.length) }
  }

  const takeHead = (head: string) => {
    const [first = "", ...lines] = head.split(lineEnd)
    const status = Number(first.split(" ")[1])
    // `100 Continue` is in front of the answer.
    if (status < 200 && status !== 101) return
    const headers = headersOf(lines)
    onHead(status, headers)
    const length = valueOf(headers, "content-length")
    if (status === 101) state = "session"
    else if (method === "HEAD" || status === 204 || status === 304 || length === "0") end()
    else if (/chunked/i.test(valueOf(headers, "transfer-encoding") ?? "")) state = "size"
    else if (length === undefined) state = "close"
    else {
      state = "length"
      left = Number(length)
    }
  }

  const takeBody = (bytes: Buffer): Buffer => {
    const part = bytes.subarray(0, left)
    left -= part.length
    onBody(part)
    if (left === 0 && state === "length") end()
    else if (left === 0) {
      // Its line end, and then the next size.
      state = "size"
    }
    return bytes.subarray(part.length)
  }

  const takeSize = (line: string) => {
    // The line end of the chunk before.
    if (line === "") return
    left = Number.parseInt(line, 16)
    state = left === 0 ? "trailer" : "chunk"
  }

  const isOver = () => state === "end"

  const step = (bytes: Buffer): Buffer => {
    if (state === "session") return none
    if (state === "length" || state === "chunk") return takeBody(bytes)
    if (state === "close") {
      onBody(bytes)
      return none
    }
    const line = textUpTo(bytes, state === "head" ? blankLine : lineEnd)
    if (line === undefined) return none
    if (state === "head") takeHead(line.text)
    else if (state === "size") takeSize(line.text)
    else if (line.text === "") end()
    return line.rest
  }

  return {
    take: (bytes) => {
      let rest = bytes
      while (rest.length > 0 && !isOver()) rest = step(rest)
      return rest
    },
    close: () => {
      if (state === "close") end()
    }
  }
}
