/** What is spoken in any encoding that Deepgram offers is heard again. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import type { OutputFormat } from "../../src/internal/audio/encode.ts"
import * as Synthesizer from "../../src/Synthesizer.ts"
import { randomWord } from "../voice/support.ts"
import { compressed, cut, Cuts, decodeAll, encodeAll, kinds, makeRandom, spoken, wordsIn } from "./support.ts"

const text = "Antidisestablishmentarianism, naïve 日本語 to be."

const at = (encoding: OutputFormat["encoding"], container: OutputFormat["container"], rates: ReadonlyArray<number>) =>
  rates.map((sampleRate): OutputFormat => ({ encoding, container, sampleRate }))

const of = (encoding: "mp3" | "opus" | "aac", bitRates: ReadonlyArray<number>) =>
  bitRates.map((bitRate): OutputFormat => ({ ...compressed[encoding], bitRate }))

const formats: ReadonlyArray<OutputFormat> = [
  ...at("linear16", "wav", [8000, 16_000, 24_000, 32_000, 44_100, 48_000]),
  ...at("mulaw", "wav", [8000, 16_000]),
  ...at("alaw", "wav", [8000, 16_000]),
  ...at("flac", undefined, [8000, 16_000, 22_050, 32_000, 48_000]),
  ...kinds.map((kind) => compressed[kind]),
  ...of("mp3", [8000, 16_000, 24_000, 32_000, 40_000, 48_000]),
  ...of("opus", [4000, 8000, 12_000, 16_000, 24_000, 48_000, 128_000, 650_000]),
  ...of("aac", [4000, 8000, 12_000, 16_000, 24_000, 48_000, 128_000, 192_000])
]

const name = ({ bitRate, encoding, sampleRate }: OutputFormat) =>
  `${encoding} at ${sampleRate} Hz${bitRate === undefined ? "" : `, ${bitRate} bit/s`}`

describe("speech that is heard again", () => {
  it.effect.each(formats.map((format) => [name(format), format] as const))(
    "%s",
    ([, format]) =>
      Effect.gen(function*() {
        assert.strictEqual((yield* wordsIn([yield* spoken(text, format)])).join(" "), text)
      })
  )

  it.effect("headerless, when the request says what it is", () =>
    Effect.gen(function*() {
      for (const encoding of ["linear16", "mulaw", "alaw"] as const) {
        const bytes = yield* spoken(text, { encoding, container: "none", sampleRate: 8000 })
        assert.strictEqual((yield* wordsIn([bytes], { encoding, sampleRate: 8000 })).join(" "), text)
      }
    }))

  it.effect.prop(
    "any words, of any voice, at any speed, however the file is cut",
    {
      seed: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 ** 31 })),
      kind: Schema.Literals(kinds),
      voice: Schema.Literals([0, 1, 2, 3]),
      speed: Schema.Literals([0.7, 1, 1.5, 4]),
      low: Schema.Boolean,
      cuts: Cuts
    },
    Effect.fnUntraced(function*({ cuts, kind, low, seed, speed, voice }) {
      const random = makeRandom(seed)
      const words = Array.from({ length: 5 }, () => randomWord(random, 30))
      const format = { ...compressed[kind], ...(low && { bitRate: 4000 }) }
      const samples = Synthesizer.speak(words.join(" "), { sampleRate: format.sampleRate, voice, speed })
      const file = yield* encodeAll([samples], format)
      assert.deepStrictEqual(yield* wordsIn(cut(file, cuts)), words)
    }),
    { arbitrary: { runs: 40 } }
  )

  it.effect("keeps the place of every sample where the file says where it starts", () =>
    Effect.gen(function*() {
      for (const format of [compressed.flac, { ...compressed.opus, bitRate: 128_000 }]) {
        const samples = Synthesizer.speak("Here.", { sampleRate: format.sampleRate })
        const { channels: [heard = []] } = yield* decodeAll([yield* encodeAll([samples], format)])
        assert.strictEqual(heard.length, samples.length)
        const error = samples.reduce((sum, sample, i) => sum + (sample - heard[i]!) ** 2, 0)
        const power = samples.reduce((sum, sample) => sum + sample ** 2, 0)
        assert.isBelow(error, power / 100, format.encoding)
      }
    }))
})
