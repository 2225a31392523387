/** What keeps a session open, and what does not. The clock is that of the test, for the SDK and for the emulator. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { type DeepgramError, ListenV1, ListenV2, type Live, LiveTranscript, Projects } from "effect-deepgram"
import { TestClock } from "effect/testing"
import { failing, finalText, served, spoken, telephone, transports } from "./support.ts"

const v1 = { model: "nova-3", punctuate: true, ...telephone } as const
const v2 = { model: "flux-general-en", ...telephone } as const

/** Lets time pass, a little at a time: what is sent meanwhile arrives before an answer to what is asked afterwards. */
const pass = (seconds: number, step = 1) =>
  Effect.forEach(
    Array.from({ length: seconds / step }),
    () => Effect.andThen(TestClock.adjust(step * 1000), Projects.list()),
    { discard: true }
  )

/** How a session ends that the server closes. */
const idle = Effect.fnUntraced(function*<Message>(
  { close, messages, requestId, send }: Live.Connection<Message>
) {
  const seen: Array<Message> = []
  const error = yield* failing(
    "IdleTimeout",
    Stream.runForEach(messages, (message) => Effect.sync(() => seen.push(message)))
  )
  assert.strictEqual(error.code, 1011)
  assert.isDefined(error.requestId)
  assert.strictEqual(error.requestId, yield* requestId)
  assert.match(error.reason, /net0001$/)
  for (const effect of [send(new Uint8Array(1)), close]) {
    const same: DeepgramError.LiveError = yield* Effect.flip(effect)
    assert.strictEqual(same, error)
  }
  return seen
})

for (const transport of transports) {
  describe(`over ${transport.name}`, () => {
    it.effect("a session that never has audio is closed after 10 seconds, whatever is said", () =>
      Effect.gen(function*() {
        const connection = yield* ListenV1.connect(v1)
        yield* pass(9)
        assert.isFalse(yield* connection.finalize)
        yield* pass(1)
        const [metadata] = yield* idle(connection)
        assert.deepInclude(metadata, { type: "Metadata", sha256: "incomplete", duration: 0 })
      }).pipe(Effect.provide(served(transport))))

    it.effect("so is a pipe", () =>
      Effect.gen(function*() {
        const session = yield* Effect.forkScoped(
          Stream.runDrain(ListenV1.transcribeStream(v1)(Stream.never)),
          { startImmediately: true }
        )
        yield* pass(12)
        const { code, requestId } = yield* failing("IdleTimeout", Fiber.join(session))
        assert.strictEqual(code, 1011)
        assert.isDefined(requestId)
      }).pipe(Effect.provide(served(transport))))

    it.effect("without KeepAlive a session is closed 10 seconds after its last audio", () =>
      Effect.gen(function*() {
        const connection = yield* ListenV1.connect({ ...v1, keepAlive: false })
        yield* pass(9)
        yield* connection.send(spoken("Hello.", 0.5))
        // It arrives now.
        yield* Projects.list()
        const session = yield* Effect.forkScoped(idle(connection), { startImmediately: true })
        yield* pass(9)
        assert.isUndefined(session.pollUnsafe())
        yield* pass(1)
        assert.strictEqual(finalText(yield* Fiber.join(session)), "Hello.")
      }).pipe(Effect.provide(served(transport))))

    it.effect("with KeepAlive it goes on for many times that", () =>
      Effect.gen(function*() {
        const { close, messages, send } = yield* ListenV1.connect(v1)
        yield* send(spoken("Hello."))
        yield* pass(100)
        yield* send(spoken("Still here."))
        yield* pass(50)
        yield* close
        assert.strictEqual(finalText(yield* Stream.runCollect(messages)), "Hello. Still here.")
      }).pipe(Effect.provide(served(transport))))

    it.effect(
      transport.isWs ? "pings keep a session of Flux open" : "without pings a session of Flux is closed after a minute",
      () =>
        Effect.gen(function*() {
          const connection = yield* ListenV2.connect(v2)
          yield* pass(59)
          if (transport.isWs) {
            yield* pass(120)
            yield* connection.send(spoken("Hello.", 0))
            assert.deepInclude(yield* connection.forceEndTurn, { transcript: "Hello." })
            return yield* connection.close
          }
          yield* pass(1)
          const seen = yield* idle(connection)
          assert.deepStrictEqual(seen.map(({ type }) => type), ["Connected", "Error"])
        }).pipe(Effect.provide(served(transport)))
    )

    it.effect("silence keeps it open, and ends its turn", () =>
      Effect.gen(function*() {
        const { close, messages, position, send } = yield* ListenV2.connect({
          ...v2,
          fillSilence: true,
          keepAlive: false
        })
        yield* send(spoken("Hello.", 0))
        yield* pass(65, 0.5)
        const { sent = 0 } = yield* position
        assert.approximately(sent, 65, 1)
        yield* close
        const turns = yield* Stream.runCollect(LiveTranscript.endedTurns(messages))
        assert.deepStrictEqual(turns.map(({ text, trigger }) => [text, trigger]), [["Hello.", "model"]])
      }).pipe(Effect.provide(served(transport))))
  })
}
