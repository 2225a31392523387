/**
 * Where Deepgram is, and how operations behave unless a call says otherwise.
 *
 * @see https://developers.deepgram.com/reference/custom-endpoints
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Layer from "effect/Layer"
import { headersFrom, withHiddenSecrets } from "./internal/outgoing.ts"
import * as Retry from "./internal/retry.ts"
import { isBrowser } from "./internal/runtime.ts"
import { version } from "./internal/version.ts"

/** The servers that the API is spread over: URLs that may carry a path, for a proxy. */
export interface Hosts {
  /** Speech and text over HTTP. */
  readonly api: string
  /** Everything below `/v1/projects`. */
  readonly management: string
  /** The voice agent over HTTP. */
  readonly agent: string
  /** Speech over WebSocket. */
  readonly apiSocket: string
  /** The voice agent over WebSocket. */
  readonly agentSocket: string
}

/** Deepgram's own environments. */
export type Environment = "default" | "eu" | "au" | "in"

/** Everything has a default. */
export interface Options {
  /** Deepgram's region. The regional ones serve everything but management, which stays on the main host. Default `default`. */
  readonly environment?: Environment | undefined
  /**
   * One server for everything: self-hosted, dedicated, a proxy, the emulator. `http`, `https`, `ws` and `wss` all do;
   * HTTP and WebSocket calls each use their own kind of the scheme. A path is kept as a prefix.
   */
  readonly baseUrl?: string | URL | undefined
  /** Single servers, before `baseUrl` and `environment`. A socket host that is not given follows its HTTP host. */
  readonly hosts?: Partial<Hosts> | undefined
  /**
   * How long a whole operation may take, body and retries included; of speech, up to its beginning, and then each wait
   * for more. Default 60 seconds; `Duration.infinity` for no limit.
   */
  readonly timeout?: Duration.Input | undefined
  /** When to try again what failed with 408, 429, 5xx or without an answer. Default `Deepgram.retryPolicy()`. */
  readonly retry?: Retry.RetrySchedule | undefined
  /** Headers for every request; they win over the SDK's own. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Default `effect-deepgram/<version>`; in browsers none, because it would need leave by CORS. */
  readonly userAgent?: string | undefined
}

/** The settings of a client. */
export interface Settings {
  readonly hosts: Hosts
  readonly timeout: Duration.Duration
  readonly retry: Retry.RetrySchedule
  /** By lower-case name. Printed, those that prove who calls are hidden. */
  readonly headers: Readonly<Record<string, string>>
}

/** The settings of a client, as a service. */
export class DeepgramConfig extends Context.Service<DeepgramConfig, Settings>()("effect-deepgram/DeepgramConfig") {}

/** How long an operation may take unless it is told otherwise. */
export const defaultTimeout: Duration.Duration = Duration.seconds(60)

const main = "https://api.deepgram.com"

// A regional host serves all but management; there is no regional agent host (inventory 1.0.1, trap 20).
const regional = (api: string) => ({ api, management: main, agent: api })

const environments: Readonly<Record<Environment, Pick<Hosts, "api" | "management" | "agent">>> = {
  default: { api: main, management: main, agent: "https://agent.deepgram.com" },
  eu: regional("https://api.eu.deepgram.com"),
  au: regional("https://api.au.deepgram.com"),
  in: regional("https://api.in.deepgram.com")
}

const withScheme = (url: string, kind: "http" | "ws"): string =>
  url.replace(/^(?:http|ws)(s?):/i, (_, secure: string) => `${kind}${secure.toLowerCase()}:`).replace(/\/+$/, "")

const resolveHosts = (options: Options): Hosts => {
  const base = options.baseUrl === undefined ? undefined : String(options.baseUrl)
  const unlessGiven = base === undefined
    ? environments[options.environment ?? "default"]
    : { api: base, management: base, agent: base }
  const { agent = unlessGiven.agent, api = unlessGiven.api, management = unlessGiven.management } = options.hosts ?? {}
  return {
    api: withScheme(api, "http"),
    management: withScheme(management, "http"),
    agent: withScheme(agent, "http"),
    apiSocket: withScheme(options.hosts?.apiSocket ?? api, "ws"),
    agentSocket: withScheme(options.hosts?.agentSocket ?? agent, "ws")
  }
}

/** Fills in the defaults. */
export const make = (options: Options = {}): Settings => {
  const userAgent = options.userAgent ?? (isBrowser() ? undefined : `effect-deepgram/${version}`)
  return {
    hosts: resolveHosts(options),
    timeout: options.timeout === undefined ? defaultTimeout : Duration.fromInputUnsafe(options.timeout),
    retry: options.retry ?? Retry.retryPolicy(),
    headers: withHiddenSecrets(headersFrom({ "user-agent": userAgent }, options.headers))
  }
}

/** Provides the settings. */
export const layer = (options?: Options): Layer.Layer<DeepgramConfig> => Layer.sync(DeepgramConfig, () => make(options))
