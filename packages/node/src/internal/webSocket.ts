/** The WebSocket transport of Node: sockets of `ws`, connected as requests are. */
import type * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import type * as Socket from "effect/socket/Socket"
import type { Socket as Connection } from "node:net"
import * as Failure from "./failure.ts"
import type { Connecting } from "./options.ts"
import * as Proxy from "./proxy.ts"
import { Tunnel } from "./tunnel.ts"

type Constructor = Socket.WebSocketConstructor["Service"]

// It takes 20 ms to load: importing this package must not.
const load = Effect.promise(() => import("ws"))

/** Bytes of the longest message that is taken. Deepgram's are far shorter; a longer one ends the socket. */
const maxPayload = 16 * 1024 * 1024

const timedOut = (milliseconds: number, tunnelled: boolean): Error =>
  Object.assign(new Error(`no connection${tunnelled ? " through the proxy" : ""} within ${milliseconds} ms`), {
    code: "ETIMEDOUT"
  })

/** Each socket has a connection of its own, and is closed by whoever asked for it. */
export const make = Effect.fnUntraced(function*(options: Connecting): Effect.fn.Return<Constructor> {
  const { connectTimeout, localAddress, proxies, serverTls } = options
  const { WebSocket } = yield* load
  const proxyOf = Proxy.selector(proxies)

  return (address, given) => {
    const { headers, protocols } = typeof given === "string" || Array.isArray(given)
      ? { protocols: given }
      : given ?? {}
    const url = new URL(address)
    const secure = url.protocol === "wss:" || url.protocol === "https:"
    const proxy = proxyOf(url, secure)
    const tunnel = proxy === "" ? undefined : new Tunnel(proxy, secure, options)

    const socket = new WebSocket(url, protocols, {
      ...serverTls,
      ...(localAddress === undefined ? undefined : { localAddress }),
      ...(headers === undefined ? undefined : { headers }),
      ...(tunnel === undefined ? undefined : { createConnection: tunnel.connect }),
      // Where the server accepts compression, messages cost ten times the CPU.
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload,
      finishRequest: (request, socket) => {
        // Not the request itself: what hears of the end of the socket would keep it, and its answer, as long.
        let dialling: typeof request | undefined = request
        const giveUp = () => {
          const reason = timedOut(connectTimeout, tunnel !== undefined)
          dialling?.destroy(reason)
          tunnel?.giveUp(reason)
        }
        // ws has a limit too, but that one holds until the server has answered, and begins anew with each byte.
        let timer = connectTimeout === 0 ? undefined : setTimeout(giveUp, connectTimeout)
        const connected = () => {
          clearTimeout(timer)
          timer = undefined
          dialling = undefined
        }
        request.once("socket", (connection: Connection) => {
          if (secure) connection.once("secureConnect", connected)
          else if (connection.connecting) connection.once("connect", connected)
          else connected()
        })
        socket.once("close", () => {
          connected()
          tunnel?.giveUp(new Error("the socket was closed"))
        })
        request.end()
      }
    })
    // Before all other listeners, and still there after them: an error that nobody hears would end the process.
    socket.on("error", (error) => {
      if (secure && options.certified) Failure.blame(error, "certificate")
      Failure.explain(error)
    })
    return socket
  }
})

/** In place of a constructor that cannot be made: says why to each dial. */
export const unusable = (error: Config.ConfigError): Constructor => () => {
  throw error
}
