import { assert, describe, it } from "@effect/vitest"
import { mpegFrame } from "../../src/internal/audio/mpeg.ts"
import { sniff, sniffBytes, type Sniffed, startsLikeWav } from "../../src/internal/audio/sniff.ts"
import {
  adts,
  aiff,
  bytesOf,
  chunk,
  flac,
  fmtBody,
  matroska,
  mp3,
  mp4,
  oggOpus,
  oggVorbis,
  pcm16,
  riff,
  u32
} from "./files.ts"
import { makeRandom } from "./support.ts"

const name = (sniffed: Sniffed | undefined) =>
  sniffed === undefined
    ? "undecided"
    : sniffed._tag === "Container"
    ? sniffed.codec === undefined ? sniffed.container : `${sniffed.container} ${sniffed.codec}`
    : sniffed._tag === "Wav"
    ? "wav"
    : sniffed.found

const files: ReadonlyArray<readonly [expected: string, bytes: Uint8Array]> = [
  ["wav", riff([chunk("fmt ", fmtBody(pcm16))])],
  ["wav", bytesOf("RF64", u32(0), "WAVE")],
  ["mp3 MP3", mp3(20)],
  ["mp3 MP3", mp3(20).subarray(200)],
  ["aac AAC", adts(60)],
  ["flac FLAC", flac({ sampleRate: 16_000, channels: 1, samples: 1 })],
  ["ogg Opus", oggOpus(1, 1)],
  ["ogg Vorbis", oggVorbis],
  ["ogg", bytesOf("OggS", new Uint8Array(22), 1, 8, "whatever")],
  ["webm", matroska("webm")],
  ["matroska", matroska("matroska")],
  ["m4a", mp4("M4A ")],
  ["mp4", mp4("isom")],
  ["mov", mp4("qt  ")],
  ["3gp", mp4("3gp4")],
  ["aiff", aiff()],
  ["amr AMR-NB", bytesOf("#!AMR\n", 4)],
  ["amr AMR-WB", bytesOf("#!AMR-WB\n", 4)],
  ["au", bytesOf(".snd", new Uint8Array(20))],
  ["asf", bytesOf([0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6, 0xd9, 0, 0xaa, 0, 0x62, 0xce, 0x6c])],
  ["mpeg-ts", Uint8Array.from({ length: 564 }, (_, i) => i % 188 === 0 ? 0x47 : 0x11)],
  ["avi", bytesOf("RIFF", u32(0), "AVI ", new Uint8Array(20))],
  ["a WebP image", bytesOf("RIFF", u32(0), "WEBP", new Uint8Array(20))],
  ["a RIFF file without audio", bytesOf("RIFF", u32(0), "ACON", new Uint8Array(20))],
  ["an image (HEIF or AVIF)", mp4("heic")],
  ["a PNG image", bytesOf([0x89], "PNG\r\n", [0x1a, 0x0a, 0, 0])],
  ["a JPEG image", bytesOf([0xff, 0xd8, 0xff, 0xe0], new Uint8Array(30))],
  ["a PDF document", bytesOf("%PDF-1.7\n")],
  ["a ZIP archive", bytesOf("PK", [3, 4], new Uint8Array(30))],
  ["gzip data", bytesOf([0x1f, 0x8b, 8, 0, 0, 0])],
  ["a JSON document", bytesOf("{\"url\": \"https://example.com/a.wav\"}")],
  ["a JSON document", bytesOf("  \n[1, 2]")],
  ["an HTML page", bytesOf("\n<!DOCTYPE html>\n<html>")],
  ["an XML document", bytesOf("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>")],
  [
    "a multipart form (the file's bytes have to be the body itself)",
    bytesOf("--x1\r\nContent-Disposition: form-data\r\n\r\nRIFF")
  ],
  ["base64 text (its bytes have to be the body itself)", bytesOf("UklGRiQA".repeat(20))],
  ["a data URL (its bytes have to be the body itself)", bytesOf("data:audio/wav;base64,UklGRg==")],
  ["a bare URL (send it as JSON: {\"url\": \"…\"})", bytesOf("https://example.com/a.wav\n")],
  ["text", bytesOf("hello, world")],
  ["text", new TextEncoder().encode("żółć ".repeat(2000)).subarray(0, 4095)],
  ["text", bytesOf([0xff, 0xfe], "h\0i\0")],
  ["white space", bytesOf("  \n")],
  ["binary data of no known format", Uint8Array.of(7)],
  ["binary data of no known format", new Uint8Array(5000)]
]

describe("sniff", () => {
  it.each(files.map(([expected, bytes], index) => ({ expected, bytes, index })))(
    "$index: $expected",
    ({ bytes, expected }) => {
      const head = bytes.subarray(0, sniffBytes)
      assert.strictEqual(name(sniff(head, bytes.length <= sniffBytes)), expected)
    }
  )

  it("never decides otherwise when more bytes arrive", () => {
    for (const [expected, bytes] of files) {
      const head = bytes.subarray(0, sniffBytes)
      for (let length = 1; length <= head.length; length++) {
        const verdict = sniff(head.subarray(0, length), false)
        if (verdict !== undefined) {
          assert.strictEqual(name(verdict), expected, `${length} bytes`)
        }
      }
    }
  })

  it("decides for everything after the bytes that it may look at", () => {
    const random = makeRandom(5)
    for (let run = 0; run < 200; run++) {
      const noise = Uint8Array.from({ length: sniffBytes }, () => Math.floor(random() * 256))
      assert.strictEqual(name(sniff(noise, false)), "binary data of no known format")
      const quiet = noise.map((byte) => byte & 1 ? 0xff : 0)
      assert.strictEqual(name(sniff(quiet, false)), "binary data of no known format")
    }
  })

  it("tells raw audio from WAV with the first byte that differs", () => {
    const wav = bytesOf("RIFF", u32(1234), "WAVE")
    for (let length = 0; length < 12; length++) {
      assert.isUndefined(startsLikeWav(wav.subarray(0, length)))
      assert.isFalse(startsLikeWav(bytesOf(wav.subarray(0, Math.min(length, 3)), 0)))
    }
    assert.isTrue(startsLikeWav(wav))
    assert.isFalse(startsLikeWav(bytesOf("RIFF", u32(1234), "WAVX")))
  })

  it("computes the length of MPEG frames", () => {
    const length = (...header: Array<number>) => mpegFrame(bytesOf(header, [0, 0]), 0)
    assert.deepInclude(length(0xff, 0xfb, 0x90, 0x40), { codec: "mp3", bytes: 417 })
    assert.deepInclude(length(0xff, 0xfb, 0x92, 0x40), { codec: "mp3", bytes: 418 })
    assert.deepInclude(length(0xff, 0xf3, 0x80, 0xc0), { codec: "mp3", bytes: 208 })
    assert.deepInclude(length(0xff, 0xfd, 0xa4, 0x00), { codec: "mp2", bytes: 576 })
    assert.deepInclude(length(0xff, 0xff, 0x14, 0x00), { codec: "mp1", bytes: 32 })
    assert.isUndefined(length(0xff, 0xff, 0xff, 0xff))
    assert.isUndefined(length(0xff, 0xfb, 0x0c, 0x40))
    assert.isUndefined(length(0xff, 0xeb, 0x90, 0x40))
    assert.deepInclude(mpegFrame(adts(1), 0), { codec: "aac", bytes: 107 })
  })
})
