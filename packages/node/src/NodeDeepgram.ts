/**
 * The client on Node: kept connections, sockets that can be paused and say why they were refused, proxies, certificates
 * of one's own, uploads at flat memory.
 *
 * @see https://developers.deepgram.com/reference/deepgram-api-overview
 */
import * as Deepgram from "effect-deepgram/Deepgram"
import * as DeepgramAuth from "effect-deepgram/DeepgramAuth"
import * as DeepgramConfig from "effect-deepgram/DeepgramConfig"
import * as Jit from "effect-deepgram/jit"
import type * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Socket from "effect/socket/Socket"
import * as Transport from "./internal/httpClient.ts"
import type { NodeOptions, Pem, TlsOptions } from "./internal/nodeOptions.ts"
import { resolve } from "./internal/options.ts"
import * as WebSockets from "./internal/webSocket.ts"

export type { NodeOptions, Pem, TlsOptions }

/**
 * The HTTP transport alone: for a client that is composed by hand with `Deepgram.layerNoDeps`, or for other requests.
 *
 * Redirects are not followed. Options that cannot be used, those of the environment included, fail each request.
 */
export const layerHttpClient = (options: NodeOptions = {}): Layer.Layer<HttpClient.HttpClient> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.matchEffect(resolve(options), {
      onFailure: (error) => Effect.succeed(Transport.unusable(error)),
      onSuccess: Transport.make
    })
  )

/**
 * The WebSocket transport alone, on `ws`: for a client that is composed by hand with `Deepgram.layerNoDeps`, or for
 * other sockets. They take headers and subprotocols for the handshake, offer no compression, follow no redirect, and
 * take messages of up to 16 MiB. Whoever makes one closes it: the layer does not.
 *
 * Proxies are asked for a tunnel (`CONNECT`), for `ws:` too; what one refuses is an `error`, not an unexpected
 * response. Options that cannot be used, those of the environment included, fail each dial: the constructor throws the
 * `ConfigError`.
 */
export const layerWebSocket = (options: NodeOptions = {}): Layer.Layer<Socket.WebSocketConstructor> =>
  Layer.effect(
    Socket.WebSocketConstructor,
    Effect.matchEffect(resolve(options), {
      onFailure: (error) => Effect.succeed(WebSockets.unusable(error)),
      onSuccess: WebSockets.make
    })
  )

// Imported at the top: from within, bundlers that make one file would have half of Effect wait for it.
const compiled: Layer.Layer<never> = Layer.effectDiscard(Effect.sync(Jit.enable))

/** A credential, settings and how to connect. */
export type Options = Deepgram.Options & NodeOptions

/**
 * The client over undici and ws. Connections of requests are kept while the layer lives, and closed with it.
 *
 * @example
 * ```ts
 * import { NodeDeepgram } from "@effect-deepgram/node"
 * import { Redacted } from "effect"
 *
 * export const DeepgramLive = NodeDeepgram.layer({
 *   apiKey: Redacted.make("a key"),
 *   connections: 20,
 *   proxy: "http://proxy.internal:3128"
 * })
 * ```
 */
export const layer = (options: Options): Layer.Layer<Deepgram.Deepgram> =>
  Layer.provide(Deepgram.layerNoDeps, [
    DeepgramConfig.layer(options),
    DeepgramAuth.layer(options),
    layerHttpClient(options),
    layerWebSocket(options),
    compiled
  ])

/** What {@link layerConfig} takes: everything has a default or comes from the environment. */
export type ConfigOptions = Deepgram.ConfigOptions & NodeOptions

/**
 * The client over undici and ws, from the environment: `DEEPGRAM_TOKEN`, else `DEEPGRAM_API_KEY`, and
 * `DEEPGRAM_BASE_URL`. What is passed wins. Fails with a `ConfigError` when there is no credential, or when an option
 * or a proxy of the environment cannot be used.
 *
 * @example
 * ```ts
 * import { NodeAudio, NodeDeepgram } from "@effect-deepgram/node"
 * import { Effect } from "effect"
 * import { ListenV1 } from "effect-deepgram"
 *
 * export const program = ListenV1.transcribeFile(NodeAudio.file("call.wav"), { model: "nova-3" }).pipe(
 *   Effect.provide(NodeDeepgram.layerConfig())
 * )
 * ```
 */
export const layerConfig = (
  options: ConfigOptions = {}
): Layer.Layer<Deepgram.Deepgram, Config.ConfigError> =>
  Layer.provide(Deepgram.layerConfigNoDeps(options), [
    Layer.effect(HttpClient.HttpClient, Effect.flatMap(resolve(options), Transport.make)),
    Layer.effect(Socket.WebSocketConstructor, Effect.flatMap(resolve(options), WebSockets.make)),
    compiled
  ])
