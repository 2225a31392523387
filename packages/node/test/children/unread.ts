/** Drops a response without reading it, and ends when its connection has ended. Needs `--expose-gc`. */
import { NodeDeepgram } from "@effect-deepgram/node"
import { Effect } from "effect"
import * as HttpClient from "effect/http/HttpClient"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { setImmediate } from "node:timers/promises"

const connection = { closed: false }
const server = createServer((request, response) => {
  request.socket.on("close", () => (connection.closed = true))
  response.write("an answer that does not end")
})
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
const { port } = server.address() as AddressInfo

const program = Effect.gen(function*() {
  yield* Effect.asVoid(HttpClient.get(`http://127.0.0.1:${port}`))
  while (!connection.closed) {
    globalThis.gc?.()
    yield* Effect.promise(() => setImmediate())
  }
  console.log("closed")
  server.close()
})

await Effect.runPromise(Effect.provide(program, NodeDeepgram.layerHttpClient({ proxy: false })))
