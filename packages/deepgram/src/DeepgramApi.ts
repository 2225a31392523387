/**
 * Deepgram's REST API as an Effect `HttpApi`: what this SDK speaks and what `@effect-deepgram/emulator` answers. For
 * servers, proxies and documents; to call Deepgram, use the operations of the other modules.
 *
 * It is built on `effect/http-api`, which may change in minor releases of Effect.
 */
import * as HttpApi from "effect/http-api/HttpApi"
import * as ListenV1 from "./internal/contract/listenV1.ts"

/** Every group of endpoints. */
export class DeepgramApi extends HttpApi.make("deepgram").add(ListenV1.group) {}

/** The decoded query of `POST /v1/listen`. */
export type TranscribeQuery = typeof ListenV1.TranscribeQuery.Type

/** The names of the models that Deepgram documents for `POST /v1/listen`. */
export const listenModels: ReadonlyArray<string> = ListenV1.models

/** The names of the query parameters of `POST /v1/listen`. */
export const listenParameters: ReadonlyArray<string> = Object.keys(ListenV1.TranscribeQuery.fields)
