/**
 * A local Deepgram: the API over real sockets, without a key and without the internet. It speaks with the test voice of
 * `Synthesizer`, and transcribes it out of the samples that it receives; of other audio it hears where somebody speaks, but
 * no words. Its agents do both, and think by a `Thinker`.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodeHttpPlatform from "@effect/platform-node/NodeHttpPlatform"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodePath from "@effect/platform-node/NodePath"
import * as Deepgram from "effect-deepgram/Deepgram"
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Etag from "effect/http/Etag"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpServer from "effect/http/HttpServer"
import type { ServeError } from "effect/http/HttpServerError"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Faults from "./Faults.ts"
import type * as AgentSession from "./internal/agent/session.ts"
import * as Injector from "./internal/faults/injector.ts"
import * as Accounts from "./internal/server/accounts.ts"
import * as AgentV1Live from "./internal/server/agentV1Live.ts"
import type * as Callbacks from "./internal/server/callbacks.ts"
import * as ClientErrors from "./internal/server/clientErrors.ts"
import * as Control from "./internal/server/control.ts"
import * as Front from "./internal/server/front.ts"
import * as ListenV1Live from "./internal/server/listenV1Live.ts"
import * as ListenV2 from "./internal/server/listenV2.ts"
import * as Monitor from "./internal/server/monitor.ts"
import * as NodeServer from "./internal/server/nodeServer.ts"
import { defaultCredits, defaultHost, defaultMaxUploadBytes, settingsOf } from "./internal/server/options.ts"
import { app } from "./internal/server/routes.ts"
import { Settings } from "./internal/server/settings.ts"
import * as Shutdown from "./internal/server/shutdown.ts"
import * as Sockets from "./internal/server/sockets.ts"
import * as SpeakV1Live from "./internal/server/speakV1Live.ts"
import * as SpeakV2Live from "./internal/server/speakV2Live.ts"
import * as Status from "./internal/server/status.ts"
import * as Recorder from "./internal/sessions/recorder.ts"
import * as AccessTokens from "./internal/state/accessTokens.ts"
import * as Collections from "./internal/state/collections.ts"
import * as Directory from "./internal/state/directory.ts"
import * as Ledger from "./internal/state/ledger.ts"
import * as Recognizer from "./Recognizer.ts"
import * as Synthesizer from "./Synthesizer.ts"
import * as Thinker from "./Thinker.ts"

/** The API key that is accepted unless others are given. */
export const defaultApiKey = "emulator-key"

export { defaultCredits, defaultMaxUploadBytes }

/** Everything has a default. */
export interface Options {
  /** Default 0: a free port. */
  readonly port?: number | undefined
  /** Interface to listen on. Default `127.0.0.1`: only this machine. */
  readonly host?: string | undefined
  /**
   * API keys that are accepted from the start, in visible ASCII characters: those of the project's owner, who may do
   * everything. Default {@link defaultApiKey}. `"none"`: no authentication, like a self-hosted server.
   */
  readonly apiKeys?: NonEmptyReadonlyArray<string> | "none" | undefined
  /**
   * Ids of custom models, besides those that Deepgram documents, in visible ASCII characters. Those that begin with
   * `aura-` or `flux-` are voices; all others listen.
   */
  readonly models?: ReadonlyArray<string> | undefined
  /** Largest recording in bytes; a larger one is answered with 413. Default {@link defaultMaxUploadBytes}. */
  readonly maxUploadBytes?: number | undefined
  /**
   * Largest head of a request in bytes, its URL included, from 1,024 to 16,777,216; a larger one is answered with 431.
   * Default 131,072: 500 key terms take more than the 16 KiB that Node allows.
   */
  readonly maxHeaderBytes?: number | undefined
  /**
   * Largest JSON body of the management API in bytes, 0 or more; a larger one is answered with 413. Default 1,048,576.
   * Bodies with a URL may have 65,536 bytes, texts 2,000,000.
   */
  readonly maxJsonBytes?: number | undefined
  /**
   * Largest message of a client on a socket in bytes, 1 or more; a larger one closes the socket with 1009. Default:
   * 134,217,728 on `/v1/listen` and `/v2/listen`, a recording in one message; 16,777,216 on `/v1/agent/converse`;
   * 1,048,576 on `/v1/speak` and `/v2/speak`. A value holds for all of them.
   */
  readonly maxMessageBytes?: number | undefined
  /**
   * Connections at a time, sockets included, 1 or more; one more is answered with 503 whatever it asks for, and closed.
   * Default 10,000.
   */
  readonly maxConnections?: number | undefined
  /** US dollars of the first balance, 0 or more. Default {@link defaultCredits}. */
  readonly credits?: number | undefined
  /** What goes wrong from the start; see `Faults.plan`. Default: nothing. */
  readonly faults?: Faults.Plan | undefined
  /**
   * How long a connection may take to send the head of a request, by the clock of the machine, to within a tenth;
   * then it is answered with 408 and closed. Default 60 seconds.
   */
  readonly headTimeout?: Duration.Input | undefined
  /**
   * How long the next byte of a body is waited for; then the request is answered with 408, `SLOW_UPLOAD`, and the
   * connection closed. An upload that goes on may take as long as it likes. Default 2 minutes.
   */
  readonly uploadTimeout?: Duration.Input | undefined
  /** Between two attempts to deliver a callback; there are ten. Default 30 seconds, as Deepgram waits. */
  readonly callbackRetryDelay?: Duration.Input | undefined
  /**
   * How long another server is waited for. One with a recording or a text has so long to begin its answer, and for each
   * of the next bytes; then the request is answered with 400, `REMOTE_CONTENT_ERROR`. One that gets a callback has so
   * long to take each part of it, and to say that it has; then it is tried again. One that an agent calls for a function has so long for all of its
   * answer; then the agent is told that the function failed. Default 30 seconds; Deepgram does not say how long it waits.
   */
  readonly remoteTimeout?: Duration.Input | undefined
  /**
   * How long the client of a socket may be silent before the socket is closed with 1011 (NET-0001, of `/v2/speak`
   * NET-0004, of `/v1/agent/converse` CLIENT_MESSAGE_TIMEOUT). Default, as Deepgram does: 10 seconds without audio or
   * `KeepAlive` on `/v1/listen`, and without any message on `/v1/agent/converse`; 60 seconds without audio, a message or a
   * ping on `/v2/listen` and `/v2/speak`; for ever on `/v1/speak`. A value holds for all of them. A client that does not
   * read what it is sent is not silent: the session waits for it, as long as sessions may last.
   */
  readonly idleTimeout?: Duration.Input | undefined
  /**
   * A file in which everything is recorded that clients send and are answered; one that exists is written anew as soon as
   * the port can be had. `Sessions` reads it, and sends it again. Default: nothing is recorded. What proves who calls is
   * not in it, but audio and texts are: a new file is readable by its owner alone. One that another emulator is recording
   * into is refused; a file beside it, of the same name and `.lock`, says so.
   */
  readonly record?: string | undefined
  /**
   * How long a session may last before its socket is closed with 1011 (NET-0003, of `/v1/agent/converse`
   * MAXIMUM_SESSION_LENGTH_REACHED, which is announced five minutes before). Default, as Deepgram does: an hour on
   * `/v1/speak` and `/v2/speak`, two hours on `/v1/agent/converse`, for ever on `/v1/listen` and `/v2/listen`. A value
   * holds for all of them.
   */
  readonly sessionTimeout?: Duration.Input | undefined
  /**
   * How long calls and sessions that are going on may take when the emulator stops; it begins no others meanwhile.
   * Default 0: they are cut at once, sockets are closed with 1001.
   */
  readonly shutdownTimeout?: Duration.Input | undefined
  /**
   * Whether each call is logged when it is over, at level `Info`: its method and path, and as annotations the status, how
   * long it took, bytes and messages, its request id and the faults it met; never a credential, and no content. Default
   * false.
   */
  readonly logRequests?: boolean | undefined
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
  /** What goes wrong from now on, and what went wrong. */
  readonly faults: Faults.Controls
}>()("@effect-deepgram/emulator/Emulator") {}

const apiKeysOf = (options: Options): NonEmptyReadonlyArray<string> | undefined =>
  options.apiKeys === "none" ? undefined : options.apiKeys ?? [defaultApiKey]

/** Listens, and when the scope closes cuts what is still connected: a test must not wait for a client's keep-alive. */
const listen = Effect.fnUntraced(function*(options: Options, settings: Settings["Service"]) {
  const { host = defaultHost, port = 0 } = options
  const node = NodeServer.make(settings)
  const server = yield* NodeHttpServer.make(() => node, { port, host, disablePreemptiveShutdown: true })
  yield* Effect.addFinalizer(() => Effect.sync(() => node.closeAllConnections()))
  return { node, server }
})

const started = (options: Options, settings: Settings["Service"]) =>
  Layer.effect(
    Emulator,
    Effect.gen(function*() {
      const { node, server } = yield* listen(options, settings)
      const recorder = yield* Recorder.Recorder
      if (recorder !== undefined) yield* recorder.start
      const directory = yield* Directory.Directory
      const { controls: faults } = yield* Injector.Injector
      const url = HttpServer.formatAddress(server.address)
      const status = yield* Status.make({ options, url })
      const own = Control.make({ faults, host: options.host ?? defaultHost, status })
      yield* Effect.provideService(HttpServer.serveEffect(yield* app(own)), HttpServer.HttpServer, server)
      yield* Front.serve(node)
      yield* Sockets.serve<AgentSession.Needs | Callbacks.Services>(node, [
        yield* ListenV1Live.channel,
        ListenV2.channel,
        SpeakV1Live.channel,
        SpeakV2Live.channel,
        AgentV1Live.channel
      ])
      // Last, and so before all others.
      yield* ClientErrors.serve(node)
      yield* Shutdown.gracefully(node)
      return {
        url,
        apiKey: Redacted.make(apiKeysOf(options)?.[0] ?? defaultApiKey),
        acceptInvite: Effect.fn("Emulator.acceptInvite")(function*(email) {
          const now = yield* Clock.currentTimeMillis
          const invite = directory.invites.get(email.toLowerCase())
          if (invite === undefined) return yield* new Cause.NoSuchElementError(`${email} was not invited`)
          return Redacted.make(Directory.join(directory, invite, now).secret)
        }),
        faults
      }
    })
  ).pipe(
    Layer.provide([
      Layer.provideMerge(
        Accounts.layer({ authentication: options.apiKeys !== "none" }),
        [Directory.layer(apiKeysOf(options) ?? []), Layer.fresh(AccessTokens.layer)]
      ),
      Layer.fresh(Collections.layer),
      Monitor.layer({ logRequests: options.logRequests ?? false }),
      Injector.layer(options.faults),
      Ledger.layer({ credits: options.credits ?? defaultCredits }),
      Layer.succeed(Settings, settings),
      Recorder.layer(options.record),
      // No more of Node's services than these: a terminal would listen to stdin.
      NodeHttpPlatform.layer,
      Etag.layerWeak,
      NodeFileSystem.layer,
      NodePath.layer
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
