import { assert, describe, it } from "@effect/vitest"
import { makeEngine } from "../../src/internal/voice/engine.ts"
import { recognize } from "../../src/Recognizer.ts"
import { converse, silence, speak } from "../../src/Synthesizer.ts"
import {
  activityOf,
  encodings,
  integer,
  joined,
  makeRandom,
  normalized,
  randomWord,
  soundsIn,
  usualRates,
  withNoise,
  wordsOf
} from "./support.ts"

const english = `The quick brown fox jumps over the lazy dog, and then it walks home through the rain. Nobody knows why
  it does so; perhaps it likes the sound of water on the leaves. "When will it return?" asked the old farmer, who had
  been watching from his window all morning. It never answered him.`

const pauses = (text: string, speed?: number): Array<number> => {
  const sounds = soundsIn(speak(text, { sampleRate: 16000, speed }), 16000)
  return sounds.slice(1).map(({ start }, i) => Math.round((start - sounds[i]!.end) * 100) / 100)
}

describe("timing", () => {
  it("says word times within a millisecond of where the sound is", () => {
    const random = makeRandom(3)
    for (const sampleRate of usualRates) {
      const text = `${randomWord(random, 20)} ${randomWord(random, 100)}. ${randomWord(random, 20)}`
      const clean = joined(silence(random(), sampleRate), speak(text, { sampleRate, voice: integer(random, 0, 3) }))
      const sounds = soundsIn(clean, sampleRate)
      for (const samples of [clean, encodings.mulaw(clean), withNoise(clean, 0.035, random)]) {
        const words = wordsOf(recognize(samples, sampleRate))
        assert.strictEqual(words.length, 3)
        for (const [i, word] of words.entries()) {
          assert.closeTo(word.start, sounds[i]!.start, 0.001)
          assert.closeTo(word.end, sounds[i]!.end, 0.001)
        }
      }
    }
  })

  it("counts from the start of a long stream", () => {
    const engine = makeEngine(16000)
    const hour = silence(60, 16000)
    for (let minute = 0; minute < 60; minute++) assert.deepStrictEqual(engine.push(hour), [])
    const word = wordsOf([...engine.push(speak("late", { sampleRate: 16000 })), ...engine.finish()])[0]!
    assert.closeTo(word.start, 3600, 0.001)
  })

  it("speaks 150 to 220 words per minute", () => {
    const minutes = speak(english, { sampleRate: 8000 }).length / 8000 / 60
    const rate = normalized(english).split(" ").length / minutes
    assert.isAbove(rate, 150)
    assert.isBelow(rate, 220)
  })

  it("pauses after words, clauses and sentences", () => {
    assert.deepStrictEqual(pauses("a b, c. d! e? (f.) \"g,\" h: i\u3002 j"), [
      0.1,
      0.2,
      0.4,
      0.4,
      0.4,
      0.4,
      0.2,
      0.2,
      0.4
    ])
  })

  it("pauses less when it speaks faster, but always between words", () => {
    assert.deepStrictEqual(pauses("a b, c. d", 2), [0.05, 0.1, 0.2])
    assert.deepStrictEqual(pauses("a b, c. d", 0.5), [0.2, 0.4, 0.8])
    assert.deepStrictEqual(pauses("a b, c. d", 100), [0.03, 0.03, 0.03])
  })

  it("ends with a pause, so that what follows is another word", () => {
    const samples = speak("one", { sampleRate: 8000 })
    assert.deepStrictEqual(
      wordsOf(recognize(joined(samples, samples), 8000)).map((word) => word.text),
      ["one", "one"]
    )
  })

  it("makes the pauses that are asked for", () => {
    const samples = converse([{ text: "One.", pause: 1.5 }, { text: "two", pause: 0 }], { sampleRate: 8000 })
    const [one, two] = soundsIn(samples, 8000)
    assert.closeTo(two!.start - one!.end, 1.5, 0.001)
    assert.closeTo(samples.length / 8000, two!.end, 0.001)
  })

  it("hears words at once", () => {
    const sampleRate = 16000
    const samples = joined(silence(0.4, sampleRate), speak("now and then", { sampleRate }), silence(1, sampleRate))
    const engine = makeEngine(sampleRate)
    const delays: Record<string, Array<number>> = {}
    for (let at = 0; at < samples.length; at += 80) {
      for (const event of engine.push(samples.subarray(at, at + 80))) {
        const happened = event._tag === "SpeechStarted" ? event.at : event.end
        delays[event._tag] = [...delays[event._tag] ?? [], (at + 80) / sampleRate - happened]
      }
    }
    assert.strictEqual(delays["Word"]?.length, 3)
    assert.isBelow(Math.max(...delays["Word"]!), 0.035)
    assert.strictEqual(delays["SpeechStarted"]?.length, 1)
    assert.isBelow(delays["SpeechStarted"]![0]!, 0.08)
    assert.strictEqual(delays["SpeechEnded"]?.length, 1)
    assert.closeTo(delays["SpeechEnded"]![0]!, 0.31, 0.02)
  })

  it("covers all words with activity, one per sentence", () => {
    const samples = speak(english, { sampleRate: 16000 })
    for (const variant of [samples, encodings.mulaw(samples), withNoise(samples, 0.035, makeRandom(9))]) {
      const heard = recognize(variant, 16000)
      const activity = activityOf(heard)
      assert.strictEqual(activity.length, 5)
      for (const word of wordsOf(heard)) {
        assert.isTrue(activity.some(({ end, start }) => start <= word.start && word.end <= end), word.text)
      }
      assert.deepStrictEqual(
        heard.filter((event) => event._tag === "SpeechStarted").map((event) => event.at),
        activity.map(({ start }) => start)
      )
    }
  })
})
