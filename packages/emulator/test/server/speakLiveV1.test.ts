/** Sessions on `/v1/speak` over sockets: what is spoken when, what is forgotten, and what is too much. */
import { Emulator, Synthesizer } from "@effect-deepgram/emulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { DeepgramChannels } from "effect-deepgram"
import { TestClock } from "effect/testing"
import { connect, type Json, typesOf } from "./socket.ts"
import { audioOf, outlineOf, textOf, until, untilHeard } from "./spoken.ts"

const path = "/v1/speak?model=aura-2-thalia-en"

const { characters, charactersPerMinute, flushesPerMinute } = DeepgramChannels.speakV1Limits

const Server = Schema.Union(Object.values(DeepgramChannels.speakV1.server))

/** Messages fit the contract, and answers are numbered without gaps. */
const assertSound = (messages: ReadonlyArray<Json>) => {
  const said = messages.filter(({ type }) => type !== "Audio")
  said.forEach((message) => assert.isTrue(Schema.is(Server)(message), JSON.stringify(message)))
  const numbers = said.filter(({ type }) => type === "Flushed" || type === "Cleared")
  assert.deepStrictEqual(numbers.map(({ sequence_id }) => sequence_id), numbers.map((_, index) => index))
}

const speak = (text: string) => ({ type: "Speak", text })

const opened = Effect.fnUntraced(function*(query = "") {
  const socket = yield* connect(`${path}${query}`)
  const metadata = yield* socket.next
  assert.strictEqual(metadata["type"], "Metadata")
  const talk = (...messages: ReadonlyArray<Json>) => Effect.forEach(messages, socket.say, { discard: true })
  return { ...socket, talk }
})

/** All that is said to these messages, and how the session ended. */
const session = (...messages: ReadonlyArray<Json>) =>
  Effect.scoped(Effect.gen(function*() {
    const { end, talk } = yield* opened()
    yield* talk(...messages)
    const ended = yield* end
    assertSound(ended.messages)
    return ended
  }))

layer(Emulator.layer())("a session", (it) => {
  it.effect("speaks what was written when it is flushed", () =>
    Effect.gen(function*() {
      const { end, next, talk } = yield* opened()
      // Words may come in pieces; nothing is added between them.
      yield* talk(speak("Hel"), speak("lo"), speak(" there."), { type: "Flush" })
      const first = yield* until(next, "Flushed")
      assert.deepStrictEqual(outlineOf(first), ["Audio", "Flushed"])
      assert.strictEqual(textOf(first), "Hello there.")
      yield* talk(speak("How are"), speak(" you?"), { type: "Flush" }, { type: "Flush" })
      const second = yield* until(next, "Flushed")
      const third = yield* until(next, "Flushed")
      assert.strictEqual(textOf(second), "How are you?")
      assert.deepStrictEqual(outlineOf(third), ["Flushed"])
      yield* talk({ type: "Close" })
      const { messages, ...closed } = yield* end
      assert.deepStrictEqual(closed, { code: 1000, reason: "" })
      assertSound([...first, ...second, ...third, ...messages])
    }))

  it.effect("speaks a sentence that is long enough at once", () =>
    Effect.gen(function*() {
      const { end, next, talk } = yield* opened()
      const text = "Short. But these two have sixty characters, not fewer of it."
      assert.strictEqual(text.length, 60)
      yield* talk(speak(text.slice(0, 7)), speak(`${text.slice(7)} And`))
      yield* untilHeard(next, text)
      yield* talk(speak(" so on"), { type: "Flush" }, { type: "Close" })
      assert.strictEqual(textOf((yield* end).messages), "And so on")
    }))

  it.effect("sounds the same in one piece as in several", () =>
    Effect.gen(function*() {
      const text = "One two three, four five six, seven eight nine, ten eleven twelve. One more. And the rest"
      const whole = yield* session(speak(text), { type: "Flush" }, { type: "Close" })
      const parts = yield* session(...[...text].map((letter) => speak(letter)), { type: "Close" })
      assert.deepStrictEqual(audioOf(parts.messages), audioOf(whole.messages))
      assert.deepStrictEqual(outlineOf(parts.messages), ["Audio"])
    }))

  it.effect("forgets on request what was not spoken", () =>
    Effect.gen(function*() {
      const { code, messages } = yield* session(
        speak("Never mind."),
        { type: "Clear" },
        { type: "Clear" },
        speak("Well."),
        { type: "Flush" },
        { type: "Close" }
      )
      assert.strictEqual(code, 1000)
      assert.deepStrictEqual(outlineOf(messages), ["Cleared", "Cleared", "Audio", "Flushed"])
      assert.strictEqual(textOf(messages), "Well.")
    }))

  it.effect("takes no more text when it closes", () =>
    Effect.gen(function*() {
      const { code, messages } = yield* session(speak("All of it."), { type: "Close" }, speak(" More."), {
        type: "Flush"
      })
      assert.strictEqual(code, 1000)
      assert.strictEqual(textOf(messages), "All of it.")
      assert.deepStrictEqual(outlineOf(messages), ["Audio"])
    }))

  it.effect("is silent about white space", () =>
    Effect.gen(function*() {
      const { messages } = yield* session(speak(" "), speak("\n"), { type: "Flush" }, { type: "Close" })
      assert.deepStrictEqual(typesOf(messages), ["Flushed"])
    }))

  it.effect("says the word of a pronunciation, be it cut in two", () =>
    Effect.gen(function*() {
      const { messages } = yield* session(
        speak("Take \\{\"word\":\"dupi"),
        speak("lumab\",\"pronounce\":\"duːˈpɪljuːmæb\"\\}"),
        speak(" daily."),
        { type: "Close" }
      )
      assert.strictEqual(textOf(messages), "Take dupilumab daily.")
    }))

  it.effect("warns of what it does not understand, and goes on", () =>
    Effect.gen(function*() {
      const { end, say, send } = yield* opened()
      const unreadable = [
        "hello",
        "{}",
        "[]",
        "{\"type\":\"KeepAlive\"}",
        "{\"type\":\"Speak\"}",
        "{\"type\":\"Speak\",\"text\":1}"
      ]
      yield* Effect.forEach(unreadable, send, { discard: true })
      yield* send(new TextEncoder().encode("{\"type\":\"Close\"}"))
      yield* say(speak(""))
      yield* say({ type: "Close", extra: true })
      const { code, messages } = yield* end
      assert.strictEqual(code, 1000)
      assertSound(messages)
      assert.deepStrictEqual(messages.map(({ warn_code }) => warn_code), [
        ...unreadable.map(() => "UNPARSABLE_CLIENT_MESSAGE"),
        "UNPARSABLE_CLIENT_MESSAGE",
        "EMPTY_TEXT"
      ])
      messages.forEach((message) => assert.hasAllKeys(message, ["type", "warn_code", "warn_msg"]))
    }))

  it.effect("is closed by a text that is too long", () =>
    Effect.gen(function*() {
      // Characters, whatever their units.
      const text = `${"\u{1f600}".repeat(characters - 1)} `
      const { code } = yield* session(speak(text), { type: "Clear" }, { type: "Close" })
      assert.strictEqual(code, 1000)
      const { code: tooLong, reason } = yield* session(speak(`${text}x`))
      assert.strictEqual(tooLong, 1009)
      assert.match(reason, /2000 characters.*big0001$/)
    }))

  it.effect("is closed by a frame that cannot be a text, which is not read", () =>
    Effect.gen(function*() {
      const { code, reason } = yield* session(speak("x".repeat(1_100_000)))
      assert.deepStrictEqual({ code, reason }, { code: 1009, reason: "" })
    }))
})

describe("limits", () => {
  it.effect("are on characters within a minute", () =>
    Effect.gen(function*() {
      const { end, next, talk } = yield* opened()
      yield* talk(speak(" ".repeat(charactersPerMinute - 2000)), { type: "Flush" })
      yield* until(next, "Flushed")
      yield* TestClock.adjust("59 seconds")
      yield* talk(speak(" ".repeat(2000)), { type: "Flush" })
      yield* until(next, "Flushed")
      yield* TestClock.adjust("1 seconds")
      // The first ones do not count any more.
      yield* talk(speak(" ".repeat(charactersPerMinute - 2000)), { type: "Flush" })
      yield* until(next, "Flushed")
      yield* talk(speak("x"))
      const { code, reason } = yield* end
      assert.strictEqual(code, 1008)
      assert.match(reason, /2400 characters.*data0001$/)
    }).pipe(Effect.provide(Emulator.layer())))

  it.effect("are on flushes within a minute, of which more are not carried out", () =>
    Effect.gen(function*() {
      const { end, next, talk } = yield* opened()
      for (let count = 0; count < flushesPerMinute; count++) {
        yield* talk({ type: "Flush" })
        yield* until(next, "Flushed")
      }
      yield* TestClock.adjust("59999 millis")
      yield* talk(speak("Wait for it."))
      for (let count = 0; count < flushesPerMinute; count++) {
        yield* talk({ type: "Flush" })
        assert.deepInclude(yield* next, { type: "Warning", warn_code: "EXCESSIVE_FLUSH" })
      }
      yield* TestClock.adjust("1 millis")
      yield* talk({ type: "Flush" })
      const flushed = yield* until(next, "Flushed")
      assert.strictEqual(textOf(flushed), "Wait for it.")
      yield* talk({ type: "Close" })
      const { code, messages } = yield* end
      assert.strictEqual(code, 1000)
      assert.deepStrictEqual(messages, [])
    }).pipe(Effect.provide(Emulator.layer())))

  it.effect("are on the session, an hour", () =>
    Effect.gen(function*() {
      const { end, settled, socket, talk } = yield* opened()
      yield* TestClock.adjust("59 minutes")
      yield* talk(speak("Still here"))
      yield* settled
      assert.strictEqual(socket.readyState, socket.OPEN)
      yield* TestClock.adjust("1 minutes")
      const { code, messages, reason } = yield* end
      assert.strictEqual(code, 1011)
      assert.match(reason, /net0003$/)
      assert.deepStrictEqual(messages, [])
    }).pipe(Effect.provide(Emulator.layer())))

  it.effect("are on silence where the emulator is told so", () =>
    Effect.gen(function*() {
      const { end, settled, socket, talk } = yield* opened()
      yield* TestClock.adjust("900 millis")
      yield* talk({ type: "Clear" })
      yield* settled
      yield* TestClock.adjust("900 millis")
      assert.strictEqual(socket.readyState, socket.OPEN)
      yield* settled
      yield* TestClock.adjust("1 seconds")
      assert.strictEqual((yield* end).code, 1011)
    }).pipe(Effect.provide(Emulator.layer({ idleTimeout: "1 second" }))))
})

describe("the test voice", () => {
  it("needs no longer for a text that is spoken in stretches", () => {
    const spoken = (text: string) => Synthesizer.speak(text, { sampleRate: 8000 }).length
    assert.strictEqual(spoken("One. ") + spoken("Two."), spoken("One. Two."))
  })
})
