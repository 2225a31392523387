/**
 * `listen.v1`: speech to text for recordings and live audio (Nova and its predecessors).
 *
 * Options carry the names of Deepgram's own documentation; what is asked for there can be pasted here.
 *
 * @see https://developers.deepgram.com/reference/speech-to-text/listen-pre-recorded
 * @see https://developers.deepgram.com/reference/speech-to-text/listen-streaming
 */
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as AudioSource from "./AudioSource.ts"
import type { Deepgram } from "./Deepgram.ts"
import { BadRequest, type RequestError } from "./DeepgramError.ts"
import { audio } from "./internal/body.ts"
import { type Encoding, transcribe, type TranscribeQuery } from "./internal/contract/listenV1.ts"
import { Transcription } from "./internal/contract/listenV1Models.ts"
import { Receipt } from "./internal/contract/receipt.ts"
import type { Redaction } from "./internal/contract/recognition.ts"
import { refused } from "./internal/errors.ts"
import { flattenInsights } from "./internal/insights.ts"
import { refusedOptions } from "./internal/listenV1.ts"
import { named } from "./internal/named.ts"
import { type Call, jsonOperation } from "./internal/operation.ts"
import type { RecognitionOptions } from "./internal/recognitionOptions.ts"
import type { CallbackOptions, InsightOptions, OneOrMore, WithoutCallback } from "./internal/sharedOptions.ts"

export {
  FeatureInfo,
  Intent,
  Intents,
  IntentSegment,
  SentimentAverage,
  Sentiments,
  SentimentSegment,
  Topic,
  Topics,
  TopicSegment
} from "./internal/contract/insights.ts"
export {
  LiveAlternative,
  LiveChannel,
  LiveResultMetadata,
  Metadata,
  Results,
  SpeechStarted,
  UtteranceEnd
} from "./internal/contract/listenV1Live.ts"
export {
  Alternative,
  Channel,
  Paragraph,
  Paragraphs,
  ParameterWarning,
  PartSummary,
  PartTopics,
  SearchHit,
  SearchResult,
  Sentence,
  Summary,
  Transcription,
  TranscriptionMetadata,
  TranscriptionResults,
  Translation,
  Utterance
} from "./internal/contract/listenV1Models.ts"
export { Receipt } from "./internal/contract/receipt.ts"
export { DiarizeInfo, Entity, ModelInfo, Word } from "./internal/contract/recognition.ts"
export { Unrecognized } from "./internal/contract/unrecognized.ts"
export {
  connect,
  type Connection,
  type LiveDiarizationOptions,
  type LiveFeatureOptions,
  type LiveOptions,
  type ServerMessage,
  type StreamOptions,
  transcribeStream
} from "./internal/listenV1Live.ts"
export type { RecognitionOptions } from "./internal/recognitionOptions.ts"
export type { CallbackOptions, InsightOptions, OneOrMore } from "./internal/sharedOptions.ts"

/** The models that take `keyterm`. */
export type Nova3Model = "nova-3" | "nova-3-general" | "nova-3-medical" | "nova-3-pharma"

/** The models before Nova-3; they take `keywords`. */
export type EarlierModel =
  | "nova-2"
  | "nova-2-general"
  | "nova-2-meeting"
  | "nova-2-finance"
  | "nova-2-conversationalai"
  | "nova-2-voicemail"
  | "nova-2-video"
  | "nova-2-medical"
  | "nova-2-drivethru"
  | "nova-2-automotive"
  | "nova"
  | "nova-general"
  | "nova-phonecall"
  | "nova-medical"
  | "enhanced"
  | "enhanced-general"
  | "enhanced-meeting"
  | "enhanced-phonecall"
  | "enhanced-finance"
  | "base"
  | "base-general"
  | "meeting"
  | "phonecall"
  | "finance"
  | "conversationalai"
  | "voicemail"
  | "video"

/**
 * The model, which is always named: Deepgram's own default is the oldest one. Nova-3 takes `keyterm`, earlier models
 * take `keywords`; the wrong one fails as `BadRequest` without being sent. Custom models take `keyterm` by their types.
 *
 * @see https://developers.deepgram.com/docs/keyterm
 */
export type ModelOptions = {
  /** The model, or the id of a custom one. */
  readonly model: Nova3Model | (string & {})
  /** Terms to listen for, of one or more words; together at most 500 tokens. A weight after a colon is taken literally. */
  readonly keyterm?: OneOrMore | undefined
  readonly keywords?: never
} | {
  /** A model before Nova-3. */
  readonly model: EarlierModel
  /** Words to boost or suppress: `word` or `word:intensifier`. */
  readonly keywords?: OneOrMore | undefined
  readonly keyterm?: never
}

/** Telling speakers apart: each word gets a speaker number from 0. Deepgram refuses both at once. */
export type DiarizationOptions = {
  /** Turns diarization on, with this version: `latest` (v2 now), `v1` or `v2`. */
  readonly diarize_model?: "latest" | "v1" | "v2" | (string & {}) | undefined
  readonly diarize?: never
} | {
  /** Turns diarization on; superseded by `diarize_model`. Default `false`. */
  readonly diarize?: boolean | undefined
  readonly diarize_model?: never
}

/** What the audio is, and what is to be said about it. Everything is off unless it is asked for. */
export interface FeatureOptions extends RecognitionOptions, InsightOptions {
  /** Encoding of raw (headerless) audio; leave out for files with a header. Needs `sample_rate`. */
  readonly encoding?: typeof Encoding.Type | undefined

  /** Finds the language: `true`, or the tags to choose from. Default `false`. */
  readonly detect_language?: boolean | OneOrMore | undefined

  /** Splits the transcript into paragraphs. Default `false`. */
  readonly paragraphs?: boolean | undefined
  /** Splits the transcript at pauses. Default `false`. */
  readonly utterances?: boolean | undefined
  /** Seconds of silence that end an utterance. Default 0.8. */
  readonly utt_split?: number | undefined
  /** Abbreviates measurements. Default `false`. */
  readonly measurements?: boolean | undefined
  /** Keeps “uh” and “um”. Default `false`. */
  readonly filler_words?: boolean | undefined
  /** Removes what is sensitive: `true`, `pci`, `pii`, `numbers`, … or the name of any entity. Default `false`. */
  readonly redact?: boolean | OneOrMore<typeof Redaction.Type> | undefined
  /** Terms to search for; the hits are in `results.channels[].search`. */
  readonly search?: OneOrMore | undefined
}

type BaseOptions = ModelOptions & DiarizationOptions & FeatureOptions

/** How a recording is transcribed. With a `callback` there is no transcription to wait for: see {@link SubmitOptions}. */
export type TranscribeOptions = BaseOptions & WithoutCallback

/** How a recording is transcribed, and where the transcription is sent. */
export type SubmitOptions = BaseOptions & CallbackOptions

type Query = typeof TranscribeQuery.Type

type Body<E, R> = Call<typeof transcribe, E, R>["body"]

const runner = <A>(success: Schema.Codec<A, unknown>, isSubmitted: boolean) => {
  const send = jsonOperation(transcribe, success, flattenInsights, "positional")
  return <E, R>(
    operation: string,
    query: Query,
    body: Body<E, R> | undefined,
    attributesOf?: (value: A) => Readonly<Record<string, unknown>>
  ): Effect.Effect<A, RequestError | E, Deepgram | R> => {
    const reason = refusedOptions(query, isSubmitted)
    if (reason !== undefined) return Effect.fail(refused(BadRequest, operation, reason))
    if (body === undefined) {
      return Effect.fail(
        refused(BadRequest, operation, "the audio is neither bytes nor a Blob, a Stream or an AudioSource")
      )
    }
    const sent = send<E, R>(operation, { query, body }, attributesOf)
    return query.model === undefined
      ? sent
      : Effect.andThen(Effect.annotateCurrentSpan("deepgram.model", query.model), sent)
  }
}

const transcribing = runner(Transcription, false)
const submitting = runner(Receipt, true)

const withCallbackText = ({ callback, ...options }: SubmitOptions): Query => ({
  ...options,
  ...(callback === undefined ? undefined : { callback: String(callback).trim() })
})

const audioSeconds = ({ metadata }: Transcription) => ({ "deepgram.audio_seconds": metadata.duration })

/**
 * Transcribes a recording that Deepgram fetches from a URL.
 *
 * The URL must be reachable for Deepgram without credentials other than those it holds; when it is not, the operation
 * fails with `BadRequest` and the code `REMOTE_CONTENT_ERROR`.
 *
 * @see https://developers.deepgram.com/reference/speech-to-text/listen-pre-recorded
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { ListenV1, Transcript } from "effect-deepgram"
 *
 * export const text = ListenV1.transcribeUrl("https://dpgr.am/spacewalk.wav", {
 *   model: "nova-3",
 *   smart_format: true
 * }).pipe(Effect.map((transcription) => Transcript.toText(transcription)))
 * ```
 */
export const transcribeUrl: (
  url: string | URL,
  options: TranscribeOptions
) => Effect.Effect<Transcription, RequestError, Deepgram> = named("ListenV1.transcribeUrl")(
  (url: string | URL, options: TranscribeOptions) =>
    transcribing<never, never>("ListenV1.transcribeUrl", options, { json: { url: String(url) } }, audioSeconds)
)

/**
 * Transcribes a recording that is sent: bytes, a `Blob` or `File`, a `Stream` of bytes, or an `AudioSource` (a path, with
 * `NodeAudio.file` of `@effect-deepgram/node`). A stream goes out as fast as it is taken, at flat memory; in browsers, which
 * stream to few servers or not at all, it is gathered first: pass a `File` there.
 *
 * Failed uploads are tried again only where the audio can be read again: not from a `Stream`. A failure of the stream
 * itself comes out as it is. The time limit covers the upload: give long recordings more than the default 60 seconds
 * with `Deepgram.withOptions({ timeout })`, or use a URL or a callback.
 *
 * @see https://developers.deepgram.com/reference/speech-to-text/listen-pre-recorded
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { ListenV1 } from "effect-deepgram"
 *
 * export const transcribe = (call: Uint8Array) =>
 *   ListenV1.transcribeFile(call, { model: "nova-3", multichannel: true, utterances: true }).pipe(
 *     Effect.map(({ results }) => results.utterances)
 *   )
 * ```
 */
export const transcribeFile: <E = never, R = never>(
  audio: AudioSource.Input<E, R>,
  options: TranscribeOptions
) => Effect.Effect<Transcription, RequestError | E, Deepgram | R> = named("ListenV1.transcribeFile")(
  <E, R>(input: AudioSource.Input<E, R>, options: TranscribeOptions) =>
    transcribing("ListenV1.transcribeFile", options, audio(input), audioSeconds)
)

/**
 * Has a recording behind a URL transcribed and the transcription sent to `callback`; the receipt comes at once.
 *
 * @see https://developers.deepgram.com/docs/callback
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { ListenV1 } from "effect-deepgram"
 *
 * export const receipt = ListenV1.submitUrl("https://dpgr.am/spacewalk.wav", {
 *   model: "nova-3",
 *   callback: "https://example.com/transcriptions"
 * }).pipe(Effect.map(({ request_id }) => request_id))
 * ```
 */
export const submitUrl: (
  url: string | URL,
  options: SubmitOptions
) => Effect.Effect<Receipt, RequestError, Deepgram> = named("ListenV1.submitUrl")(
  (url: string | URL, options: SubmitOptions) =>
    submitting<never, never>("ListenV1.submitUrl", withCallbackText(options), { json: { url: String(url) } })
)

/**
 * Sends a recording to be transcribed and the transcription to be sent to `callback`; the receipt comes after the upload.
 *
 * @see https://developers.deepgram.com/docs/callback
 *
 * @example
 * ```ts
 * import { type AudioSource, ListenV1 } from "effect-deepgram"
 *
 * export const submit = (call: AudioSource.Input) =>
 *   ListenV1.submitFile(call, { model: "nova-3", callback: "https://example.com/transcriptions" })
 * ```
 */
export const submitFile: <E = never, R = never>(
  audio: AudioSource.Input<E, R>,
  options: SubmitOptions
) => Effect.Effect<Receipt, RequestError | E, Deepgram | R> = named("ListenV1.submitFile")(
  <E, R>(input: AudioSource.Input<E, R>, options: SubmitOptions) =>
    submitting("ListenV1.submitFile", withCallbackText(options), audio(input))
)
