import { Recognizer, Synthesizer } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Stream } from "effect"
import { soundOf } from "../../src/internal/speak/audio.ts"
import { readScript, type Script } from "../../src/internal/speak/script.ts"
import { joined } from "../voice/support.ts"
import { success } from "./support.ts"

const script = (text: string): Script =>
  success(readScript(text, { pauses: true, pronunciations: true, stressBeforeVowel: false }))

const rates = [8000, 22_050, 48_000]

const sound = Effect.fnUntraced(function*(text: string, sampleRate: number, speed = 1) {
  const synthesizer = yield* Synthesizer.Synthesizer
  const chunks = yield* Stream.runCollect(soundOf(synthesizer, script(text), { sampleRate, voice: 2, speed }))
  return joined(...chunks)
})

const wordsOf = (samples: Float32Array, sampleRate: number) =>
  Recognizer.recognize(samples, sampleRate).filter((heard) => heard._tag === "Word")

describe("the sound of a script", () => {
  it.effect("is the text, spoken by the voice at the speed", () =>
    Effect.gen(function*() {
      const text = "One two. Three!"
      for (const sampleRate of rates) {
        for (const speed of [0.5, 1, 1.5]) {
          const expected = Synthesizer.speak(text, { sampleRate, voice: 2, speed })
          assert.deepStrictEqual(yield* sound(text, sampleRate, speed), expected)
        }
      }
    }).pipe(Effect.provide(Synthesizer.layer)))

  it.effect("has pauses of the length that was asked for, whatever the text around them", () =>
    Effect.gen(function*() {
      const text = "One. \\{pause:1s\\} Two, \\{pause:2.5s\\}three \\{pause:500ms\\} four."
      for (const sampleRate of rates) {
        for (const speed of [0.5, 1.15]) {
          const words = wordsOf(yield* sound(text, sampleRate, speed), sampleRate)
          assert.deepStrictEqual(words.map(({ text }) => text), ["One.", "Two,", "three", "four."])
          const gaps = words.slice(1).map(({ start }, index) => start - words[index]!.end)
          for (const [index, gap] of [1, 2.5, 0.5].entries()) assert.closeTo(gaps[index]!, gap, 0.01)
        }
      }
    }).pipe(Effect.provide(Synthesizer.layer)))

  it.effect("may begin with a pause and end with one", () =>
    Effect.gen(function*() {
      const sampleRate = 16_000
      const samples = yield* sound("\\{pause:700ms\\}Now.\\{pause:900ms\\}", sampleRate)
      const [word] = wordsOf(samples, sampleRate)
      assert.closeTo(word!.start, 0.7, 0.01)
      assert.closeTo(samples.length / sampleRate - word!.end, 0.9, 0.01)
    }).pipe(Effect.provide(Synthesizer.layer)))

  it.effect("keeps the silence within what an engine says, and takes away that at the end", () =>
    Effect.gen(function*() {
      const loud = new Float32Array(100).fill(0.5)
      const quiet = new Float32Array(700)
      const synthesizer = {
        speak: () => Stream.make(quiet, quiet, joined(loud, quiet), quiet, loud, joined(quiet), quiet)
      }
      const samples = yield* Stream.runCollect(
        soundOf(synthesizer, script("a\\{pause:1s\\}"), { sampleRate: 1000, voice: 0, speed: 1 })
      )
      const expected = joined(quiet, quiet, loud, quiet, quiet, loud, new Float32Array(1000))
      assert.deepStrictEqual(joined(...samples), expected)
      // However long the engine is silent, the silence comes in pieces.
      assert.isTrue(samples.every(({ length }) => length > 0 && length <= 1000))
    }))

  it.effect("is made as it is pulled, anew each time", () =>
    Effect.gen(function*() {
      let made = 0
      const synthesizer = {
        speak: () =>
          Stream.forever(Stream.sync(() => {
            made++
            return new Float32Array(10).fill(1)
          }))
      }
      const endless = soundOf(synthesizer, script("a"), { sampleRate: 1000, voice: 0, speed: 1 })
      yield* Stream.runDrain(Stream.take(endless, 3))
      assert.isTrue(made >= 3 && made <= 4, String(made))
      yield* Stream.runDrain(Stream.take(endless, 3))
      assert.isTrue(made >= 6 && made <= 8, String(made))
    }))

  it.effect("fails as the engine does, where the engine does", () =>
    Effect.gen(function*() {
      const failure = new Synthesizer.SynthesisError({ reason: "EngineFailure", message: "No." })
      const synthesizer = {
        speak: (text: string) => text === "b" ? Stream.fail(failure) : Stream.make(new Float32Array(5).fill(1))
      }
      const parts = Stream.toPull(
        soundOf(synthesizer, script("a\\{pause:1s\\}b"), { sampleRate: 10, voice: 0, speed: 1 })
      )
      const pull = yield* parts
      assert.strictEqual((yield* pull)[0].length, 5)
      assert.strictEqual((yield* pull)[0].length, 10)
      assert.deepStrictEqual(yield* Effect.result(pull), Result.fail(failure))
    }).pipe(Effect.scoped))
})
