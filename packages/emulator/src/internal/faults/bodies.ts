/** Bodies that are not what the head says, or what anybody would expect: `Malform` and `Oversize`. */
import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from "node:http"
import type { Malform } from "../../Faults.ts"
import { page } from "./answers.ts"
import type { FaultOf, Happening, Injection } from "./injection.ts"

/** What stands in the place of a body. */
const malformed = ({ how = "json" }: Malform): Buffer => {
  switch (how) {
    case "json":
      return Buffer.from(`{"metadata": {"request_id": "`)
    case "shape":
      return Buffer.from(`["unexpected", {"shape": true}]`)
    case "html":
      return Buffer.from(page("Welcome"))
    case "encoding":
      return Buffer.from([0xff, 0xfe, 0x80, 0xc3, 0x28])
    case "empty":
      return Buffer.alloc(0)
  }
}

/** What is added is sent in pieces of so many bytes. */
const piece = 65_536

/** Writes something as often as it takes, at the pace of the client. */
const fill = (response: ServerResponse, filler: Buffer, bytes: number, then: () => void): void => {
  let left = bytes
  const more = () => {
    while (left > 0 && !response.destroyed) {
      const part = filler.subarray(0, left)
      left -= part.length
      if (!response.write(part) && left > 0) return void response.once("drain", more)
    }
    then()
  }
  more()
}

type Headers = OutgoingHttpHeaders | Array<OutgoingHttpHeader>
type Done = (error?: Error | null) => void
type Chunk = string | Uint8Array

/** What an answer becomes. */
interface Alteration {
  readonly malform: Happening<FaultOf<"Malform">> | undefined
  readonly oversize: Happening<FaultOf<"Oversize">> | undefined
}

const isText = (type: unknown): boolean => /json|text/.test(String(type))

/** Answers to `HEAD`, and these, have no body. */
const isBodiless = (response: ServerResponse, status: number): boolean =>
  response.req.method === "HEAD" || status < 200 || status === 204 || status === 205 || status === 304

/** Changes the body of an answer that has not begun. */
export const alter = (injection: Injection, response: ServerResponse): void => {
  const [malform] = injection.of("Malform")
  const [oversize] = injection.of("Oversize")
  if (malform === undefined && oversize === undefined) return
  const alteration: Alteration = { malform, oversize }
  const { writeHead } = response
  response.writeHead = (status: number, reason?: string | Headers, headers?: Headers) => {
    const given = typeof reason === "string" ? headers : reason ?? headers
    const phrase = typeof reason === "string" ? reason : undefined
    const answer = writeHead.bind(response)
    const own: OutgoingHttpHeaders = Array.isArray(given) ? {} : { ...given }
    response.writeHead = writeHead
    if (isBodiless(response, status)) return answer(status, phrase, own)
    const isSuccess = status < 300
    const altered = { ...alteration, malform: isSuccess ? alteration.malform : undefined }
    return answer(status, phrase, disturb(injection, response, altered, own))
  }
}

/** Changes what is written from now on; the headers to go with it. */
const disturb = (
  injection: Injection,
  response: ServerResponse,
  { malform, oversize }: Alteration,
  headers: OutgoingHttpHeaders
): OutgoingHttpHeaders => {
  const write = response.write.bind(response)
  const end = response.end.bind(response)
  const instead = malform === undefined ? undefined : malformed(malform.fault)
  const added = oversize?.fault.bytes ?? 0
  const type = malform?.fault.how === "html" ? "text/html" : headers["content-type"]
  // Whoever answers means another body than the one that is sent.
  response.strictContentLength = false

  if (instead !== undefined) {
    response.write = (_: Chunk, encoding?: BufferEncoding | Done, done?: Done) => {
      const written = typeof encoding === "function" ? encoding : done
      if (written !== undefined) process.nextTick(written)
      return true
    }
  }
  response.end = (chunk?: Chunk | (() => void), encoding?: BufferEncoding | (() => void), done?: () => void) => {
    const ended = [chunk, encoding, done].find((argument) => typeof argument === "function")
    const last = typeof chunk === "function" ? undefined : chunk
    Object.assign(response, { write, end })
    if (malform !== undefined) injection.happened(malform)
    const body = instead ??
      (typeof last === "string" && typeof encoding === "string" ? Buffer.from(last, encoding) : last)
    if (body !== undefined && body.length > 0) write(body)
    if (oversize === undefined) return end(ended)
    injection.happened(oversize)
    fill(response, Buffer.alloc(Math.min(piece, added), isText(type) ? " " : 0), added, () => end(ended))
    return response
  }

  const length = instead?.length ?? headers["content-length"]
  const changed: OutgoingHttpHeaders = {
    ...headers,
    "content-length": length === undefined ? undefined : Number(length) + added
  }
  if (type !== undefined) changed["content-type"] = type
  return Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined))
}
