/** HTTP and HTTPS servers on loopback that remember what came. */
import { Effect, type Scope } from "effect"
import * as Http from "node:http"
import * as Https from "node:https"
import type { AddressInfo, Server as NetServer, Socket } from "node:net"
import type { TlsOptions, TLSSocket } from "node:tls"

/** One request, as the server saw it. */
export interface Received {
  /** 0 for the first request. */
  readonly index: number
  readonly method: string
  /** As it stood in the request line. */
  readonly target: string
  readonly headers: Http.IncomingHttpHeaders
  /** Where the connection came from. */
  readonly remoteAddress: string | undefined
  /** The name in the client's certificate. */
  readonly clientName: string | undefined
  /** 0 for the first connection. */
  readonly connection: number
}

/** Answers a request; its body is left to it. */
export type Handler = (request: Http.IncomingMessage, response: Http.ServerResponse, received: Received) => void

/** Listens on a free port of loopback until the scope closes, and cuts all connections then. */
export const listen = (
  server: NetServer
): Effect.Effect<{ readonly port: number; readonly open: ReadonlySet<Socket> }, never, Scope.Scope> => {
  const open = new Set<Socket>()
  server.on("connection", (socket: Socket) => {
    open.add(socket)
    // A client that goes away is what many tests are about.
    socket.on("error", () => {})
    socket.on("close", () => open.delete(socket))
  })
  return Effect.acquireRelease(
    Effect.callback((resume) => {
      server.listen(
        0,
        "127.0.0.1",
        () => resume(Effect.succeed({ port: (server.address() as AddressInfo).port, open }))
      )
    }),
    () =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        for (const socket of open) socket.destroy()
      })
  )
}

/** A server that runs. */
export interface Server {
  readonly url: string
  readonly port: number
  readonly requests: ReadonlyArray<Received>
  /** How many connections there were. */
  readonly connections: () => number
  /** Those that are open. */
  readonly open: ReadonlySet<Socket>
}

/** Starts a server; with certificates, over TLS. */
export const serve = Effect.fnUntraced(function*(
  handler: Handler,
  tls?: TlsOptions
): Effect.fn.Return<Server, never, Scope.Scope> {
  const requests: Array<Received> = []
  const numbers = new Map<Socket, number>()
  const server = tls === undefined
    ? Http.createServer({ keepAliveTimeout: 60_000 })
    : Https.createServer({ keepAliveTimeout: 60_000, ...tls })
  server.on(
    tls === undefined ? "connection" : "secureConnection",
    (socket: Socket) => numbers.set(socket, numbers.size)
  )
  server.on("request", (request: Http.IncomingMessage, response: Http.ServerResponse) => {
    const name = tls === undefined ? undefined : (request.socket as TLSSocket).getPeerCertificate().subject?.CN
    const received: Received = {
      index: requests.length,
      method: request.method ?? "",
      target: request.url ?? "",
      headers: request.headers,
      remoteAddress: request.socket.remoteAddress,
      clientName: Array.isArray(name) ? name[0] : name,
      connection: numbers.get(request.socket) ?? -1
    }
    requests.push(received)
    request.on("error", () => {})
    handler(request, response, received)
  })
  const { open, port } = yield* listen(server)
  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    port,
    requests,
    connections: () => numbers.size,
    open
  }
})

/** Sends JSON. */
export const sendJson = (response: Http.ServerResponse, value: unknown, status = 200): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value))
}

/** Reads the whole body. */
export const readBody = (request: Http.IncomingMessage, then: (body: Buffer) => void): void => {
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => then(Buffer.concat(chunks)))
}

/** What {@link receipt} gives for the id of a request. */
export const requestId = "0198c0de-0000-7000-8000-000000000002"

/** Reads everything and answers with a receipt. */
export const receipt: Handler = (request, response) => {
  request.resume().on("end", () => sendJson(response, { request_id: requestId }))
}
