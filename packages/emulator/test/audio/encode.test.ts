import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { encode, wavFile } from "../../src/internal/audio/encode.ts"
import { encodeSamples } from "../../src/internal/audio/pcm.ts"
import { wavHeader } from "../../src/internal/audio/wavHeader.ts"
import { bytesOf, u16, u32 } from "./files.ts"
import { decodeAll } from "./support.ts"

const samples = Float32Array.of(0, 0.5, -0.5, 0.999, -1)
const halves = Stream.make(samples.subarray(0, 2), samples.subarray(2))
const collect = <E>(stream: Stream.Stream<Uint8Array, E>) =>
  Effect.map(Stream.runCollect(stream), (all) => bytesOf(...all))

describe("wavHeader", () => {
  it("writes the classic 44 bytes for linear16", () => {
    const expected = bytesOf(
      "RIFF",
      u32(136),
      "WAVEfmt ",
      u32(16),
      u16(1),
      u16(2),
      u32(24_000),
      u32(96_000),
      u16(4),
      u16(16),
      "data",
      u32(100)
    )
    assert.deepStrictEqual(
      wavHeader({ encoding: "linear16", sampleRate: 24_000, channels: 2, dataBytes: 100 }),
      expected
    )
  })

  it("writes an extended format and a fact chunk for mulaw and alaw, and counts the pad byte", () => {
    for (const [encoding, tag] of [["mulaw", 7], ["alaw", 6]] as const) {
      const expected = bytesOf(
        "RIFF",
        u32(50 + 8),
        "WAVEfmt ",
        u32(18),
        u16(tag),
        u16(1),
        u32(8000),
        u32(8000),
        u16(1),
        u16(8),
        u16(0),
        "fact",
        u32(4),
        u32(7),
        "data",
        u32(7)
      )
      assert.deepStrictEqual(wavHeader({ encoding, sampleRate: 8000, channels: 1, dataBytes: 7 }), expected)
    }
  })

  it("writes the size of streams when the size is unknown, or too large for the field", () => {
    const given = { encoding: "linear16", sampleRate: 8000, channels: 1 } as const
    const sizes = (header: Uint8Array) => {
      const view = new DataView(header.buffer)
      return [view.getUint32(4, true), view.getUint32(40, true)]
    }
    assert.deepStrictEqual(sizes(wavHeader(given)), [0xffffffff, 0xffffffff])
    assert.deepStrictEqual(sizes(wavHeader({ ...given, dataBytes: 2 ** 32 })), [0xffffffff, 0xffffffff])
    assert.deepStrictEqual(sizes(wavHeader({ ...given, dataBytes: 0 })), [36, 0])
  })
})

describe("encode", () => {
  it.effect("writes headerless samples", () =>
    Effect.gen(function*() {
      for (const encoding of ["linear16", "mulaw", "alaw"] as const) {
        const bytes = yield* collect(encode(halves, { encoding, container: "none", sampleRate: 8000 }))
        assert.deepStrictEqual(bytes, bytesOf(encodeSamples(samples, encoding)))
      }
    }))

  it.effect("writes WAV that reads back, with and without knowing the length", () =>
    Effect.gen(function*() {
      for (const encoding of ["linear16", "mulaw", "alaw"] as const) {
        for (const totalSamples of [undefined, samples.length]) {
          const file = yield* collect(encode(halves, { encoding, container: "wav", sampleRate: 24_000, totalSamples }))
          const { channels, format } = yield* decodeAll([file])
          assert.deepStrictEqual(format, { container: "wav", encoding, sampleRate: 24_000, channels: 1 })
          assert.strictEqual(channels[0]!.length, samples.length)
          assert.deepStrictEqual(
            encodeSamples(Float32Array.from(channels[0]!), encoding),
            encodeSamples(samples, encoding)
          )
          if (totalSamples !== undefined) {
            assert.strictEqual(file.length % 2, 0)
            assert.strictEqual(new DataView(file.buffer).getUint32(4, true), file.length - 8)
          }
        }
      }
    }))

  it.effect("sends the header before the first sample exists", () =>
    Effect.gen(function*() {
      const silent = encode(Stream.never, { encoding: "linear16", container: "wav", sampleRate: 8000 })
      const [header] = yield* Stream.runCollect(Stream.take(silent, 1))
      assert.deepStrictEqual(header, wavHeader({ encoding: "linear16", sampleRate: 8000, channels: 1 }))
    }))

  it.effect("passes the failure of the voice on", () =>
    Effect.gen(function*() {
      const broken = encode(Stream.concat(halves, Stream.fail("no voice")), {
        encoding: "alaw",
        container: "wav",
        sampleRate: 8000
      })
      assert.strictEqual(yield* Effect.flip(Stream.runDrain(broken)), "no voice")
    }))
})

describe("wavFile", () => {
  it.effect("writes a whole file of several channels", () =>
    Effect.gen(function*() {
      const channels = [samples, Float32Array.of(0.25, -0.25)]
      const file = wavFile({ channels, encoding: "linear16", sampleRate: 16_000 })
      const read = yield* decodeAll([file])
      assert.strictEqual(read.format.channels, 2)
      assert.deepStrictEqual(read.channels[1], [0.25, -0.25, 0, 0, 0])
      assert.deepStrictEqual(
        encodeSamples(Float32Array.from(read.channels[0]!), "linear16"),
        encodeSamples(samples, "linear16")
      )
      const odd = wavFile({ channels: [samples], encoding: "mulaw", sampleRate: 8000 })
      assert.strictEqual(odd.length, 58 + 6)
      assert.strictEqual((yield* decodeAll([odd])).channels[0]!.length, 5)
    }))
})
