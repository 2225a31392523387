/** WebSocket servers on loopback that remember who came, and sockets of the transport under test. */
import { Data, Effect, type Scope } from "effect"
import * as Socket from "effect/socket/Socket"
import * as Http from "node:http"
import * as Https from "node:https"
import type { Socket as Connection } from "node:net"
import type { TlsOptions, TLSSocket } from "node:tls"
import { WebSocket, WebSocketServer } from "ws"
import { listen } from "./server.ts"

/** The request that opened a socket, as the server saw it. */
export interface Handshake {
  readonly target: string
  readonly headers: Http.IncomingHttpHeaders
  /** Where the connection came from. */
  readonly remoteAddress: string | undefined
  /** The name in the client's certificate. */
  readonly clientName: string | undefined
  /** The name that the client wanted a certificate for. */
  readonly servername: string | false | undefined
}

/** A server that runs. */
export interface SocketServer {
  readonly url: string
  readonly port: number
  readonly handshakes: ReadonlyArray<Handshake>
  /** Connections that are open. */
  readonly open: ReadonlySet<Connection>
}

/** Sends back what it gets. */
export const echo = (socket: WebSocket): void => {
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }))
}

/** Starts a server of sockets; with certificates, over TLS. Takes the first subprotocol, and compression if offered. */
export const serveSockets = Effect.fnUntraced(function*(
  handler: (socket: WebSocket) => void,
  tls?: TlsOptions
): Effect.fn.Return<SocketServer, never, Scope.Scope> {
  const handshakes: Array<Handshake> = []
  const server = tls === undefined ? Http.createServer() : Https.createServer(tls)
  const sockets = new WebSocketServer({ server, perMessageDeflate: { threshold: 0 } })
  sockets.on("connection", (socket, request) => {
    const secured = tls === undefined ? undefined : request.socket as TLSSocket
    const name = secured?.getPeerCertificate().subject?.CN
    handshakes.push({
      target: request.url ?? "",
      headers: request.headers,
      remoteAddress: request.socket.remoteAddress,
      clientName: Array.isArray(name) ? name[0] : name,
      servername: (secured as { readonly servername?: string | false } | undefined)?.servername
    })
    socket.on("error", () => {})
    handler(socket)
  })
  const { open, port } = yield* listen(server)
  return { url: `${tls === undefined ? "ws" : "wss"}://127.0.0.1:${port}`, port, handshakes, open }
})

/** What ws throws or reports, or what a server says that refuses. */
export class NotOpened extends Data.TaggedError("NotOpened")<{
  readonly message: string
  readonly code: string | undefined
  readonly cause: unknown
}> {}

const notOpened = (cause: unknown): NotOpened => {
  const { code, message } = cause as NodeJS.ErrnoException
  return new NotOpened({ message, code, cause })
}

type Dialled<A, E> = Effect.Effect<A, E, Socket.WebSocketConstructor | Scope.Scope>

/** A socket of the transport, as it is made. It goes with the scope. */
export const dial = (url: string, options?: Socket.WebSocketConstructorOptions): Dialled<WebSocket, NotOpened> =>
  Effect.flatMap(Socket.WebSocketConstructor, (make) =>
    Effect.acquireRelease(
      Effect.try({
        try: () => {
          const socket = make(url, options)
          if (socket instanceof WebSocket) return socket
          throw new TypeError("this is no socket of ws")
        },
        catch: notOpened
      }),
      (socket) => Effect.sync(() => socket.terminate())
    ))

/** Waits until a socket is open. */
export const opened = (socket: WebSocket): Effect.Effect<WebSocket, NotOpened> =>
  Effect.callback((resume) => {
    socket.once("open", () => resume(Effect.succeed(socket)))
    socket.once("error", (error) => resume(Effect.fail(notOpened(error))))
    socket.once("unexpected-response", (_, response) =>
      resume(Effect.fail(notOpened(new Error(`the server answered ${response.statusCode}`)))))
  })

/** An open socket, which goes with the scope. */
export const connect = (url: string, options?: Socket.WebSocketConstructorOptions): Dialled<WebSocket, NotOpened> =>
  Effect.flatMap(dial(url, options), opened)

/** Why no socket opens. */
export const refusal = (url: string): Dialled<NotOpened, WebSocket> => Effect.flip(connect(url))

/** The next message of a socket. */
export const message = (socket: WebSocket): Effect.Effect<unknown> =>
  Effect.callback((resume) => {
    socket.addEventListener("message", ({ data }) => resume(Effect.succeed(data)), { once: true })
  })
