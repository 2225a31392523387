/**
 * The emulator that the programs talk to, from the packed package: with recordings and texts behind URLs, and a mind for
 * agents. On stdout it says where it is; it ends when its stdin does, and so with whoever started it.
 */
import * as Emulator from "@effect-deepgram/emulator/Emulator"
import * as Recognizer from "@effect-deepgram/emulator/Recognizer"
import * as Recording from "@effect-deepgram/emulator/Recording"
import * as Synthesizer from "@effect-deepgram/emulator/Synthesizer"
import * as Thinker from "@effect-deepgram/emulator/Thinker"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { stdin } from "node:process"
import { recorded, written } from "../programs/texts.ts"

const internet = Layer.sync(HttpClient.HttpClient, () => {
  const recording = Recording.wav(recorded)
  return HttpClient.make((request, url) =>
    Effect.succeed(HttpClientResponse.fromWeb(
      request,
      url.pathname.endsWith(".wav")
        ? new Response(recording, { headers: { "content-type": "audio/wav" } })
        : url.pathname.endsWith(".txt")
        ? new Response(written, { headers: { "content-type": "text/plain" } })
        : new Response(null, { status: 404 })
    ))
  )
})

const weekday = /\bon (\w+day)\b/

/** Of days it knows nothing: its tool does. What else it hears it repeats. */
const thinker = Thinker.rules([
  {
    when: weekday,
    answer: ({ said }) => ({ calls: [{ name: "get_hours", arguments: { day: weekday.exec(said)?.[1] } }] })
  }
])

// A session that somebody leaves behind is not to end by itself: programs look whether there is one.
const layer = Emulator.layerNoDeps({ idleTimeout: "1 hour" }).pipe(
  Layer.provide([Recognizer.layer, Synthesizer.layer, thinker, internet])
)

const isLeft = Effect.callback<void>((resume) => {
  stdin.resume().once("close", () => resume(Effect.void))
})

const main = Effect.gen(function*() {
  const { apiKey, url } = yield* Emulator.Emulator
  yield* Console.log(JSON.stringify({ url, apiKey: Redacted.value(apiKey) }))
  yield* isLeft
}).pipe(Effect.provide(layer))

NodeRuntime.runMain(main)
