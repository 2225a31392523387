import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { encodeSamples } from "../../src/internal/audio/pcm.ts"
import { wavFile } from "../../src/internal/audio/wavFile.ts"
import { wavHeader } from "../../src/internal/audio/wavHeader.ts"
import { bytesOf, u16, u32 } from "./files.ts"
import { decodeAll } from "./support.ts"

const samples = Float32Array.of(0, 0.5, -0.5, 0.999, -1)

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
