/** Our operations, over whatever client. */
import type * as AudioSource from "effect-deepgram/AudioSource"
import * as Deepgram from "effect-deepgram/Deepgram"
import * as ListenV1 from "effect-deepgram/ListenV1"
import * as SpeakV1 from "effect-deepgram/SpeakV1"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type * as Load from "../loads/calls.ts"
import type * as DecodingLoad from "../loads/decoding.ts"
import type * as DownloadLoad from "../loads/download.ts"
import type * as UploadLoad from "../loads/upload.ts"
import { expectSame, type Worker } from "../worker.ts"
import { apiKey, recognition, recordingUrl, speechText, voice } from "./account.ts"

type Client = Layer.Layer<Deepgram.Deepgram>

/** Where the server is, and the key for it. */
export const settings = (url: string): Deepgram.Options => ({ baseUrl: url, apiKey: Redacted.make(apiKey) })

/** Calls of one program after the other, as applications make them. */
const workerOf = <E>(client: Client, call: () => Effect.Effect<void, E, Deepgram.Deepgram>): Worker => {
  const runtime = ManagedRuntime.make(client)
  return (more) => runtime.runPromise(Effect.whileLoop({ while: more, body: call, step: () => undefined }))
}

const transcription = (words: number) => () =>
  Effect.map(
    ListenV1.transcribeUrl(recordingUrl, recognition),
    ({ results }) => expectSame("words", results.channels[0]?.alternatives[0]?.words?.length, words)
  )

export const transcribe = async (client: Client, { words }: Load.Calls): Promise<Worker> =>
  workerOf(client, transcription(words))

export const upload = async <E>(
  client: Client,
  audio: AudioSource.Input<E>,
  { bytes }: UploadLoad.Recording
): Promise<Worker> =>
  workerOf(client, () =>
    ListenV1.transcribeFile(audio, recognition).pipe(
      Deepgram.withOptions({ timeout: "5 minutes" }),
      Effect.map(({ metadata }) => expectSame("bytes", metadata.duration, bytes))
    ))

export const speak = async (client: Client, { bytes, onFirst }: DownloadLoad.Speech): Promise<Worker> =>
  workerOf(client, () =>
    Effect.suspend(() => {
      let received = 0
      return SpeakV1.generateStream(speechText, { model: voice }).pipe(
        Stream.runForEachArray((chunks) => {
          if (received === 0) onFirst()
          for (const { byteLength } of chunks) received += byteLength
          return Effect.void
        }),
        Effect.map(() => expectSame("bytes", received, bytes))
      )
    }))

/** Answers each request with a text that is there already. */
const answering = (text: string): HttpClient.HttpClient => {
  const headers = { "content-type": "application/json" }
  return HttpClient.make((request) => {
    const response = HttpClientResponse.fromWeb(request, new Response(null, { headers }))
    return Effect.succeed(Object.defineProperty(response, "text", { value: Effect.succeed(text) }))
  })
}

/** What is between the text of an answer and its value, and the operation around it. */
export const decode = async (client: Client, { text, words }: DecodingLoad.Answer): Promise<Worker> => {
  const http = answering(text)
  const offline = Layer.effect(Deepgram.Deepgram, Effect.map(Deepgram.Deepgram, (client) => ({ ...client, http })))
  return workerOf(Layer.provide(offline, client), transcription(words))
}
