import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Scope, Stream } from "effect"
import * as Recognizer from "../../src/Recognizer.ts"
import * as Synthesizer from "../../src/Synthesizer.ts"
import { joined, textOf } from "./support.ts"

const spoken = (text: string, options: Synthesizer.SpeakOptions) =>
  Synthesizer.Synthesizer.use((synthesizer) => Stream.runCollect(synthesizer.speak(text, options))).pipe(
    Effect.provide(Synthesizer.layer)
  )

const open = (sampleRate: number) =>
  Recognizer.Recognizer.use((recognizer) => recognizer.open({ sampleRate })).pipe(Effect.provide(Recognizer.layer))

describe("Synthesizer", () => {
  it.effect(
    "streams what speak makes at once",
    Effect.fnUntraced(function*() {
      const options = { sampleRate: 11025, voice: 2, speed: 1.5 }
      const text = `Short words, and a ${"very".repeat(50)} long one.`
      const chunks = yield* spoken(text, options)
      assert.deepStrictEqual(joined(...chunks), Synthesizer.speak(text, options))
      assert.isAtMost(Math.max(...chunks.map((chunk) => chunk.length)), 0.51 * 11025)
    })
  )

  it.effect(
    "makes no more than is asked for",
    Effect.fnUntraced(function*() {
      // All of it would be 28 hours of sound: 19 GB.
      const book = "word ".repeat(400_000)
      const { speak } = yield* Synthesizer.Synthesizer
      const some = speak(book, { sampleRate: 48000 }).pipe(Stream.take(4))
      assert.strictEqual(yield* Stream.runCount(some), 4)
    }, Effect.provide(Synthesizer.layer))
  )

  it.effect(
    "can be run again",
    Effect.fnUntraced(function*() {
      const { speak } = yield* Synthesizer.Synthesizer
      const stream = speak("once more", { sampleRate: 8000 })
      assert.deepStrictEqual(yield* Stream.runCollect(stream), yield* Stream.runCollect(stream))
    }, Effect.provide(Synthesizer.layer))
  )

  it.effect(
    "refuses what it cannot speak",
    Effect.fnUntraced(function*() {
      const refused: ReadonlyArray<readonly [string, Synthesizer.SpeakOptions, string]> = [
        ["x", { sampleRate: 7999 }, "InvalidOptions"],
        ["x", { sampleRate: 48001 }, "InvalidOptions"],
        ["x", { sampleRate: Number.NaN }, "InvalidOptions"],
        ["x", { sampleRate: 8000.5 }, "InvalidOptions"],
        ["x", { sampleRate: 8000, voice: 4 }, "InvalidOptions"],
        ["x", { sampleRate: 8000, voice: -1 }, "InvalidOptions"],
        ["x", { sampleRate: 8000, speed: 0 }, "InvalidOptions"],
        ["x", { sampleRate: 8000, speed: Number.POSITIVE_INFINITY }, "InvalidOptions"],
        ["\u00fc".repeat(32_769), { sampleRate: 8000 }, "InvalidText"]
      ]
      for (const [text, options, reason] of refused) {
        const error = yield* Effect.flip(spoken(text, options))
        assert.instanceOf(error, Synthesizer.SynthesisError)
        assert.strictEqual(error.reason, reason)
        assert.throws(() => Synthesizer.speak(text, options), error.message)
      }
      assert.throws(
        () => Synthesizer.converse([{ text: "x", pause: -1 }], { sampleRate: 8000 }),
        "The pause must be seconds from 0 on, not -1"
      )
    })
  )
})

describe("Recognizer", () => {
  it.effect(
    "hears what is pushed, and the rest when it is finished",
    Effect.fnUntraced(function*() {
      const samples = Synthesizer.speak("over there", { sampleRate: 16000 })
      const session = yield* open(16000)
      const heard: Array<Recognizer.Heard> = []
      for (let at = 0; at < samples.length; at += 320) heard.push(...(yield* session.push(samples.slice(at, at + 320))))
      assert.strictEqual(textOf(heard), "over there")
      assert.deepStrictEqual(heard.map((event) => event._tag), ["SpeechStarted", "Word", "Word"])
      heard.push(...(yield* session.finish))
      assert.deepStrictEqual(heard.map((event) => event._tag), ["SpeechStarted", "Word", "Word", "SpeechEnded"])
      assert.deepStrictEqual(heard, [...Recognizer.recognize(samples, 16000)])
    })
  )

  it.effect(
    "keeps sessions apart",
    Effect.fnUntraced(function*() {
      const left = yield* open(8000)
      const right = yield* open(8000)
      const [a, b] = ["left left", "right"].map((text) => Synthesizer.speak(text, { sampleRate: 8000 }))
      const texts: [string, string] = ["", ""]
      for (let at = 0; at < a!.length; at += 100) {
        texts[0] += textOf(yield* left.push(a!.slice(at, at + 100)))
        texts[1] += textOf(yield* right.push(b!.slice(at, at + 100)))
      }
      assert.deepStrictEqual(texts, ["leftleft", "right"])
    })
  )

  it.effect(
    "refuses sample rates out of range",
    Effect.fnUntraced(function*() {
      for (const sampleRate of [0, 7999, 384001, 16000.5, Number.NaN]) {
        const error = yield* Effect.flip(open(sampleRate))
        assert.instanceOf(error, Recognizer.RecognitionError)
        assert.strictEqual(error.reason, "InvalidOptions")
        assert.include(error.message, String(sampleRate))
        assert.throws(() => Recognizer.recognize(new Float32Array(1), sampleRate), error.message)
      }
      for (const sampleRate of [8000, 48000, 384000]) {
        assert.deepStrictEqual(yield* (yield* open(sampleRate)).finish, [])
      }
    })
  )

  it.effect(
    "ends with finish and with its scope",
    Effect.fnUntraced(function*() {
      const finished = yield* open(8000)
      yield* finished.finish
      const scope = yield* Scope.make()
      const left = yield* Scope.provide(open(8000), scope)
      yield* Scope.close(scope, Exit.void)
      for (const session of [finished, left]) {
        const errors = [yield* Effect.flip(session.push(new Float32Array(1))), yield* Effect.flip(session.finish)]
        assert.deepStrictEqual(errors.map((error) => error.reason), ["SessionClosed", "SessionClosed"])
      }
    })
  )
})
