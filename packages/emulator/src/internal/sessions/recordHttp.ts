/** Requests over HTTP, as they pass: a slow disk holds both sides up, and nothing piles up. */
import type { ServerResponse } from "node:http"
import { pathOf } from "../server/paths.ts"
import * as Blanker from "./blanker.ts"
import { bodyOf, isManagement, recordAnswer, type Recording } from "./call.ts"

type Chunk = string | Uint8Array

const bytesOf = (chunk: Chunk, encoding: BufferEncoding | undefined): Uint8Array =>
  typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk

const isJson = (contentType: string | undefined): boolean => contentType?.includes("json") === true

/** How a body begins that could be JSON, whatever its type says. */
const brace = 0x7b

/** A variable of agents may be sensitive. */
const isVariable = (target: string): boolean => /^\/v1\/projects\/[^/]+\/agent-variables(?:\/|$)/.test(pathOf(target))

/** Takes what the parser of Node gives to a request. It waits, with the client, while the disk is slow. */
const recordRequest = (recording: Recording) => {
  const { exchange: { request, target }, hide, writer, write } = recording
  const body = bodyOf(recording, "RequestBody", (first) => {
    if (isVariable(target)) return Blanker.makeVariable(hide)
    const isSecretive = isManagement(target) || isJson(request.headers["content-type"]) || first === brace
    return isSecretive ? Blanker.make(hide) : undefined
  })
  const push = request.push.bind(request)
  const read = request._read.bind(request)
  request.push = (chunk: Chunk | null, encoding?: BufferEncoding) => {
    if (chunk === null) {
      body.end()
      write({ type: "RequestEnd" })
    } else body.push(bytesOf(chunk, encoding))
    // Those who let the body flow do not ask for more.
    const wantsMore = push(chunk, encoding)
    return wantsMore && !writer.isFull()
  }
  request._read = (size) => writer.isFull() ? writer.onRoom(() => read(size)) : read(size)
}

/** Records a request, from its head to its end. */
export const recordHttp = (recording: Recording, response: ServerResponse): void => {
  let isAnswered = false
  let isClosed = false
  recordRequest(recording)
  const { finish } = recordAnswer(recording, () => {
    isAnswered = true
    if (isClosed) finish()
  })
  // The connection may go on. What was answered may still be on its way.
  response.once("close", () => {
    isClosed = true
    if (isAnswered) finish()
  })
}
