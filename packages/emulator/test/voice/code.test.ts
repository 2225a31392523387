import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { burstLength, burstSymbols, makeBurstReader } from "../../src/internal/voice/burst.ts"
import {
  lapLength,
  nibbleTone,
  positionTone,
  preambleLength,
  toneNibble,
  toneSpacing,
  voiceCount
} from "../../src/internal/voice/code.ts"
import { crc16, crcStart } from "../../src/internal/voice/crc.ts"
import { bytesWord, wordBytes, words } from "../../src/internal/voice/text.ts"
import { AnyVoice } from "./support.ts"

const positions = Array.from({ length: lapLength }, (_, index) => positionTone(index, 0))

describe("code", () => {
  it("has every pair of neighbouring low tones once per lap", () => {
    const pairs = positions.map((tone, index) => `${tone},${positionTone(index + 1, 0)}`)
    assert.strictEqual(new Set(pairs).size, lapLength)
    assert.isTrue(positions.every((tone, index) => tone !== positionTone(index + 1, 0)))
  })

  it("has no second place that resembles the preamble, in any voice", () => {
    for (let index = 1; index < lapLength; index++) {
      for (let shift = 1 - voiceCount; shift < voiceCount; shift++) {
        const same = positions.slice(0, preambleLength).filter((tone, i) => positionTone(index + i, 0) + shift === tone)
        assert.isAtMost(same.length, 2)
      }
    }
  })

  it("says the same data with another tone in the next laps", () => {
    for (let index = 0; index < lapLength; index++) {
      const tones = Array.from({ length: 16 }, (_, lap) => nibbleTone(7, index + lap * lapLength))
      assert.strictEqual(new Set(tones).size, 16)
    }
  })

  it("reads the nibbles that it writes", () => {
    for (let index = 0; index < 5 * lapLength; index++) {
      for (let nibble = 0; nibble < 16; nibble++) {
        assert.strictEqual(toneNibble(nibbleTone(nibble, index), index), nibble)
      }
    }
  })

  it("computes CRC-16/CCITT-FALSE", () => {
    assert.strictEqual([..."123456789"].reduce((crc, digit) => crc16(crc, digit.charCodeAt(0)), crcStart), 0x29b1)
  })

  it("splits text at white space and control characters only", () => {
    assert.deepStrictEqual([...words(" a\tb\u0000c\u00a0d\n\n\u3000e-f\ud800 ")], ["a", "b", "c", "d", "e-f\ufffd"])
    assert.deepStrictEqual([...words(" \n ")], [])
  })

  it("takes only printable UTF-8 for a word", () => {
    assert.strictEqual(bytesWord(wordBytes("d\u00e9j\u00e0-vu\u200d")), "d\u00e9j\u00e0-vu\u200d")
    for (const bytes of [[], [0x20], [0x61, 0x20, 0x62], [0x61, 0x07], [0xc3], [0xff, 0x61], [0xc2, 0xa0]]) {
      assert.isUndefined(bytesWord(Uint8Array.from(bytes)))
    }
  })
})

const read = (bytes: Uint8Array, voice: number, change: (tone: number, index: number) => number) => {
  const reader = makeBurstReader(voice)
  let index = 0
  for (const { high } of burstSymbols(bytes, voice)) {
    if (index >= preambleLength) {
      const verdict = reader.take(change(high, index), index)
      if (verdict !== "more") return { verdict, index, bytes: reader.bytes() }
    }
    index++
  }
  return { verdict: "more", index, bytes: reader.bytes() }
}

const Bytes = Schema.Uint8Array.check(Schema.isMinLength(1), Schema.isMaxLength(100))

describe("burst", () => {
  it.prop("carries bytes between 400 and 3100 Hz", { bytes: Bytes, voice: AnyVoice }, ({ bytes, voice }) => {
    const symbols = [...burstSymbols(bytes, voice)]
    assert.strictEqual(symbols.length, burstLength(bytes.length))
    for (const { high, low } of symbols) {
      assert.isAtLeast(low * toneSpacing, 400)
      assert.isBelow(low, high)
      assert.isAtMost(high * toneSpacing, 3100)
    }
    const { bytes: heard, index, verdict } = read(bytes, voice, (tone) => tone)
    assert.strictEqual(verdict, "done")
    assert.strictEqual(index, symbols.length - 1)
    assert.deepStrictEqual([...heard], [...bytes])
  })

  it.prop(
    "is never read as other bytes when one tone changes",
    {
      bytes: Bytes,
      at: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 0.999 })),
      by: Schema.Literals([1, 5, 15])
    },
    ({ at, by, bytes }) => {
      const place = preambleLength + Math.floor(at * (burstLength(bytes.length) - preambleLength))
      const { verdict } = read(bytes, 0, (tone, index) => index === place ? 16 + ((tone - 16 + by) % 16) : tone)
      assert.notStrictEqual(verdict, "done")
    },
    // A changed length leaves one chance in 65536: not one for every run of the tests.
    { arbitrary: { seed: 1 } }
  )

  it("belongs to its voice", () => {
    const reader = makeBurstReader(1)
    const verdicts = [...burstSymbols(Uint8Array.of(65), 0)].slice(preambleLength).map(({ high }, i) =>
      reader.take(high, preambleLength + i)
    )
    assert.strictEqual(verdicts.at(-1), "bad")
  })
})
