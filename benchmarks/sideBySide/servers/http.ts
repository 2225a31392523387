/** Deepgram over HTTP/1.1, as bare as can be: requests are measured and not looked at, answers are made beforehand. */
import { Buffer } from "node:buffer"
import type { Socket } from "node:net"
import { transcription } from "./transcription.ts"

/** Words of the transcriptions. */
export const words = { few: 20, many: 10_000 }

/** Bytes of speech. */
export const speechBytes = { short: 65_536, long: 100_000_000 }

const requestId = "a847f427-4ad5-4d67-9b95-db801e58251c"

const head = (headers: Readonly<Record<string, string | number>>): string =>
  [
    "HTTP/1.1 200 OK",
    ...Object.entries({
      ...headers,
      "dg-project-id": "f2e0a1d5-6a3c-4f0e-8c55-2f5c1f0a9d77",
      "dg-request-id": requestId,
      vary: "origin, access-control-request-method, access-control-request-headers",
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "dg-model-name,dg-model-uuid,dg-char-count,dg-request-id,dg-project-id,dg-error",
      date: "Mon, 12 May 2025 18:57:13 GMT"
    }).map(([name, value]) => `${name}: ${value}`),
    "\r\n"
  ].join("\r\n")

const jsonAnswer = (text: string): Buffer =>
  Buffer.from(head({ "content-type": "application/json", "content-length": Buffer.byteLength(text) }) + text)

const nothing = Buffer.alloc(0)

/** Goes through what comes in, in whatever pieces, and says of each request, at its end, how long its body was. */
const makeReader = (onRequest: (bodyBytes: number) => void): (received: Buffer) => void => {
  let place: "head" | "body" | "size of chunk" | "chunk" = "head"
  /** A head, or the size of a chunk, of which the end is missing. */
  let unfinished: Buffer = nothing
  /** Bytes up to the end of the body, or of the chunk and its line. */
  let left = 0
  let bodyBytes = 0
  return (received) => {
    const bytes = unfinished.length === 0 ? received : Buffer.concat([unfinished, received])
    unfinished = nothing
    for (let at = 0;;) {
      if (place === "head" || place === "size of chunk") {
        const mark = place === "head" ? "\r\n\r\n" : "\r\n"
        const end = bytes.indexOf(mark, at)
        if (end < 0) {
          unfinished = bytes.subarray(at)
          return
        }
        const text = bytes.toString("latin1", at, end)
        at = end + mark.length
        if (place === "head") {
          left = bodyBytes = Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0)
          place = /^transfer-encoding: *chunked/im.test(text) ? "chunk" : "body"
        } else {
          const size = Number.parseInt(text, 16)
          bodyBytes += size
          left = size + 2
          place = size === 0 ? "body" : "chunk"
        }
      }
      const here = Math.min(left, bytes.length - at)
      at += here
      left -= here
      if (left > 0) return
      if (place === "body") {
        onRequest(bodyBytes)
        place = "head"
      } else place = "size of chunk"
    }
  }
}

const answering = (answer: (bodyBytes: number) => Buffer) => (connection: Socket): void => {
  connection.on("data", makeReader((bodyBytes) => connection.write(answer(bodyBytes))))
}

const always = (answer: Buffer) => answering(() => answer)

const speechHead = Buffer.from(head({
  "content-type": "audio/mpeg",
  "transfer-encoding": "chunked",
  "dg-model-name": "aura-2-thalia-en",
  "dg-model-uuid": "0a1b6f0e-6c0a-4b0e-9c0e-4e9b5a2e3c11",
  "dg-char-count": 13
}))

const chunk = (size: number): Buffer =>
  Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), Buffer.alloc(size, "audio"), Buffer.from("\r\n")])

const lastChunk = Buffer.from("0\r\n\r\n")

/** A million bytes of speech, in the pieces in which they are sent. */
const million = Buffer.concat(Array.from({ length: 16 }, () => chunk(62_500)))

/** As fast as it is taken. */
const speakAtLength = (connection: Socket): void => {
  let left = 0
  const speak = () => {
    while (left > 0) {
      left -= 1_000_000
      if (!connection.write(million)) break
    }
    if (left === 0) {
      left = -1
      connection.write(lastChunk)
    }
  }
  connection.on("drain", () => left >= 0 && speak()).on(
    "data",
    makeReader(() => {
      left = speechBytes.long
      connection.write(speechHead)
      speak()
    })
  )
}

/** By what is answered. */
export const behaviours = {
  fewWords: always(jsonAnswer(transcription(words.few))),
  manyWords: always(jsonAnswer(transcription(words.many))),
  /** The length of the recording, which is in seconds elsewhere, is its size in bytes. */
  upload: answering((bodyBytes) => jsonAnswer(transcription(words.few, bodyBytes))),
  shortSpeech: always(Buffer.concat([speechHead, chunk(speechBytes.short), lastChunk])),
  longSpeech: speakAtLength
}
