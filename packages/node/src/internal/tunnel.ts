/** Sockets through a proxy. Loaded where there is one. */
import { HttpsProxyAgent } from "https-proxy-agent"
import type { Socket } from "node:net"
import { checkServerIdentity } from "node:tls"
import * as Failure from "./failure.ts"
import type { Connecting } from "./options.ts"

type Arguments = Parameters<HttpsProxyAgent<string>["connect"]>

/** For one dial each, so that it can be given up: the agent by itself waits for the proxy as long as that takes. */
export class Tunnel extends HttpsProxyAgent<string> {
  readonly secure: boolean
  readonly #dial: AbortController
  #pending = true

  /** `secure` is for TLS within the tunnel. */
  constructor(proxy: string, secure: boolean, { localAddress, proxyTls }: Connecting) {
    const dial = new AbortController()
    super(proxy, { ...proxyTls, ...(localAddress === undefined ? undefined : { localAddress }), signal: dial.signal })
    this.secure = secure
    this.#dial = dial
  }

  /** Ends the wait for the proxy, if there is one still. */
  giveUp(reason: Error): void {
    if (this.#pending) this.#dial.abort(reason)
  }

  // The agent would look for Node's https module in a stack trace, which may be cut short.
  override isSecureEndpoint(): boolean {
    return this.secure
  }

  override connect(...[request, options]: Arguments): Promise<Socket> {
    const { signal } = this.#dial
    let status = 200
    request.once("proxyConnect", ({ statusCode }: { readonly statusCode: number }) => {
      status = statusCode
    })
    const connecting: Arguments[1] = options.secureEndpoint
      ? {
        ...options,
        // For an IP address Node would take the name of the proxy, which is all that it knows.
        checkServerIdentity: (name, certificate) =>
          checkServerIdentity(options.servername || options.host || name, certificate)
      }
      : options
    return super.connect(request, connecting).then((socket) => {
      this.#pending = false
      if (status === 200) return socket
      // It stands for the proxy's answer, which would be taken for the server's.
      socket.destroy()
      throw new Error(Failure.proxyRefusal(String(status)))
    }, (cause: unknown) => {
      this.#pending = false
      throw signal.aborted ? signal.reason : Failure.blame(cause, "proxy")
    })
  }
}
