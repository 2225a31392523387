import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { type AudioFormat, type AudioMeter, makeAudioMeter, maxHeadBytes } from "../../src/internal/audioMeter.ts"
import { pieces } from "../support/audio.ts"

const ascii = (text: string) => new TextEncoder().encode(text)
const u16 = (value: number) => [value & 0xff, value >> 8]
const u32 = (value: number) => [...u16(value & 0xffff), ...u16(Math.floor(value / 65_536))]

interface Chunk {
  readonly id: string
  readonly body: ReadonlyArray<number>
  /** What the chunk says of itself, when that is not true. */
  readonly size?: number
  /** An odd chunk has a pad byte behind it. Default: true. */
  readonly padded?: boolean
}

const chunk = ({ body, id, padded = true, size = body.length }: Chunk) => [
  ...ascii(id),
  ...u32(size),
  ...body,
  ...(padded && body.length % 2 === 1 ? [0] : [])
]

/** Mono, 8000 Hz, 16 bits: 16,000 bytes a second, unless the numbers say something else. */
const fmt = ({ bits = 16, byteRate = 16_000, channels = 1, rate = 8000, tag = 1 } = {}): Chunk => ({
  id: "fmt ",
  body: [
    ...u16(tag),
    ...u16(channels),
    ...u32(rate),
    ...u32(byteRate),
    ...u16(Math.max(1, bits * channels / 8)),
    ...u16(bits)
  ]
})

const file = (magic: string, chunks: ReadonlyArray<Chunk>) =>
  Uint8Array.from([...ascii(magic), ...u32(0xffffffff), ...ascii("WAVE"), ...chunks.flatMap(chunk)])

const filler = (id: string, bytes: number, padded = true): Chunk => ({
  id,
  body: Array<number>(bytes).fill(0x41),
  padded
})

const sound = (bytes: number, size = bytes): Chunk => ({ ...filler("data", bytes), size })

const measured = (format: AudioFormat, ...parts: ReadonlyArray<Uint8Array>): AudioMeter => {
  const meter = makeAudioMeter(format)
  for (const part of parts) meter.add(part)
  return meter
}

const assertUnknown = (meter: AudioMeter) => {
  assert.isUndefined(meter.seconds())
  assert.isUndefined(meter.bytesPerSecond())
}

const raw = { encoding: "linear16", sample_rate: 16_000 }

describe("raw audio", () => {
  it.each([
    ["linear16", 1, 32_000],
    ["linear16", 2, 64_000],
    ["linear32", 1, 64_000],
    ["linear32", 3, 192_000],
    ["mulaw", 1, 16_000],
    ["alaw", 2, 32_000]
  ])("%s, %d channels", (encoding, channels, bytesPerSecond) => {
    const meter = measured({ encoding, sample_rate: 16_000, channels })
    assert.strictEqual(meter.seconds(), 0)
    assert.strictEqual(meter.bytesPerSecond(), bytesPerSecond)
    for (let frame = 0; frame < 50; frame++) meter.add(new Uint8Array(bytesPerSecond / 50))
    assert.strictEqual(meter.seconds(), 1)
    meter.add(new Uint8Array(bytesPerSecond / 2))
    assert.strictEqual(meter.seconds(), 1.5)
  })

  it("has one channel unless more are said", () => {
    assert.strictEqual(measured(raw, new Uint8Array(16_000)).seconds(), 0.5)
  })

  it.each<AudioFormat>([
    {},
    { encoding: "opus", sample_rate: 16_000 },
    { encoding: "toString", sample_rate: 16_000 },
    { encoding: "linear16" },
    { encoding: "linear16", sample_rate: Number.NaN },
    { encoding: "linear16", sample_rate: -8000 },
    { encoding: "linear16", sample_rate: 8000, channels: 0 },
    { sample_rate: 16_000 }
  ])("%j says nothing of length", (format) => {
    assertUnknown(measured(format))
    assertUnknown(measured(format, new Uint8Array(1000)))
  })
})

describe("WAV", () => {
  const Fillers = Schema.Array(Schema.Literals([0, 1, 2, 7, 300, 5001])).check(Schema.isMaxLength(3))
  const Plan = Schema.Struct({
    /** Bytes of chunks before `fmt `, between it and `data`, and behind. */
    before: Fillers,
    between: Fillers,
    behind: Fillers,
    padded: Schema.Boolean,
    size: Schema.Literals(["true", "zero", "largest", "RF64"]),
    sound: Schema.Literals([2, 1000, 32_000]),
    pieces: Schema.NonEmptyArray(Schema.Literals([1, 2, 3, 5, 8, 11, 44, 640, 4096])),
    isEncoded: Schema.Boolean
  })

  it.prop("counts its samples, in any chunking, whatever else is in it", { plan: Plan }, ({ plan }) => {
    const fillers = (sizes: ReadonlyArray<number>) => sizes.map((size) => filler("LIST", size, plan.padded))
    const isLong = plan.size === "RF64"
    const magic = isLong ? "RF64" : "RIFF"
    const long: Chunk = { id: "ds64", body: [0, 0, plan.sound, 0, 0, 0, 0].flatMap(u32) }
    const front = [...(isLong ? [long] : []), ...fillers(plan.before), fmt(), ...fillers(plan.between)]
    const head = file(magic, front).length + 8
    // Where the size is not said, everything that follows is sound.
    const behind = plan.size === "true" || isLong ? fillers(plan.behind) : []
    const size = { true: plan.sound, zero: 0, largest: 0xffffffff, RF64: 0xffffffff }[plan.size]
    const meter = makeAudioMeter(plan.isEncoded ? raw : {})
    let at = 0
    for (const piece of pieces(file(magic, [...front, sound(plan.sound, size), ...behind]), ...plan.pieces)) {
      meter.add(piece)
      meter.add(new Uint8Array(0))
      at += piece.length
      const expected = at < head ? (plan.isEncoded ? 0 : undefined) : Math.min(at - head, plan.sound) / 16_000
      if (meter.seconds() !== expected) {
        assert.strictEqual(meter.seconds(), expected, `${at} bytes, ${head} of the head`)
      }
    }
    assert.strictEqual(meter.seconds(), plan.sound / 16_000)
    assert.strictEqual(meter.bytesPerSecond(), 16_000)
  }, { arbitrary: { runs: 100 }, timeout: 60_000 })

  it.each<readonly [name: string, format: Chunk, bytesPerSecond: number]>([
    ["stereo", fmt({ channels: 2, byteRate: 32_000 }), 32_000],
    ["floats", fmt({ tag: 3, bits: 32, byteRate: 32_000 }), 32_000],
    ["mu-law", fmt({ tag: 7, bits: 8, byteRate: 8000 }), 8000],
    ["the extensible form", fmt({ tag: 0xfffe, bits: 24, byteRate: 24_000 }), 24_000],
    ["a byte rate that is wrong", fmt({ byteRate: 1 }), 16_000],
    ["ADPCM, by its byte rate", fmt({ tag: 0x11, bits: 4, byteRate: 4055 }), 4055]
  ])("%s", (_, format, bytesPerSecond) => {
    const meter = measured({}, file("RIFF", [format, sound(bytesPerSecond)]))
    assert.strictEqual(meter.bytesPerSecond(), bytesPerSecond)
    assert.strictEqual(meter.seconds(), 1)
  })

  it("says nothing of length where its header does not", () => {
    assertUnknown(measured(raw, file("RIFF", [sound(1000)])))
    assertUnknown(measured(raw, file("RIFF", [fmt({ rate: 0 }), sound(1000)])))
    assertUnknown(measured(raw, file("RIFF", [fmt({ tag: 0x55, byteRate: 0 }), sound(1000)])))
    assertUnknown(measured(raw, file("RIFF", [filler("fmt ", 2), sound(1000)])))
  })

  it("has a header of at most 64 KiB", () => {
    const cut = (bytes: Uint8Array) => pieces(bytes, 1000, 64_000)
    const long = (bytes: number) => file("RIFF", [fmt(), filler("JUNK", bytes), sound(16_000)])
    const most = maxHeadBytes - file("RIFF", [fmt()]).length - 8 - 8
    assert.strictEqual(measured({}, ...cut(long(most))).seconds(), 1)
    assertUnknown(measured(raw, ...cut(long(most + 2))))
    assertUnknown(measured(raw, long(most + 2)))
    const endless = file("RIFF", Array<Chunk>(9000).fill(filler("JUNK", 0)))
    assertUnknown(measured(raw, ...cut(endless)))
    // The chunk that says how it is to be read lies across the border.
    const late = file("RIFF", [filler("JUNK", maxHeadBytes - 12 - 8 - 16), fmt(), sound(16_000)])
    assertUnknown(measured(raw, ...cut(late)))
  })

  it("is what starts like it, and nothing else", () => {
    const video = file("RIFF", [sound(32_000 - 20)])
    video.set(ascii("AVI "), 8)
    assertUnknown(measured({}, video))
    assert.strictEqual(measured(raw, video).seconds(), 1)
    assert.strictEqual(measured(raw, ...pieces(video, 3, 6, 40_000)).seconds(), 1)
  })

  it("is read from buffers that are used again", () => {
    const meter = makeAudioMeter({})
    const buffer = new Uint8Array(24)
    for (const piece of pieces(file("RIFF", [fmt(), sound(16_000)]), 20)) {
      buffer.fill(0xee)
      buffer.set(piece, 4)
      meter.add(buffer.subarray(4, 4 + piece.length))
    }
    assert.strictEqual(meter.seconds(), 1)
  })
})
