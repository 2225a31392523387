/** `fetch`, as people write it; uploads as they have to be written to stay in memory's bounds. */
import { createReadStream } from "node:fs"
import { Readable } from "node:stream"
import type * as Load from "../loads/calls.ts"
import type * as UploadLoad from "../loads/upload.ts"
import { expectSame, inTurn } from "../worker.ts"
import { authorization, fileChunk, listenPath, recordingUrl } from "./account.ts"
import type { Transcription } from "./answer.ts"

const answerOf = async (response: Response): Promise<Transcription> => {
  expectSame("status", response.status, 200)
  return await response.json() as Transcription
}

export const transcribe: Load.Peer["transcribe"] = async ({ url, words }) =>
  inTurn(async () => {
    const response = await fetch(url + listenPath, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({ url: recordingUrl })
    })
    const { results } = await answerOf(response)
    expectSame("words", results.channels[0]?.alternatives[0]?.words.length, words)
  })

export const upload: UploadLoad.Peer["upload"] = async ({ bytes, path, url }) =>
  inTurn(async () => {
    // The types of browsers, which have no such choice, do not know it.
    const init: RequestInit & { readonly duplex: "half" } = {
      method: "POST",
      headers: { authorization, "content-type": "audio/wav" },
      body: Readable.toWeb(createReadStream(path, { highWaterMark: fileChunk })) as ReadableStream,
      duplex: "half",
      // Otherwise all that is sent is kept for a redirect.
      redirect: "error"
    }
    const response = await fetch(url + listenPath, init)
    const { metadata } = await answerOf(response)
    expectSame("bytes", metadata.duration, bytes)
  })
