/** The recordings of `npm start`, and how each is handed over. */
import { NodeAudio } from "@effect-deepgram/node"
import { Effect, Schema, Stream } from "effect"
import { AudioSource, Deepgram, type DeepgramError, ListenV1 } from "effect-deepgram"
import { FetchHttpClient, HttpClient, HttpClientResponse } from "effect/http"
import { basename } from "node:path"
import { pathOf } from "./arguments.ts"
import type { LiveJob } from "./live.ts"
import { withProgress } from "./progress.ts"
import { type NotDelivered, recording, type Studio } from "./studio.ts"

/** A recording behind a URL that Deepgram could fetch, and this machine could not. */
export class NotFetched extends Schema.TaggedError<NotFetched>()("NotFetched", { message: Schema.String }) {}

type Live = LiveJob<NodeAudio.AudioFileError | NotFetched>

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
  readonly live?: Live | undefined
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

/** Deepgram wants live audio at the speed of speech. */
export const usual: Speed = 1

/** The emulator takes what it gets. */
export const hurried: Speed = 8

const liveFile = (path: string, features: Features, speed: Speed): Live | undefined =>
  /\.wav$/i.test(path) ? { audio: AudioSource.stream(NodeAudio.file(path)), features, speed } : undefined

/** The bytes behind a URL, as they come. */
const fetched = (url: string): Stream.Stream<Uint8Array, NotFetched> =>
  HttpClient.get(url).pipe(
    Effect.flatMap(HttpClientResponse.filterStatusOk),
    HttpClientResponse.stream,
    Stream.mapError(({ message }) => new NotFetched({ message: `cannot be fetched to be streamed: ${message}` })),
    Stream.provide(FetchHttpClient.layer)
  )

const liveUrl = (url: string, features: Features, speed: Speed): Live | undefined =>
  /\.wav$/i.test(URL.parse(url)?.pathname ?? "") ? { audio: fetched(url), features, speed } : undefined

const byFile = (path: string, features: Features, speed: Speed, title = path): Job => ({
  title,
  live: liveFile(path, features, speed),
  reachedBy: "the file was uploaded",
  run: ListenV1.transcribeFile(withProgress(NodeAudio.file(path), basename(path)), { ...options, ...features }).pipe(
    // A long recording on a slow line takes longer than the default minute.
    Deepgram.withOptions({ timeout: "1 hour" }),
    withRequestId
  )
})

const byUrl = (url: string, features: Features, speed: Speed): Job => ({
  title: url,
  live: liveUrl(url, features, speed),
  reachedBy: "it was fetched from the URL",
  run: ListenV1.transcribeUrl(url, { ...options, ...features }).pipe(
    Deepgram.withOptions({ timeout: "1 hour" }),
    withRequestId
  )
})

const byCallback = (studio: Studio["Service"], name: string): Job => ({
  title: `${name}, with a callback`,
  live: liveFile(recording(name), {}, hurried),
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
  byUrl(studio.audioUrl("conversation.wav"), { diarize_model: "latest" }, hurried),
  byCallback(studio, "announcement.wav")
]

/** A recording that Deepgram can reach. */
export const onTheInternet: ReadonlyArray<Job> = [
  byUrl("https://dpgr.am/spacewalk.wav", { diarize_model: "latest" }, usual)
]

/**
 * A URL, or a path that starts where the command was typed. WAV is streamed too, `speed` times as fast as it was spoken.
 */
export const fromArgument = (speed: Speed) => (argument: string): Job =>
  /^https?:\/\//i.test(argument)
    ? byUrl(argument, { diarize_model: "latest" }, speed)
    : byFile(pathOf(argument), { diarize_model: "latest" }, speed, argument)
