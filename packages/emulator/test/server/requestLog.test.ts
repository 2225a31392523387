import { Emulator, Faults } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger, References } from "effect"
import { connect } from "./socket.ts"
import { post } from "./support.ts"

interface Line {
  readonly message: unknown
  readonly level: string
  readonly annotations: Readonly<Record<string, unknown>>
}

/** What is logged from `Info` on while an emulator is used. */
const linesOf = <E>(options: Emulator.Options, use: Effect.Effect<unknown, E, Emulator.Emulator>) =>
  Effect.gen(function*() {
    const lines: Array<Line> = []
    const logger = Logger.make(({ fiber, logLevel, message }) => {
      const annotations = fiber.getRef(References.CurrentLogAnnotations)
      lines.push({ message: [message].flat()[0], level: logLevel, annotations })
    })
    // The calls are over when the emulator is.
    yield* Effect.provide(use, Layer.provide(Emulator.layer(options), Logger.layer([logger])))
    return lines
  })

const read = post("/v1/read?language=en&callback=http%3A%2F%2Fme%3As3cret%40127.0.0.1%3A9%2F", {
  body: `{"text":"Yes."}`
})

const session = Effect.scoped(Effect.gen(function*() {
  const { next, say } = yield* connect("/v1/speak?model=aura-2-thalia-en")
  yield* say({ type: "Flush" })
  yield* next
}))

describe("the log of calls", () => {
  it.live("has a line for each, with what is known of it and no secret", () =>
    Effect.gen(function*() {
      const faults = Faults.plan([{ type: "Answer", status: 429 }, { type: "Latency", delay: 1 }])
      const lines = yield* linesOf(
        { logRequests: true },
        Effect.gen(function*() {
          yield* session
          yield* (yield* Emulator.Emulator).faults.set(faults)
          yield* read
        })
      )
      const [speak, refused] = lines.toSorted((a, b) => String(a.message).localeCompare(String(b.message)))
      assert.strictEqual(lines.length, 2)
      assert.deepInclude(speak, { level: "Info", message: "GET /v1/speak?model=aura-2-thalia-en 101" })
      assert.include(speak?.annotations, { status: 101, messagesReceived: 1, bytesReceived: `{"type":"Flush"}`.length })
      assert.isAtLeast(Number(speak?.annotations["messagesSent"]), 1)
      assert.strictEqual(refused?.message, "POST /v1/read?language=en&callback=http%3A%2F%2F127.0.0.1%3A9%2F 429")
      assert.include(refused?.annotations, { method: "POST", status: 429 })
      assert.sameMembers(String(refused?.annotations["faults"]).split(", "), ["Answer", "Latency"])
      assert.isAtLeast(Number(refused?.annotations["durationMs"]), 0)
      assert.notInclude(JSON.stringify(lines), Emulator.defaultApiKey)
    }))

  it.live("is empty unless it is asked for", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* linesOf({}, read), [])
    }))
})
