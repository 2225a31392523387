/** Where the audio of a request comes from: its body, or a URL. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import { STATUS_CODES } from "node:http"
import { badRequest, payloadTooLarge, remoteContentError, type VendorError } from "../vendorError.ts"
import { bodyOf, collected } from "./body.ts"
import { requestTo, send } from "./outbound.ts"
import { Settings } from "./settings.ts"

/** Audio on its way. */
export interface Source {
  readonly bytes: Stream.Stream<Uint8Array, VendorError>
  readonly contentType: string | undefined
  /** Bytes, when known. */
  readonly contentLength: number | undefined
}

/** A JSON body holds a URL, no more. */
const maxJsonBytes = 65_536

/** What comes as JSON is none. */
export const invalidPayload = badRequest(
  "Content-type was application/json, but we could not process the JSON payload."
)

const lengthOf = (headers: Readonly<Record<string, string | undefined>>): number | undefined =>
  headers["content-length"] === undefined ? undefined : Number(headers["content-length"])

const parseJson = Option.liftThrowable((body: Buffer): unknown => JSON.parse(body.toString("utf8")))

const urlOf = (json: unknown): string => {
  const url = typeof json === "object" && json !== null && "url" in json ? json.url : undefined
  return typeof url === "string" ? url : ""
}

/** Fetches what somebody else's server has: an answer with a status of success. A server that falls silent fails. */
export const fetched = Effect.fnUntraced(function*(download: HttpClientRequest.HttpClientRequest) {
  const { remoteTimeout: duration } = yield* Settings
  const silent = remoteContentError(
    `The remote server hosting the media has sent nothing for ${Duration.format(duration)}.`
  )
  const response = yield* send(download).pipe(
    Effect.mapError(() => remoteContentError("The remote server hosting the media could not be reached.")),
    Effect.timeoutOrElse({ duration, orElse: () => Effect.fail(silent) })
  )
  if (response.status < 200 || response.status > 299) {
    const status = [response.status, STATUS_CODES[response.status]].join(" ").trim()
    return yield* remoteContentError(
      `The remote server hosting the media returned a ${response.status < 500 ? "client" : "server"} error: ${status}.`
    )
  }
  return {
    headers: response.headers,
    bytes: response.stream.pipe(
      Stream.mapError(() => remoteContentError("The remote server hosting the media failed to return valid data.")),
      Stream.timeoutOrElse({ duration, orElse: () => Stream.fail(silent) })
    )
  }
})

const fromUrl = Effect.fnUntraced(function*(request: HttpServerRequest.HttpServerRequest) {
  const json = parseJson(yield* collected(yield* bodyOf(request), maxJsonBytes, invalidPayload))
  if (Option.isNone(json)) return yield* invalidPayload
  const download = requestTo("GET", urlOf(json.value))
  if (Option.isNone(download)) {
    return yield* badRequest("Content-type was application/json, but it holds no `url` that can be fetched.")
  }
  const { bytes, headers } = yield* fetched(download.value)
  const source: Source = { bytes, contentType: headers["content-type"], contentLength: lengthOf(headers) }
  return source
})

/** Opens the audio of a request. */
export const sourceOf = (request: HttpServerRequest.HttpServerRequest) =>
  /^application\/json\b/i.test(request.headers["content-type"] ?? "")
    ? fromUrl(request)
    : Effect.map(bodyOf(request), (bytes): Source => ({
      bytes,
      contentType: request.headers["content-type"],
      contentLength: lengthOf(request.headers)
    }))

/** A source that hashes what passes, and fails when it is more than `limit` bytes. */
export const metered = (source: Source, limit: number) => {
  const hash = createHash("sha256")
  const tooLarge = Effect.fail(payloadTooLarge(`The audio is larger than ${limit} bytes.`))
  let size = 0
  return {
    /** SHA-256, hexadecimal, of what has passed. */
    digest: () => hash.digest("hex"),
    bytes: (source.contentLength ?? 0) > limit
      ? Stream.fromEffect(tooLarge)
      : Stream.mapEffect(source.bytes, (chunk) => {
        size += chunk.byteLength
        hash.update(chunk)
        return size > limit ? tooLarge : Effect.succeed(chunk)
      })
  }
}
