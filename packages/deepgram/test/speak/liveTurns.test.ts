import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { begin, transports } from "../support/live.ts"
import { connected, interrupted, openFlux, outline, over, sound, taking, warning } from "../support/liveSpeech.ts"

describe.each(transports)("turns of Flux over $name", (transport) => {
  it.effect("end with what they were, one after the other", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      const asking = yield* Effect.forEach(["a", "b"], (text) =>
        begin(Effect.andThen(connection.speak(text), connection.flush)))
      assert.deepStrictEqual(yield* taking(peer, 4), [
        { type: "Speak", text: "a" },
        { type: "Flush" },
        { type: "Speak", text: "b" },
        { type: "Flush" }
      ])
      yield* peer.send(
        connected,
        { type: "SpeechStarted", speech_id: "a" },
        { type: "Flushed", speech_id: "a" },
        sound(1),
        over("a")
      )
      assert.deepStrictEqual<object | undefined>(yield* Fiber.join(asking[0]!), over("a"))
      assert.isUndefined(asking[1]!.pollUnsafe())
      yield* peer.send(sound(2), over("b"))
      assert.deepStrictEqual<object | undefined>(yield* Fiber.join(asking[1]!), over("b"))
      const messages = yield* Stream.runCollect(Stream.take(connection.messages, 7))
      assert.deepStrictEqual(
        outline(messages),
        ["Connected", "SpeechStarted", "Flushed", 1, "SpeechMetadata", 2, "SpeechMetadata"]
      )
    }))

  it.effect("are nothing when there is none, or when it was broken off", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      const none = yield* begin(connection.flush)
      yield* peer.message
      yield* peer.send(warning("NO_ACTIVE_SPEECH"))
      assert.isUndefined(yield* Fiber.join(none))
      yield* connection.speak("a")
      const broken = yield* begin(connection.flush)
      const interrupting = yield* begin(connection.interrupt({ playback_offset: { type: "time_ms", value: 0 } }))
      assert.deepStrictEqual(yield* taking(peer, 3), [
        { type: "Speak", text: "a" },
        { type: "Flush" },
        { type: "Interrupt", playback_offset: { type: "time_ms", value: 0 } }
      ])
      const answer = { ...interrupted(0), text_spoken: "", text_remaining: "all", metadata: { speech_id: "a" } }
      yield* peer.send(warning("SYNTHESIS_RETRYING"), answer)
      assert.isUndefined(yield* Fiber.join(broken))
      assert.deepStrictEqual<object | undefined>(yield* Fiber.join(interrupting), answer)
    }))

  it.effect("are not ended by what says that there is none", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      yield* connection.speak("a")
      const asking = yield* Effect.forEach([1, 2], () => begin(connection.flush))
      yield* connection.speak("b")
      const next = yield* begin(connection.flush)
      yield* taking(peer, 5)
      // It is said while the first one is spoken.
      yield* peer.send({ type: "Flushed" }, warning("NO_ACTIVE_SPEECH"), sound(1))
      assert.isUndefined(yield* Fiber.join(asking[1]!))
      assert.isUndefined(asking[0]!.pollUnsafe())
      yield* peer.send(over("a"))
      assert.deepStrictEqual<object | undefined>(yield* Fiber.join(asking[0]!), over("a"))
      assert.isUndefined(next.pollUnsafe())
      yield* peer.send(over("b"))
      assert.deepStrictEqual<object | undefined>(yield* Fiber.join(next), over("b"))
    }))

  it.effect("are broken off one at a time: those behind it go on", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      const asking = yield* Effect.forEach(["a", "b", "c"], (text) =>
        begin(Effect.andThen(connection.speak(text), connection.flush)))
      yield* taking(peer, 6)
      const interrupting = yield* begin(connection.interrupt())
      yield* peer.message
      yield* peer.send(sound(1), interrupted(1), sound(2))
      assert.deepStrictEqual<object | undefined>(yield* Fiber.join(interrupting), interrupted(1))
      assert.isUndefined(yield* Fiber.join(asking[0]!))
      assert.isUndefined(asking[1]!.pollUnsafe())
      yield* peer.send(over("b"))
      assert.deepStrictEqual<object | undefined>(yield* Fiber.join(asking[1]!), over("b"))
      assert.isUndefined(asking[2]!.pollUnsafe())
      const messages = yield* Stream.runCollect(Stream.take(connection.messages, 3))
      assert.deepStrictEqual(outline(messages), ["SpeechInterrupted", 2, "SpeechMetadata"])
      const again = yield* begin(connection.interrupt())
      assert.deepStrictEqual(yield* peer.message, { type: "Interrupt" })
      yield* peer.send(interrupted(2))
      assert.isUndefined(yield* Fiber.join(asking[2]!))
      assert.deepStrictEqual<object | undefined>(yield* Fiber.join(again), interrupted(2))
    }))

  it.effect("are still to be broken off when they were open behind one that was", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      yield* connection.speak("a")
      const flushing = yield* begin(connection.flush)
      yield* connection.speak("b")
      yield* taking(peer, 3)
      for (const index of [1, 2]) {
        const interrupting = yield* begin(connection.interrupt())
        assert.deepStrictEqual(yield* peer.message, { type: "Interrupt" })
        yield* peer.send(interrupted(index))
        assert.deepStrictEqual<object | undefined>(yield* Fiber.join(interrupting), interrupted(index))
        assert.isUndefined(yield* Fiber.join(flushing))
      }
      // There is none any more.
      assert.isUndefined(yield* connection.interrupt())
      yield* connection.speak("c")
      assert.deepStrictEqual(yield* peer.message, { type: "Speak", text: "c" })
      assert.strictEqual(peer.frames.length, 6)
    }))
})
