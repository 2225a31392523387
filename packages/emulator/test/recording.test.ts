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
