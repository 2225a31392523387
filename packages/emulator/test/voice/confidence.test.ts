import { assert, describe, it } from "@effect/vitest"
import { recognize } from "../../src/Recognizer.ts"
import { speak } from "../../src/Synthesizer.ts"
import { encodings, makeRandom, voiceLevel, withNoise, wordsOf } from "./support.ts"

const text = "how sure are you that these are the words that somebody said"

const confidences = (samples: Float32Array, sampleRate: number): Array<number> =>
  wordsOf(recognize(samples, sampleRate)).map((word) => word.confidence)

const mean = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe("confidence", () => {
  for (const sampleRate of [8000, 11025, 16000, 48000]) {
    it(`is above 0.99 for a clean signal and falls with noise at ${sampleRate} Hz`, () => {
      const clean = speak(text, { sampleRate })
      for (const encode of Object.values(encodings)) {
        const values = confidences(encode(clean), sampleRate)
        assert.strictEqual(values.length, 12)
        assert.isAbove(Math.min(...values), 0.99)
        assert.isAtMost(Math.max(...values), 1)
      }
      const random = makeRandom(sampleRate)
      const averages = [40, 30, 20, 15, 10].map((decibels) => {
        const values = confidences(withNoise(clean, voiceLevel * 10 ** (-decibels / 20), random), sampleRate)
        assert.strictEqual(values.length, 12, `${decibels} dB`)
        return mean(values)
      })
      for (let i = 1; i < averages.length; i++) assert.isBelow(averages[i]!, averages[i - 1]!)
      assert.isAbove(averages[2]!, 0.95)
      assert.isAbove(averages.at(-1)!, 0.5)
    })
  }

  it("does not depend on loudness", () => {
    const random = makeRandom(2)
    const noisy = withNoise(speak(text, { sampleRate: 16000 }), 0.05, random)
    const quiet = noisy.map((sample) => sample / 30)
    assert.closeTo(mean(confidences(quiet, 16000)), mean(confidences(noisy, 16000)), 1e-4)
  })

  it("rather loses words in noise than to invent some", () => {
    const random = makeRandom(7)
    const clean = speak(text, { sampleRate: 8000 })
    for (let decibels = 8; decibels > -10; decibels--) {
      for (const word of wordsOf(recognize(withNoise(clean, voiceLevel * 10 ** (-decibels / 20), random), 8000))) {
        assert.include(text.split(" "), word.text)
      }
    }
  })
})
