/**
 * The client: settings, credential, and the transports for HTTP and WebSocket in one service; and what a single call may
 * change.
 *
 * @see https://developers.deepgram.com/reference/deepgram-api-overview
 */
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Socket from "effect/socket/Socket"
import * as Stream from "effect/Stream"
import * as DeepgramAuth from "./DeepgramAuth.ts"
import * as DeepgramConfig from "./DeepgramConfig.ts"
import { Deepgram } from "./internal/client.ts"
import * as Fetch from "./internal/fetch.ts"
import { type CallOptions, CurrentCallOptions, CurrentResponseObserver } from "./internal/options.ts"
import { headersFrom } from "./internal/outgoing.ts"
import { retryPolicy, type RetryPolicyOptions, type RetrySchedule } from "./internal/retry.ts"
import { globalWebSocket } from "./internal/socket/global.ts"

export { Deepgram }

/**
 * Composes the client from its parts; each can be replaced: another `HttpClient`, another `WebSocketConstructor`, a proxy,
 * a test. An `HttpClient` that follows redirects by itself, as Effect's plain `FetchHttpClient.layer` does, goes on to do so.
 */
export const layerNoDeps: Layer.Layer<
  Deepgram,
  never,
  DeepgramConfig.DeepgramConfig | DeepgramAuth.DeepgramAuth | HttpClient.HttpClient | Socket.WebSocketConstructor
> = Layer.fresh(Layer.effect(
  // Within a program that has a client already, a constant layer would be that one: with its credential.
  Deepgram,
  Effect.all({
    config: DeepgramConfig.DeepgramConfig,
    auth: DeepgramAuth.DeepgramAuth,
    http: HttpClient.HttpClient,
    webSocket: Socket.WebSocketConstructor,
    context: Effect.succeed(Context.empty())
  })
))

/** The same over what the runtime brings along, which operations and channels find themselves. */
const layerGlobal: Layer.Layer<Deepgram, never, DeepgramConfig.DeepgramConfig | DeepgramAuth.DeepgramAuth> = Layer
  .fresh(Layer.effect(
    Deepgram,
    Effect.all({
      config: DeepgramConfig.DeepgramConfig,
      auth: DeepgramAuth.DeepgramAuth,
      http: Effect.undefined,
      webSocket: Effect.undefined,
      context: Effect.map(Effect.context<never>(), Fetch.contextOf)
    })
  ))

/**
 * The global `WebSocket`, as this SDK wants it: with headers on Node, Bun and Deno. Browsers have no headers for it; there
 * the credential goes as a subprotocol.
 */
export const layerWebSocket: Layer.Layer<Socket.WebSocketConstructor> = Layer.succeed(
  Socket.WebSocketConstructor,
  globalWebSocket
)

/**
 * `fetch`, as this SDK wants it: redirects are not followed, so that neither audio nor credentials go elsewhere. A
 * redirected upload fails without its status, because Node's `fetch` keeps a copy of every upload that it may have to
 * report a redirect of; Cloudflare's has no such choice.
 */
export const layerFetch: Layer.Layer<HttpClient.HttpClient> = Fetch.layer

/** A credential and, if the defaults will not do, settings. */
export type Options = DeepgramConfig.Options & DeepgramAuth.Options

/**
 * The client over `fetch` and the global `WebSocket`: browsers, Deno, Bun, Node. On Node `NodeDeepgram.layer` of `@effect-deepgram/node` is faster.
 *
 * @example
 * ```ts
 * import { Redacted } from "effect"
 * import { Deepgram } from "effect-deepgram"
 *
 * export const DeepgramLive = Deepgram.layer({ apiKey: Redacted.make("a key"), environment: "eu" })
 * ```
 */
export const layer = (options: Options): Layer.Layer<Deepgram> =>
  Layer.provide(layerGlobal, [DeepgramConfig.layer(options), DeepgramAuth.layer(options)])

/** The variable that names the one server for everything: self-hosted, a proxy, the emulator. */
export const baseUrlVariable = "DEEPGRAM_BASE_URL"

/** What {@link layerConfig} takes: everything may come from the environment. */
export type ConfigOptions =
  & Omit<DeepgramConfig.Options, "baseUrl">
  & DeepgramAuth.ConfigOptions
  & {
    /** Default `DEEPGRAM_BASE_URL`, if it is set and no `environment` is given. */
    readonly baseUrl?: string | URL | Config.Config<URL> | undefined
  }

const invalidBaseUrl = () =>
  Config.fail(
    new ConfigProvider.SourceError({
      message: `${baseUrlVariable} is not a URL: write https://host or http://host:port`
    })
  )

// A blank variable counts as missing, like those of the credential.
const baseUrlFromEnvironment = Config.flatMap(
  Config.withDefault(Config.String(baseUrlVariable), ""),
  (text): Config.Config<Option.Option<URL>> => {
    if (text.trim() === "") return Config.succeed(Option.none())
    const url = URL.parse(text.trim())
    return url === null ? invalidBaseUrl() : Config.succeed(Option.some(url))
  }
)

const settings = (options: ConfigOptions): Config.Config<DeepgramConfig.Settings> => {
  const { baseUrl, ...rest } = options
  const given = Config.isConfig(baseUrl)
    ? Config.map(baseUrl, Option.some)
    : baseUrl === undefined
    // A region that is named in code must not be left because of a variable.
    ? rest.environment === undefined ? baseUrlFromEnvironment : Config.succeed(Option.none())
    : Config.succeed(Option.some(baseUrl))
  return Config.map(given, (url) => DeepgramConfig.make({ ...rest, baseUrl: Option.getOrUndefined(url) }))
}

const fromConfig = (options: ConfigOptions) =>
  Layer.merge(Layer.effect(DeepgramConfig.DeepgramConfig, settings(options)), DeepgramAuth.layerConfig(options))

/** Settings and credential from the environment, without a transport: for packages that bring their own. */
export const layerConfigNoDeps = (
  options: ConfigOptions = {}
): Layer.Layer<Deepgram, Config.ConfigError, HttpClient.HttpClient | Socket.WebSocketConstructor> =>
  Layer.provide(layerNoDeps, fromConfig(options))

/**
 * The client over `fetch` and the global `WebSocket`, from the environment: `DEEPGRAM_TOKEN`, else `DEEPGRAM_API_KEY`, and `DEEPGRAM_BASE_URL`.
 * What is passed wins. Fails with a `ConfigError` that names the variables when there is no credential.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Deepgram, ListenV1 } from "effect-deepgram"
 *
 * export const program = ListenV1.transcribeUrl("https://dpgr.am/spacewalk.wav", { model: "nova-3" }).pipe(
 *   Effect.provide(Deepgram.layerConfig())
 * )
 * ```
 */
export const layerConfig = (options: ConfigOptions = {}): Layer.Layer<Deepgram, Config.ConfigError> =>
  Layer.provide(layerGlobal, fromConfig(options))

export {
  /** Changes for the operations within an effect. */
  type CallOptions,
  /**
   * The default schedule of retries: 2 retries, waiting for what `Retry-After` or `X-RateLimit-Reset` ask, else 1 and
   * 2 seconds ±10 %. No wait is longer than 60 seconds, before those percents and up to 20 % that spread a reset.
   */
  retryPolicy,
  type RetryPolicyOptions,
  type RetrySchedule
}

type AnyEffect = Effect.Effect<unknown, unknown, unknown>
type AnyStream = Stream.Stream<unknown, unknown, unknown>

// Of overloads a `pipe` would see the last one only.
/** What {@link withOptions} makes of an effect or a stream: one with the same types. */
export type WithOptions<Self> = Self extends Stream.Stream<infer A, infer E, infer R> ? Stream.Stream<A, E, R>
  : Self extends Effect.Effect<infer A, infer E, infer R> ? Effect.Effect<A, E, R>
  : never

/**
 * Changes timeout, retries, headers, query or body of every operation within an effect or a stream, and of none after
 * it. Nested changes add up, the inner one winning.
 *
 * A channel over WebSocket is opened with `retry`, `query` and, outside browsers and Cloudflare's workers, `headers`. Its
 * time limits are options of its own (`openTimeout` …), and it has no body.
 *
 * @example
 * ```ts
 * import { Deepgram, ListenV1 } from "effect-deepgram"
 *
 * export const patient = ListenV1.transcribeUrl("https://dpgr.am/spacewalk.wav", { model: "nova-3" }).pipe(
 *   Deepgram.withOptions({ timeout: "5 minutes", retry: Deepgram.retryPolicy({ times: 4 }) })
 * )
 * ```
 */
export const withOptions = (options: CallOptions) => {
  const update = (outer: CallOptions): CallOptions => ({
    timeout: options.timeout ?? outer.timeout,
    retry: options.retry ?? outer.retry,
    headers: headersFrom(outer.headers, options.headers),
    query: { ...outer.query, ...options.query },
    body: { ...outer.body, ...options.body }
  })
  return <Self extends AnyEffect | AnyStream>(self: Self): WithOptions<Self> =>
    (Stream.isStream(self)
      ? Stream.updateService(self, CurrentCallOptions, update)
      : Effect.updateService(self, CurrentCallOptions, update)) as WithOptions<Self>
}

/** The HTTP response that a value came from. */
export interface RawResponse {
  /** HTTP status, 200 to 299. */
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** `dg-request-id`: a UUID, to be quoted to Deepgram's support. */
  readonly requestId: string | undefined
  /**
   * The body as the server sent it, before validation: fields that the types do not know are here, and new keys and
   * tokens for all to read. Nothing for audio, which is on its way.
   */
  readonly text: string | undefined
}

/**
 * Pairs the value of any operation over HTTP with the response that it came from. Of several operations within the
 * effect, the last response counts; an effect that runs none is a defect. A stream has no one value: run it first.
 *
 * Channels over WebSocket have no response: the request id of a session is `Live.Connection.requestId`.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Deepgram, ListenV1 } from "effect-deepgram"
 *
 * export const program = ListenV1.transcribeUrl("https://dpgr.am/spacewalk.wav", { model: "nova-3" }).pipe(
 *   Deepgram.withResponse,
 *   Effect.tap(({ response }) => Effect.log(response.status, response.requestId))
 * )
 * ```
 */
export const withResponse = <A, E, R>(
  self: Effect.Effect<A, E, R>
): Effect.Effect<{ readonly value: A; readonly response: RawResponse }, E, R> =>
  Effect.flatMap(CurrentResponseObserver, (outer) => {
    let response: RawResponse | undefined
    return self.pipe(
      Effect.provideService(CurrentResponseObserver, (seen) => {
        response = seen
        outer?.(seen)
      }),
      Effect.flatMap((value) =>
        response === undefined
          ? Effect.die(
            new Error("Deepgram.withResponse: the effect ran no operation over HTTP; channels have no response")
          )
          : Effect.succeed({ value, response })
      )
    )
  })
