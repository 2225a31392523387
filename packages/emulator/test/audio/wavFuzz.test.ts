import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { encodeSamples } from "../../src/internal/audio/pcm.ts"
import { wavHeader } from "../../src/internal/audio/wavHeader.ts"
import { bytesOf, chunk, extensibleBody, padded, pcm16, riff } from "./files.ts"
import { cut, Cuts, decodeAll, makeRandom } from "./support.ts"

const base = riff([
  padded("LIST", [1, 2, 3]),
  chunk("fmt ", extensibleBody({ ...pcm16, channels: 2 })),
  padded("fact", [4, 0, 0, 0]),
  chunk("data", Uint8Array.from({ length: 64 }, (_, i) => i)),
  padded("bext", new Uint8Array(9))
])
const headerBytes = base.length - 64 - 18

/** A byte that tends to be one of those that break parsers. */
const Byte = Schema.Union([
  Schema.Literals([0, 1, 0x7f, 0x80, 0xfe, 0xff]),
  Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))
])
const Mutations = Schema.Array(
  Schema.Tuple([Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: headerBytes - 1 })), Byte])
).check(Schema.isMinLength(1), Schema.isMaxLength(8))

const expected = new Set(["MalformedAudio", "UnsupportedAudio", "NotAudio", "NoAudio"])

describe("wav, hostile", () => {
  it.effect.prop(
    "a damaged header gives samples or a typed error, the same however it is cut",
    {
      mutations: Mutations,
      cuts: Cuts,
      length: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: base.length }))
    },
    Effect.fnUntraced(function*({ cuts, length, mutations }) {
      const damaged = base.slice(0, length)
      for (const [at, byte] of mutations) if (at < length) damaged[at] = byte
      const outcome = (chunks: Array<Uint8Array>) => Effect.result(decodeAll(chunks))
      const whole = yield* outcome([damaged])
      const pieces = yield* outcome(cut(damaged, cuts))
      if (whole._tag === "Success") {
        assert.deepStrictEqual(pieces, whole)
        assert.isAtMost(whole.success.channels[0]!.length, 64 + 18)
      } else {
        assert.isTrue(expected.has(whole.failure._tag), whole.failure._tag)
        assert.strictEqual(pieces._tag === "Failure" ? pieces.failure.message : "", whole.failure.message)
        assert.notMatch(whole.failure.message, /[\r\n]/)
      }
    }),
    { arbitrary: { runs: 1500 } }
  )

  it.effect("random bytes behind the first twelve never break it", () =>
    Effect.gen(function*() {
      const random = makeRandom(99)
      const fourLetters = () => bytesOf(["fmt ", "data", "LIST", "ds64", "fact", "RIFF"][Math.floor(random() * 6)]!)
      for (let run = 0; run < 1000; run++) {
        const parts = Array.from(
          { length: 12 },
          () =>
            random() < 0.4 ? fourLetters() : Uint8Array.from({ length: 4 }, () => random() < 0.5 ? 0 : random() * 256)
        )
        const result = yield* Effect.result(decodeAll([riff(parts)]))
        if (result._tag === "Failure") assert.isTrue(expected.has(result.failure._tag), result.failure._tag)
      }
    }))

  const Encoding = Schema.Literals(["linear16", "mulaw", "alaw"])

  it.effect.prop(
    "what is written is read back",
    {
      encoding: Encoding,
      sampleRate: Schema.Literals([8000, 16_000, 22_050, 24_000, 44_100, 48_000]),
      channels: Schema.Literals([1, 2, 3, 8]),
      frames: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 60 })),
      sized: Schema.Boolean,
      cuts: Cuts
    },
    Effect.fnUntraced(function*({ channels, cuts, encoding, frames, sampleRate, sized }) {
      const random = makeRandom(frames)
      const given = Float32Array.from({ length: frames * channels }, () => random() * 2 - 1)
      const data = encodeSamples(given, encoding)
      const header = wavHeader({ encoding, sampleRate, channels, ...(sized && { dataBytes: data.length }) })
      // Trailing bytes may only be there if the header tells where the samples end.
      const file = bytesOf(header, data, sized ? bytesOf(new Uint8Array(data.length % 2), chunk("LIST", [1, 2])) : [])
      const read = yield* decodeAll(cut(file, cuts))
      assert.deepStrictEqual(read.format, { container: "wav", encoding, sampleRate, channels })
      const again = Float32Array.from(
        { length: given.length },
        (_, i) => read.channels[i % channels]![Math.floor(i / channels)]!
      )
      assert.strictEqual(read.channels[0]!.length, frames)
      // Negative zero, which only mu-law has, comes back as zero.
      const normal = encoding === "mulaw" ? data.map((code) => code === 0x7f ? 0xff : code) : data
      assert.deepStrictEqual(encodeSamples(again, encoding), normal)
      for (let i = 0; i < given.length; i++) {
        assert.isAtMost(Math.abs(again[i]! - given[i]!), encoding === "linear16" ? 1 / 32_768 : 0.04)
      }
    }),
    { arbitrary: { runs: 300 } }
  )
})
