/**
 * Opens a session and reads nothing until a second one opens, which the server lets happen when it can send no more; says
 * what that took, then reads everything: `{ growth, messages }`, in bytes.
 *
 * Arguments: URL of a server.
 */
import { NodeDeepgram } from "@effect-deepgram/node"
import { Effect, Redacted, Stream } from "effect"
import { ListenV1 } from "effect-deepgram"

const [baseUrl = ""] = process.argv.slice(2)

const memory = Effect.sync(() => {
  globalThis.gc?.()
  return process.memoryUsage.rss()
})

const program = Effect.gen(function*() {
  const connection = yield* ListenV1.connect({ model: "nova-3" })
  const before = yield* memory
  yield* Effect.scoped(ListenV1.connect({ model: "nova-3", openTimeout: "1 minute" }))
  const after = yield* memory
  let messages = 0
  yield* Stream.runForEach(connection.messages, () => Effect.sync(() => messages++)).pipe(
    Effect.catchTag("ConnectionClosed", ({ code }) => code === 1001 ? Effect.void : Effect.die(code))
  )
  console.log(JSON.stringify({ growth: after - before, messages }))
})

await Effect.runPromise(
  program.pipe(
    Effect.scoped,
    Effect.provide(NodeDeepgram.layer({ apiKey: Redacted.make("flooded"), baseUrl, proxy: false }))
  )
)
