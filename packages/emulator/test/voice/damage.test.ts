import { assert, describe, it } from "@effect/vitest"
import { nibbleTone, positionTone, preambleLength } from "../../src/internal/voice/code.ts"
import { recognize } from "../../src/Recognizer.ts"
import { speak } from "../../src/Synthesizer.ts"
import {
  activityOf,
  encodings,
  integer,
  joined,
  makeRandom,
  pick,
  type Random,
  randomWord,
  soundsIn,
  textOf,
  withNoise,
  wordsOf
} from "./support.ts"

const timeout = 60_000

interface Span {
  readonly from: number
  readonly to: number
}

/** A place for a frame within the span, at any sample. */
const place = (random: Random, { from, to }: Span, frame: number): number => integer(random, from, to - frame)

const swapped = (samples: Float32Array, a: number, b: number, frame: number): Float32Array => {
  const result = samples.slice()
  result.set(samples.subarray(b, b + frame), a)
  result.set(samples.subarray(a, a + frame), b)
  return result
}

const damages = {
  dropped: (samples: Float32Array, span: Span, frame: number, random: Random) => {
    const at = place(random, span, frame)
    return joined(samples.subarray(0, at), samples.subarray(at + frame))
  },
  doubled: (samples: Float32Array, span: Span, frame: number, random: Random) => {
    const at = place(random, span, frame)
    return joined(samples.subarray(0, at + frame), samples.subarray(at))
  },
  "swapped with the next one": (samples: Float32Array, span: Span, frame: number, random: Random) => {
    const at = place(random, span, 2 * frame)
    return swapped(samples, at, at + frame, frame)
  },
  "swapped with another one": (samples: Float32Array, span: Span, frame: number, random: Random) => {
    const first = place(random, span, 2 * frame)
    const second = place(random, { from: first + frame, to: span.to }, frame)
    // Half of the time at a whole number of frames: there the frames of a periodic signal would agree.
    const aligned = first + Math.floor((second - first) / frame) * frame
    return swapped(samples, first, pick(random, [second, aligned]), frame)
  },
  silenced: (samples: Float32Array, span: Span, frame: number, random: Random) => {
    const at = place(random, span, frame)
    return samples.slice().fill(0, at, at + frame)
  },
  faded: (samples: Float32Array, span: Span, frame: number, random: Random) => {
    const at = place(random, span, frame)
    return samples.map((sample, i) => i >= at && i < at + frame ? sample / 5 : sample)
  }
}

const channels = [encodings.none, encodings.mulaw, (samples: Float32Array) => withNoise(samples, 0.035, makeRandom(5))]

describe("a frame of 20 ms within a word", () => {
  for (const [name, damage] of Object.entries(damages)) {
    it(`changes the text when it is ${name}`, { timeout }, () => {
      const random = makeRandom(name.length)
      for (let run = 0; run < 300; run++) {
        const sampleRate = pick(random, [8000, 8000, 9999, 11025, 16000, 24000, 44100, 48000])
        // Also words of one repeated letter, and long ones.
        const word = random() < 0.2 ? "a".repeat(integer(random, 1, 60)) : randomWord(random, 40)
        const samples = speak(`before ${word} after`, { sampleRate, voice: integer(random, 0, 3) })
        const { end, start } = soundsIn(samples, sampleRate)[1]!
        const span = { from: Math.round(start * sampleRate), to: Math.round(end * sampleRate) }
        const damaged = damage(samples, span, Math.round(sampleRate / 50), random)
        // The word is gone, no other takes its place, and its neighbours are untouched.
        assert.strictEqual(textOf(recognize(pick(random, channels)(damaged), sampleRate)), "before after", `run ${run}`)
      }
    })
  }

  it("changes the text wherever it is, in steps of one sample", { timeout }, () => {
    const samples = joined(new Float32Array(160), speak("Hi", { sampleRate: 8000 }))
    const { end, start } = soundsIn(samples, 8000)[0]!
    for (let at = Math.round(start * 8000); at + 160 <= Math.round(end * 8000); at++) {
      const dropped = joined(samples.subarray(0, at), samples.subarray(at + 160))
      const doubled = joined(samples.subarray(0, at + 160), samples.subarray(at))
      assert.deepStrictEqual([textOf(recognize(dropped, 8000)), textOf(recognize(doubled, 8000))], ["", ""], `at ${at}`)
    }
  })

  it("changes the text when it changes places with any other one", { timeout }, () => {
    const samples = joined(new Float32Array(160), speak("aaaa", { sampleRate: 8000 }))
    const { end, start } = soundsIn(samples, 8000)[0]!
    const last = Math.round(end * 8000) - 160
    for (let a = Math.round(start * 8000); a <= last; a += 40) {
      for (let b = a + 160; b <= last; b += 8) {
        assert.strictEqual(textOf(recognize(swapped(samples, a, b, 160), 8000)), "", `${a} and ${b}`)
      }
    }
  })
})

/** The high tones of the two symbols of a byte at `place` in a word. */
const dataTones = (byte: number, place: number): string => {
  const index = preambleLength + 2 + 2 * place
  return `${nibbleTone(byte >> 4, index)} ${nibbleTone(byte & 15, index + 1)}`
}

describe("a low tone", () => {
  it("spoils the word when it is wrong for 5 ms", () => {
    const samples = speak("word", { sampleRate: 8000, voice: 1 })
    const { end } = soundsIn(samples, 8000)[0]!
    for (let index = 0; index < Math.round(end * 100); index++) {
      const right = positionTone(index, 1)
      for (const half of [0, 40]) {
        for (const wrong of [right - 2, right - 1, right + 1, right + 2]) {
          const changed = samples.map((sample, i) => {
            const n = i - index * 80
            if (n < half || n >= half + 40) return sample
            return sample + 0.35 * (Math.sin((2 * Math.PI * wrong * n) / 80) - Math.sin((2 * Math.PI * right * n) / 80))
          })
          assert.strictEqual(textOf(recognize(changed, 8000)), "", `${wrong} at ${index}`)
        }
      }
    }
  })
})

describe("frames that carry the same data at different places", () => {
  it("cannot change places", () => {
    const letters = Array.from({ length: 94 }, (_, i) => 33 + i)
    let count = 0
    for (let a = 0; a < 12; a++) {
      for (let b = a + 1; b < 12; b++) {
        const pair = letters.flatMap((x) =>
          letters.filter((y) => dataTones(x, a) === dataTones(y, b)).map((y) => [x, y])
        )[0]
        if (pair === undefined) continue
        count++
        const word = Array.from({ length: 12 }, (_, i) =>
          String.fromCharCode(i === a ? pair[0]! : i === b ? pair[1]! : 97 + i))
          .join("")
        const samples = speak(word, { sampleRate: 8000 })
        assert.strictEqual(textOf(recognize(samples, 8000)), word)
        const at = (place: number) =>
          80 * (preambleLength + 2 + 2 * place)
        assert.strictEqual(textOf(recognize(swapped(samples, at(a), at(b), 160), 8000)), "", word)
      }
    }
    assert.isAbove(count, 20)
  })
})

describe("a word that is cut off", () => {
  it("is no word, but activity", () => {
    const samples = speak("beginning", { sampleRate: 16000 })
    const { end } = soundsIn(samples, 16000)[0]!
    for (let seconds = 0.02; seconds < end - 0.003; seconds += 0.007) {
      const cut = samples.slice(0, Math.round(seconds * 16000))
      for (const rest of [new Float32Array(0), new Float32Array(8000)]) {
        const heard = recognize(joined(cut, rest), 16000)
        assert.deepStrictEqual(wordsOf(heard), [])
        if (seconds < 0.15) continue
        assert.strictEqual(activityOf(heard).length, 1)
        assert.closeTo(activityOf(heard)[0]!.end, seconds, 0.03)
      }
    }
  })

  it("does not hide the word after it", () => {
    const word = speak("beginning", { sampleRate: 16000 })
    for (let length = 100; length < 4400; length += 333) {
      const heard = recognize(joined(word.slice(0, length), new Float32Array(320), word), 16000)
      assert.strictEqual(textOf(heard), "beginning")
    }
  })

  it("is no word when its beginning is missing, but activity", () => {
    const samples = speak("beginning", { sampleRate: 16000 })
    for (let seconds = 0.01; seconds < 0.1; seconds += 0.007) {
      const heard = recognize(samples.slice(Math.round(seconds * 16000)), 16000)
      assert.deepStrictEqual(wordsOf(heard), [])
      assert.strictEqual(activityOf(heard).length, 1)
    }
  })
})
