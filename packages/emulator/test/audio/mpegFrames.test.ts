import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { makeFrameSplitter } from "../../src/internal/audio/codecs/mpegFrames.ts"
import { adts, bytesOf, mp3 } from "./files.ts"
import { cut, Cuts, makeRandom } from "./support.ts"

const split = (codec: "mp3" | "aac", pieces: Iterable<Uint8Array>) => {
  const splitter = makeFrameSplitter(codec)
  const found: Array<Uint8Array> = []
  const take = () => {
    for (let frame = splitter.next(); frame !== undefined; frame = splitter.next()) found.push(frame.bytes)
  }
  for (const piece of pieces) {
    splitter.push(piece)
    take()
  }
  splitter.end()
  take()
  return found
}

const lengths = (frames: ReadonlyArray<Uint8Array>) => frames.map((frame) => frame.length)

describe("MPEG frames", () => {
  it.effect.prop(
    "are found whatever is between them, however they are cut",
    {
      codec: Schema.Literals(["mp3", "aac"]),
      noises: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 700 }))).check(
        Schema.isMaxLength(4)
      ),
      cuts: Cuts
    },
    ({ codec, cuts, noises }) =>
      Effect.sync(() => {
        const random = makeRandom(noises.length)
        const frames = codec === "mp3" ? mp3(3) : adts(3)
        // No byte of the noise starts a frame.
        const noise = (length: number) => Uint8Array.from({ length }, () => random() * 255)
        const parts = noises.map((length) => bytesOf(noise(length), frames))
        const found = split(codec, cut(bytesOf(...parts, noise(30)), cuts.map((size) => size * 20)))
        const length = codec === "mp3" ? 417 : 107
        assert.deepStrictEqual(lengths(found), noises.flatMap(() => [length, length, length]))
      }),
    { arbitrary: { runs: 60 } }
  )

  it("are no coincidence: it takes two in a row to begin", () => {
    // A single header of another kind, whose frame would reach into the first real one.
    const alone = [0xff, 0xfb, 0xe4, 0x00]
    assert.deepStrictEqual(lengths(split("mp3", [bytesOf(alone, new Uint8Array(50), mp3(3))])), [417, 417, 417])
    const another = [0xff, 0xf1, 0x4c, 0x80, 0x40, 0x1f, 0xfc]
    assert.deepStrictEqual(lengths(split("aac", [bytesOf(another, new Uint8Array(50), adts(3))])), [107, 107, 107])
  })

  it("are of the kind of the first: others are passed over", () => {
    const others = Array.from({ length: 3 }, () => bytesOf([0xff, 0xf3, 0x80, 0xc0], new Uint8Array(204)))
    assert.deepStrictEqual(lengths(split("mp3", [bytesOf(mp3(2), ...others, mp3(2))])), [417, 417, 417, 417])
    assert.deepStrictEqual(lengths(split("mp3", [bytesOf(...others, mp3(2))])), [208, 208, 208])
  })

  it("may be alone, or cut off", () => {
    assert.deepStrictEqual(lengths(split("mp3", [mp3(1)])), [417])
    assert.deepStrictEqual(lengths(split("mp3", [mp3(3).subarray(0, 1200)])), [417, 417])
    assert.deepStrictEqual(lengths(split("aac", [adts(2).subarray(0, 100)])), [])
  })
})
