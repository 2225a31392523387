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
  interrupted,
  metadata,
  openAura,
  openFlux,
  outline,
  over,
  sound,
  total,
  warning
} from "../support/liveSpeech.ts"
import type { Peer } from "../support/sockets.ts"
import { untyped } from "../support/untyped.ts"

/** Takes so many messages. */
const taking = (peer: Peer, count: number) => Effect.forEach(Array.from({ length: count }), () => peer.message)

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
      const broken = yield* begin(connection.flush)
      const interrupting = yield* begin(connection.interrupt({ playback_offset: { type: "time_ms", value: 0 } }))
      assert.deepStrictEqual(yield* taking(peer, 2), [
        { type: "Flush" },
        { type: "Interrupt", playback_offset: { type: "time_ms", value: 0 } }
      ])
      const answer = { ...interrupted(0), text_spoken: "", text_remaining: "all", metadata: { speech_id: "a" } }
      yield* peer.send(warning("SYNTHESIS_RETRYING"), answer)
      assert.isUndefined(yield* Fiber.join(broken))
      assert.deepStrictEqual<object | undefined>(yield* Fiber.join(interrupting), answer)
    }))

  it.effect.each(["NO_ACTIVE_SPEECH", "INTERRUPT_IN_PROGRESS"])(
    "that are interrupted in vain are no failure: %s",
    (code) =>
      Effect.gen(function*() {
        const { connection, peer } = yield* openFlux(transport)
        const interrupting = yield* begin(connection.interrupt())
        yield* peer.message
        yield* peer.send(sound(1), warning(code), sound(2))
        assert.isUndefined(yield* Fiber.join(interrupting))
        const messages = yield* Stream.runCollect(Stream.take(connection.messages, 2))
        assert.deepStrictEqual(outline(messages), ["Warning", 2])
      })
  )

  it.effect("that have no sound yet are interrupted when they have", () =>
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

  it.effect.each([["there is none", warning("NO_ACTIVE_SPEECH")], ["they stay without", over("a")]] as const)(
    "that have no sound yet are not waited for when %s",
    ([, answer]) =>
      Effect.gen(function*() {
        const { connection, peer } = yield* openFlux(transport)
        const interrupting = yield* begin(connection.interrupt())
        yield* peer.message
        yield* peer.send(warning("NO_AUDIO_GENERATED"))
        assert.deepStrictEqual(yield* peer.message, { type: "Flush" })
        yield* peer.send(answer, sound(1))
        assert.isUndefined(yield* Fiber.join(interrupting))
        const messages = yield* Stream.runCollect(Stream.take(connection.messages, 3))
        assert.deepStrictEqual(outline(messages), ["Warning", answer.type, 1])
      })
  )

  it.effect("are interrupted all the same by an offset that does not grow", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      const at = (value: number) => ({ playback_offset: { type: "time_ms", value } }) as const
      const first = yield* begin(connection.interrupt(at(1200)))
      assert.deepStrictEqual(yield* peer.message, { type: "Interrupt", ...at(1200) })
      yield* peer.send(interrupted(1200))
      yield* Fiber.join(first)
      for (const value of [1200, 0]) {
        const again = yield* begin(connection.interrupt(at(value)))
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
      const next = yield* begin(connection.interrupt(at(1201)))
      assert.deepStrictEqual(yield* peer.message, { type: "Interrupt", ...at(1201) })
      yield* peer.send(sound(1), warning("INVALID_INTERRUPT_OFFSET"), sound(2))
      assert.deepStrictEqual(yield* peer.message, { type: "Interrupt" })
      yield* peer.send(interrupted(1300), sound(3))
      assert.deepStrictEqual<object | undefined>(yield* Fiber.join(next), interrupted(1300))
      const messages = yield* Stream.runCollect(Stream.take(connection.messages, 6))
      assert.deepStrictEqual(outline(messages).slice(3), ["Warning", "SpeechInterrupted", 3])
    }))

  it.effect("do not take a refused interruption for one", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      const flushing = yield* begin(connection.flush)
      yield* peer.message
      yield* peer.send(sound(1), over("a"))
      yield* Fiber.join(flushing)
      const offset = { playback_offset: { type: "time_ms", value: -5 } } as const
      yield* failing("BadRequest", connection.interrupt(offset))
      const messages = yield* Stream.runCollect(Stream.take(connection.messages, 2))
      assert.deepStrictEqual(outline(messages), [1, "SpeechMetadata"])
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
