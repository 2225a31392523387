/**
 * An emulator whose voice speaks so many MiB of samples for any text. Says its URL first and then, after each speech,
 * what it took: `{ before, peak }` in bytes of memory of this process.
 */
import { Emulator, Recognizer, Synthesizer, Thinker } from "@effect-deepgram/emulator"
import { Effect, Layer, Stream } from "effect"
import { FetchHttpClient } from "effect/http"

const bytesPerSample = 2
const seconds = new Float32Array(48_000).fill(0.25)

const voice = Layer.succeed(Synthesizer.Synthesizer, {
  // The text says how many.
  speak: (text) =>
    Stream.suspend(() => {
      const before = process.memoryUsage.rss()
      const chunks = Math.ceil(Number(text) * 1_048_576 / (seconds.length * bytesPerSample))
      return Stream.range(1, chunks).pipe(
        Stream.rechunk(1),
        Stream.map(() => seconds),
        Stream.ensuring(Effect.sync(() => {
          console.log(JSON.stringify({ before, peak: process.resourceUsage().maxRSS * 1024 }))
        }))
      )
    })
})

const program = Effect.gen(function*() {
  const { url } = yield* Emulator.Emulator
  console.log(url)
  return yield* Effect.never
})

await Effect.runPromise(Effect.provide(
  program,
  Layer.provide(Emulator.layerNoDeps(), [voice, Recognizer.layer, Thinker.layer, FetchHttpClient.layer])
))
