/** `undici.request`, as it is written by who uses it directly: the raw transport of REST. */
import { createReadStream } from "node:fs"
import { Agent, type Dispatcher, request } from "undici"
import type * as Load from "../loads/calls.ts"
import type * as DownloadLoad from "../loads/download.ts"
import type * as UploadLoad from "../loads/upload.ts"
import { expectSame, inTurn } from "../worker.ts"
import { authorization, fileChunk, listenPath, recordingUrl, speakPath, speechText } from "./account.ts"
import type { Transcription } from "./answer.ts"

type Options = Pick<Dispatcher.RequestOptions, "body" | "headers">

// As many connections as there are requests at the time.
const dispatcher = new Agent()

const post = async (url: string, { body = null, headers }: Options): Promise<Dispatcher.ResponseData> => {
  const response = await request(url, { dispatcher, method: "POST", headers: { authorization, ...headers }, body })
  expectSame("status", response.statusCode, 200)
  return response
}

const json = { "content-type": "application/json" }

export const transcribe: Load.Peer["transcribe"] = async ({ url, words }) =>
  inTurn(async () => {
    const { body } = await post(url + listenPath, { headers: json, body: JSON.stringify({ url: recordingUrl }) })
    const { results } = await body.json() as Transcription
    expectSame("words", results.channels[0]?.alternatives[0]?.words.length, words)
  })

export const upload: UploadLoad.Peer["upload"] = async ({ bytes, path, url }) =>
  inTurn(async () => {
    const { body } = await post(url + listenPath, {
      headers: { "content-type": "audio/wav", "content-length": String(bytes) },
      body: createReadStream(path, { highWaterMark: fileChunk })
    })
    const { metadata } = await body.json() as Transcription
    expectSame("bytes", metadata.duration, bytes)
  })

export const speak: DownloadLoad.Peer["speak"] = async ({ bytes, onFirst, url }) =>
  inTurn(async () => {
    const { body } = await post(url + speakPath, { headers: json, body: JSON.stringify({ text: speechText }) })
    let received = 0
    for await (const chunk of body) {
      if (received === 0) onFirst()
      received += (chunk as Uint8Array).byteLength
    }
    expectSame("bytes", received, bytes)
  })
