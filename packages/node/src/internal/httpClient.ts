/**
 * The HTTP transport of Node: `effect/http` straight over undici's `dispatch`, without the streams and promises that
 * its `request` puts in between.
 */
import type * as Config from "effect/Config"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import type * as Scope from "effect/Scope"
import { Readable } from "node:stream"
import type { Dispatcher } from "undici"
import * as Connections from "./dispatcher.ts"
import { Download } from "./download.ts"
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

const fromDispatcher = (dispatcher: Dispatcher): HttpClient.HttpClient =>
  HttpClient.make((request, url, signal, fiber) =>
    Effect.callback<HttpClientResponse, HttpClientError.HttpClientError>((resume) => {
      const { body, headers } = encode(request, fiber.context)
      // The response is kept by nobody here: when it is collected unread, the signal ends the exchange.
      let controller: Dispatcher.DispatchController | undefined
      let download: Download | undefined
      let reason: Error | undefined

      const settle = () => {
        signal.removeEventListener("abort", abort)
        if (body instanceof Upload) body.stop()
        else if (body instanceof Readable) body.on("error", noop).destroy()
      }
      const abort = () => {
        reason = new Error("the request was interrupted")
        settle()
        controller?.abort(reason)
      }
      signal.addEventListener("abort", abort)

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
          download = new Download(started)
          resume(Effect.succeed(new Response(request, url, status, received, download)))
        },
        onResponseData(_, chunk) {
          download?.push(chunk)
        },
        // Later, when undici has taken its connection back: the next request can then use it.
        onResponseEnd() {
          settle()
          queueMicrotask(() => download?.settle("ended"))
        },
        onResponseError(_, cause) {
          settle()
          queueMicrotask(() => {
            if (download === undefined) resume(Effect.fail(Failure.noAnswer(request, cause)))
            else download.settle({ cause })
          })
        }
      })

      return Effect.suspend(() => {
        abort()
        return body instanceof Upload ? body.stopped : Effect.void
      })
    })
  )

/** A client over a pool of connections, which close with the scope. */
export const make = (options: Connecting): Effect.Effect<HttpClient.HttpClient, never, Scope.Scope> =>
  Effect.map(Connections.make(options), fromDispatcher)

/** In place of a client that cannot be made: says why to each request, as something that trying again cannot mend. */
export const unusable = ({ cause }: Config.ConfigError): HttpClient.HttpClient =>
  HttpClient.make((request) => Effect.fail(Failure.unusable(request, cause.message)))
