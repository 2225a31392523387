/**
 * Opens sockets, gives up others that wait for a server or a proxy, ends its layers, and has nothing more to do:
 * whatever is left open, a timer among it, keeps it for a minute.
 *
 * Arguments: URL of a server, URL of a proxy, URL of a proxy that does not answer.
 */
import { NodeDeepgram } from "@effect-deepgram/node"
import { Effect } from "effect"
import * as Socket from "effect/socket/Socket"
import { WebSocket } from "ws"

const [url = "", proxy = "", silent = ""] = process.argv.slice(2)

const dial = Effect.map(Socket.WebSocketConstructor, (make) => {
  const socket = make(url)
  if (socket instanceof WebSocket) return socket
  throw new TypeError("this is no socket of ws")
})

const until = (event: "open" | "close") => (socket: WebSocket) =>
  Effect.callback<void>((resume) => {
    socket.once(event, () => resume(Effect.void))
  })

const terminate = (socket: WebSocket) => {
  socket.terminate()
  return until("close")(socket)
}

const opened = dial.pipe(Effect.tap(until("open")), Effect.flatMap(terminate))
const unopened = Effect.flatMap(dial, terminate)

await Effect.runPromise(Effect.gen(function*() {
  for (const address of [false, proxy] as const) {
    const layer = NodeDeepgram.layerWebSocket({ proxy: address, connectTimeout: "1 minute" })
    yield* Effect.provide(Effect.andThen(opened, unopened), layer)
  }
  yield* Effect.provide(unopened, NodeDeepgram.layerWebSocket({ proxy: silent, connectTimeout: "1 minute" }))
}))
