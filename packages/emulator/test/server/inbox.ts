/** The client's own server: it has files, and takes callbacks. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Queue } from "effect"
import { HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { createServer } from "node:http"

/** A request that came. */
export interface Received {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly bytes: Uint8Array
}

/** Where it listens. */
export const layer = NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })

/** Answers the first requests with these statuses, and all others with 200; says what came. */
export const inbox = Effect.fnUntraced(function*(...statuses: ReadonlyArray<number>) {
  const server = yield* HttpServer.HttpServer
  const received = yield* Queue.unbounded<Received>()
  let calls = 0
  yield* HttpServer.serveEffect(Effect.gen(function*() {
    const { arrayBuffer, headers, method, url } = yield* HttpServerRequest.HttpServerRequest
    yield* Queue.offer(received, { method, url, headers, bytes: new Uint8Array(yield* arrayBuffer) })
    return HttpServerResponse.empty({ status: statuses[calls++] ?? 200 })
  }))
  return { url: HttpServer.formatAddress(server.address), next: Queue.take(received) }
})

/** Serves texts under paths, with their content types. */
export const files = Effect.fnUntraced(function*(
  contents: Readonly<Record<string, readonly [contentType: string, content: string | Uint8Array]>>
) {
  const server = yield* HttpServer.HttpServer
  yield* HttpServer.serveEffect(
    Effect.map(HttpServerRequest.HttpServerRequest, ({ url }) => {
      const found = contents[url]
      if (found === undefined) return HttpServerResponse.empty({ status: 404 })
      const [contentType, content] = found
      return typeof content === "string"
        ? HttpServerResponse.text(content, { contentType })
        : HttpServerResponse.uint8Array(content, { contentType })
    })
  )
  return HttpServer.formatAddress(server.address)
})
