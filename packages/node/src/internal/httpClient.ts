/**
 * The HTTP transport of Node: `effect/http` straight over undici's `dispatch`, without the streams and promises that
 * its `request` puts in between.
 */
import type * as Config from "effect/Config"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { IncomingHttpHeaders } from "node:http"
import { Readable } from "node:stream"
import type { Dispatcher } from "undici"
import * as Connections from "./dispatcher.ts"
import { type Broken, Download } from "./download.ts"
import * as Failure from "./failure.ts"
import type { Connecting } from "./options.ts"
import { Response } from "./response.ts"
import { type Target, targetOf, Targets } from "./target.ts"
import { Upload } from "./upload.ts"

interface Encoded {
  readonly headers: Headers.Headers
  /** Undici takes any iterable of bytes as well; its types do not say so. */
  readonly body: unknown
}

const encode = ({ body, headers }: HttpClientRequest, context: Context.Context<never>): Encoded => {
  switch (body._tag) {
    case "Empty":
      return { headers, body: null }
    case "Uint8Array":
    // A `Blob` among others: undici streams it, with its length.
    case "Raw":
      return { headers, body: body.body }
    case "Stream":
      return { headers, body: new Upload(body.stream, context) }
    case "FormData": {
      const encoded = new globalThis.Response(body.formData)
      return {
        headers: Headers.set(headers, "content-type", encoded.headers.get("content-type") ?? ""),
        body: encoded.body
      }
    }
  }
}

const noop = () => undefined

interface Question {
  readonly request: HttpClientRequest
  readonly target: Target
  readonly context: Context.Context<never>
  /** What of a success is wanted: all of it at once, its head and then its body on the short way, or a response. */
  readonly wanted: "whole" | "arriving" | "response"
  readonly answered: (exit: Exit.Exit<HttpClientResponse, HttpClientError.HttpClientError>) => void
  /** Is told when there is nothing to abort any more. */
  readonly onSettled: () => void
}

/** One request, and its answer as soon as there is its head. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #question: Question
  readonly #body: unknown
  #controller: Dispatcher.DispatchController | undefined
  #download: Download | undefined
  /** Until it is whole, and no other: when nobody has a response any more, its exchange is to end. */
  #kept: HttpClientResponse | undefined
  #reason: Error | undefined
  #isSettled = false

  constructor(dispatcher: Dispatcher, question: Question) {
    const { context, request, target } = question
    const { body, headers } = encode(request, context)
    this.#question = question
    this.#body = body
    dispatcher.dispatch({
      origin: target.origin,
      path: target.path,
      method: request.method,
      headers,
      body: body as null,
      // Operations have a time limit of their own, and a transcription may take long to answer.
      headersTimeout: 0,
      bodyTimeout: 0
    }, this)
  }

  #settle(): void {
    this.#isSettled = true
    this.#question.onSettled()
    const body = this.#body
    if (body instanceof Upload) body.stop()
    else if (body instanceof Readable) body.on("error", noop).destroy()
  }

  #settleDownload(outcome: "ended" | Broken): void {
    this.#download?.settle(outcome)
    if (this.#kept !== undefined) this.#question.answered(Exit.succeed(this.#kept))
  }

  onRequestStart(started: Dispatcher.DispatchController): void {
    // It may have waited for a connection until nobody wanted it any more.
    if (this.#reason === undefined) this.#controller = started
    else started.abort(this.#reason)
  }

  onResponseStart(started: Dispatcher.DispatchController, status: number, received: IncomingHttpHeaders): void {
    if (status < 200) return
    const { answered, request, target, wanted } = this.#question
    const isKept = wanted === "whole" && status < 300
    this.#download = new Download(started, isKept)
    const response = new Response(request, target, status, received, this.#download, wanted === "arriving")
    if (isKept) this.#kept = response
    // Later, when the bytes that came with the head are there, too.
    else queueMicrotask(() => answered(Exit.succeed(response)))
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#download?.push(chunk)
  }

  // Later, when undici has taken its connection back: the next request can then use it.
  onResponseEnd(): void {
    this.#settle()
    queueMicrotask(() => this.#settleDownload("ended"))
  }

  onResponseError(_: Dispatcher.DispatchController, cause: Error): void {
    this.#settle()
    queueMicrotask(() => {
      const { answered, request } = this.#question
      if (this.#download === undefined) answered(Exit.fail(Failure.noAnswer(request, cause)))
      else this.#settleDownload({ cause })
    })
  }

  /** Ends it before it is over. */
  abort(): void {
    if (this.#isSettled) return
    this.#reason = new Error("the request was interrupted")
    this.#settle()
    this.#controller?.abort(this.#reason)
  }

  /** Waits for what the caller's stream has to tidy up. */
  get stopped(): Effect.Effect<void> {
    return this.#body instanceof Upload ? this.#body.stopped : Effect.void
  }
}

/** By this text `effect-deepgram` finds the short way of a small request, which takes no effect. */
const key = "effect-deepgram/direct"

const fromDispatcher = (dispatcher: Dispatcher): HttpClient.HttpClient => {
  const client = HttpClient.make((request, url, signal, { context }) =>
    Effect.callback<HttpClientResponse, HttpClientError.HttpClientError>((resume) => {
      let exchange: Exchange | undefined
      const abort = () => exchange?.abort()
      signal.addEventListener("abort", abort)
      exchange = new Exchange(dispatcher, {
        request,
        target: targetOf(url),
        context,
        wanted: "response",
        answered: resume,
        onSettled: () => signal.removeEventListener("abort", abort)
      })
      const { stopped } = exchange
      return Effect.suspend(() => {
        abort()
        return stopped
      })
    })
  )
  const targets = new Targets()
  const direct = (
    request: HttpClientRequest,
    context: Context.Context<never>,
    answered: Question["answered"],
    isHeadEnough = false
  ): () => void => {
    const target = targets.of(request)
    if (Result.isSuccess(target)) {
      const wanted = isHeadEnough ? "arriving" : "whole"
      const exchange = new Exchange(
        dispatcher,
        { request, target: target.success, context, wanted, answered, onSettled: noop }
      )
      return () => exchange.abort()
    }
    answered(Exit.fail(
      new HttpClientError.HttpClientError({
        reason: new HttpClientError.InvalidUrlError({ request, cause: target.failure })
      })
    ))
    return noop
  }
  // Not copied with the others: whoever wraps a client must see every call.
  return Object.defineProperty(client, key, { value: Object.assign(direct, { answersHeads: true }) })
}

/** A client over a pool of connections, which close with the scope. */
export const make = (options: Connecting): Effect.Effect<HttpClient.HttpClient, never, Scope.Scope> =>
  Effect.map(Connections.make(options), fromDispatcher)

/** In place of a client that cannot be made: says why to each request, as something that trying again cannot mend. */
export const unusable = ({ cause }: Config.ConfigError): HttpClient.HttpClient =>
  HttpClient.make((request) => Effect.fail(Failure.unusable(request, cause.message)))
