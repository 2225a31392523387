/** The options of the Node layers, as they are written. Nothing here needs the types of Node. */
import type * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"

/** A certificate or a key: PEM as text or as bytes. */
export type Pem = string | Uint8Array

/** How TLS connections are made. What is left out is Node's default. */
export interface TlsOptions {
  /**
   * Certificate authorities to trust *instead of* Node's own. To trust one more, set `NODE_EXTRA_CA_CERTS`, or pass
   * `[...tls.getCACertificates(), mine]`.
   */
  readonly ca?: Pem | ReadonlyArray<Pem> | undefined
  /** The client's certificate, followed by its intermediates, for a server that asks for one. */
  readonly cert?: Pem | undefined
  /** The private key of `cert`. */
  readonly key?: Redacted.Redacted<Pem> | undefined
  /** What `key` is encrypted with. */
  readonly passphrase?: Redacted.Redacted | undefined
  /** `false` accepts any certificate: whoever is in between can read audio and credential. Default `true`. */
  readonly rejectUnauthorized?: boolean | undefined
  /** The name that the server's certificate must be for. Default: the host of the URL. */
  readonly servername?: string | undefined
}

/** How connections are made and kept. Everything has a default. */
export interface NodeOptions {
  /** Most connections to one host; further requests wait until one is free. No limit for sockets, nor by default. */
  readonly connections?: number | undefined
  /**
   * How long an idle connection is kept at most; less if the server says so (`Keep-Alive: timeout`). Default: what the
   * server says, up to 10 minutes, and 4 seconds if it says nothing.
   */
  readonly keepAliveTimeout?: Duration.Input | undefined
  /** How long it may take to connect, and a proxy to answer: each of them, or both for a socket. Default 10 seconds. */
  readonly connectTimeout?: Duration.Input | undefined
  /**
   * A proxy for everything (`http://user:password@host:port`, or `https:`), `false` for none, or `"environment"`:
   * `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, lower case first, read through the `ConfigProvider`. `https:` is
   * tunnelled with `CONNECT`, `http:` is forwarded. Sockets are tunnelled, `wss:` through the proxy for `https:`
   * and `ws:` through that for `http:`. Default `"environment"`.
   */
  readonly proxy?: string | URL | Redacted.Redacted | false | undefined
  /** `ca` and `rejectUnauthorized` hold for an `https:` proxy too, the rest for the server only. */
  readonly tls?: TlsOptions | undefined
  /** The IP address of this machine to connect from. */
  readonly localAddress?: string | undefined
}
