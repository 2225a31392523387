/** The recordings of `npm start`, and how each is handed over. */
import { NodeAudio } from "@effect-deepgram/node"
import { Effect } from "effect"
import { AudioSource, Deepgram, type DeepgramError, ListenV1 } from "effect-deepgram"
import { basename, resolve } from "node:path"
import { env } from "node:process"
import type { LiveJob } from "./live.ts"
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
  /** The same recording, to be streamed; only WAV files are, because others do not say how long their bytes are. */
  readonly live?: LiveJob<NodeAudio.AudioFileError> | undefined
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

/** What both recordings and live audio take. */
type Features = Pick<ListenV1.LiveFeatureOptions, "multichannel"> & ListenV1.LiveDiarizationOptions

/** How many times as fast as it was spoken live audio is sent. */
type Speed = number

/** Deepgram wants live audio at the speed of speech; the emulator takes what it gets. */
export const hurried: Speed = 8

const liveFrom = (path: string, features: Features, speed: Speed): LiveJob<NodeAudio.AudioFileError> | undefined =>
  /\.wav$/i.test(path) ? { audio: AudioSource.stream(NodeAudio.file(path)), features, speed } : undefined

const byFile = (path: string, features: Features, speed: Speed, title = path): Job => ({
  title,
  live: liveFrom(path, features, speed),
  reachedBy: "the file was uploaded",
  run: ListenV1.transcribeFile(withProgress(NodeAudio.file(path), basename(path)), { ...options, ...features }).pipe(
    // A long recording on a slow line takes longer than the default minute.
    Deepgram.withOptions({ timeout: "1 hour" }),
    withRequestId
  )
})

const byUrl = (url: string, features: Features, live?: Job["live"]): Job => ({
  title: url,
  live,
  reachedBy: "it was fetched from the URL",
  run: ListenV1.transcribeUrl(url, { ...options, ...features }).pipe(
    Deepgram.withOptions({ timeout: "1 hour" }),
    withRequestId
  )
})

const byCallback = (studio: Studio["Service"], name: string): Job => ({
  title: `${name}, with a callback`,
  live: liveFrom(recording(name), {}, hurried),
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
  byFile(recording("call.wav"), { multichannel: true }, hurried),
  byUrl(
    studio.audioUrl("conversation.wav"),
    { diarize_model: "latest" },
    liveFrom(recording("conversation.wav"), { diarize_model: "latest" }, hurried)
  ),
  byCallback(studio, "announcement.wav")
]

/** A recording that Deepgram can reach. */
export const onTheInternet: ReadonlyArray<Job> = [
  byUrl("https://dpgr.am/spacewalk.wav", { diarize_model: "latest" })
]

/**
 * A URL, or a path that starts where the command was typed: npm runs it in the folder of package.json. Files are streamed
 * too, `speed` times as fast as they were spoken.
 */
export const fromArgument = (speed: Speed) => (argument: string): Job =>
  /^https?:\/\//i.test(argument)
    ? byUrl(argument, { diarize_model: "latest" })
    : byFile(resolve(env["INIT_CWD"] ?? "", argument), { diarize_model: "latest" }, speed, argument)
