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
  readonly http: HttpClient.HttpClient
  readonly webSocket: Socket.WebSocketConstructor["Service"]
}>()("effect-deepgram/Deepgram") {}
