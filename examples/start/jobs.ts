/** The recordings of `npm start`, and how each is handed over. */
import { NodeAudio } from "@effect-deepgram/node"
import { Effect } from "effect"
import { Deepgram, type DeepgramError, ListenV1 } from "effect-deepgram"
import { basename, resolve } from "node:path"
import { env } from "node:process"
import { withProgress } from "./progress.ts"
import { type NotDelivered, recording, type Studio } from "./studio.ts"

/** A transcription to be made. */
export interface Job {
  readonly title: string
  readonly reachedBy: string
  readonly run: Effect.Effect<
    Result,
    DeepgramError.RequestError | NodeAudio.AudioFileError | NotDelivered,
    Deepgram.Deepgram
  >
}

/** What came of it. */
export interface Result {
  readonly transcription: ListenV1.Transcription
  readonly requestId: string | undefined
}

const options = { model: "nova-3", smart_format: true, utterances: true } as const

const withRequestId = <E, R>(self: Effect.Effect<ListenV1.Transcription, E, R>): Effect.Effect<Result, E, R> =>
  Effect.map(Deepgram.withResponse(self), ({ response, value }) => ({
    transcription: value,
    requestId: response.requestId
  }))

type Features = ListenV1.DiarizationOptions & ListenV1.FeatureOptions

const byFile = (path: string, features: Features, title = path): Job => ({
  title,
  reachedBy: "the file was uploaded",
  run: ListenV1.transcribeFile(withProgress(NodeAudio.file(path), basename(path)), { ...options, ...features }).pipe(
    // A long recording on a slow line takes longer than the default minute.
    Deepgram.withOptions({ timeout: "1 hour" }),
    withRequestId
  )
})

const byUrl = (url: string, features: Features): Job => ({
  title: url,
  reachedBy: "it was fetched from the URL",
  run: ListenV1.transcribeUrl(url, { ...options, ...features }).pipe(
    Deepgram.withOptions({ timeout: "1 hour" }),
    withRequestId
  )
})

const byCallback = (studio: Studio["Service"], name: string): Job => ({
  title: `${name}, with a callback`,
  reachedBy: `the file was uploaded, and the transcription came to ${studio.callbackUrl}`,
  run: ListenV1.submitFile(withProgress(NodeAudio.file(recording(name)), name), {
    ...options,
    callback: studio.callbackUrl
  }).pipe(
    Effect.flatMap((receipt) =>
      Effect.map(studio.delivered, (transcription) => ({ transcription, requestId: receipt.request_id }))
    )
  )
})

/** The recordings of this repository, each in another way. */
export const ours = (studio: Studio["Service"]): ReadonlyArray<Job> => [
  byFile(recording("call.wav"), { multichannel: true }),
  byUrl(studio.audioUrl("conversation.wav"), { diarize_model: "latest" }),
  byCallback(studio, "announcement.wav")
]

/** A recording that Deepgram can reach. */
export const onTheInternet: ReadonlyArray<Job> = [
  byUrl("https://dpgr.am/spacewalk.wav", { diarize_model: "latest" })
]

/** A URL, or a path that starts where the command was typed: npm runs it in the folder of package.json. */
export const fromArgument = (argument: string): Job =>
  /^https?:\/\//i.test(argument)
    ? byUrl(argument, { diarize_model: "latest" })
    : byFile(resolve(env["INIT_CWD"] ?? "", argument), { diarize_model: "latest" }, argument)
