/** A program with our client over `fetch`, for calls. */
import * as Deepgram from "effect-deepgram/Deepgram"
import * as ListenV1 from "effect-deepgram/ListenV1"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { ready } from "./startReady.ts"

const runtime = ManagedRuntime.make(Deepgram.layer({ apiKey: Redacted.make("a key") }))

/** What the program is for: bundlers must keep it. */
export const transcribe = () =>
  runtime.runPromise(ListenV1.transcribeUrl("https://dpgr.am/spacewalk.wav", { model: "nova-3" }))

await runtime.runPromise(Deepgram.Deepgram)
ready()
