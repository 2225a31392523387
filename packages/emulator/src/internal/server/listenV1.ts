/** `POST /v1/listen`. */
import { DeepgramApi, type TranscribeQuery } from "effect-deepgram/DeepgramApi"
import type { Transcription } from "effect-deepgram/ListenV1"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { ParsedSearchParams } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { RecognitionError } from "../../Recognizer.ts"
import { isSummarized, modes } from "../analyze/query.ts"
import { decode } from "../audio/decode.ts"
import type { AudioError } from "../audio/errors.ts"
import type { LoggedModel } from "../state/ledgerEntry.ts"
import { modelNamed } from "../transcribe/models.ts"
import { isEnglish } from "../transcribe/query.ts"
import { toTranscription } from "../transcribe/response.ts"
import {
  badRequest,
  internalError,
  invalidQueryParameter,
  invalidValue,
  unsupportedMediaType,
  type VendorError
} from "../vendorError.ts"
import { CurrentAccount } from "./accounts.ts"
import * as Callbacks from "./callbacks.ts"
import { checkFeatures, checkModel, checkVariant } from "./listenChecks.ts"
import { listen } from "./listening.ts"
import { logged, type Reported } from "./logging.ts"
import { answering, RequestId } from "./requestContext.ts"
import { Settings } from "./settings.ts"
import { metered, type Source, sourceOf } from "./source.ts"

/** What Deepgram refuses although every parameter is well formed (inventory 1.2). */
const checkQuery = Effect.fnUntraced(function*(query: TranscribeQuery) {
  yield* checkFeatures(query, ["latest", "v1", "v2"])
  yield* checkVariant(query.custom_topic_mode, modes)
  yield* checkVariant(query.custom_intent_mode, modes)
  if (query.utt_split !== undefined && query.utt_split < 0) {
    return yield* invalidValue("utt_split", String(query.utt_split))
  }
  if (isSummarized(query) && query.language !== undefined && !isEnglish(query.language)) {
    return yield* badRequest("Bad Request: Summarization v2 not supported for non-English languages")
  }
  yield* checkModel(query.model)
})

const ofAudio = (error: AudioError): VendorError => {
  switch (error._tag) {
    case "UnsupportedAudio":
      return unsupportedMediaType(error.message)
    case "InvalidAudioParameter":
      return invalidQueryParameter(error.message)
    case "NoAudio":
      return badRequest(`Bad Request: ${error.message}`)
    default:
      return badRequest(`Bad Request: failed to process audio: corrupt or unsupported data. ${error.message}`)
  }
}

/** Audio that no engine takes is the client's mistake; an engine that breaks is not. */
const ofRecognition = (error: RecognitionError): Effect.Effect<never, VendorError> =>
  error.reason === "InvalidOptions"
    ? Effect.fail(badRequest(`Bad Request: ${error.message}`))
    : Effect.andThen(Effect.logError("The recognizer failed.", error), Effect.fail(internalError))

const transcribe = Effect.fn("Emulator.transcribe")(function*(source: Source, query: TranscribeQuery) {
  const { maxUploadBytes } = yield* Settings
  const created = DateTime.formatIso(DateTime.makeUnsafe(yield* Clock.currentTimeMillis))
  const { bytes, digest } = metered(source, maxUploadBytes)
  const audio = yield* Effect.mapError(
    decode(bytes, {
      contentType: source.contentType,
      contentLength: source.contentLength,
      encoding: query.encoding,
      sampleRate: query.sample_rate,
      channels: query.channels
    }),
    (error) => error._tag === "VendorError" ? error : ofAudio(error)
  )
  const { duration, hearings } = yield* Effect.catchTags(
    listen(audio, { multichannel: query.multichannel === true }),
    { RecognitionError: ofRecognition, MalformedAudio: (error) => Effect.fail(ofAudio(error)) }
  )
  return toTranscription(hearings, query, {
    requestId: yield* RequestId,
    sha256: digest(),
    created,
    duration,
    parameters: Object.keys(yield* ParsedSearchParams)
  })
})

const modelOf = (query: TranscribeQuery, detected?: string): LoggedModel => ({
  ...modelNamed(query.model, query.version),
  language: query.language ?? detected ?? "en"
})

const usageOf = ({ metadata, results }: Transcription, query: TranscribeQuery): Reported => {
  const { duration, intents_info, sentiment_info, summary_info, topics_info } = metadata
  const analyses = [intents_info, sentiment_info, summary_info, topics_info]
  return {
    models: [modelOf(query, results.channels[0]?.detected_language)],
    seconds: duration,
    channels: metadata.channels,
    tokensIn: analyses.reduce((sum, info) => sum + (info?.input_tokens ?? 0), 0),
    tokensOut: analyses.reduce((sum, info) => sum + (info?.output_tokens ?? 0), 0)
  }
}

/** The implementation of the group `ListenV1`. */
export const layer = HttpApiBuilder.group(
  DeepgramApi,
  "ListenV1",
  Effect.fnUntraced(function*(handlers) {
    const scope = yield* Effect.scope
    return handlers.handleRaw("transcribe", ({ query, request }) =>
      answering(
        logged({ endpoint: "listen", query })(Effect.fnUntraced(function*(report) {
          yield* checkQuery(query)
          yield* report({ models: [modelOf(query)] })
          const callback = yield* Callbacks.fromQuery(query)
          const transcription = yield* transcribe(yield* sourceOf(request), query)
          yield* report(usageOf(transcription, query))
          if (callback === undefined) return HttpServerResponse.jsonUnsafe(transcription)
          const account = yield* CurrentAccount
          yield* Effect.forkIn(Callbacks.deliver(callback, account, Callbacks.json(transcription)), scope)
          return HttpServerResponse.jsonUnsafe({ request_id: yield* RequestId })
        }))
      ))
  })
)
