import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import {
  encodeSamples,
  type Frames,
  interleave,
  makeFrameDecoder,
  sampleBytes,
  type SampleFormat,
  toInt16
} from "../../src/internal/audio/pcm.ts"
import { cut, Cuts, joined, makeRandom } from "./support.ts"

const formats = Object.keys(sampleBytes) as Array<SampleFormat>

const pushAll = (decoder: ReturnType<typeof makeFrameDecoder>, chunks: ReadonlyArray<Uint8Array>): Array<Frames> =>
  chunks.map((chunk) => decoder.push(chunk)).filter((frames) => frames !== undefined)

/** One sample, with nothing of the code under test. */
const reference = (view: DataView, at: number, format: SampleFormat, littleEndian: boolean): number => {
  switch (format) {
    case "linear16":
      return view.getInt16(at, littleEndian) / 2 ** 15
    case "pcm8":
      return view.getUint8(at) / 128 - 1
    case "pcm24": {
      const bytes = [view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2)]
      const [low, middle, high] = littleEndian ? bytes : bytes.toReversed()
      const unsigned = low! + middle! * 256 + high! * 65_536
      return (unsigned >= 2 ** 23 ? unsigned - 2 ** 24 : unsigned) / 2 ** 23
    }
    case "pcm32":
      return view.getInt32(at, littleEndian) / 2 ** 31
    case "linear32":
      return view.getFloat32(at, littleEndian)
    case "float64":
      return view.getFloat64(at, littleEndian)
    default:
      throw new Error(format)
  }
}

describe("pcm", () => {
  const linear = formats.filter((format) => format !== "mulaw" && format !== "alaw")

  it.each(linear.flatMap((format) => [{ format, bigEndian: false }, { format, bigEndian: true }]))(
    "reads $format (big endian: $bigEndian) as it is defined",
    ({ bigEndian, format }) => {
      const random = makeRandom(7)
      const size = sampleBytes[format]
      const channels = 3
      const frames = 50
      const bytes = Uint8Array.from({ length: frames * channels * size }, () => Math.floor(random() * 256))
      const view = new DataView(bytes.buffer)
      if (format === "linear32" || format === "float64") {
        for (let at = 0; at < bytes.length; at += size) {
          const value = random() * 2 - 1
          if (size === 4) view.setFloat32(at, value, !bigEndian)
          else view.setFloat64(at, value, !bigEndian)
        }
      }
      const decoded = makeFrameDecoder({ format, channels, bigEndian }).push(bytes)!
      for (let i = 0; i < frames * channels; i++) {
        const expected = Math.fround(reference(view, i * size, format, !bigEndian))
        assert.strictEqual(decoded[i % channels]![Math.floor(i / channels)], expected)
      }
    }
  )

  it.prop(
    "gives the same frames however the bytes are cut",
    { cuts: Cuts, format: Schema.Literals(formats), channels: Schema.Literals([1, 2, 5]), bigEndian: Schema.Boolean },
    ({ bigEndian, channels, cuts, format }) => {
      const random = makeRandom(channels)
      const bytes = Uint8Array.from({ length: 997 }, () => Math.floor(random() * 256))
      const whole = makeFrameDecoder({ format, channels, bigEndian }).push(bytes)!
      const pieces = pushAll(makeFrameDecoder({ format, channels, bigEndian }), cut(bytes, cuts))
      assert.strictEqual(whole[0]!.length, Math.floor(997 / channels / sampleBytes[format]))
      assert.deepStrictEqual(joined(pieces, channels), joined([whole], channels))
      for (const frames of pieces) assert.isTrue(frames.every((samples) => samples.length === frames[0]!.length))
    }
  )

  it("reads a Buffer at an odd offset without disturbing it", () => {
    const pool = Buffer.from([9, 1, 0, 2, 0, 9])
    const decoder = makeFrameDecoder({ format: "linear16", channels: 1 })
    assert.deepStrictEqual(Array.from(decoder.push(pool.subarray(1, 5))![0]!), [1 / 32_768, 2 / 32_768])
    assert.deepStrictEqual(Array.from(pool), [9, 1, 0, 2, 0, 9])
  })

  it("holds a frame back until it is complete", () => {
    const decoder = makeFrameDecoder({ format: "linear16", channels: 2 })
    assert.isUndefined(decoder.push(Uint8Array.of(0, 0x40)))
    assert.isUndefined(decoder.push(new Uint8Array(0)))
    assert.isUndefined(decoder.push(Uint8Array.of(0)))
    assert.deepStrictEqual(joined([decoder.push(Uint8Array.of(0xc0, 1))!], 2), [[0.5], [-0.5]])
  })

  it("keeps floats in range", () => {
    const odd = Float32Array.of(1.5, -1.5, Number.NaN, Infinity, -Infinity, 0.25)
    const expected = [1, -1, 0, 1, -1, 0.25]
    const decode = (format: SampleFormat, bytes: ArrayBuffer) =>
      Array.from(makeFrameDecoder({ format, channels: 1 }).push(new Uint8Array(bytes))![0]!)
    assert.deepStrictEqual(decode("linear32", odd.buffer), expected)
    assert.deepStrictEqual(decode("float64", Float64Array.from(odd).buffer), expected)
  })

  it("brings every 16-bit sample back", () => {
    const all = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768)
    const decoded = makeFrameDecoder({ format: "linear16", channels: 1 }).push(new Uint8Array(all.buffer))![0]!
    assert.deepStrictEqual(toInt16(decoded), all)
    assert.deepStrictEqual(encodeSamples(decoded, "linear16"), new Uint8Array(all.buffer))
  })

  it("clips what is too loud, and takes what is not a number for silence", () => {
    const odd = Float32Array.of(1, 2, -1, -2, Number.NaN)
    assert.deepStrictEqual(Array.from(toInt16(odd)), [32_767, 32_767, -32_768, -32_768, 0])
  })

  it("interleaves, and continues a short channel with silence", () => {
    const mixed = interleave([Float32Array.of(0.5, 0.25, 0.125), Float32Array.of(-1)])
    assert.deepStrictEqual(Array.from(mixed), [0.5, -1, 0.25, 0, 0.125, 0])
    assert.strictEqual(interleave([]).length, 0)
  })
})
