import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { makeFlacSplitter } from "../../src/internal/audio/codecs/flacFrames.ts"
import { readFrameHeader, readStreamInfo, type StreamInfo } from "../../src/internal/audio/codecs/flacHeader.ts"
import { b16, bytesOf, flac } from "./files.ts"
import { cut, Cuts, makeRandom } from "./support.ts"

const crc = (bytes: Uint8Array, bits: 8 | 16, polynomial: number): number => {
  const top = 1 << (bits - 1)
  let sum = 0
  for (const byte of bytes) {
    sum ^= byte << (bits - 8)
    for (let bit = 0; bit < 8; bit++) sum = sum & top ? (sum << 1) ^ polynomial : sum << 1
    sum &= top * 2 - 1
  }
  return sum
}

/** A number as frames have it: like UTF-8, with up to seven bytes. */
const coded = (number: number): Array<number> => {
  if (number < 0x80) return [number]
  const rest: Array<number> = []
  let left = number
  while (left >= 2 ** (6 - rest.length)) {
    rest.unshift(0x80 | (left % 64))
    left = Math.floor(left / 64)
  }
  return [((0xff00 >> (rest.length + 1)) & 0xff) | left, ...rest]
}

interface Header {
  readonly variable?: boolean
  readonly size: readonly [code: number, ...rest: ReadonlyArray<number>]
  readonly rate: readonly [code: number, ...rest: ReadonlyArray<number>]
  readonly channels?: number
  readonly bits?: number
  readonly number: number
}

const header = ({ bits = 0, channels = 0, number, rate, size, variable = false }: Header) => {
  const [sizeCode, ...sizeRest] = size
  const [rateCode, ...rateRest] = rate
  const bytes = bytesOf(
    [0xff, variable ? 0xf9 : 0xf8, (sizeCode << 4) | rateCode, (channels << 4) | (bits << 1)],
    coded(number),
    sizeRest,
    rateRest
  )
  return bytesOf(bytes, crc(bytes, 8, 0x107))
}

const info: StreamInfo = { sampleRate: 16_000, channels: 1, bitsPerSample: 16 }

describe("FLAC headers", () => {
  it("STREAMINFO says what the stream is", () => {
    const file = flac({ sampleRate: 655_350, channels: 7, samples: 3 })
    assert.deepStrictEqual(readStreamInfo(file.subarray(8)), { sampleRate: 655_350, channels: 7, bitsPerSample: 16 })
  })

  it("frames say where they belong, in numbers of any length", () => {
    for (let power = 0; power < 36; power++) {
      const number = 2 ** power + power
      const bytes = header({ number, size: [8], rate: [5], bits: 4, variable: true })
      assert.deepStrictEqual(readFrameHeader(bytes, 0, info), { blockSize: 256, number, variable: true }, `${number}`)
    }
  })

  it("have sizes and rates of many forms", () => {
    const sizes = [
      [[1], 192],
      [[2], 576],
      [[5], 4608],
      [[6, 99], 100],
      [[7, 0x12, 0x34], 0x1235],
      [[15], 32_768]
    ] as const
    for (const [size, blockSize] of sizes) {
      assert.deepInclude(readFrameHeader(header({ number: 1, size, rate: [0] }), 0, info), { blockSize })
    }
    for (const rate of [[0], [5], [12, 16], [13, ...b16(16_000)], [14, ...b16(1600)]] as const) {
      assert.isDefined(readFrameHeader(header({ number: 1, size: [8], rate }), 0, info), `${rate}`)
    }
  })

  it("are refused when they belong to another stream, or to none", () => {
    const good = { number: 3, size: [8], rate: [5], bits: 4 } as const
    const wrong: ReadonlyArray<Header> = [
      { ...good, size: [0] },
      { ...good, rate: [4] },
      { ...good, rate: [15] },
      { ...good, channels: 1 },
      { ...good, channels: 8 },
      { ...good, channels: 11 },
      { ...good, bits: 6 }
    ]
    for (const one of wrong) assert.isUndefined(readFrameHeader(header(one), 0, info), JSON.stringify(one))
    const bytes = header(good)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.map((byte, i) => i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)
      // The one bit that only says how frames are counted is in the checksum as well.
      assert.isUndefined(readFrameHeader(damaged, 0, info), `${bit}`)
    }
    for (let length = 0; length < bytes.length; length++) {
      assert.isUndefined(readFrameHeader(bytes.subarray(0, length), 0, info), `${length}`)
    }
  })
})

const frameOf = (number: number, payload: Uint8Array, variable = false) => {
  const body = bytesOf(header({ number, size: [8], rate: [0], variable }), payload)
  return bytesOf(body, b16(crc(body, 16, 0x18005)))
}

describe("FLAC frames", () => {
  it("are found behind one that was cut off, and behind those that are missing", () => {
    const payload = Uint8Array.from({ length: 200 }, (_, i) => i)
    const frames = [0, 1, 7, 8].map((number) => frameOf(number, payload))
    const splitter = makeFlacSplitter(info)
    splitter.push(bytesOf(frames[0]!, frames[1]!.subarray(0, 90), frames[2]!, frames[3]!))
    splitter.end()
    assert.deepStrictEqual([splitter.next(), splitter.next(), splitter.next()], [frames[0], frames[2], frames[3]])
    assert.isUndefined(splitter.next())
  })

  const Frame = Schema.Struct({
    length: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 300 })),
    damaged: Schema.Boolean,
    before: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 }))
  })

  it.effect.prop(
    "are found whatever they hold, whatever is between them, however they are cut",
    { frames: Schema.Array(Frame).check(Schema.isMaxLength(8)), variable: Schema.Boolean, cuts: Cuts },
    ({ cuts, frames, variable }) =>
      Effect.sync(() => {
        const random = makeRandom(frames.length)
        // Much of what could be the start of a frame.
        const noise = (length: number) => Uint8Array.from({ length }, () => random() < 0.3 ? 0xff : 1 + random() * 255)
        const good: Array<Uint8Array> = []
        const parts = frames.map(({ before, damaged, length }, index) => {
          const frame = frameOf(variable ? index * 256 : index, noise(length), variable)
          if (damaged) frame[frame.length - 1]! ^= 1
          else good.push(frame)
          return bytesOf(noise(before), frame)
        })
        const splitter = makeFlacSplitter(info)
        const found: Array<Uint8Array> = []
        const take = () => {
          for (let frame = splitter.next(); frame !== undefined; frame = splitter.next()) found.push(frame)
        }
        for (const piece of cut(bytesOf(...parts, noise(30)), cuts)) {
          splitter.push(piece)
          take()
        }
        splitter.end()
        take()
        // 16 bits of checksum are sometimes right by chance: what follows a frame may then pass for a part of it.
        const whole = good.filter((frame) =>
          found.some((one) => Buffer.compare(one.subarray(0, frame.length), frame) === 0)
        )
        assert.deepStrictEqual(whole, good)
        assert.isAtMost(found.length, frames.length)
      }),
    { arbitrary: { runs: 300 } }
  )
})
