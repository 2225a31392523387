/**
 * Who is calling: an API key, an access token, or nobody (a self-hosted server).
 *
 * @see https://developers.deepgram.com/guides/fundamentals/authenticating
 */
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { DeepgramConfig } from "./DeepgramConfig.ts"
import { isRequestError, type RequestError, Unauthorized } from "./DeepgramError.ts"
import { Deepgram } from "./internal/client.ts"
import { unfitSecret } from "./internal/credential.ts"
import { hold } from "./internal/granted.ts"
import * as Tokens from "./Tokens.ts"

/** What a request is signed with. The kind is said, never guessed from the text. */
export type Credential =
  /** Sent as `Authorization: Token …`. */
  | { readonly _tag: "ApiKey"; readonly key: Redacted.Redacted; readonly allowInBrowser: boolean }
  /** A short-lived token from `POST /v1/auth/grant`, sent as `Authorization: Bearer …`. Not for management. */
  | { readonly _tag: "AccessToken"; readonly token: Redacted.Redacted }
  /** Nothing is sent: for a self-hosted server without authentication. */
  | { readonly _tag: "None" }

/** The credential, asked for anew by each attempt: it may change while the client lives. */
export class DeepgramAuth extends Context.Service<DeepgramAuth, {
  readonly credential: Effect.Effect<Credential, RequestError>
  /**
   * Signs what takes no access token: everything but speech, text and voice agents, so projects and all that belongs to
   * them, models, and the minting of tokens. Default: `credential`.
   */
  readonly managementCredential?: Effect.Effect<Credential, RequestError> | undefined
  /** Is told of a credential that Deepgram refused with 401: asked again, `credential` may give another. */
  readonly invalidate?: ((credential: Credential) => Effect.Effect<void>) | undefined
}>()("effect-deepgram/DeepgramAuth") {}

/** Exactly one of the three. */
export type Options = {
  /** A project's API key. */
  readonly apiKey: Redacted.Redacted
  /**
   * In a browser every visitor can read the key, so operations fail with `Unauthorized` there unless this is `true`.
   * Mint an access token on a server instead. Default `false`.
   */
  readonly allowInBrowser?: boolean | undefined
  readonly accessToken?: undefined
  readonly credential?: undefined
} | {
  /**
   * An access token, or an effect that finds one; it runs for each attempt. A failure that is not of this SDK comes out
   * as `Unauthorized`, with its message.
   */
  readonly accessToken: Redacted.Redacted | Effect.Effect<Redacted.Redacted, unknown>
  readonly apiKey?: undefined
  readonly allowInBrowser?: undefined
  readonly credential?: undefined
} | {
  /** No authentication at all. */
  readonly credential: "none"
  readonly apiKey?: undefined
  readonly allowInBrowser?: undefined
  readonly accessToken?: undefined
}

/** Where {@link layerConfig} looks, before the environment. */
export interface ConfigOptions {
  /** Wins over `apiKey` and the environment. */
  readonly accessToken?: Redacted.Redacted | Config.Config<Redacted.Redacted> | undefined
  /** Wins over the environment. */
  readonly apiKey?: Redacted.Redacted | Config.Config<Redacted.Redacted> | undefined
  /** See {@link Options}. Default `false`. */
  readonly allowInBrowser?: boolean | undefined
  /** No authentication at all: the environment is not looked at. */
  readonly credential?: "none" | undefined
}

/** The variable that holds an access token; it is looked at first. */
export const tokenVariable = "DEEPGRAM_TOKEN"

/** The variable that holds an API key. */
export const keyVariable = "DEEPGRAM_API_KEY"

const none: Credential = { _tag: "None" }

// Keys are pasted from web pages and files: an invisible line end would make the header invalid.
const trimmed = (secret: Redacted.Redacted): Redacted.Redacted => Redacted.make(Redacted.value(secret).trim())

const apiKey = (key: Redacted.Redacted, allowInBrowser = false): Credential => ({
  _tag: "ApiKey",
  key: trimmed(key),
  allowInBrowser
})

const accessToken = (token: Redacted.Redacted): Credential => ({ _tag: "AccessToken", token: trimmed(token) })

const noToken = (error: unknown): RequestError => {
  if (isRequestError(error)) return error
  const said = error instanceof Error ? error.message || error.name : String(error)
  const detail = said.replace(/\s+/g, " ").slice(0, 500)
  const operation = "DeepgramAuth.credential"
  return new Unauthorized({ operation, message: `${operation}: no access token: ${detail}`, origin: "client", detail })
}

/** Turns options into an effect that yields the credential. */
export const make = (options: Options): DeepgramAuth["Service"] => {
  if (options.credential !== undefined) return { credential: Effect.succeed(none) }
  if (options.apiKey !== undefined) {
    return { credential: Effect.succeed(apiKey(options.apiKey, options.allowInBrowser)) }
  }
  return {
    credential: Redacted.isRedacted(options.accessToken)
      ? Effect.succeed(accessToken(options.accessToken))
      : Effect.mapBoth(options.accessToken, { onSuccess: accessToken, onFailure: noToken })
  }
}

/** A credential that is given in code. */
export const layer = (options: Options): Layer.Layer<DeepgramAuth> => Layer.succeed(DeepgramAuth, make(options))

/** No authentication: for a self-hosted server that needs none. */
export const layerNone: Layer.Layer<DeepgramAuth> = layer({ credential: "none" })

const given = (
  value: Redacted.Redacted | Config.Config<Redacted.Redacted>
): Config.Config<Redacted.Redacted> => Config.isConfig(value) ? value : Config.succeed(value)

const variable = (name: string): Config.Config<Option.Option<Redacted.Redacted>> =>
  Config.option(Config.Redacted(name)).pipe(
    Config.map(Option.filter((secret) => Redacted.value(secret).trim() !== ""))
  )

// Functions, as a bundler keeps what is made at once.
const missing = () =>
  Config.fail(
    new ConfigProvider.SourceError({
      message: `No Deepgram credential: set ${keyVariable} to an API key or ${tokenVariable} to an access token, ` +
        `or pass apiKey or accessToken. For a server without authentication pass credential: "none".`
    })
  )

/** The credential as a `Config`: explicit values first, then `DEEPGRAM_TOKEN`, then `DEEPGRAM_API_KEY`. */
export const config = (options: ConfigOptions = {}): Config.Config<Credential> => {
  if (options.credential === "none") return Config.succeed(none)
  if (options.accessToken !== undefined) return Config.map(given(options.accessToken), accessToken)
  const fromKey = (key: Redacted.Redacted) => apiKey(key, options.allowInBrowser)
  if (options.apiKey !== undefined) return Config.map(given(options.apiKey), fromKey)
  return Config.flatMap(
    Config.all({ token: variable(tokenVariable), key: variable(keyVariable) }),
    ({ key, token }): Config.Config<Credential> =>
      Option.isSome(token)
        ? Config.succeed(accessToken(token.value))
        : Option.isSome(key)
        ? Config.succeed(fromKey(key.value))
        : missing()
  )
}

/**
 * Reads the credential when the layer is built: explicit values win, then `DEEPGRAM_TOKEN` (an access token), then
 * `DEEPGRAM_API_KEY`. Fails with a `ConfigError` that names both variables when there is none.
 */
export const layerConfig = (options?: ConfigOptions): Layer.Layer<DeepgramAuth, Config.ConfigError> =>
  Layer.effect(
    DeepgramAuth,
    Effect.map(config(options), (credential) => ({ credential: Effect.succeed(credential) }))
  )

/** How long a token of {@link layerGranted} lives unless told otherwise. */
export const defaultTtl: Duration.Duration = Duration.minutes(5)

/** A key, and how long the tokens that are minted with it live. */
export interface GrantedOptions {
  /** A key with the role of a member or higher. */
  readonly apiKey: Redacted.Redacted
  /** 1 second to 1 hour. Default {@link defaultTtl}. */
  readonly ttl?: Duration.Input | undefined
}

// A function, and no call: bundles of those who use none of this are to hold nothing of it.
const granted = ({ ttl = defaultTtl, ...key }: GrantedOptions) =>
  Effect.gen(function*() {
    const { credential: managementCredential } = make(key)
    const client = {
      config: yield* DeepgramConfig,
      auth: { credential: managementCredential },
      http: yield* HttpClient.HttpClient,
      // A grant goes over HTTP.
      webSocket: undefined,
      context: Context.empty()
    }
    const seconds = Duration.toSeconds(Duration.fromInputUnsafe(ttl))
    const grant = Tokens.grant({ ttl_seconds: seconds }).pipe(
      Effect.provideService(Deepgram, client),
      Effect.flatMap(({ access_token, ...rest }) => {
        const token = trimmed(access_token)
        const unfit = unfitSecret(Redacted.value(token))
        // Kept, it would make every request fail until its end.
        return unfit === undefined
          ? Effect.succeed({ ...rest, access_token: token })
          : Effect.fail(noToken(`what was granted ${unfit}`))
      })
    )
    return { ...yield* hold(grant, seconds), managementCredential }
  })

/**
 * Signs speech, text and voice agents with short-lived tokens that are minted from an API key, instead of the key. What
 * takes no token, management among it, is signed with the key all the same.
 *
 * A token is minted when the first request needs one, through the same transport, with the time limit and the retries
 * of the client's settings alone: what `Deepgram.withOptions` and `Deepgram.withResponse` surround does not reach it.
 * It serves all requests until shortly before it expires (a fifth of its life, at most 30 seconds); then one of the
 * next requests has it replaced while the others wait. When that fails, or takes more than half of the time that is
 * left, the old token serves on until it expires, and every 5 seconds at most a request has another asked for. When no
 * token can be had, all who wait fail with the failure of `Tokens.grant`, or with `Unauthorized` when what was granted
 * cannot be sent, and the next one tries again. A token that Deepgram refuses although it should be good makes that
 * request fail with `Unauthorized` and is not used again.
 *
 * Each client that the layer is provided to has tokens of its own, from its own server.
 *
 * @see https://developers.deepgram.com/guides/fundamentals/token-based-authentication
 *
 * @example
 * ```ts
 * import { Layer, Redacted } from "effect"
 * import { Deepgram, DeepgramAuth, DeepgramConfig } from "effect-deepgram"
 *
 * // On Node, NodeDeepgram.layerHttpClient() and layerWebSocket() take the places of layerFetch and layerWebSocket.
 * export const DeepgramLive = Deepgram.layerNoDeps.pipe(
 *   Layer.provide(DeepgramAuth.layerGranted({ apiKey: Redacted.make("a key"), ttl: "10 minutes" })),
 *   Layer.provide([DeepgramConfig.layer({ environment: "eu" }), Deepgram.layerFetch, Deepgram.layerWebSocket])
 * )
 * ```
 */
export const layerGranted = (
  options: GrantedOptions
): Layer.Layer<DeepgramAuth, never, DeepgramConfig | HttpClient.HttpClient> =>
  // Shared within a build, it would hand the tokens of one client's server to another's.
  Layer.fresh(Layer.effect(DeepgramAuth, granted(options)))

/** What {@link layerGrantedConfig} takes: everything has a default or comes from the environment. */
export interface GrantedConfigOptions {
  /** A key with the role of a member or higher. Default `DEEPGRAM_API_KEY`. */
  readonly apiKey?: Redacted.Redacted | Config.Config<Redacted.Redacted> | undefined
  /** 1 second to 1 hour. Default {@link defaultTtl}. */
  readonly ttl?: Duration.Input | undefined
}

const keyFromEnvironment = Config.flatMap(
  variable(keyVariable),
  Option.match({
    onNone: () =>
      Config.fail(
        new ConfigProvider.SourceError({ message: `No Deepgram API key: set ${keyVariable}, or pass apiKey.` })
      ),
    onSome: (key): Config.Config<Redacted.Redacted> => Config.succeed(key)
  })
)

/**
 * {@link layerGranted} with a key that is read when the layer is built. Fails with a `ConfigError` that names the variable
 * when there is none.
 */
export const layerGrantedConfig = (
  options: GrantedConfigOptions = {}
): Layer.Layer<DeepgramAuth, Config.ConfigError, DeepgramConfig | HttpClient.HttpClient> =>
  Layer.fresh(Layer.effect(
    DeepgramAuth,
    Effect.gen(function*() {
      const key = yield* options.apiKey === undefined ? keyFromEnvironment : given(options.apiKey)
      return yield* granted({ ttl: options.ttl, apiKey: key })
    })
  ))
