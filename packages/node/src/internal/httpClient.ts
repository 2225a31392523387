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
import * as Url from "effect/http/Url"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { Readable } from "node:stream"
import type { Dispatcher } from "undici"
import * as Connections from "./dispatcher.ts"
import { type Broken, Download } from "./download.ts"
import * as Failure from "./failure.ts"
import type { Connecting } from "./options.ts"
import { Response } from "./response.ts"
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

interface Exchange {
  readonly request: HttpClientRequest
  readonly url: URL
  readonly context: Context.Context<never>
  /** A success is answered when it is whole. */
  readonly whole: boolean
  readonly answered: (exit: Exit.Exit<HttpClientResponse, HttpClientError.HttpClientError>) => void
}

/** How to end an exchange before it is over. */
interface End {
  readonly abort: () => void
  /** Waits for what the caller's stream has to tidy up. */
  readonly stopped: Effect.Effect<void>
}

/** One request, and its answer as soon as there is its head. `onSettled` is told when there is nothing to abort any more. */
const exchange = (
  dispatcher: Dispatcher,
  { answered, context, request, url, whole }: Exchange,
  onSettled: () => void = noop
): End => {
  const { body, headers } = encode(request, context)
  let controller: Dispatcher.DispatchController | undefined
  let download: Download | undefined
  // Until it is whole, and no other: when nobody has a response any more, its exchange is to end.
  let kept: HttpClientResponse | undefined
  let reason: Error | undefined

  const settle = () => {
    onSettled()
    if (body instanceof Upload) body.stop()
    else if (body instanceof Readable) body.on("error", noop).destroy()
  }

  const settleDownload = (outcome: "ended" | Broken) => {
    download?.settle(outcome)
    if (kept !== undefined) answered(Exit.succeed(kept))
  }

  dispatcher.dispatch({
    origin: url.origin,
    path: url.pathname + url.search,
    method: request.method,
    headers,
    body: body as null,
    // Operations have a time limit of their own, and a transcription may take long to answer.
    headersTimeout: 0,
    bodyTimeout: 0
  }, {
    onRequestStart(started) {
      // It may have waited for a connection until nobody wanted it any more.
      if (reason === undefined) controller = started
      else started.abort(reason)
    },
    onResponseStart(started, status, received) {
      if (status < 200) return
      const isKept = whole && status < 300
      download = new Download(started, isKept)
      const response = new Response(request, url, status, received, download)
      if (isKept) kept = response
      else answered(Exit.succeed(response))
    },
    onResponseData(_, chunk) {
      download?.push(chunk)
    },
    // Later, when undici has taken its connection back: the next request can then use it.
    onResponseEnd() {
      settle()
      queueMicrotask(() => settleDownload("ended"))
    },
    onResponseError(_, cause) {
      settle()
      queueMicrotask(() => {
        if (download === undefined) answered(Exit.fail(Failure.noAnswer(request, cause)))
        else settleDownload({ cause })
      })
    }
  })

  return {
    abort: () => {
      reason = new Error("the request was interrupted")
      settle()
      controller?.abort(reason)
    },
    stopped: body instanceof Upload ? body.stopped : Effect.void
  }
}

/** By this text `effect-deepgram` finds the short way of a small request, which takes no effect. */
const key = "effect-deepgram/direct"

const fromDispatcher = (dispatcher: Dispatcher): HttpClient.HttpClient => {
  const client = HttpClient.make((request, url, signal, { context }) =>
    Effect.callback<HttpClientResponse, HttpClientError.HttpClientError>((resume) => {
      let end: End | undefined
      const abort = () => end?.abort()
      signal.addEventListener("abort", abort)
      end = exchange(
        dispatcher,
        { request, url, context, whole: false, answered: resume },
        () => signal.removeEventListener("abort", abort)
      )
      const { stopped } = end
      return Effect.suspend(() => {
        abort()
        return stopped
      })
    })
  )
  const direct = (
    request: HttpClientRequest,
    context: Context.Context<never>,
    answered: Exchange["answered"]
  ): () => void => {
    const url = Url.make(request.url, request.urlParams, undefined)
    if (Result.isSuccess(url)) {
      return exchange(dispatcher, { request, url: url.success, context, whole: true, answered }).abort
    }
    answered(Exit.fail(
      new HttpClientError.HttpClientError({
        reason: new HttpClientError.InvalidUrlError({ request, cause: url.failure })
      })
    ))
    return noop
  }
  // Not copied with the others: whoever wraps a client must see every call.
  return Object.defineProperty(client, key, { value: direct })
}

/** A client over a pool of connections, which close with the scope. */
export const make = (options: Connecting): Effect.Effect<HttpClient.HttpClient, never, Scope.Scope> =>
  Effect.map(Connections.make(options), fromDispatcher)

/** In place of a client that cannot be made: says why to each request, as something that trying again cannot mend. */
export const unusable = ({ cause }: Config.ConfigError): HttpClient.HttpClient =>
  HttpClient.make((request) => Effect.fail(Failure.unusable(request, cause.message)))
