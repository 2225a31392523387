import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { SpeakV2 } from "effect-deepgram"
import { begin, failing, transports } from "../support/live.ts"
import { interrupted, openFlux, outline, over, sound, taking, warning } from "../support/liveSpeech.ts"
import { untyped } from "../support/untyped.ts"

describe.each(transports)("interrupt of Flux over $name", (transport) => {
  it.effect.each(["NO_ACTIVE_SPEECH", "INTERRUPT_IN_PROGRESS"])(
    "is no failure where it is in vain: %s",
    (code) =>
      Effect.gen(function*() {
        const { connection, peer } = yield* openFlux(transport)
        yield* connection.speak("a")
        const interrupting = yield* begin(connection.interrupt())
        assert.deepStrictEqual(yield* taking(peer, 2), [{ type: "Speak", text: "a" }, { type: "Interrupt" }])
        yield* peer.send(sound(1), warning(code), sound(2))
        assert.isUndefined(yield* Fiber.join(interrupting))
        const messages = yield* Stream.runCollect(Stream.take(connection.messages, 2))
        assert.deepStrictEqual(outline(messages), ["Warning", 2])
      })
  )

  it.effect("comes again when a turn has sound that had none", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      yield* connection.speak("a")
      const interrupting = yield* begin(connection.interrupt())
      yield* taking(peer, 2)
      yield* peer.send(warning("NO_AUDIO_GENERATED"))
      assert.deepStrictEqual(yield* peer.message, { type: "Flush" })
      yield* peer.send({ type: "SpeechStarted" }, { type: "Flushed" }, sound(1), sound(2))
      assert.deepStrictEqual(yield* peer.message, { type: "Interrupt" })
      assert.isUndefined(interrupting.pollUnsafe())
      yield* peer.send(sound(3), interrupted(0), sound(4))
      assert.deepStrictEqual<object | undefined>(yield* Fiber.join(interrupting), interrupted(0))
      const messages = yield* Stream.runCollect(Stream.take(connection.messages, 5))
      assert.deepStrictEqual(outline(messages), ["Warning", "SpeechStarted", "Flushed", "SpeechInterrupted", 4])
    }))

  it.effect.each([["there is no turn", warning("NO_ACTIVE_SPEECH")], ["the turn stays without", over("a")]] as const)(
    "does not wait for a sound when %s",
    ([, answer]) =>
      Effect.gen(function*() {
        const { connection, peer } = yield* openFlux(transport)
        yield* connection.speak("a")
        const interrupting = yield* begin(connection.interrupt())
        yield* taking(peer, 2)
        yield* peer.send(warning("NO_AUDIO_GENERATED"))
        assert.deepStrictEqual(yield* peer.message, { type: "Flush" })
        yield* peer.send(answer, sound(1))
        assert.isUndefined(yield* Fiber.join(interrupting))
        const messages = yield* Stream.runCollect(Stream.take(connection.messages, 3))
        assert.deepStrictEqual(outline(messages), ["Warning", answer.type, 1])
      })
  )

  it.effect("does not flush again what was flushed and has no sound yet", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      yield* connection.speak("a")
      const flushing = yield* begin(connection.flush)
      const interrupting = yield* begin(connection.interrupt())
      yield* taking(peer, 3)
      yield* peer.send(warning("NO_AUDIO_GENERATED"), { type: "SpeechStarted" }, { type: "Flushed" }, sound(1))
      assert.deepStrictEqual(yield* peer.message, { type: "Interrupt" })
      assert.isUndefined(flushing.pollUnsafe())
      yield* peer.send(interrupted(0), sound(2))
      assert.isUndefined(yield* Fiber.join(flushing))
      assert.deepStrictEqual<object | undefined>(yield* Fiber.join(interrupting), interrupted(0))
      const messages = yield* Stream.runCollect(Stream.take(connection.messages, 5))
      assert.deepStrictEqual(outline(messages), ["Warning", "SpeechStarted", "Flushed", "SpeechInterrupted", 2])
    }))

  it.effect("is over with a turn that was flushed and stays without sound", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      yield* connection.speak("...")
      const flushing = yield* begin(connection.flush)
      const interrupting = yield* begin(connection.interrupt())
      yield* taking(peer, 3)
      yield* peer.send(warning("NO_AUDIO_GENERATED"), warning("NO_SYNTHESIZABLE_TEXT"), over("a"), sound(1))
      assert.isUndefined(yield* Fiber.join(interrupting))
      assert.deepStrictEqual<object | undefined>(yield* Fiber.join(flushing), over("a"))
      const messages = yield* Stream.runCollect(Stream.take(connection.messages, 4))
      assert.deepStrictEqual(outline(messages), ["Warning", "Warning", "SpeechMetadata", 1])
      assert.strictEqual(peer.frames.length, 3)
    }))

  it.effect("is not answered by what a flush of nothing is told", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      yield* connection.speak("a")
      const flushing = yield* Effect.forEach([1, 2], () => begin(connection.flush))
      const interrupting = yield* begin(connection.interrupt())
      yield* taking(peer, 4)
      yield* peer.send(warning("NO_ACTIVE_SPEECH"), sound(1), interrupted(7), sound(2))
      assert.deepStrictEqual<object | undefined>(yield* Fiber.join(interrupting), interrupted(7))
      for (const fiber of flushing) assert.isUndefined(yield* Fiber.join(fiber))
      const messages = yield* Stream.runCollect(Stream.take(connection.messages, 3))
      assert.deepStrictEqual(outline(messages), ["Warning", "SpeechInterrupted", 2])
    }))

  it.effect("is over with a warning that comes before the end of the turn", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      yield* connection.speak("a")
      const flushing = yield* begin(connection.flush)
      const interrupting = yield* begin(connection.interrupt())
      yield* taking(peer, 3)
      yield* peer.send(warning("NO_ACTIVE_SPEECH"), over("a"), sound(1))
      assert.isUndefined(yield* Fiber.join(interrupting))
      assert.isUndefined(yield* Fiber.join(flushing))
      const messages = yield* Stream.runCollect(Stream.take(connection.messages, 3))
      assert.deepStrictEqual(outline(messages), ["Warning", "SpeechMetadata", 1])
    }))

  it.effect("may come too late, and does not drop the next turn", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      yield* connection.speak("a")
      const flushing = yield* begin(connection.flush)
      const interrupting = yield* begin(connection.interrupt())
      yield* connection.speak("b")
      const next = yield* begin(connection.flush)
      yield* taking(peer, 5)
      yield* peer.send(sound(1), over("a"), warning("NO_ACTIVE_SPEECH"), sound(2), over("b"))
      assert.deepStrictEqual<object | undefined>(yield* Fiber.join(flushing), over("a"))
      assert.isUndefined(yield* Fiber.join(interrupting))
      assert.deepStrictEqual<object | undefined>(yield* Fiber.join(next), over("b"))
      const messages = yield* Stream.runCollect(Stream.take(connection.messages, 4))
      assert.deepStrictEqual(outline(messages), ["SpeechMetadata", "Warning", 2, "SpeechMetadata"])
    }))

  it.effect("is sent without its offset when that does not grow", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      const at = (value: number) => ({ playback_offset: { type: "time_ms", value } }) as const
      /** Interrupts a turn that there is. */
      const interrupting = (value: number) =>
        Effect.gen(function*() {
          yield* connection.speak("a")
          yield* peer.message
          return yield* begin(connection.interrupt(at(value)))
        })
      const first = yield* interrupting(1200)
      assert.deepStrictEqual(yield* peer.message, { type: "Interrupt", ...at(1200) })
      yield* peer.send(interrupted(1200))
      yield* Fiber.join(first)
      for (const value of [1200, 0]) {
        const again = yield* interrupting(value)
        assert.deepStrictEqual(yield* peer.message, { type: "Interrupt" })
        yield* peer.send(interrupted(1200))
        yield* Fiber.join(again)
      }
      for (const value of [-1, 1300.5, Infinity]) {
        assert.include((yield* failing("BadRequest", connection.interrupt(at(value)))).message, "playback_offset")
      }
      const misspelled = untyped<SpeakV2.Interruption>({ playback_offse: at(1).playback_offset })
      assert.include((yield* failing("BadRequest", connection.interrupt(misspelled))).message, "playback_offse")
      // The server knows better, and is asked again.
      const next = yield* interrupting(1201)
      assert.deepStrictEqual(yield* peer.message, { type: "Interrupt", ...at(1201) })
      yield* peer.send(sound(1), warning("INVALID_INTERRUPT_OFFSET"), sound(2))
      assert.deepStrictEqual(yield* peer.message, { type: "Interrupt" })
      yield* peer.send(interrupted(1300), sound(3))
      assert.deepStrictEqual<object | undefined>(yield* Fiber.join(next), interrupted(1300))
      const messages = yield* Stream.runCollect(Stream.take(connection.messages, 6))
      assert.deepStrictEqual(outline(messages).slice(3), ["Warning", "SpeechInterrupted", 3])
    }))

  it.effect("drops nothing when it is refused", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      yield* connection.speak("a")
      const flushing = yield* begin(connection.flush)
      yield* taking(peer, 2)
      yield* peer.send(sound(1), over("a"))
      yield* Fiber.join(flushing)
      const offset = { playback_offset: { type: "time_ms", value: -5 } } as const
      yield* failing("BadRequest", connection.interrupt(offset))
      const messages = yield* Stream.runCollect(Stream.take(connection.messages, 2))
      assert.deepStrictEqual(outline(messages), [1, "SpeechMetadata"])
    }))
})
