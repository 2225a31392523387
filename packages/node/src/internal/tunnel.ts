/** Sockets through a proxy. */
import type { ClientRequestArgs } from "node:http"
import type * as Net from "node:net"
import type * as Tls from "node:tls"
import * as Failure from "./failure.ts"
import type { Connecting } from "./options.ts"

/** Where to, as Node's `http` says it, and how TLS is made. */
interface Target extends Tls.ConnectionOptions {
  readonly host: string
}

/** Bytes of the longest head that an answer may have, as in Node's `http`. */
const maxHead = 16 * 1024

const endOfHead = "\r\n\r\n"

const noop = () => undefined

/** The head of what a proxy answers; what comes after it stays to be read. */
const headFrom = (connection: Net.Socket): Promise<string> =>
  new Promise((resolve, reject) => {
    let received = new Uint8Array()
    const stop = () => connection.off("readable", read).off("end", ended).off("error", failed)
    const failed = (error: Error) => {
      stop()
      // Whatever is said of it afterwards: an error that nobody hears would end the process.
      connection.on("error", noop).destroy()
      reject(error)
    }
    const ended = () => failed(new Error("Proxy connection ended before receiving CONNECT response"))
    const read = () => {
      const chunk: Uint8Array | null = connection.read()
      if (chunk === null) return
      const bytes = Buffer.concat([received, chunk])
      received = bytes
      const end = bytes.indexOf(endOfHead)
      if (end >= 0) {
        stop()
        const rest = bytes.subarray(end + endOfHead.length)
        if (rest.length > 0) connection.unshift(rest)
        resolve(bytes.toString("latin1", 0, end))
      } else if (bytes.length > maxHead) failed(new Error(`the answer of the proxy is longer than ${maxHead} bytes`))
    }
    connection.on("readable", read).on("end", ended).on("error", failed)
  })

/** For one dial each, so that it can be given up. */
export class Tunnel {
  readonly #proxy: URL
  readonly #secure: boolean
  readonly #options: Connecting
  #connection: Net.Socket | undefined
  #reason: Error | undefined
  #pending = true

  /** `secure` is for TLS within the tunnel. */
  constructor(proxy: string, secure: boolean, options: Connecting) {
    this.#proxy = new URL(proxy)
    this.#secure = secure
    this.#options = options
  }

  /** Ends the wait for the proxy, if there is one still. */
  giveUp(reason: Error): void {
    if (!this.#pending) return
    this.#reason ??= reason
    this.#connection?.destroy(this.#reason)
  }

  /** What `http.request` takes as `createConnection`. */
  readonly connect: NonNullable<ClientRequestArgs["createConnection"]> = (target, done) => {
    // Imported at the top, they would be loaded by each program that is bundled into one file.
    void Promise.all([import("node:net"), import("node:tls")])
      .then(([net, tls]) => this.#open(net, tls, target as Target))
      .then((socket) => {
        // When the request listens to it.
        setImmediate(() => socket.resume())
        done(null, socket)
      }, done as (error: Error) => void)
    return undefined
  }

  /** Connects to the proxy itself. */
  #dial(net: typeof Net, tls: typeof Tls): Net.Socket {
    const { hostname, port, protocol } = this.#proxy
    const { localAddress, proxyTls } = this.#options
    const host = hostname.replace(/^\[(.+)\]$/, "$1")
    const isSecure = protocol === "https:"
    const where = {
      host,
      port: Number(port) || (isSecure ? 443 : 80),
      ...(localAddress === undefined ? undefined : { localAddress })
    }
    return isSecure
      ? tls.connect({
        ...proxyTls,
        ...where,
        ALPNProtocols: ["http/1.1"],
        ...(net.isIP(host) === 0 ? { servername: host } : undefined)
      })
      : net.connect(where)
  }

  #open(net: typeof Net, tls: typeof Tls, target: Target): Promise<Net.Socket> {
    if (this.#reason !== undefined) return Promise.reject(this.#reason)
    const { password, username } = this.#proxy
    const address = `${net.isIPv6(target.host) ? `[${target.host}]` : target.host}:${target.port}`
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    const connection = this.#dial(net, tls)
    this.#connection = connection
    connection.write(
      [
        `CONNECT ${address} HTTP/1.1`,
        `Host: ${address}`,
        "Proxy-Connection: close",
        ...(credentials === ":" ? [] : [`Proxy-Authorization: Basic ${Buffer.from(credentials).toString("base64")}`])
      ].join("\r\n") + endOfHead
    )

    return headFrom(connection).then((head): Net.Socket | Promise<Net.Socket> => {
      this.#pending = false
      // Until the request listens, or TLS does: an error that nobody hears would end the process.
      connection.on("error", noop)
      const status = /^HTTP\/\d\.\d (\d+)/.exec(head)?.[1] ?? "unknown"
      if (status !== "200") {
        connection.destroy()
        throw new Error(Failure.proxyRefusal(status))
      }
      if (!this.#secure) return connection
      // Node 26 throws at a `servername` that is an address.
      return Promise.resolve().then(() =>
        tls.connect({
          ...target,
          path: undefined,
          // As Node has it without a proxy; the certificate of an address is compared with `host`.
          servername: target.servername ?? (net.isIP(target.host) === 0 ? target.host : ""),
          socket: connection
        })
      ).catch((cause: unknown) => {
        connection.destroy()
        throw cause
      })
    }, (cause: unknown) => {
      this.#pending = false
      throw this.#reason ?? Failure.blame(cause, "proxy")
    })
  }
}
