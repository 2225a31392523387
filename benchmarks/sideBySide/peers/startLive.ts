/** A program with our client for sockets: over ws, and over `fetch` what else it might call, so that undici stays out. */
import * as NodeDeepgram from "@effect-deepgram/node/NodeDeepgram"
import * as Deepgram from "effect-deepgram/Deepgram"
import * as DeepgramAuth from "effect-deepgram/DeepgramAuth"
import * as DeepgramConfig from "effect-deepgram/DeepgramConfig"
import * as ListenV1 from "effect-deepgram/ListenV1"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { ready } from "./startReady.ts"

const runtime = ManagedRuntime.make(Layer.provide(Deepgram.layerNoDeps, [
  DeepgramConfig.layer(),
  DeepgramAuth.layer({ apiKey: Redacted.make("a key") }),
  Deepgram.layerFetch,
  NodeDeepgram.layerWebSocket()
]))

/** What the program is for: bundlers must keep it. */
export const transcribe = (audio: Stream.Stream<Uint8Array>) =>
  runtime.runPromise(Stream.runCollect(ListenV1.transcribeStream({ model: "nova-3" })(audio)))

await runtime.runPromise(Deepgram.Deepgram)
ready()
