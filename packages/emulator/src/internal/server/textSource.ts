/** Where the text of a request comes from: its body, or a URL. */
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Option from "effect/Option"
import { hasProperty } from "effect/Predicate"
import * as Schema from "effect/Schema"
import { payloadTooLarge, remoteContentError, unsupportedMediaType, VendorError } from "../vendorError.ts"
import { bodyOf, collected } from "./body.ts"
import { requestTo } from "./outbound.ts"
import type { Settings } from "./settings.ts"
import { fetched, invalidPayload } from "./source.ts"

/** Bytes of a body, and of what is behind a URL. */
const maxBytes = 2_000_000

const payloadError = (err_msg: string) => new VendorError({ status: 400, err_code: "PAYLOAD_ERROR", err_msg })

const notUtf8 = payloadError("Failed to decode payload as UTF-8.")

const notText = remoteContentError(
  "Failed to deserialize remote text data. Please provide `application/json` with a `text` field or `text/plain`."
)

const tooLarge = payloadTooLarge("Payload size exceeds limit of 2 MB.")

const decoder = new TextDecoder("utf-8", { fatal: true })
const decodeUtf8 = Option.liftThrowable((bytes: Uint8Array) => decoder.decode(bytes))

const parseJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

const isType = (contentType: string | undefined, type: string): boolean =>
  contentType?.split(";", 1)[0]?.trim().toLowerCase() === type

const remoteText = Effect.fnUntraced(
  function*(url: string): Effect.fn.Return<string, VendorError, HttpClient.HttpClient | Settings> {
    const download = requestTo("GET", url)
    if (Option.isNone(download)) return yield* payloadError("Failed to parse URL in JSON body.")
    const { bytes, headers } = yield* fetched(download.value)
    const contentType = headers["content-type"]
    const isJson = isType(contentType, "application/json")
    if (!isJson && !isType(contentType, "text/plain")) return yield* notText
    const text = decodeUtf8(yield* collected(bytes, maxBytes, tooLarge))
    if (Option.isNone(text)) return yield* notText
    if (!isJson) return text.value
    const json = Option.getOrUndefined(parseJson(text.value))
    return hasProperty(json, "text") && typeof json.text === "string" ? json.text : yield* notText
  }
)

/** The text of a request: plain, or JSON with a `text` or a `url`. */
export const textOf = Effect.fnUntraced(
  function*(request: HttpServerRequest): Effect.fn.Return<string, VendorError, HttpClient.HttpClient | Settings> {
    const contentType = request.headers["content-type"]
    const isJson = isType(contentType, "application/json")
    if (!isJson && !isType(contentType, "text/plain")) {
      return yield* unsupportedMediaType(
        "`Content-Type` header is not supported. `Content-Type` must be either `text/plain` or `application/json`."
      )
    }
    const bytes = yield* collected(yield* bodyOf(request), maxBytes, tooLarge)
    const body = decodeUtf8(bytes)
    if (Option.isNone(body)) return yield* notUtf8
    if (!isJson) return body.value
    const json = parseJson(body.value)
    if (Option.isNone(json)) return yield* invalidPayload
    const text = hasProperty(json.value, "text") ? json.value.text ?? undefined : undefined
    const url = hasProperty(json.value, "url") ? json.value.url ?? undefined : undefined
    if (typeof text === "string" && url === undefined) return text
    if (typeof url === "string" && text === undefined) return yield* remoteText(url)
    return yield* payloadError(
      "Failed to deserialize JSON payload. Please specify exactly one of `text` or `url` in the JSON body."
    )
  }
)
