/**
 * A local Deepgram: the API over real sockets, without a key and without the internet. It speaks with the test voice of
 * `Synthesizer`, and transcribes it out of the samples that it receives; of other audio it hears where somebody speaks, but
 * no words. Its agents do both, and think by a `Thinker`.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Deepgram from "effect-deepgram/Deepgram"
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpServer from "effect/http/HttpServer"
import { ServeError } from "effect/http/HttpServerError"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { createServer } from "node:http"
import type * as AgentSession from "./internal/agent/session.ts"
import * as Accounts from "./internal/server/accounts.ts"
import * as AgentV1Live from "./internal/server/agentV1Live.ts"
import type * as Callbacks from "./internal/server/callbacks.ts"
import * as Front from "./internal/server/front.ts"
import * as ListenV1Live from "./internal/server/listenV1Live.ts"
import * as ListenV2 from "./internal/server/listenV2.ts"
import * as Monitor from "./internal/server/monitor.ts"
import { app } from "./internal/server/routes.ts"
import { Settings } from "./internal/server/settings.ts"
import * as Sockets from "./internal/server/sockets.ts"
import * as SpeakV1Live from "./internal/server/speakV1Live.ts"
import * as SpeakV2Live from "./internal/server/speakV2Live.ts"
import * as AccessTokens from "./internal/state/accessTokens.ts"
import * as Collections from "./internal/state/collections.ts"
import * as Directory from "./internal/state/directory.ts"
import * as Ledger from "./internal/state/ledger.ts"
import { dollars, microDollars } from "./internal/state/ledgerPrices.ts"
import * as Recognizer from "./Recognizer.ts"
import * as Synthesizer from "./Synthesizer.ts"
import * as Thinker from "./Thinker.ts"

/** The API key that is accepted unless others are given. */
export const defaultApiKey = "emulator-key"

/** The largest recording that is accepted unless told otherwise: 2 GiB, as Deepgram does. */
export const defaultMaxUploadBytes = 2_147_483_648

/** What a new project may spend unless told otherwise, in US dollars: as much as Deepgram gives. */
export const defaultCredits = 200

/** Everything has a default. */
export interface Options {
  /** Default 0: a free port. */
  readonly port?: number | undefined
  /** Interface to listen on. Default `127.0.0.1`: only this machine. */
  readonly host?: string | undefined
  /**
   * API keys that are accepted from the start: those of the project's owner, who may do everything. Default
   * {@link defaultApiKey}. `"none"`: no authentication, like a self-hosted server.
   */
  readonly apiKeys?: NonEmptyReadonlyArray<string> | "none" | undefined
  /**
   * Ids of custom models, besides those that Deepgram documents, in visible ASCII characters. Those that begin with
   * `aura-` or `flux-` are voices; all others listen.
   */
  readonly models?: ReadonlyArray<string> | undefined
  /** Largest recording in bytes; a larger one is answered with 413. Default {@link defaultMaxUploadBytes}. */
  readonly maxUploadBytes?: number | undefined
  /** US dollars of the first balance, 0 or more. Default {@link defaultCredits}. */
  readonly credits?: number | undefined
  /** Between two attempts to deliver a callback; there are ten. Default 30 seconds, as Deepgram waits. */
  readonly callbackRetryDelay?: Duration.Input | undefined
  /**
   * How long the client of a socket may be silent before the socket is closed with 1011 (NET-0001, of `/v2/speak`
   * NET-0004, of `/v1/agent/converse` CLIENT_MESSAGE_TIMEOUT). Default, as Deepgram does: 10 seconds without audio or
   * `KeepAlive` on `/v1/listen`, and without any message on `/v1/agent/converse`; 60 seconds without audio, a message or a
   * ping on `/v2/listen` and `/v2/speak`; for ever on `/v1/speak`. A value holds for all of them. A client that does not
   * read what it is sent is not silent: the session waits for it, as long as sessions may last.
   */
  readonly idleTimeout?: Duration.Input | undefined
}

/** The options of {@link layer}, too, have defaults. */
export interface LayerOptions extends Options {
  /** How voice agents think. Default: they repeat what they are told. */
  readonly thinker?: Layer.Layer<Thinker.Thinker> | undefined
}

/** A running emulator. */
export class Emulator extends Context.Service<Emulator, {
  /** Base URL, for `DEEPGRAM_BASE_URL` or `baseUrl`. */
  readonly url: string
  /** An API key that is accepted. */
  readonly apiKey: Redacted.Redacted
  /**
   * Accepts an invitation, as the person with this e-mail address would: the project has a new member, whose API key
   * with the scope of the invitation is returned. Fails when nobody invited that person.
   */
  readonly acceptInvite: (email: string) => Effect.Effect<Redacted.Redacted, Cause.NoSuchElementError>
}>()("@effect-deepgram/emulator/Emulator") {}

const apiKeysOf = (options: Options): NonEmptyReadonlyArray<string> | undefined =>
  options.apiKeys === "none" ? undefined : options.apiKeys ?? [defaultApiKey]

/** Answers of the voice API say in a header what model they are of. */
const isHeaderValue = (text: string): boolean => /^[\x21-\x7e]+$/.test(text)

/** Why there cannot be such an emulator. */
const problemOf = (options: Options): string | undefined => {
  const { credits = defaultCredits, maxUploadBytes = defaultMaxUploadBytes, models = [], port = 0 } = options
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    return `There is no port ${port}: choose one from 0 to 65535`
  }
  const model = models.find((model) => !isHeaderValue(model))
  if (model !== undefined) {
    return `A model cannot have the id ${JSON.stringify(model)}: take visible ASCII characters`
  }
  // More than that could not be added up exactly.
  if (credits < 0 || !Number.isSafeInteger(microDollars(credits))) {
    return `The credit cannot be ${credits} US dollars: choose from 0 to ${dollars(Number.MAX_SAFE_INTEGER)}`
  }
  return maxUploadBytes >= 0 ? undefined : `The largest upload cannot be ${maxUploadBytes} bytes: choose 0 or more`
}

/** The duration that an option means; fails when it means none. */
const durationOf = (input: Duration.Input, problem: string): Effect.Effect<Duration.Duration, ServeError> =>
  Effect.fromOption(
    Option.filter(Duration.fromInput(input), (duration) => !Number.isNaN(input) && !Duration.isNegative(duration)),
    () => new ServeError({ cause: new Error(`${problem} ${String(input)}`) })
  )

/** What the handlers go by; fails when an option has a value that cannot be. */
const settingsOf = Effect.fnUntraced(
  function*(options: Options): Effect.fn.Return<Settings["Service"], ServeError> {
    const problem = problemOf(options)
    if (problem !== undefined) return yield* new ServeError({ cause: new Error(problem) })
    const { callbackRetryDelay = "30 seconds", idleTimeout, maxUploadBytes = defaultMaxUploadBytes, models = [] } =
      options
    return {
      models,
      maxUploadBytes,
      callbackRetryDelay: yield* durationOf(callbackRetryDelay, "A callback cannot be tried again after"),
      idleTimeout: idleTimeout === undefined
        ? undefined
        : yield* durationOf(idleTimeout, "The client of a socket cannot be silent for")
    }
  }
)

/** Longest head of a request, in bytes: 500 key terms in the query may take more than the 16 KiB that Node allows. */
const maxHeaderSize = 131_072

/** Listens, and when the scope closes cuts what is still connected: a test must not wait for a client's keep-alive. */
const listen = Effect.fnUntraced(function*(options: Options) {
  const { host = "127.0.0.1", port = 0 } = options
  const node = createServer({ maxHeaderSize })
  // Node would cut an upload that takes more than five minutes.
  node.requestTimeout = 0
  const server = yield* NodeHttpServer.make(() => node, { port, host, disablePreemptiveShutdown: true })
  yield* Effect.addFinalizer(() => Effect.sync(() => node.closeAllConnections()))
  return { node, server }
})

const started = (options: Options, settings: Settings["Service"]) =>
  Layer.effect(
    Emulator,
    Effect.gen(function*() {
      const { node, server } = yield* listen(options)
      const directory = yield* Directory.Directory
      yield* Effect.provideService(HttpServer.serveEffect(yield* app), HttpServer.HttpServer, server)
      yield* Front.serve(node)
      yield* Sockets.serve<AgentSession.Needs | Callbacks.Services>(node, [
        yield* ListenV1Live.channel,
        ListenV2.channel,
        SpeakV1Live.channel,
        SpeakV2Live.channel,
        AgentV1Live.channel
      ])
      return {
        url: HttpServer.formatAddress(server.address),
        apiKey: Redacted.make(apiKeysOf(options)?.[0] ?? defaultApiKey),
        acceptInvite: Effect.fn("Emulator.acceptInvite")(function*(email) {
          const now = yield* Clock.currentTimeMillis
          const invite = directory.invites.get(email.toLowerCase())
          if (invite === undefined) return yield* new Cause.NoSuchElementError(`${email} was not invited`)
          return Redacted.make(Directory.join(directory, invite, now).secret)
        })
      }
    })
  ).pipe(
    Layer.provide([
      Layer.provideMerge(
        Accounts.layer({ authentication: options.apiKeys !== "none" }),
        [Directory.layer(apiKeysOf(options) ?? []), Layer.fresh(AccessTokens.layer)]
      ),
      Layer.fresh(Collections.layer),
      Layer.fresh(Monitor.layer),
      Ledger.layer({ credits: options.credits ?? defaultCredits }),
      Layer.succeed(Settings, settings),
      NodeHttpServer.layerHttpServices
    ])
  )

/** What an emulator hears, speaks and thinks with, and how it reaches other servers. */
export type Dependencies =
  | Recognizer.Recognizer
  | Synthesizer.Synthesizer
  | Thinker.Thinker
  | HttpClient.HttpClient

/**
 * Starts an emulator with another {@link Recognizer}, {@link Synthesizer} or {@link Thinker}: a real engine, say. Fails
 * like {@link layer}.
 */
export const layerNoDeps = (
  options: Options = {}
): Layer.Layer<Emulator, ServeError, Dependencies> =>
  Layer.unwrap(Effect.map(settingsOf(options), (settings) => started(options, settings)))

/**
 * Starts an emulator, and stops it when the scope closes. Fails with `ServeError` when its port cannot be had, or an
 * option has a value that cannot be; the `cause` says which.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Emulator } from "@effect-deepgram/emulator"
 *
 * export const program = Effect.gen(function*() {
 *   const { url } = yield* Emulator.Emulator
 *   yield* Effect.log(`Deepgram is at ${url}`)
 * }).pipe(Effect.provide(Emulator.layer()))
 * ```
 */
export const layer = ({ thinker = Thinker.layer, ...options }: LayerOptions = {}): Layer.Layer<Emulator, ServeError> =>
  Layer.provide(layerNoDeps(options), [Recognizer.layer, Synthesizer.layer, thinker, FetchHttpClient.layer])

/** The SDK, pointed at the emulator that is running. */
export const layerClient: Layer.Layer<Deepgram.Deepgram, never, Emulator> = Layer.fresh(Layer.unwrap(
  // Afresh, so that it is never the client of another emulator.
  Effect.map(Emulator, ({ apiKey, url }) => Deepgram.layer({ apiKey, baseUrl: url }))
))

/**
 * Starts an emulator and points the SDK at it: all that a test needs.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Emulator, Recording } from "@effect-deepgram/emulator"
 * import { ListenV1, Transcript } from "effect-deepgram"
 *
 * export const program = ListenV1.transcribeFile(Recording.wav("Good morning."), {
 *   model: "nova-3",
 *   punctuate: true
 * }).pipe(
 *   Effect.map((transcription) => Transcript.toText(transcription)),
 *   Effect.provide(Emulator.layerSdk())
 * )
 * // => "Good morning."
 * ```
 */
export const layerSdk = (options?: LayerOptions): Layer.Layer<Deepgram.Deepgram | Emulator, ServeError> =>
  Layer.provideMerge(layerClient, layer(options))
