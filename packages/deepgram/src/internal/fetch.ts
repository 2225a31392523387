/** `fetch`, as this SDK wants it. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Url from "effect/http/Url"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { type Answer, type Direct, withDirect } from "./direct.ts"
import { isWorkerd } from "./runtime.ts"

const manual: RequestInit = { redirect: "manual" }
const refuse: RequestInit = { redirect: "error" }

/** Bodies up to this size, in bytes, may be kept by `fetch` until it knows that there is no redirect. */
const smallBody = 65_536

const redirectOf = ({ body }: HttpClientRequest.HttpClientRequest): RequestInit =>
  body._tag === "Empty" || (body._tag === "Uint8Array" && body.body.byteLength <= smallBody) || isWorkerd()
    ? manual
    : refuse

const failed = (reason: HttpClientError.HttpClientErrorReason) =>
  Exit.fail(new HttpClientError.HttpClientError({ reason }))

/** An answer whose text is there already. */
class Whole implements Answer {
  readonly status: number
  readonly headers: Headers.Headers
  readonly text: Exit.Exit<string, HttpClientError.HttpClientError>
  readonly #head: Answer

  constructor(head: Answer, text: Exit.Exit<string, HttpClientError.HttpClientError>) {
    this.status = head.status
    this.headers = head.headers
    this.text = text
    this.#head = head
  }

  get arrayBuffer() {
    return this.#head.arrayBuffer
  }

  get stream() {
    return this.#head.stream
  }
}

/** Over the `fetch` of the context. */
export const direct: Direct = (request, context, answered) => {
  const url = Url.make(request.url, request.urlParams, undefined)
  if (Result.isFailure(url)) {
    answered(failed(new HttpClientError.InvalidUrlError({ request, cause: url.failure })))
    return () => undefined
  }
  const controller = new AbortController()
  const init = Context.getOrUndefined(context, FetchHttpClient.RequestInit)
  const { body } = request
  const given = init?.headers === undefined ? undefined : Headers.fromInput(init.headers as Headers.Input)
  // The body says how long it is, and `fetch` wants to do so itself.
  const { "content-length": _, ...headers } = { ...given, ...request.headers }
  const options: RequestInit = {
    ...init,
    ...redirectOf(request),
    method: request.method,
    headers,
    body: "body" in body ? body.body as BodyInit : null,
    signal: controller.signal
  }
  const read = (response: globalThis.Response) => {
    const head = HttpClientResponse.fromWeb(request, response)
    if (!response.ok) return answered(Exit.succeed(head))
    response.text().then(
      (text) => answered(Exit.succeed(new Whole(head, Exit.succeed(text)))),
      (cause) =>
        answered(
          Exit.succeed(new Whole(head, failed(new HttpClientError.DecodeError({ request, response: head, cause }))))
        )
    )
  }
  // Another `fetch` may throw.
  new Promise<globalThis.Response>((resolve) =>
    resolve(Context.get(context, FetchHttpClient.Fetch)(url.success, options))
  ).then(read, (cause) => answered(failed(new HttpClientError.TransportError({ request, cause }))))
  return () => controller.abort()
}

// By their texts: a program without HTTP is to carry nothing of it.
const settings = ["Fetch", "RequestInit", "StreamBodyFallback"].map((name) => `effect/http/FetchHttpClient/${name}`)

/** What of a context is about `fetch`: nothing of it, as a rule, and then there is nothing to hand on to each request. */
export const contextOf = (context: Context.Context<never>): Context.Context<never> =>
  settings.some((key) => context.mapUnsafe.has(key)) ? context : Context.empty()

/** Behind `Deepgram.layerFetch`. */
export const layer: Layer.Layer<HttpClient.HttpClient> = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(Effect.all([HttpClient.HttpClient, Effect.context<never>()]), ([client, all]) => {
    const own = contextOf(all)
    return withDirect(
      HttpClient.transform(
        client,
        (effect, request) =>
          Effect.updateContext(
            effect,
            (context: Context.Context<never>) =>
              Context.add(context, FetchHttpClient.RequestInit, {
                ...Context.getOrUndefined(own, FetchHttpClient.RequestInit),
                ...Context.getOrUndefined(context, FetchHttpClient.RequestInit),
                ...redirectOf(request)
              })
          )
      ),
      own === Context.empty()
        ? direct
        : (request, context, answered) => direct(request, Context.merge(own, context), answered)
    )
  })
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
