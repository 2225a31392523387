import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { recognize } from "../../src/Recognizer.ts"
import { converse, silence, speak } from "../../src/Synthesizer.ts"
import {
  activityOf,
  AnyRate,
  AnyVoice,
  encodings,
  integer,
  joined,
  makeRandom,
  normalized,
  pick,
  randomWord,
  recognizeInChunks,
  scaled,
  Seed,
  textOf,
  usualRates,
  voiceLevel,
  withNoise,
  wordsOf
} from "./support.ts"

const timeout = 60_000

describe("the test voice", () => {
  it.prop(
    "carries any printable text through any rate, encoding, level and noise",
    {
      seed: Seed,
      sampleRate: AnyRate,
      voice: AnyVoice,
      encoding: Schema.Literals(["none", "linear16", "mulaw", "alaw"])
    },
    ({ encoding, sampleRate, seed, voice }) => {
      const random = makeRandom(seed)
      const text = Array.from({ length: integer(random, 1, 4) }, () => randomWord(random, 30)).join(
        pick(random, [" ", "\n", " \t "])
      )
      const spoken = joined(
        silence(random() * 0.3, sampleRate),
        speak(text, { sampleRate, voice, speed: pick(random, [0.5, 1, 2, 4]) }),
        silence(random() * 0.3, sampleRate)
      )
      const factor = 10 ** ((-30 * random()) / 20) / 0.7
      const noise = random() < 0.5 ? 0 : (voiceLevel * factor) / 10
      const samples = encodings[encoding](withNoise(scaled(spoken, factor), noise, random))
      const heard = recognize(samples, sampleRate)
      assert.strictEqual(textOf(heard), normalized(text))
      assert.isTrue(wordsOf(heard).every((word) => word.voice === voice))
    },
    { timeout, arbitrary: { runs: 120 } }
  )

  it.prop(
    "does not depend on how the samples are cut",
    { seed: Seed, sampleRate: AnyRate },
    ({ sampleRate, seed }) => {
      const random = makeRandom(seed)
      const samples = withNoise(
        speak(`${randomWord(random, 30)}, ${randomWord(random, 30)}`, { sampleRate }),
        0.02,
        random
      )
      const whole = recognize(samples, sampleRate)
      assert.deepStrictEqual(recognizeInChunks(samples, sampleRate, () => sampleRate / 50), whole)
      assert.deepStrictEqual(recognizeInChunks(samples, sampleRate, () => integer(random, 0, 700)), whole)
      assert.deepStrictEqual(recognizeInChunks(samples, sampleRate, () => 1), whole)
    },
    { timeout, arbitrary: { runs: 15 } }
  )

  it("carries a word of 300 characters", () => {
    for (const sampleRate of usualRates) {
      const word = [..."\u{1f600}Donaudampfschifffahrt".repeat(15)].slice(0, 300).join("")
      assert.strictEqual(textOf(recognize(encodings.mulaw(speak(word, { sampleRate })), sampleRate)), word)
    }
  })

  it("carries every printable ASCII character, and what is made of several code points", () => {
    const ascii = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i))
    const text = [...ascii, "👩‍👩‍👧", "🇩🇪", "e\u0301", "\u200fשלום", "नमस्ते"].join(" ")
    assert.strictEqual(textOf(recognize(speak(text, { sampleRate: 8000 }), 8000)), text)
  })

  it("says nothing for no words", () => {
    assert.strictEqual(speak(" \n ", { sampleRate: 8000 }).length, 0)
    assert.deepStrictEqual(recognize(new Float32Array(0), 8000), [])
    assert.deepStrictEqual(recognize(silence(1, 8000), 8000), [])
  })

  it("keeps speakers apart", () => {
    const turns = [0, 3, 1, 2, 0].map((voice, i) => ({ text: `turn ${i}`, voice }))
    for (const sampleRate of [8000, 44100]) {
      const heard = recognize(encodings.mulaw(converse(turns, { sampleRate })), sampleRate)
      assert.strictEqual(textOf(heard), turns.map((turn) => turn.text).join(" "))
      assert.deepStrictEqual(wordsOf(heard).map((word) => word.voice), turns.flatMap(({ voice }) => [voice, voice]))
    }
  })

  it("survives quiet noise, an offset, hum and the wrong polarity", () => {
    const text = "One two three."
    const samples = joined(silence(0.5, 16000), speak(text, { sampleRate: 16000 }), silence(0.5, 16000))
    const heard = [
      withNoise(samples, 0.003, makeRandom(1)),
      samples.map((sample) => sample + 0.2),
      samples.map((sample) => -sample),
      samples.map((sample, i) => sample + 0.2 * Math.sin((2 * Math.PI * 50 * i) / 16000))
    ].map((variant) => textOf(recognize(variant, 16000)))
    assert.deepStrictEqual(heard, [text, text, text, text])
  })

  it("takes samples that are no numbers for silence", () => {
    const samples = speak("before after", { sampleRate: 16000 })
    const gap = new Float32Array(1600).fill(Number.NaN).fill(Number.POSITIVE_INFINITY, 800)
    assert.strictEqual(textOf(recognize(joined(gap, samples, gap), 16000)), "before after")
  })

  it("hears words even where recordings are cut at their very end", () => {
    const samples = speak("first last", { sampleRate: 16000 })
    const last = wordsOf(recognize(samples, 16000)).at(-1)!
    const cut = samples.slice(0, Math.round(last.end * 16000))
    const heard = recognize(cut, 16000)
    assert.strictEqual(textOf(heard), "first last")
    assert.isAtMost(wordsOf(heard).at(-1)!.end, cut.length / 16000)
    assert.isAtMost(activityOf(heard).at(-1)!.end, cut.length / 16000)
  })
})
