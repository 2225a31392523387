import { Recognizer, Recording, Synthesizer } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { decodeAll } from "./audio/support.ts"

const heard = (samples: ReadonlyArray<number>, sampleRate: number): string =>
  Recognizer.recognize(Float32Array.from(samples), sampleRate)
    .flatMap((event) => event._tag === "Word" ? [event.text] : [])
    .join(" ")

describe("Recording.wav", () => {
  it.effect("speaks a text at 16 kHz unless told otherwise", () =>
    Effect.gen(function*() {
      const { channels, format } = yield* decodeAll([Recording.wav("Good morning.")])
      assert.deepInclude(format, { encoding: "linear16", sampleRate: 16_000, channels: 1 })
      assert.strictEqual(heard(channels[0] ?? [], 16_000), "Good morning.")
    }))

  it.effect("speaks each line on its channel, after the one before", () =>
    Effect.gen(function*() {
      const script = [{ text: "One.", channel: 0 }, { text: "Two.", channel: 2, voice: 1 }, { text: "Three." }]
      const { channels, format } = yield* decodeAll([Recording.wav(script, { sampleRate: 8_000, encoding: "alaw" })])
      assert.deepInclude(format, { encoding: "alaw", sampleRate: 8_000, channels: 3 })
      assert.deepStrictEqual(channels.map((channel) => heard(channel, 8_000)), ["One. Three.", "", "Two."])
    }))

  it.effect("makes an empty file of nothing", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* decodeAll([Recording.wav([])])).channels[0]?.length ?? 0, 0)
    }))

  it("refuses what cannot be", () => {
    for (const channel of [-1, 1.5, Number.NaN, 256]) {
      assert.throws(() => Recording.wav([{ text: "x", channel }]), Synthesizer.SynthesisError, /no channel/)
    }
    assert.throws(() => Recording.wav("x", { sampleRate: 4_000 }), Synthesizer.SynthesisError, /sample rate/)
  })
})

const encodings = ["linear16", "linear32", "mulaw", "alaw"] as const

describe("Recording.raw", () => {
  for (const encoding of encodings) {
    it.effect(`has the samples of each channel, and no header: ${encoding}`, () =>
      Effect.gen(function*() {
        const script = [{ text: "One.", channel: 0 }, { text: "Two.", channel: 1 }]
        const bytes = Recording.raw(script, { encoding, sampleRate: 8_000 })
        const { channels } = yield* decodeAll([bytes], { encoding, sampleRate: 8_000, channels: 2 })
        assert.deepStrictEqual(channels.map((channel) => heard(channel, 8_000)), ["One.", "Two."])
        const spoken = Synthesizer.converse(script, { sampleRate: 8_000 }).length
        assert.strictEqual(bytes.length, spoken * 2 * { linear16: 2, linear32: 4, mulaw: 1, alaw: 1 }[encoding])
        if (encoding === "linear32") return
        // What stands in a file is the same.
        const file = yield* decodeAll([Recording.wav(script, { encoding, sampleRate: 8_000 })])
        assert.deepStrictEqual(channels, file.channels)
      }))
  }

  it("is linear16 at 16 kHz unless told otherwise", () => {
    const told = Recording.raw("Good morning.", { encoding: "linear16", sampleRate: 16_000 })
    assert.deepStrictEqual(Recording.raw("Good morning."), told)
    assert.strictEqual(Recording.raw([]).length, 0)
  })

  it("ends with the pause behind the last line", () => {
    const pause = (seconds: number) => Recording.raw([{ text: "Hello.", pause: seconds }]).length
    assert.strictEqual(pause(0.6) - pause(0.1), 16_000)
  })

  it("refuses what cannot be", () => {
    assert.throws(() => Recording.raw([{ text: "x", channel: -1 }]), Synthesizer.SynthesisError, /no channel/)
    assert.throws(() => Recording.raw("x", { sampleRate: 4_000 }), Synthesizer.SynthesisError, /sample rate/)
  })
})

describe("Recognizer.text", () => {
  const text = "Good morning, how are you? Fine."

  for (const encoding of encodings) {
    it(`reads what Recording.raw has written, cut anywhere: ${encoding}`, () => {
      const format = { encoding, sampleRate: 24_000 }
      const bytes = Recording.raw([{ text, pause: 0 }], format)
      assert.strictEqual(Recognizer.text(bytes, format), text)
      const pieces = Array.from(
        { length: Math.ceil(bytes.length / 997) },
        (_, i) => bytes.slice(i * 997, i * 997 + 997)
      )
      assert.strictEqual(Recognizer.text(pieces, format), text)
    })
  }

  it("is about linear16 at 16 kHz unless told otherwise, and about the bytes that are there", () => {
    const bytes = Recording.raw(text)
    assert.strictEqual(Recognizer.text(bytes), text)
    assert.notStrictEqual(Recognizer.text(bytes, { sampleRate: 8_000 }), text)
    assert.notStrictEqual(Recognizer.text(bytes, { encoding: "mulaw" }), text)
    // 20 milliseconds of the second word are missing.
    assert.notStrictEqual(Recognizer.text([bytes.subarray(0, 16_000), bytes.subarray(16_640)]), text)
  })

  it("is empty where nothing is said", () => {
    assert.strictEqual(Recognizer.text(new Uint8Array(0)), "")
    assert.strictEqual(Recognizer.text([]), "")
    assert.strictEqual(Recognizer.text(new Uint8Array(32_001)), "")
  })

  it("refuses what cannot be", () => {
    assert.throws(() => Recognizer.text([], { sampleRate: 4_000 }), Recognizer.RecognitionError, /sample rate/)
  })
})
