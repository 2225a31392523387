import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Stream } from "effect"
import { SpeakV1, SpeakV2 } from "effect-deepgram"
import { pass, watchSleeps } from "../support/clock.ts"
import { begin, hear, transports } from "../support/live.ts"
import {
  aura,
  cleared,
  ending,
  flux,
  handing,
  interrupted,
  outline,
  over,
  sound,
  speak,
  total,
  warning
} from "../support/liveSpeech.ts"
import { accept, serveSockets } from "../support/sockets.ts"

describe.each(transports)("interruptions of speakStream over $name", ({ client }) => {
  it.effect("drops at an interruption what was taken, and goes on with what comes: Aura", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const text = yield* handing<string>()
      const interruptions = yield* handing<void>()
      const fiber = yield* begin(hear(
        text.stream.pipe(
          SpeakV1.speakStream({ ...aura, interruptions: interruptions.stream }),
          Stream.provide(client(server))
        )
      ))
      const peer = yield* server.peer(0)
      yield* text.give("One. Tw")
      assert.deepStrictEqual([yield* peer.message, yield* peer.message], [speak("One."), { type: "Flush" }])
      yield* peer.send(sound(1))
      yield* interruptions.give(undefined)
      assert.deepStrictEqual(yield* peer.message, { type: "Clear" })
      yield* peer.send(sound(2), cleared(0), sound(3))
      // A second one, with nothing said in between.
      yield* interruptions.give(undefined)
      assert.deepStrictEqual(yield* peer.message, { type: "Clear" })
      yield* text.give("o was not")
      yield* peer.send(cleared(1))
      yield* text.give(" said. Three")
      yield* text.end
      const rest = yield* peer.message
      yield* ending([sound(4)])(peer)
      const { error, messages } = yield* Fiber.join(fiber)
      assert.isUndefined(error)
      assert.include(["o was not said.", " said."], (rest as { readonly text: string }).text)
      const heard = outline(messages)
      assert.notInclude(heard, 2)
      assert.deepStrictEqual(heard.filter((message) => message !== 1 && message !== 3), ["Cleared", "Cleared", 4])
    }))

  it.effect("interrupts the last turn while it is spoken: Flux", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const interruptions = yield* handing<SpeakV2.Interruption>()
      const fiber = yield* begin(hear(
        Stream.make("One. ", "Two.").pipe(
          SpeakV2.speakStream({ ...flux, interruptions: interruptions.stream }),
          Stream.provide(client(server))
        )
      ))
      const peer = yield* server.peer(0)
      for (let index = 0; index < 3; index++) yield* peer.message
      yield* peer.send(sound(1))
      const playback_offset = { type: "time_ms", value: 7 } as const
      yield* interruptions.give({ playback_offset })
      assert.deepStrictEqual(yield* peer.message, { type: "Interrupt", playback_offset })
      yield* peer.send(sound(2), interrupted(7))
      yield* ending([total])(peer)
      const { error, messages } = yield* Fiber.join(fiber)
      assert.isUndefined(error)
      assert.deepStrictEqual(
        outline(messages).filter((message) => message !== 1),
        ["SpeechInterrupted", "SessionMetadata"]
      )
    }))

  it.effect("is silent after an interruption behind the end of the text: Aura", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const interruptions = yield* handing<void>()
      const dealtWith = yield* Deferred.make<void>()
      const watched = Stream.onEnd(interruptions.stream, Deferred.succeed(dealtWith, undefined))
      const fiber = yield* begin(hear(
        Stream.make("One.").pipe(
          SpeakV1.speakStream({ ...aura, interruptions: watched }),
          Stream.provide(client(server))
        )
      ))
      const peer = yield* server.peer(0)
      assert.deepStrictEqual([yield* peer.message, yield* peer.message], [speak("One."), { type: "Close" }])
      yield* interruptions.give(undefined, undefined)
      yield* interruptions.end
      yield* Deferred.await(dealtWith)
      yield* peer.send(sound(1), warning("W"), sound(2))
      yield* peer.close(1000)
      const { error, messages } = yield* Fiber.join(fiber)
      assert.isUndefined(error)
      assert.deepStrictEqual(outline(messages), ["Warning"])
    }))

  it.effect("drops all of a text that is ahead by more than it takes in", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const interruptions = yield* handing<void>()
      const after = yield* Deferred.make<void>()
      let taken = 0
      const ahead = Stream.fromIterable(Array.from({ length: 5000 }, (_, index) => `Old ${index}. `)).pipe(
        Stream.rechunk(1),
        Stream.tap(() => Effect.sync(() => taken++))
      )
      const text = Stream.concat(ahead, Stream.fromEffect(Effect.as(Deferred.await(after), "New.")))
      const fiber = yield* begin(hear(
        text.pipe(
          SpeakV1.speakStream({
            ...aura,
            charactersPerMinute: 10,
            keepAlive: false,
            interruptions: interruptions.stream
          }),
          Stream.provide(client(server))
        )
      ))
      const peer = yield* server.peer(0)
      assert.deepStrictEqual([yield* peer.message, yield* peer.message], [speak("Old 0."), { type: "Flush" }])
      yield* Effect.whileLoop({ while: () => taken < 4098, body: () => Effect.yieldNow, step: () => {} })
      const before = taken
      yield* interruptions.give(undefined)
      assert.deepStrictEqual(yield* peer.message, { type: "Clear" })
      yield* peer.send(cleared(0))
      yield* pass(120_000)
      const { text: next } = yield* peer.message as Effect.Effect<{ readonly text: string }>
      assert.isAtLeast(Number(/\d+/.exec(next)?.[0]), before)
      yield* Fiber.interrupt(fiber)
    }))

  it.effect("breaks off all turns that are behind one another: Flux", () =>
    Effect.gen(function*() {
      const sleeps = yield* watchSleeps
      const server = yield* serveSockets(accept())
      const text = yield* handing<string>()
      const interruptions = yield* handing<SpeakV2.Interruption>()
      const fiber = yield* begin(
        hear(
          text.stream.pipe(
            SpeakV2.speakStream({ ...flux, keepAlive: false, interruptions: interruptions.stream }),
            Stream.provide(client(server))
          )
        ).pipe(sleeps.watch)
      )
      const peer = yield* server.peer(0)
      for (const sentence of ["One.", "Two."]) {
        yield* text.give(`${sentence} `)
        assert.deepStrictEqual(yield* peer.message, speak(sentence))
        yield* sleeps.until(1000)
        yield* pass(1000)
        assert.deepStrictEqual(yield* peer.message, { type: "Flush" })
      }
      yield* text.give("Three. ")
      assert.deepStrictEqual(yield* peer.message, speak("Three."))
      const playback_offset = { type: "time_ms", value: 7 } as const
      yield* interruptions.give({ playback_offset })
      assert.deepStrictEqual(yield* peer.message, { type: "Interrupt", playback_offset })
      yield* peer.send(sound(1), interrupted(7), sound(2))
      assert.deepStrictEqual(yield* peer.message, { type: "Interrupt" })
      yield* peer.send(sound(2), interrupted(8), sound(3))
      assert.deepStrictEqual(yield* peer.message, { type: "Interrupt" })
      yield* peer.send(sound(3), interrupted(9))
      yield* text.give("Four.")
      yield* text.end
      assert.deepStrictEqual([yield* peer.message, yield* peer.message], [speak("Four."), { type: "Flush" }])
      yield* peer.send(sound(4), over("d"))
      yield* ending([total])(peer)
      const { error, messages } = yield* Fiber.join(fiber)
      assert.isUndefined(error)
      assert.deepStrictEqual(outline(messages), [
        "SpeechInterrupted",
        "SpeechInterrupted",
        "SpeechInterrupted",
        4,
        "SpeechMetadata",
        "SessionMetadata"
      ])
    }))

  it.effect("says nothing where nothing is spoken, and goes on with what comes: Flux", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const text = yield* handing<string>()
      const interruptions = yield* handing<void>()
      const dealtWith = yield* Deferred.make<void>()
      const watched = Stream.onEnd(interruptions.stream, Deferred.succeed(dealtWith, undefined))
      const fiber = yield* begin(hear(
        text.stream.pipe(
          SpeakV2.speakStream({ ...flux, interruptions: watched }),
          Stream.provide(client(server))
        )
      ))
      const peer = yield* server.peer(0)
      // No whole sentence: it was not sent.
      yield* text.give("Half of")
      yield* interruptions.give(undefined, undefined)
      yield* interruptions.end
      yield* Deferred.await(dealtWith)
      yield* text.give("New.")
      yield* text.end
      assert.deepStrictEqual([yield* peer.message, yield* peer.message], [speak("New."), { type: "Flush" }])
      yield* peer.send(sound(1), over("a"))
      yield* ending([total])(peer)
      const { messages } = yield* Fiber.join(fiber)
      assert.deepStrictEqual(outline(messages), [1, "SpeechMetadata", "SessionMetadata"])
    }))

  it.effect("has what comes spoken at once, whatever was flushed before: Aura", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const text = yield* handing<string>()
      const interruptions = yield* handing<void>()
      const sleeps = yield* watchSleeps
      yield* begin(
        text.stream.pipe(
          SpeakV1.speakStream({
            ...aura,
            keepAlive: false,
            flushesPerMinute: 4,
            interruptions: interruptions.stream
          }),
          Stream.runDrain,
          Effect.provide(client(server)),
          sleeps.watch
        )
      )
      const peer = yield* server.peer(0)
      const flush = { type: "Flush" }
      /** Whoever interrupts is answered. */
      const interrupting = Effect.gen(function*() {
        yield* interruptions.give(undefined)
        assert.deepStrictEqual(yield* peer.message, { type: "Clear" })
        yield* peer.send(cleared(0))
      })
      yield* text.give("One. Two. ")
      assert.deepStrictEqual(
        [yield* peer.message, yield* peer.message, yield* peer.message],
        [speak("One."), flush, speak(" Two.")]
      )
      // A third of what a minute allows goes at once, and the rest of it bit by bit.
      yield* sleeps.until(20_000)
      assert.strictEqual(peer.frames.length, 3)
      for (const sentence of ["Three.", "Four.", "Five."]) {
        yield* interrupting
        yield* text.give(`${sentence} `)
        assert.deepStrictEqual([yield* peer.message, yield* peer.message], [speak(sentence), flush])
      }
      // More than four in a minute, and a second to spare, Deepgram does not allow.
      yield* interrupting
      yield* text.give("Six. ")
      assert.deepStrictEqual(yield* peer.message, speak("Six."))
      yield* sleeps.until(61_000)
      yield* pass(60_999)
      assert.strictEqual(peer.frames.length, 14)
      yield* pass(1)
      assert.deepStrictEqual(yield* peer.message, flush)
    }))
})
