import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { Deepgram, SpeakV1, SpeakV2 } from "effect-deepgram"
import { pass } from "../support/clock.ts"
import { begin, failing, hear, openWatched, requestId, transports } from "../support/live.ts"
import {
  aura,
  cleared,
  connected,
  ending,
  flushed,
  flux,
  metadata,
  openAura,
  openFlux,
  outline,
  over,
  sound,
  taking,
  total,
  warning
} from "../support/liveSpeech.ts"
import { untyped } from "../support/untyped.ts"

describe.each(transports)("flush of Aura over $name", (transport) => {
  it.effect("answers who asked, in the order in which they did", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAura(transport)
      const asking = yield* Effect.forEach([0, 1, 2], () => begin(connection.flush))
      assert.deepStrictEqual(yield* taking(peer, 3), [{ type: "Flush" }, { type: "Flush" }, { type: "Flush" }])
      yield* peer.send(sound(1), flushed(5), flushed(6))
      assert.deepStrictEqual(yield* Fiber.join(asking[0]!), flushed(5))
      assert.deepStrictEqual(yield* Fiber.join(asking[1]!), flushed(6))
      assert.isUndefined(asking[2]!.pollUnsafe())
      yield* peer.send(flushed(7))
      assert.deepStrictEqual(yield* Fiber.join(asking[2]!), flushed(7))
    }))

  it.effect("gives nothing for what is cleared, and its own answer to what comes after", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAura(transport)
      const before = yield* begin(connection.flush)
      const clearing = yield* begin(connection.clear)
      const after = yield* begin(connection.flush)
      assert.deepStrictEqual(yield* taking(peer, 3), [{ type: "Flush" }, { type: "Clear" }, { type: "Flush" }])
      yield* peer.send(cleared(0))
      assert.isUndefined(yield* Fiber.join(before))
      yield* Fiber.join(clearing)
      assert.isUndefined(after.pollUnsafe())
      yield* peer.send(flushed(1))
      assert.deepStrictEqual(yield* Fiber.join(after), flushed(1))
    }))

  it.effect("fails with what the server says when it was one too many, in both spellings", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAura(transport)
      const asking = yield* Effect.forEach([0, 1, 2], () => begin(Effect.result(connection.flush)))
      yield* taking(peer, 3)
      const spelled = { type: "Warning", warn_code: "EXCESSIVE_FLUSH", warn_msg: "so" }
      yield* peer.send(metadata, spelled, flushed(0), warning("EXCESSIVE_FLUSH"))
      const [first, second, third] = yield* Effect.forEach(asking, Fiber.join)
      assert.deepStrictEqual(yield* Effect.fromResult(second!), flushed(0))
      for (const refused of [first, third]) {
        const error = yield* failing("BadRequest", Effect.fromResult(refused!))
        assert.deepStrictEqual(
          [error.operation, error.origin, error.code, error.detail, error.requestId],
          ["SpeakV1.flush", "server", "EXCESSIVE_FLUSH", "so", requestId]
        )
      }
      yield* connection.speak("x")
      assert.deepStrictEqual(yield* peer.message, { type: "Speak", text: "x" })
    }))

  it.effect("gives nothing when the session ends well without an answer", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAura(transport)
      const asking = yield* begin(connection.flush)
      const closing = yield* begin(connection.close)
      yield* ending([sound(1)])(peer)
      yield* Fiber.join(closing)
      assert.isUndefined(yield* Fiber.join(asking))
    }))

  it.effect("waits as long as the server says anything, and fails when it is silent", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(
        SpeakV1.connect({ ...aura, keepAlive: false, answerTimeout: "4 seconds" }),
        transport
      )
      const asking = yield* begin(sleeps.watch(connection.flush))
      yield* peer.message
      yield* sleeps.until(4000)
      for (let index = 0; index < 5; index++) {
        yield* pass(index === 0 ? 3000 : 2000)
        yield* peer.send(sound(index))
        yield* Stream.runHead(connection.messages)
        // It has slept for what was left, and sleeps for the rest again.
        yield* pass(1000)
        yield* sleeps.until(3000)
      }
      // Another warning is no answer.
      yield* peer.send(warning("EMPTY_TEXT"))
      yield* Stream.runHead(connection.messages)
      yield* pass(3000)
      yield* sleeps.until(1000)
      yield* pass(1000)
      const error = yield* failing("TimedOut", Fiber.join(asking))
      assert.include(
        error.message,
        "SpeakV1.flush: there was no answer within 4s (the option answerTimeout allows more)"
      )
      // The session goes on.
      yield* connection.speak("x")
      assert.deepStrictEqual(yield* peer.message, { type: "Speak", text: "x" })
    }))
})

describe.each(transports)("configure of Flux speech over $name", (transport) => {
  it.effect("gives what is in force, or fails with what the server says", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      const asking = yield* Effect.forEach([1.1, 9, 1.2], (speed) =>
        begin(Effect.result(connection.configure({ speed }))))
      assert.deepStrictEqual(yield* taking(peer, 3), [
        { type: "Configure", speed: 1.1 },
        { type: "Configure", speed: 9 },
        { type: "Configure", speed: 1.2 }
      ])
      yield* peer.send(
        connected,
        { type: "ConfigureSuccess", applied: { speed: 1.1 } },
        { type: "ConfigureFailure", code: "SPEED_OUT_OF_RANGE", field: "speed", value: 9, description: "too fast" },
        { type: "ConfigureSuccess", applied: { speed: 1.2 } }
      )
      const [first, refused, third] = yield* Effect.forEach(asking, Fiber.join)
      assert.deepStrictEqual((yield* Effect.fromResult(first!)).applied, { speed: 1.1 })
      assert.deepStrictEqual((yield* Effect.fromResult(third!)).applied, { speed: 1.2 })
      const error = yield* failing("BadRequest", Effect.fromResult(refused!))
      assert.deepStrictEqual(
        [error.operation, error.origin, error.code, error.detail, error.requestId],
        ["SpeakV2.configure", "server", "SPEED_OUT_OF_RANGE", "too fast", requestId]
      )
    }))

  it.effect("sends what the types do not know, if it is said so, and nothing else", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      const misspelled = untyped<SpeakV2.ConfigureOptions>({ sped: 1 })
      assert.include((yield* failing("BadRequest", connection.configure(misspelled))).message, "no option sped")
      const asking = yield* begin(
        Deepgram.withOptions({ body: { pitch: 2 } })(connection.configure({ speed: undefined }))
      )
      assert.deepStrictEqual(yield* peer.message, { type: "Configure", pitch: 2 })
      yield* peer.send({ type: "ConfigureSuccess" })
      yield* Fiber.join(asking)
    }))

  it.effect("is given up without an answer", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(
        SpeakV2.connect({ ...flux, keepAlive: false }),
        transport
      )
      const asking = yield* begin(sleeps.watch(connection.configure({ speed: 1 })))
      yield* peer.message
      yield* sleeps.until(10_000)
      yield* pass(10_000)
      const error = yield* failing("TimedOut", Fiber.join(asking))
      assert.include(error.message, "SpeakV2.configure: there was no answer within 10s")
    }))

  it.effect("between turns changes nothing about what they say", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      yield* connection.speak("a")
      const configuring = yield* begin(connection.configure({ speed: 0.9 }))
      yield* connection.speak("b")
      const closing = yield* begin(connection.close)
      assert.deepStrictEqual(
        (yield* taking(peer, 4)).map((message) => (message as { readonly type: string }).type),
        ["Speak", "Configure", "Speak", "Close"]
      )
      yield* peer.send({ type: "ConfigureSuccess" }, sound(1), over("a"), total)
      yield* peer.close(1000)
      yield* Fiber.join(configuring)
      yield* Fiber.join(closing)
      const { messages } = yield* hear(connection.messages)
      assert.deepStrictEqual(outline(messages), ["ConfigureSuccess", 1, "SpeechMetadata", "SessionMetadata"])
    }))
})
