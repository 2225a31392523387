import { assert, describe, it } from "@effect/vitest"
import { timedWords } from "../../src/internal/voice/timing.ts"
import * as Recognizer from "../../src/Recognizer.ts"
import * as Synthesizer from "../../src/Synthesizer.ts"

const text = "Hello,  there. Incomprehensibilities are naïve \u{1f600} things; aren't they?"

describe("the times of words", () => {
  for (const speed of [0.5, 1, 1.5, 5]) {
    it(`are those that are heard at speed ${speed}`, () => {
      for (const sampleRate of [8000, 44_100]) {
        const samples = Synthesizer.speak(text, { sampleRate, speed })
        const heard = Recognizer.recognize(samples, sampleRate).filter(({ _tag }) => _tag === "Word")
        const timed = [...timedWords(text, speed, sampleRate)]
        assert.strictEqual(timed.length, heard.length)
        timed.forEach(({ end }, index) => assert.closeTo(end, Object(heard[index]).end, 0.006))
        assert.closeTo(timed.at(-1)!.next, samples.length / sampleRate, 0.001)
      }
    })
  }

  it("are exact to the sample, however long the text", () => {
    const long = "go on, then. ".repeat(70)
    for (const sampleRate of [8000, 11_025, 16_000, 44_100]) {
      for (const speed of [0.7, 0.85, 1, 1.15, 1.5]) {
        const { length } = Synthesizer.speak(long, { sampleRate, speed })
        assert.strictEqual(Math.round([...timedWords(long, speed, sampleRate)].at(-1)!.next * sampleRate), length)
      }
    }
  })

  it("say where each word ends in the text", () => {
    assert.deepStrictEqual(
      [...timedWords(text, 1, 8000)].map(({ after }) => text.slice(0, after).split(/\s+/).at(-1)),
      text.split(/\s+/)
    )
    assert.deepStrictEqual([...timedWords(" \n", 1, 8000)], [])
  })
})
