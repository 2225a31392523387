/** Where calls come in: every one is begun here, over HTTP and over WebSocket, before the API gets to see it. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import { begin } from "./exchange.ts"
import { Monitor } from "./monitor.ts"
import { pathOf } from "./paths.ts"

/** What is about the emulator and not about Deepgram is not watched, and never goes wrong. */
export const isOwn = (target: string): boolean => {
  const path = pathOf(target)
  return path === "/" || path.startsWith("/_emulator/")
}

/** Stands before those who listen for requests already, until the scope closes. */
export const serve = Effect.fnUntraced(function*(server: Server) {
  const clock = yield* Clock.Clock
  const monitor = yield* Monitor
  const onRequest = (next: (request: IncomingMessage, response: ServerResponse) => void) =>
  (
    request: IncomingMessage,
    response: ServerResponse
  ) => {
    if (isOwn(request.url ?? "/")) return next(request, response)
    const call = monitor.begin(begin(request, request.socket, "http", clock.currentTimeMillisUnsafe()))
    response.once("close", () => {
      call.status = response.headersSent ? response.statusCode : 0
      monitor.end(call, clock.currentTimeMillisUnsafe())
    })
    next(request, response)
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
})
