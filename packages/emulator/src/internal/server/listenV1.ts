/** `POST /v1/listen`. */
import { DeepgramApi, listenModels, type TranscribeQuery } from "effect-deepgram/DeepgramApi"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import { decode } from "../audio/decode.ts"
import type { AudioError } from "../audio/errors.ts"
import { toTranscription } from "../transcribe/response.ts"
import { Accounts } from "./accounts.ts"
import * as Callbacks from "./callbacks.ts"
import { listen } from "./listening.ts"
import { RequestId } from "./requestContext.ts"
import { Settings } from "./settings.ts"
import {
  badRequest,
  invalidQueryParameter,
  noAccessToModel,
  payloadTooLarge,
  remoteContentError,
  toResponse,
  unsupportedMediaType,
  type VendorError
} from "./vendorError.ts"

interface Source {
  readonly bytes: Stream.Stream<Uint8Array, VendorError>
  readonly contentType: string | undefined
  readonly contentLength: number | undefined
}

const has = (value: string | ReadonlyArray<string> | undefined): boolean => value !== undefined && value.length > 0

/** What Deepgram refuses although every parameter is well formed (inventory 1.2). */
const checkQuery = Effect.fnUntraced(function*(query: TranscribeQuery) {
  const { models } = yield* Settings
  if (query.diarize !== undefined && query.diarize_model !== undefined) {
    return yield* badRequest("Bad Request: `diarize` and `diarize_model` cannot be used together.")
  }
  if (query.model?.startsWith("nova-3") === true && has(query.keywords)) {
    return yield* invalidQueryParameter("Keywords are not supported for Nova-3. Please use `keyterm` instead.")
  }
  if (query.model !== undefined && !listenModels.includes(query.model) && !models.includes(query.model)) {
    return yield* noAccessToModel
  }
})

const urlOf = (json: unknown): string | undefined => {
  const url = typeof json === "object" && json !== null && "url" in json ? json.url : undefined
  return typeof url === "string" ? url : undefined
}

const fetchSource = Effect.fnUntraced(function*(request: HttpServerRequest.HttpServerRequest) {
  const json = yield* Effect.mapError(
    request.json,
    () => badRequest("Content-type was application/json, but we could not process the JSON payload.")
  )
  const url = urlOf(json)
  if (url === undefined || !/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    return yield* badRequest("Content-type was application/json, but it holds no `url` that can be fetched.")
  }
  const client = yield* HttpClient.HttpClient
  const response = yield* Effect.mapError(
    client.get(url),
    () => remoteContentError("The server that hosts the media could not be reached.")
  )
  if (response.status < 200 || response.status > 299) {
    return yield* remoteContentError(`The server that hosts the media answered with status ${response.status}.`)
  }
  return {
    bytes: Stream.mapError(response.stream, () => remoteContentError("The download of the media broke off.")),
    contentType: response.headers["content-type"],
    contentLength: lengthOf(response.headers)
  }
})

const lengthOf = (headers: Readonly<Record<string, string | undefined>>): number | undefined =>
  headers["content-length"] === undefined ? undefined : Number(headers["content-length"])

const sourceOf = (request: HttpServerRequest.HttpServerRequest) =>
  /^application\/json\b/i.test(request.headers["content-type"] ?? "")
    ? fetchSource(request)
    : Effect.succeed<Source>({
      bytes: Stream.mapError(request.stream, () => badRequest("Bad Request: the upload broke off.")),
      contentType: request.headers["content-type"],
      contentLength: lengthOf(request.headers)
    })

const tooLarge = (limit: number) => payloadTooLarge(`The audio is larger than ${limit} bytes.`)

/** Hashes and counts what passes. */
const metered = (bytes: Stream.Stream<Uint8Array, VendorError>, limit: number) => {
  const hash = createHash("sha256")
  let size = 0
  return {
    digest: () => hash.digest("hex"),
    bytes: Stream.mapEffect(bytes, (chunk) => {
      size += chunk.byteLength
      hash.update(chunk)
      return size > limit ? Effect.fail(tooLarge(limit)) : Effect.succeed(chunk)
    })
  }
}

const audioRefused = (error: AudioError): VendorError => {
  switch (error._tag) {
    case "UnsupportedAudio":
      return unsupportedMediaType(error.message)
    case "InvalidAudioParameter":
      return invalidQueryParameter(error.message)
    default:
      return badRequest(`Bad Request: failed to process audio: corrupt or unsupported data. ${error.message}`)
  }
}

const transcribe = Effect.fn("Emulator.transcribe")(
  function*(source: Source, query: TranscribeQuery) {
    const { maxUploadBytes } = yield* Settings
    if ((source.contentLength ?? 0) > maxUploadBytes) return yield* tooLarge(maxUploadBytes)
    const created = DateTime.formatIso(DateTime.makeUnsafe(yield* Clock.currentTimeMillis))
    const { bytes, digest } = metered(source.bytes, maxUploadBytes)
    const audio = yield* Effect.mapError(
      decode(bytes, {
        contentType: source.contentType,
        contentLength: source.contentLength,
        encoding: query.encoding,
        sampleRate: query.sample_rate,
        channels: query.channels
      }),
      (error) => error._tag === "VendorError" ? error : audioRefused(error)
    )
    const { duration, hearings } = yield* Effect.mapError(
      listen(audio, { multichannel: query.multichannel === true }),
      (error) => error._tag === "VendorError" ? error : badRequest(`Bad Request: ${error.message}`)
    )
    return toTranscription(hearings, query, {
      requestId: yield* RequestId,
      sha256: digest(),
      created,
      duration
    })
  }
)

/** The implementation of the group `listen.v1`. */
export const layer = HttpApiBuilder.group(
  DeepgramApi,
  "listen.v1",
  Effect.fnUntraced(function*(handlers) {
    const scope = yield* Effect.scope
    return handlers.handleRaw("transcribe", ({ query, request }) =>
      Effect.gen(function*() {
        const account = yield* (yield* Accounts).authenticate(request.headers["authorization"])
        yield* checkQuery(query)
        const callback = yield* Callbacks.fromQuery(query)
        const requestId = yield* RequestId
        const transcription = yield* transcribe(yield* sourceOf(request), query)
        if (callback === undefined) return HttpServerResponse.jsonUnsafe(transcription)
        yield* Effect.forkIn(Callbacks.deliver(callback, account, transcription), scope)
        return HttpServerResponse.jsonUnsafe({ request_id: requestId })
      }).pipe(
        Effect.catchTag("VendorError", (error) => Effect.map(RequestId, (requestId) => toResponse(error, requestId)))
      ))
  })
)
