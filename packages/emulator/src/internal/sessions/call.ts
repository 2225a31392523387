/** What requests over HTTP and for sessions have in common: their head, their answer and their end. */
import type { Exchange } from "../server/exchange.ts"
import { pathOf } from "../server/paths.ts"
import * as Blanker from "./blanker.ts"
import { contentOf } from "./content.ts"
import type { Part } from "./format.ts"
import { type Hide, hideHeaders } from "./secrets.ts"
import { listen } from "./wire.ts"
import type { Writer } from "./writer.ts"

/** A part of a call, without what all parts have. */
export type PartOf<P = Part> = P extends Part ? Omit<P, "id" | "at"> : never

/** One call that is recorded. */
export interface Recording {
  readonly exchange: Exchange
  readonly writer: Writer
  readonly hide: Hide
  readonly write: (part: PartOf) => void
}

/** Where secrets stand in bodies of both sides. */
export const isManagement = (target: string): boolean => /^\/v1\/(?:projects|auth|agent)(?:\/|$)/.test(pathOf(target))

const isNewKey = ({ exchange: { method, target } }: Recording): boolean =>
  method === "POST" && /^\/v1\/projects\/[^/]+\/keys$/.test(pathOf(target))

/** White space, and the bytes of the mark that may be in front of UTF-8: JSON begins behind them. */
const blank = new Set(Buffer.from(" \t\r\n\uFEFF"))

/** Writes the pieces of a body; how it is blanked may follow from its first byte that is not blank. */
export const bodyOf = (
  { write }: Recording,
  type: "RequestBody" | "AnswerBody",
  blankerFor: (first: number | undefined) => Blanker.Blanker | undefined
) => {
  let blanker: Blanker.Blanker | undefined
  let isFirst = true
  const writePiece = (bytes: Uint8Array) => {
    if (bytes.length > 0) write({ type, ...contentOf(bytes) })
  }
  return {
    push: (bytes: Uint8Array) => {
      const first = isFirst ? bytes.find((byte) => !blank.has(byte)) : undefined
      if (first !== undefined) {
        isFirst = false
        blanker = blankerFor(first)
      }
      writePiece(blanker === undefined ? bytes : blanker.push(bytes))
    },
    end: () => {
      if (blanker !== undefined) writePiece(blanker.end())
    }
  }
}

/** Writes the answer as it passes, and the end of the call when its connection is closed, or when `finish` is called. */
export const recordAnswer = (recording: Recording, onAnswered: () => void) => {
  const { exchange: { method, stream, target }, hide, writer, write } = recording
  const body = bodyOf(
    recording,
    "AnswerBody",
    () => isManagement(target) ? Blanker.make(hide, isNewKey(recording) ? "key" : undefined) : undefined
  )
  let isComplete = false
  let isGone = false
  const onGone = () => {
    isGone = true
  }
  const finish = () => {
    stream.off("end", onGone).off("error", onGone).off("close", finish)
    if (!isComplete) body.end()
    write({ type: "CallEnd", ...(isComplete ? undefined : { cut: isGone ? "client" : "server" }) })
  }
  const complete = () => {
    isComplete = true
  }
  listen(stream, writer, {
    method,
    // Whoever has gone gets no answer, whatever is still written.
    onHead: (status, headers) => {
      if (!isGone) write({ type: "Answer", status, headers: hideHeaders(headers, hide) })
    },
    onBody: (bytes) => {
      if (!isGone) body.push(bytes)
    },
    onEnd: () => {
      if (isGone) return
      body.end()
      complete()
      onAnswered()
    }
  })
  // Before Node, which answers a request that ends too early.
  stream.prependListener("end", onGone).on("error", onGone).on("close", finish)
  return { finish, complete }
}
