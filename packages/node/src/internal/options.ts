/** The options of the Node layers, checked and brought into one form: what transports are built from. */
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { SecureContext } from "node:tls"
import type { NodeOptions, Pem, TlsOptions } from "./nodeOptions.ts"
import * as Proxy from "./proxy.ts"

/** TLS as `tls.connect` of Node takes it. */
export interface Tls {
  /** Made once, so that no connection parses certificates again. */
  readonly secureContext?: SecureContext
  readonly rejectUnauthorized?: boolean
  readonly servername?: string
}

/** Checked options. Times are in milliseconds. */
export interface Connecting {
  readonly connections: number | null
  readonly keepAliveTimeout: number | undefined
  /** 0 for no limit. */
  readonly connectTimeout: number
  readonly localAddress: string | undefined
  readonly proxies: Proxy.Proxies
  readonly serverTls: Tls
  readonly proxyTls: Tls
  /** A certificate is shown to servers. */
  readonly certified: boolean
}

const refused = (option: string, why: string, cause?: unknown): Config.ConfigError =>
  new Config.ConfigError(
    new ConfigProvider.SourceError({ message: `NodeDeepgram: the option ${option} ${why}`, cause })
  )

/** The longest time of a timer of JavaScript. */
const longestTime = 2 ** 31 - 1

const millis = (option: string, input: Duration.Input, forEver: number): Effect.Effect<number, Config.ConfigError> =>
  Option.match(Option.filter(Duration.fromInput(input), Duration.isPositive), {
    onNone: () => Effect.fail(refused(option, "is not a time longer than zero")),
    onSome: (duration) =>
      Effect.succeed(
        Duration.isFinite(duration) ? Math.min(Math.ceil(Duration.toMillis(duration)), longestTime) : forEver
      )
  })

// Imported at the top, they would be loaded by each program that is bundled into one file.
const load = {
  crypto: Effect.promise(() => import("node:crypto")),
  net: Effect.promise(() => import("node:net")),
  tls: Effect.promise(() => import("node:tls"))
}

const pem = (text: Pem): string => typeof text === "string" ? text : new TextDecoder().decode(text)

const secureContext = ({ ca, cert, key, passphrase }: TlsOptions): Effect.Effect<SecureContext, Config.ConfigError> =>
  Effect.gen(function*() {
    const { X509Certificate } = yield* load.crypto
    const { createSecureContext } = yield* load.tls
    const authorities = ca === undefined ? [] : typeof ca === "string" || ca instanceof Uint8Array ? [ca] : ca
    // OpenSSL passes over what is no certificate, and the connection would fail as if none had been given.
    yield* Effect.forEach(authorities, (authority) =>
      Effect.try({
        try: () => new X509Certificate(pem(authority)),
        catch: (cause) => refused("tls.ca", "is not a certificate in PEM form (a path is not read)", cause)
      }), { discard: true })
    return yield* Effect.try({
      try: () =>
        createSecureContext({
          ...(ca === undefined ? undefined : { ca: authorities.map(pem) }),
          ...(cert === undefined ? undefined : { cert: pem(cert) }),
          ...(key === undefined ? undefined : { key: pem(Redacted.value(key)) }),
          ...(passphrase === undefined ? undefined : { passphrase: Redacted.value(passphrase) })
        }),
      catch: (cause) =>
        refused("tls", `cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
    })
  })

const tlsOf = Effect.fnUntraced(function*(tls: TlsOptions | undefined) {
  if (tls === undefined) return { serverTls: {}, proxyTls: {} }
  const { ca, rejectUnauthorized, servername } = tls
  const verified = rejectUnauthorized === undefined ? undefined : { rejectUnauthorized }
  const serverTls: Tls = {
    secureContext: yield* secureContext(tls),
    ...verified,
    ...(servername === undefined ? undefined : { servername })
  }
  const proxyTls: Tls = { secureContext: yield* secureContext({ ca }), ...verified }
  return { serverTls, proxyTls }
})

/** Checks options and fills in the defaults. No failure holds a secret. */
export const resolve = Effect.fnUntraced(function*(
  options: NodeOptions
): Effect.fn.Return<Connecting, Config.ConfigError> {
  const { connections, localAddress, proxy = "environment", tls } = options
  if (connections !== undefined && !(Number.isSafeInteger(connections) && connections > 0)) {
    return yield* Effect.fail(refused("connections", "is not a whole number above zero"))
  }
  if (localAddress !== undefined && (yield* load.net).isIP(localAddress) === 0) {
    return yield* Effect.fail(refused("localAddress", "is not an IP address"))
  }
  return {
    connections: connections ?? null,
    keepAliveTimeout: options.keepAliveTimeout === undefined
      ? undefined
      : yield* millis("keepAliveTimeout", options.keepAliveTimeout, longestTime),
    connectTimeout: yield* millis("connectTimeout", options.connectTimeout ?? "10 seconds", 0),
    localAddress,
    proxies: proxy === false
      ? Proxy.direct
      : proxy === "environment"
      ? yield* Proxy.environment
      : yield* Proxy.explicit(proxy),
    ...yield* tlsOf(tls),
    certified: tls?.cert !== undefined
  }
})
