/** Connections: undici's pools, through proxies where there are any. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { buildConnector, Dispatcher, Pool } from "undici"
import * as Failure from "./failure.ts"
import type { Connecting } from "./options.ts"

// Undici takes 70 ms to load: importing this package must not. By its file: what Bun puts in the place of the package
// cannot dispatch.
const load = Effect.promise(() => import("undici/index.js"))

/** Connections that keep what they said first. */
const watched = (connector: buildConnector.connector): buildConnector.connector => (options, callback) =>
  connector(options, (...result) => {
    if (result[0] === null) Failure.keepFirst(result[1])
    callback(...result)
  })

/** Opens nothing yet; closes all connections with its scope. */
export const make = (options: Connecting): Effect.Effect<Dispatcher, never, Scope.Scope> => {
  const { connectTimeout, keepAliveTimeout, localAddress, proxies, proxyTls, serverTls } = options
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
      const factory = (origin: string | URL, { connect, ...options }: Pool.Options) => {
        const connector = typeof connect === "function" ? connect : buildConnector({ ...connect, allowH2: false })
        return new Pool(origin, { ...pool, ...options, connect: watched(connector) })
      }
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
        clientFactory: (origin, options) => new Pool(origin, { ...pool, ...options, headersTimeout: connectTimeout })
      })
    }),
    (dispatcher) => Effect.promise(() => dispatcher.destroy())
  )
}
