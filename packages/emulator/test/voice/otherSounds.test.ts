import { assert, describe, it } from "@effect/vitest"
import { recognize } from "../../src/Recognizer.ts"
import { speak } from "../../src/Synthesizer.ts"
import {
  busyTone,
  clicks,
  dialling,
  hum,
  music,
  noiseBursts,
  pinkNoise,
  steadyTones,
  sweep,
  talking,
  whiteNoise
} from "./sounds.ts"
import { activityOf, joined, makeRandom, scaled, textOf, withNoise, wordsOf } from "./support.ts"

const timeout = 60_000
const sampleRate = 16000

interface Span {
  readonly start: number
  readonly end: number
}

const overlap = (a: Span, b: Span): number => Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start))

const total = (spans: ReadonlyArray<Span>): number => spans.reduce((sum, span) => sum + span.end - span.start, 0)

const shared = (a: ReadonlyArray<Span>, b: ReadonlyArray<Span>): number =>
  a.reduce((sum, span) => sum + b.reduce((inner, other) => inner + overlap(span, other), 0), 0)

describe("sound that is not speech", () => {
  const silentToEar: Record<string, (seed: number) => Float32Array> = {
    "white noise": (seed) => whiteNoise(6, sampleRate, makeRandom(seed)),
    "pink noise": (seed) => pinkNoise(6, sampleRate, makeRandom(seed)),
    "bursts of noise": (seed) => noiseBursts(20, sampleRate, makeRandom(seed)),
    "hum of 50 Hz": () => hum(6, sampleRate, 50),
    "hum of 60 Hz": () => hum(6, sampleRate, 60),
    "an American dial tone": () => steadyTones(6, sampleRate, [350, 440]),
    "a European dial tone": () => steadyTones(6, sampleRate, [425]),
    "a held chord": () => steadyTones(6, sampleRate, [261.6, 329.6, 392]),
    "a busy line": () => busyTone(6, sampleRate),
    "dialled digits": (seed) => dialling(6, sampleRate, makeRandom(seed)),
    clicks: () => clicks(6, sampleRate)
  }
  for (const [name, sound] of Object.entries(silentToEar)) {
    it(`hears neither words nor speech in ${name}`, () => {
      for (const seed of [1, 2, 3]) {
        const samples = sound(seed)
        for (const factor of [1, 0.05]) assert.deepStrictEqual(recognize(scaled(samples, factor), sampleRate), [])
        // Also when it sets in after silence.
        assert.deepStrictEqual(recognize(joined(new Float32Array(16000), samples), sampleRate), [])
      }
    })
  }

  it("hears no words in music and sweeps", { timeout }, () => {
    assert.deepStrictEqual(wordsOf(recognize(sweep(10, sampleRate), sampleRate)), [])
    for (let seed = 0; seed < 6; seed++) {
      assert.deepStrictEqual(wordsOf(recognize(music(20, sampleRate, makeRandom(seed)), sampleRate)), [])
    }
  })

  it("hears the test voice in it", () => {
    const spoken = joined(new Float32Array(16000), speak("Can you hear me?", { sampleRate }))
    const random = makeRandom(4)
    const backgrounds = [
      whiteNoise(5, sampleRate, random),
      pinkNoise(5, sampleRate, random),
      hum(5, sampleRate, 50),
      steadyTones(5, sampleRate, [350, 440])
    ]
    for (const background of backgrounds) {
      const mixed = spoken.map((sample, i) => sample + 0.3 * background[i]!)
      const heard = recognize(mixed, sampleRate)
      assert.strictEqual(textOf(heard), "Can you hear me?")
      assert.strictEqual(activityOf(heard).length, 1)
      assert.closeTo(activityOf(heard)[0]!.start, 1, 0.03)
    }
  })
})

describe("ordinary speech", () => {
  it("is activity without words", { timeout }, () => {
    let spoken = 0
    let found = 0
    let claimed = 0
    for (let seed = 1; seed <= 12; seed++) {
      const rate = [8000, 16000, 22050][seed % 3]!
      const { phrases, samples } = talking(15, rate, makeRandom(seed))
      const noise = seed % 2 === 0 ? 0.01 : 0
      const heard = recognize(withNoise(samples, noise, makeRandom(seed)), rate)
      assert.deepStrictEqual(wordsOf(heard), [], `seed ${seed}`)
      spoken += total(phrases)
      found += shared(phrases, activityOf(heard))
      claimed += total(activityOf(heard))
    }
    assert.isAbove(found / spoken, 0.85)
    assert.isBelow((claimed - found) / claimed, 0.08)
  })

  it("is told from the noise around it", () => {
    const { phrases, samples } = talking(10, sampleRate, makeRandom(21))
    const noisy = joined(
      whiteNoise(4, sampleRate, makeRandom(1)).map((sample) => sample / 10),
      withNoise(samples, 0.01, makeRandom(2))
    )
    const activity = activityOf(recognize(noisy, sampleRate))
    assert.isAbove(activity[0]!.start, 3.9)
    for (const { end, start } of phrases) {
      assert.isAbove(shared([{ start: start + 4, end: end + 4 }], activity), 0.5 * (end - start))
    }
  })
})
