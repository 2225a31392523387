import { assert, describe, it } from "@effect/vitest"
import { aLaw, muLaw } from "../../src/internal/audio/g711.ts"

const allCodes = Uint8Array.from({ length: 256 }, (_, code) => code)
const allSamples = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768)

/** The quantisation levels of G.711 are the steps 2, 4, 8, … (mu-law) and 1, 1, 2, 4, … (A-law), 16 of each. */
const muLawLevels = () => {
  const levels: Array<number> = []
  for (let segment = 0; segment < 8; segment++) {
    for (let step = 0; step < 16; step++) levels.push(((2 * step + 33) * 2 ** segment - 33) * 4)
  }
  return levels
}
const aLawLevels = () => {
  const levels: Array<number> = []
  for (let segment = 0; segment < 8; segment++) {
    for (let step = 0; step < 16; step++) {
      levels.push(segment === 0 ? (2 * step + 1) * 8 : (2 * step + 33) * 2 ** (segment - 1) * 8)
    }
  }
  return levels
}

describe("g711", () => {
  it("expands mu-law to the levels of the recommendation, loudest first, sign in the top bit", () => {
    const levels = muLawLevels()
    for (let code = 0; code < 128; code++) {
      assert.strictEqual(muLaw.toLinear[0x80 | code], levels[127 - code])
      assert.strictEqual(muLaw.toLinear[code]! + levels[127 - code]!, 0)
    }
  })

  it("expands A-law to the levels of the recommendation, every other bit inverted", () => {
    const levels = aLawLevels()
    for (let code = 0; code < 128; code++) {
      assert.strictEqual(aLaw.toLinear[(0x80 | code) ^ 0x55], levels[code])
      assert.strictEqual(aLaw.toLinear[code ^ 0x55], -levels[code]!)
    }
  })

  it("knows the well known codes", () => {
    assert.deepStrictEqual(Array.from(muLaw.encode(Int16Array.of(0, -1, 32_767, -32_768, 1000))), [
      0xff,
      0x7f,
      0x80,
      0x00,
      0xce
    ])
    assert.deepStrictEqual(Array.from(muLaw.decode(Uint8Array.of(0xff, 0x7f, 0x80, 0x00))), [0, 0, 32_124, -32_124])
    assert.deepStrictEqual(Array.from(aLaw.encode(Int16Array.of(0, -1, 32_767, -32_768, 1000))), [
      0xd5,
      0x55,
      0xaa,
      0x2a,
      0xfa
    ])
    assert.deepStrictEqual(Array.from(aLaw.decode(Uint8Array.of(0xd5, 0x55, 0xaa, 0x2a))), [8, -8, 32_256, -32_256])
  })

  it("brings all 256 codes back, but for the negative zero of mu-law", () => {
    const expected = Array.from(allCodes)
    assert.deepStrictEqual(Array.from(aLaw.encode(aLaw.decode(allCodes))), expected)
    assert.deepStrictEqual(Array.from(aLaw.encodeFloat(aLaw.toFloat)), expected)
    expected[0x7f] = 0xff
    assert.deepStrictEqual(Array.from(muLaw.encode(muLaw.decode(allCodes))), expected)
    assert.deepStrictEqual(Array.from(muLaw.encodeFloat(muLaw.toFloat)), expected)
  })

  /** Where the intervals begin that share a code: the decision values of the recommendation, on the 16-bit scale. */
  const muLawDecision = (segment: number, step: number) => Math.max(0, ((16 + step) * 2 ** (segment + 1) - 33) * 4)
  const aLawDecision = (segment: number, step: number) =>
    segment === 0 ? step * 16 : (16 + step) * 2 ** (segment - 1) * 16

  it.each([
    { name: "mu-law", law: muLaw, decision: muLawDecision, code: (interval: number) => 0xff - interval },
    { name: "A-law", law: aLaw, decision: aLawDecision, code: (interval: number) => (0x80 | interval) ^ 0x55 }
  ])("$name: encodes all 65536 samples by the decision values", ({ code, decision, law }) => {
    const codes = law.encode(allSamples)
    let interval = 0
    for (let sample = 0; sample < 32_768; sample++) {
      const next = interval + 1
      if (next < 128 && sample >= decision(next >> 4, next & 15)) interval = next
      assert.strictEqual(codes[sample + 32_768], code(interval), `${sample}`)
      assert.strictEqual(codes[~sample + 32_768], code(interval) ^ 0x80, `${~sample}`)
    }
    assert.strictEqual(interval, 127)
  })

  it("clips floats, and takes what is not a number for silence", () => {
    const odd = Float32Array.of(2, -2, Number.NaN, Infinity, -Infinity)
    assert.deepStrictEqual(Array.from(muLaw.encodeFloat(odd)), [0x80, 0x00, 0xff, 0x80, 0x00])
    assert.deepStrictEqual(Array.from(aLaw.encodeFloat(odd)), [0xaa, 0x2a, 0xd5, 0xaa, 0x2a])
  })
})
