/** Connections: undici's pools, through proxies where there are any. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { buildConnector, Dispatcher, Pool } from "undici"
import * as Failure from "./failure.ts"
import type { Connecting } from "./options.ts"

// Undici takes 70 ms to load: importing this package must not. By its file: what Bun puts in the place of the package
// cannot dispatch.
const load = Effect.promise(() => import("undici/index.js"))

/** Connections of which is known what they said first, and who is to blame for it. */
const watched =
  (connector: buildConnector.connector, on: Failure.Blamed | undefined): buildConnector.connector =>
  (options, callback) =>
    connector(options, (...result) => {
      // A certificate is shown where there is TLS.
      const blamed = on === "certificate" && options.protocol !== "https:" ? undefined : on
      if (result[0] === null) Failure.watch(result[1], blamed)
      else if (blamed !== undefined) Failure.blame(result[0], blamed)
      callback(...result)
    })

/** Opens nothing yet; closes all connections with its scope. */
export const make = (options: Connecting): Effect.Effect<Dispatcher, never, Scope.Scope> => {
  const { connectTimeout, keepAliveTimeout, localAddress, proxies, proxyTls, serverTls } = options
  const server = options.certified ? "certificate" : undefined
  const connect = { ...serverTls, timeout: connectTimeout }
  const pool = {
    connections: options.connections,
    ...(keepAliveTimeout === undefined ? undefined : { keepAliveTimeout, keepAliveMaxTimeout: keepAliveTimeout }),
    ...(localAddress === undefined ? undefined : { localAddress }),
    // Over HTTP/2 all uploads would share one connection and its window.
    allowH2: false
  }
  return Effect.acquireRelease(
    Effect.map(load, ({ Agent, buildConnector, EnvHttpProxyAgent, Pool }): Dispatcher => {
      // A proxy comes with a connector of its own.
      const pooled = (origin: string | URL, { connect, ...options }: Pool.Options, on: Failure.Blamed | undefined) => {
        const connector = typeof connect === "function" ? connect : buildConnector({ ...connect, allowH2: false })
        return new Pool(origin, { ...pool, ...options, connect: watched(connector, on) })
      }
      // The address of the proxy where it is told to forward `http:`, and that of the server in all other cases.
      const factory = (origin: string | URL, options: Pool.Options) =>
        pooled(origin, options, origin === proxies.http ? "proxy" : server)
      if (proxies.http === "" && proxies.https === "") return new Agent({ ...pool, connect, factory })
      return new EnvHttpProxyAgent({
        ...pool,
        connect,
        connectTimeout,
        // Empty and not left out: undici would look into the environment itself.
        httpProxy: proxies.http,
        httpsProxy: proxies.https,
        noProxy: proxies.noProxy,
        requestTls: { ...serverTls, allowH2: false },
        proxyTls: { ...proxyTls, allowH2: false },
        // Undici does not hand these settings to the connections with the proxy.
        factory,
        clientFactory: (origin, options: Pool.Options) =>
          pooled(origin, { ...options, headersTimeout: connectTimeout }, "proxy")
      })
    }),
    (dispatcher) => Effect.promise(() => dispatcher.destroy())
  )
}
