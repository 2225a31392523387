/** Requests for speech without the SDK, which would not send what is wrong. */
import { Emulator, Recognizer, Synthesizer, Thinker } from "@effect-deepgram/emulator"
import { Effect, Layer, Redacted, type Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { post } from "./support.ts"

const json = { "content-type": "application/json" }

const bodyOf = (body: unknown): BodyInit =>
  typeof body === "string" || body instanceof Blob ? body : JSON.stringify(body)

/** A request whose answer is text: a refusal, a receipt, an analysis. A text and a `Blob` are sent as they are. */
export const ask = (path: string, body: unknown, headers: Record<string, string> = json) =>
  post(path, { body: bodyOf(body), headers })

/** A request whose answer is audio. */
export const speak = Effect.fnUntraced(function*(path: string, body: unknown, headers: Record<string, string> = json) {
  const { apiKey, url } = yield* Emulator.Emulator
  const response = yield* Effect.promise((signal) =>
    fetch(`${url}${path}`, {
      method: "POST",
      signal,
      headers: { authorization: `Token ${Redacted.value(apiKey)}`, ...headers },
      body: bodyOf(body)
    })
  )
  const bytes = new Uint8Array(yield* Effect.promise(() => response.arrayBuffer()))
  return { status: response.status, headers: response.headers, bytes }
})

/** An emulator that speaks with another voice. */
export const speaking = (
  voice: (text: string, options: Synthesizer.SpeakOptions) => Stream.Stream<Float32Array, Synthesizer.SynthesisError>,
  options?: Emulator.Options
) =>
  Layer.provide(Emulator.layerNoDeps(options), [
    Recognizer.layer,
    FetchHttpClient.layer,
    Thinker.layer,
    Layer.succeed(Synthesizer.Synthesizer, { speak: voice })
  ])
