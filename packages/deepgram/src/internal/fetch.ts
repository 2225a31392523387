/** `fetch`, as this SDK wants it. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import { isWorkerd } from "./runtime.ts"

const manual: RequestInit = { redirect: "manual" }
const refuse: RequestInit = { redirect: "error" }

/** Bodies up to this size, in bytes, may be kept by `fetch` until it knows that there is no redirect. */
const smallBody = 65_536

const redirectOf = ({ body }: HttpClientRequest.HttpClientRequest): RequestInit =>
  body._tag === "Empty" || (body._tag === "Uint8Array" && body.body.byteLength <= smallBody) || isWorkerd()
    ? manual
    : refuse

/** Behind `Deepgram.layerFetch`. */
export const layer: Layer.Layer<HttpClient.HttpClient> = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(
    HttpClient.HttpClient,
    (client) =>
      HttpClient.transform(
        client,
        (effect, request) =>
          Effect.updateContext(effect, (context: Context.Context<never>) =>
            Context.add(context, FetchHttpClient.RequestInit, {
              ...Context.getOrUndefined(context, FetchHttpClient.RequestInit),
              ...redirectOf(request)
            }))
      )
  )
).pipe(Layer.provide(FetchHttpClient.layer))

let shared: HttpClient.HttpClient | undefined

/** For clients that were given no `HttpClient`. It holds nothing, so there is one for all. */
export const client: Effect.Effect<HttpClient.HttpClient> = Effect.suspend(() =>
  shared === undefined
    ? HttpClient.HttpClient.pipe(
      Effect.provide(layer),
      // Nothing of who happens to be the first.
      Effect.updateContext<never, never>(() => Context.empty()),
      Effect.tap((made) => Effect.sync(() => (shared = made)))
    )
    : Effect.succeed(shared)
)
