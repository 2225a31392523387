/** The service that operations need, apart from its layers: `DeepgramAuth`, which is one of their parts, uses it too. */
import * as Context from "effect/Context"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Socket from "effect/socket/Socket"
import type { DeepgramAuth } from "../DeepgramAuth.ts"
import type { Settings } from "../DeepgramConfig.ts"

/** What every operation needs. Opaque on purpose: operations are the functions of the other modules. */
export class Deepgram extends Context.Service<Deepgram, {
  readonly config: Settings
  readonly auth: DeepgramAuth["Service"]
  /** Without one it is `fetch`, which operations bring along: a program that has none is bundled without it. */
  readonly http: HttpClient.HttpClient | undefined
  /** Without one it is the global `WebSocket`, which channels bring along. */
  readonly webSocket: Socket.WebSocketConstructor["Service"] | undefined
  /** What the layer was built in: `FetchHttpClient.Fetch` may be another function there. */
  readonly context: Context.Context<never>
}>()("effect-deepgram/Deepgram") {}
