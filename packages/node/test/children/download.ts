/**
 * Has so much spoken, takes breaks while it listens, and says what that took: `{ before, peak, received }` in bytes.
 *
 * Arguments: transport (`undici`, `fetch`), number of bytes, URL of the server.
 */
import { NodeDeepgram } from "@effect-deepgram/node"
import { Effect, Redacted, Stream } from "effect"
import { Deepgram, SpeakV1 } from "effect-deepgram"

const [transport, size = "", baseUrl = ""] = process.argv.slice(2)

const options = { apiKey: Redacted.make("memory"), baseUrl } as const
const layer = transport === "fetch" ? Deepgram.layer(options) : NodeDeepgram.layer({ ...options, proxy: false })

const mebibyte = 1024 * 1024

const listen = (bytes: string) =>
  Effect.suspend(() => {
    let received = 0
    let pause = mebibyte
    return SpeakV1.generateStream(bytes, { model: "aura-2-thalia-en", encoding: "linear16", container: "none" }).pipe(
      Stream.runForEach((chunk) => {
        received += chunk.byteLength
        if (received < pause) return Effect.void
        pause = received + mebibyte
        return Effect.sleep(5)
      }),
      Effect.map(() => received)
    )
  })

const program = Effect.gen(function*() {
  // What the first request loads is no cost of the size.
  yield* listen("1000")
  const before = process.memoryUsage.rss()
  const received = yield* listen(size)
  const peak = process.resourceUsage().maxRSS * 1024
  console.log(JSON.stringify({ before, peak, received }))
})

Effect.runPromise(Effect.provide(program, layer))
