/** Where calls come in: every one is begun here, over HTTP and over WebSocket, before the API gets to see it. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import { Injector } from "../faults/injector.ts"
import { prelude } from "../faults/prelude.ts"
import { disturb } from "../faults/requests.ts"
import { Recorder } from "../sessions/recorder.ts"
import type { AccessTokens } from "../state/accessTokens.ts"
import type { Accounts } from "./accounts.ts"
import { begin } from "./exchange.ts"
import { Monitor } from "./monitor.ts"
import { pathOf } from "./paths.ts"

/** What is about the emulator and not about Deepgram is not watched, and never goes wrong. */
export const isOwn = (target: string): boolean => {
  const path = pathOf(target)
  return path === "/" || path.startsWith("/_emulator/")
}

/** Stands before those who listen for requests already, until the scope closes; then no connection is kept any more. */
export const serve = Effect.fnUntraced(function*(server: Server) {
  const clock = yield* Clock.Clock
  const monitor = yield* Monitor
  const recorder = yield* Recorder
  const injector = yield* Injector
  const needs = yield* Effect.context<AccessTokens | Accounts>()
  const onRequest = (next: (request: IncomingMessage, response: ServerResponse) => void) =>
  (
    request: IncomingMessage,
    response: ServerResponse
  ) => {
    if (isOwn(request.url ?? "/")) {
      response.once("close", () => monitor.skip(request.socket))
      return next(request, response)
    }
    const exchange = begin(request, request.socket, "http", clock.currentTimeMillisUnsafe())
    // Before the faults: what is recorded is what passes the wire.
    recorder?.http(exchange, response)
    const call = monitor.begin(exchange)
    let isAnswered = () => response.headersSent
    response.once("close", () => {
      call.status = isAnswered() ? response.statusCode : 0
      monitor.end(call, clock.currentTimeMillisUnsafe())
    })
    const injection = injector.decide(exchange)
    if (injection === undefined) return next(request, response)
    isAnswered = disturb(injector, injection, {
      request,
      response,
      preluding: Effect.provideContext(prelude(injection, injector.ongoing), needs),
      proceed: () => next(request, response)
    })
  }
  for (const event of ["request", "checkContinue"]) {
    const others = server.listeners(event)
    const listener = onRequest((request, response) => {
      for (const other of others) other.call(server, request, response)
    })
    yield* Effect.acquireRelease(
      Effect.sync(() => server.removeAllListeners(event).on(event, listener)),
      () => Effect.sync(() => server.off(event, listener))
    )
  }
  yield* Effect.addFinalizer(() => Effect.sync(injector.releaseAll))
})
