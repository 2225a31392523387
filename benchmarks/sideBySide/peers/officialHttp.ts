/** The vendor's SDK with its defaults, as its documentation shows it. */
import { DeepgramClient } from "@deepgram/sdk"
import { createReadStream } from "node:fs"
import type * as Load from "../loads/calls.ts"
import type * as DownloadLoad from "../loads/download.ts"
import type * as UploadLoad from "../loads/upload.ts"
import { expectSame, inTurn } from "../worker.ts"
import { apiKey, recognition, recordingUrl, speechText, voice } from "./account.ts"
import type { Transcription } from "./answer.ts"

const clientOf = (url: string): DeepgramClient =>
  new DeepgramClient({ apiKey, environment: { base: url, production: url, agent: url, agentRest: url } })

export const transcribe: Load.Peer["transcribe"] = async ({ url, words }) => {
  const client = clientOf(url)
  return inTurn(async () => {
    const { results } = await client.listen.v1.media.transcribeUrl({
      url: recordingUrl,
      ...recognition
    }) as Transcription
    expectSame("words", results.channels[0]?.alternatives[0]?.words.length, words)
  })
}

export const upload: UploadLoad.Peer["upload"] = async ({ bytes, path, url }) => {
  const client = clientOf(url)
  return inTurn(async () => {
    const answer = await client.listen.v1.media.transcribeFile(createReadStream(path), recognition)
    expectSame("bytes", (answer as Transcription).metadata.duration, bytes)
  })
}

export const speak: DownloadLoad.Peer["speak"] = async ({ bytes, onFirst, url }) => {
  const client = clientOf(url)
  return inTurn(async () => {
    const response = await client.speak.v1.audio.generate({ text: speechText, model: voice })
    let received = 0
    for await (const chunk of response.stream() ?? []) {
      if (received === 0) onFirst()
      received += chunk.byteLength
    }
    expectSame("bytes", received, bytes)
  })
}
