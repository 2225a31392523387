/** A forward proxy on loopback: tunnels with CONNECT, forwards the rest, and asks for credentials if it is told to. */
import { Effect, type Scope } from "effect"
import * as Http from "node:http"
import * as Https from "node:https"
import * as Net from "node:net"
import type { TlsOptions } from "node:tls"
import { listen } from "./server.ts"

/** What somebody wanted of the proxy. */
export interface Wish {
  readonly method: string
  /** `host:port` of a CONNECT, else a whole URL. */
  readonly target: string
  readonly authorization: string | undefined
  readonly remoteAddress: string | undefined
}

/** A proxy that runs. */
export interface Proxy {
  readonly port: number
  readonly wishes: ReadonlyArray<Wish>
  /** How many connections there were. */
  readonly connections: () => number
  /** Those that are open. */
  readonly open: ReadonlySet<Net.Socket>
}

/** Everything has a default. */
export interface ProxyOptions {
  /** `user:password`, without which it answers 407. */
  readonly credentials?: string
  /** Speaks TLS itself. */
  readonly tls?: TlsOptions
  /** Where names that only the proxy knows lead to, on loopback. */
  readonly names?: Readonly<Record<string, number>>
  /** Takes wishes and never answers. */
  readonly silent?: boolean
}

/** Starts a proxy. */
export const proxy = Effect.fnUntraced(
  function*(options: ProxyOptions = {}): Effect.fn.Return<Proxy, never, Scope.Scope> {
    const wishes: Array<Wish> = []
    const server = options.tls === undefined ? Http.createServer() : Https.createServer(options.tls)

    const admits = (request: Http.IncomingMessage): boolean => {
      const authorization = request.headers["proxy-authorization"]
      wishes.push({
        method: request.method ?? "",
        target: request.url ?? "",
        authorization,
        remoteAddress: request.socket.remoteAddress
      })
      return options.credentials === undefined ||
        authorization === `Basic ${Buffer.from(options.credentials).toString("base64")}`
    }
    const resolve = (hostname: string, port: string) => {
      const known = options.names?.[hostname]
      return known === undefined ? { host: hostname, port: Number(port) } : { host: "127.0.0.1", port: known }
    }

    server.on("connect", (request: Http.IncomingMessage, socket: Net.Socket) => {
      socket.on("error", () => {})
      const admitted = admits(request)
      if (options.silent === true) return socket.resume().on("end", () => socket.destroy())
      if (!admitted) return socket.end("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
      const [hostname = "", port = ""] = (request.url ?? "").split(":")
      const onward = Net.connect(resolve(hostname, port), () => {
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n")
        onward.pipe(socket).pipe(onward)
      })
      onward.on("error", () => socket.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"))
      socket.on("close", () => onward.destroy())
    })
    server.on("request", (request: Http.IncomingMessage, response: Http.ServerResponse) => {
      if (!admits(request)) return response.writeHead(407).end()
      const { hostname, pathname, port, search } = new URL(request.url ?? "")
      const { "proxy-authorization": _, ...headers } = request.headers
      const onward = Http.request(
        { ...resolve(hostname, port), path: pathname + search, method: request.method, headers },
        (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers))
      )
      onward.on("error", () => response.writeHead(502).end())
      request.pipe(onward)
    })
    let connections = 0
    server.on("connection", () => connections++)
    const { open, port } = yield* listen(server)
    return { port, wishes, connections: () => connections, open }
  }
)
