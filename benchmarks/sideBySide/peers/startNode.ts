/** A program with our client for Node, which loads undici and ws, for calls. */
import * as NodeDeepgram from "@effect-deepgram/node/NodeDeepgram"
import * as Deepgram from "effect-deepgram/Deepgram"
import * as ListenV1 from "effect-deepgram/ListenV1"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { ready } from "./startReady.ts"

const runtime = ManagedRuntime.make(NodeDeepgram.layer({ apiKey: Redacted.make("a key") }))

/** What the program is for: bundlers must keep it. */
export const transcribe = () =>
  runtime.runPromise(ListenV1.transcribeUrl("https://dpgr.am/spacewalk.wav", { model: "nova-3" }))

await runtime.runPromise(Deepgram.Deepgram)
ready()
