import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeWavParser, type WavProgress } from "../../src/internal/audio/wav.ts"
import { bytesOf, chunk, extensibleBody, type Fmt, fmtBody, guid, padded, pcm16, riff, u32 } from "./files.ts"
import { cut, decodeAll } from "./support.ts"

const fmt = (format: Fmt) => chunk("fmt ", fmtBody(format))
/** Four samples: 0.5, -0.5, 0.25, 0. */
const audio = Uint8Array.of(0, 0x40, 0, 0xc0, 0, 0x20, 0, 0)
const samples = [0.5, -0.5, 0.25, 0]
const data = chunk("data", audio)

const parse = (file: Uint8Array): WavProgress => {
  const parser = makeWavParser()
  const progress = parser.push(file)
  return progress._tag === "More" ? parser.end() : progress
}

const formatOf = (file: Uint8Array) => {
  const progress = parse(file)
  return progress._tag === "Ready" ? progress.format : assert.fail(`not ready: ${JSON.stringify(progress)}`)
}

const failureOf = (file: Uint8Array) => {
  const progress = parse(file)
  return progress._tag === "Broken" ? progress.error : assert.fail(`not broken: ${progress._tag}`)
}

const malformed = (file: Uint8Array) => {
  const error = failureOf(file)
  return error._tag === "MalformedAudio"
    ? { offset: error.offset, reason: error.reason }
    : assert.fail(error.message)
}

/** The samples of a mono file, read in one piece and byte by byte. */
const samplesOf = Effect.fnUntraced(function*(file: Uint8Array) {
  const whole = (yield* decodeAll([file])).channels
  assert.deepStrictEqual((yield* decodeAll(cut(file, [1]))).channels, whole)
  return whole[0]
})

describe("wav", () => {
  it("reads the header of every kind of sample", () => {
    const kinds = [
      [1, 8, "pcm8"],
      [1, 16, "linear16"],
      [1, 24, "pcm24"],
      [1, 32, "pcm32"],
      [3, 32, "linear32"],
      [3, 64, "float64"],
      [6, 8, "alaw"],
      [7, 8, "mulaw"]
    ] as const
    for (const [tag, bits, format] of kinds) {
      for (const channels of [1, 2, 6]) {
        const given = { tag, bits, channels, sampleRate: 44_100 }
        const expected = { format, sampleRate: 44_100, channels, bigEndian: false }
        assert.deepStrictEqual(formatOf(riff([fmt(given), data])), expected)
        assert.deepStrictEqual(formatOf(riff([chunk("fmt ", extensibleBody(given)), data])), expected)
      }
    }
  })

  it.effect("finds the samples among other chunks, before and after", () =>
    Effect.gen(function*() {
      const file = riff([
        padded("JUNK", new Uint8Array(28)),
        padded("bext", new Uint8Array(603)),
        fmt(pcm16),
        padded("LIST", bytesOf("INFOISFT", u32(5), "Test", 0)),
        chunk("fact", u32(4)),
        data,
        padded("LIST", new Uint8Array(21)),
        padded("id3 ", new Uint8Array(7))
      ])
      assert.deepStrictEqual(yield* samplesOf(file), samples)
    }))

  it.effect("finds the samples when recorders forget the pad byte of an odd chunk", () =>
    Effect.gen(function*() {
      const file = riff([fmt(pcm16), chunk("LIST", new Uint8Array(21)), chunk("Odd!", new Uint8Array(3)), data])
      assert.deepStrictEqual(yield* samplesOf(file), samples)
      const unclean = riff([fmt(pcm16), bytesOf(chunk("LIST", new Uint8Array(21)), 0x20), data])
      assert.deepStrictEqual(yield* samplesOf(unclean), samples)
    }))

  it.effect("reads to the end when the size of the samples is not known", () =>
    Effect.gen(function*() {
      for (const size of [0, 0xffffffff, 0x7ffff000, 9000]) {
        const streamed = riff([fmt(pcm16), chunk("data", audio, size)], { size: size === 9000 ? 0 : size })
        assert.deepStrictEqual(yield* samplesOf(streamed), samples, `size ${size}`)
      }
    }))

  it.effect("never believes the size in the RIFF header", () =>
    Effect.gen(function*() {
      for (const size of [0, 4, 36, 1_000_000, 0xffffffff]) {
        assert.deepStrictEqual(yield* samplesOf(riff([fmt(pcm16), data], { size })), samples, `size ${size}`)
      }
    }))

  it.effect("takes no bytes behind the samples for samples", () =>
    Effect.gen(function*() {
      const file = riff([fmt(pcm16), chunk("data", audio, 4), chunk("LIST", audio)])
      assert.deepStrictEqual(yield* samplesOf(file), samples.slice(0, 2))
    }))

  it.effect("knows an empty recording from one of unknown size", () =>
    Effect.gen(function*() {
      const list = chunk("LIST", new Uint8Array(4))
      assert.deepStrictEqual(yield* samplesOf(riff([fmt(pcm16), chunk("data", [])])), [])
      assert.deepStrictEqual(yield* samplesOf(riff([fmt(pcm16), chunk("data", []), list])), [])
      assert.deepStrictEqual(yield* samplesOf(riff([fmt(pcm16), chunk("data", []), list, data])), samples)
      assert.deepStrictEqual(
        yield* samplesOf(riff([fmt(pcm16), chunk("Odd!", [1, 2, 3]), chunk("data", []), list])),
        []
      )
    }))

  it.effect("drops half a frame at the end", () =>
    Effect.gen(function*() {
      const file = riff([fmt(pcm16), chunk("data", audio)])
      assert.deepStrictEqual(yield* samplesOf(file.subarray(0, -1)), samples.slice(0, 3))
      assert.deepStrictEqual(yield* samplesOf(riff([fmt(pcm16), chunk("data", audio.subarray(0, 3))])), [0.5])
    }))

  it.effect("reads RF64 and BW64, where the sizes are in ds64", () =>
    Effect.gen(function*() {
      const ds64 = (size: number) => chunk("ds64", bytesOf(u32(0), u32(0), u32(size), u32(0), u32(4), u32(0), u32(0)))
      for (const magic of ["RF64", "BW64"]) {
        const long = chunk("data", audio, 0xffffffff)
        const file = riff([ds64(8), fmt(pcm16), long, chunk("LIST", audio)], { magic, size: 0xffffffff })
        assert.deepStrictEqual(yield* samplesOf(file), samples)
        const unfinished = riff([ds64(0), fmt(pcm16), long], { magic, size: 0xffffffff })
        assert.deepStrictEqual(yield* samplesOf(unfinished), samples)
        const short = riff([ds64(0), fmt(pcm16), data, chunk("LIST", audio)], { magic })
        assert.deepStrictEqual(yield* samplesOf(short), samples)
      }
    }))

  it.effect("reads RIFX, where everything is big endian", () =>
    Effect.gen(function*() {
      const swapped = (bytes: Uint8Array, size: number) =>
        bytes.map((_, i) => bytes[i - (i % size) + size - 1 - (i % size)]!)
      const body = fmtBody(pcm16)
      const format = bytesOf(
        swapped(body.subarray(0, 4), 2),
        swapped(body.subarray(4, 12), 4),
        swapped(body.subarray(12), 2)
      )
      const file = bytesOf("RIFX", u32(36 + 8).toReversed(), "WAVE")
      const chunks = bytesOf("fmt ", u32(16).toReversed(), format, "data", u32(8).toReversed(), swapped(audio, 2))
      assert.deepStrictEqual(yield* samplesOf(bytesOf(file, chunks)), samples)
    }))

  it("works out what a header forgot", () => {
    const repaired = (given: Partial<Fmt>) => {
      const { channels, format, sampleRate } = formatOf(riff([fmt({ ...pcm16, ...given }), data]))
      return [format, channels, sampleRate]
    }
    assert.deepStrictEqual(repaired({ channels: 0, blockAlign: 4 }), ["linear16", 2, 16_000])
    assert.deepStrictEqual(repaired({ channels: 0, tag: 7, bits: 8, blockAlign: 2 }), ["mulaw", 2, 16_000])
    assert.deepStrictEqual(repaired({ sampleRate: 0, byteRate: 32_000 }), ["linear16", 1, 16_000])
    assert.deepStrictEqual(repaired({ bits: 0, channels: 2, blockAlign: 6 }), ["pcm24", 2, 16_000])
    assert.deepStrictEqual(repaired({ bits: 0, tag: 7, blockAlign: 1 }), ["mulaw", 1, 16_000])
    assert.deepStrictEqual(repaired({ blockAlign: 0, byteRate: 0 }), ["linear16", 1, 16_000])
    assert.deepStrictEqual(repaired({ channels: 2, blockAlign: 2, byteRate: 64_000 }), ["linear16", 2, 16_000])
    assert.deepStrictEqual(repaired({ tag: 6, bits: 16, blockAlign: 2 }), ["alaw", 1, 16_000])
    // 24 and 12 bits at the top of wider slots.
    assert.deepStrictEqual(repaired({ channels: 2, bits: 24, blockAlign: 8 }), ["pcm32", 2, 16_000])
    assert.deepStrictEqual(repaired({ bits: 12 }), ["linear16", 1, 16_000])
  })

  it("says where and why a header makes no sense", () => {
    const reason = (given: Partial<Fmt>) => malformed(riff([fmt({ ...pcm16, ...given }), data]))
    assert.deepStrictEqual(reason({ channels: 0, blockAlign: 0 }), { offset: 22, reason: "zero channels" })
    assert.deepStrictEqual(reason({ channels: 0, blockAlign: 3 }), { offset: 22, reason: "zero channels" })
    assert.deepStrictEqual(reason({ channels: 300 }), { offset: 22, reason: "300 channels" })
    assert.deepStrictEqual(reason({ sampleRate: 0 }), { offset: 24, reason: "a sample rate of zero" })
    assert.deepStrictEqual(reason({ sampleRate: 4e9 }), { offset: 24, reason: "a sample rate of 4000000000 Hz" })
    assert.deepStrictEqual(reason({ bits: 0 }), { offset: 34, reason: "zero bits per sample" })
    assert.deepStrictEqual(reason({ channels: 2, blockAlign: 3 }), {
      offset: 32,
      reason: "blocks of 3 bytes contradict 2 channels of 16 bits"
    })
  })

  it("says where and why the file is broken", () => {
    assert.deepStrictEqual(malformed(riff([data, fmt(pcm16)])), {
      offset: 12,
      reason: "the `data` chunk comes before the `fmt ` chunk"
    })
    assert.deepStrictEqual(malformed(riff([fmt(pcm16)])), {
      offset: 36,
      reason: "it ends after the chunk \"fmt \" of 16 bytes at byte 12, without a `data` chunk"
    })
    assert.deepStrictEqual(malformed(riff([chunk("LIST", [1, 2], 4000)])), {
      offset: 22,
      reason: "it ends inside the chunk \"LIST\" of 4000 bytes at byte 12, without a `data` chunk"
    })
    assert.deepStrictEqual(malformed(riff([fmt(pcm16), new Uint8Array(40)])), {
      offset: 36,
      reason: "no chunk starts here, after the chunk \"fmt \" of 16 bytes at byte 12"
    })
    assert.deepStrictEqual(malformed(riff([chunk("fmt ", new Uint8Array(8)), data])), {
      offset: 12,
      reason: "a `fmt ` chunk of 8 bytes"
    })
    assert.deepStrictEqual(malformed(riff([chunk("fmt ", fmtBody({ ...pcm16, tag: 0xfffe })), data])), {
      offset: 20,
      reason: "an extensible format without its sub-format"
    })
    assert.deepStrictEqual(malformed(bytesOf("RIFF", u32(4), "AVI ")), {
      offset: 8,
      reason: "a RIFF file of the kind \"AVI \" instead of \"WAVE\""
    })
    assert.deepStrictEqual(
      malformed(bytesOf("\0xyz", u32(4), "WAVE")).reason,
      "it starts with \"?xyz\" instead of \"RIFF\""
    )
  })

  it("names the codec of a file that it cannot decode, with what the header tells", () => {
    const adpcm = { tag: 2, channels: 1, sampleRate: 8000, bits: 4, blockAlign: 256, byteRate: 4096 }
    const error = failureOf(riff([fmt(adpcm), chunk("data", audio, 40_960)]))
    assert.deepInclude(error, {
      _tag: "UnsupportedAudio",
      container: "wav",
      codec: "Microsoft ADPCM",
      sampleRate: 8000,
      channels: 1,
      duration: 10
    })
    const codec = (body: Uint8Array) => failureOf(riff([chunk("fmt ", body), data])).message
    assert.include(codec(fmtBody({ ...pcm16, tag: 0x1234 })), "wav (format tag 0x1234,")
    assert.include(codec(fmtBody({ ...pcm16, tag: 3 })), "wav (16-bit floating point PCM,")
    assert.include(codec(fmtBody({ ...pcm16, bits: 64 })), "wav (64-bit integer PCM,")
    assert.include(codec(extensibleBody({ ...pcm16, tag: 0x55 })), "wav (MP3,")
    const foreign = guid(1).map((byte, i) => i === 15 ? 0x72 : byte)
    assert.include(codec(extensibleBody(pcm16, foreign)), "sub-format 00000001-0000-0010-8000-00aa00389b72")
  })

  it("reads the ambisonic sub-formats as what they are", () => {
    const ambisonic = bytesOf(u32(3), [0x21, 0x07, 0xd3, 0x11, 0x86, 0x44, 0xc8, 0xc1, 0xca, 0, 0, 0])
    const given = { tag: 3, channels: 4, sampleRate: 48_000, bits: 32 }
    assert.strictEqual(formatOf(riff([chunk("fmt ", extensibleBody(given, ambisonic)), data])).format, "linear32")
  })

  it.effect("ends with an error of its own wherever the header is cut", () =>
    Effect.gen(function*() {
      const file = riff([padded("LIST", [1, 2, 3]), chunk("fmt ", extensibleBody(pcm16)), data])
      const headerBytes = file.length - audio.length
      for (let length = 12; length < headerBytes; length++) {
        for (const sizes of [[length], [1], [7, 3]]) {
          const error = yield* Effect.flip(decodeAll(cut(file.subarray(0, length), sizes)))
          assert.strictEqual(error._tag, "MalformedAudio", `cut at ${length}`)
          assert.notInclude(error.message, "\n")
        }
      }
      for (let length = headerBytes; length <= file.length; length++) {
        const { channels } = yield* decodeAll([file.subarray(0, length)])
        assert.deepStrictEqual(channels[0], samples.slice(0, (length - headerBytes) >> 1))
      }
    }))

  it("keeps nothing of the chunks that it skips", () => {
    const parser = makeWavParser()
    parser.push(bytesOf("RIFF", u32(0), "WAVE", "JUNK", u32(0x4000_0000)))
    const megabyte = new Uint8Array(1 << 20)
    for (let i = 0; i < 1024; i++) assert.strictEqual(parser.push(megabyte)._tag, "More")
    const progress = parser.push(bytesOf(fmt(pcm16), data))
    assert.deepInclude(progress, { _tag: "Ready", dataBytes: 8, rest: audio })
  })
})
