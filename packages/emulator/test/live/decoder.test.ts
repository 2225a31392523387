import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { AudioRequest } from "../../src/internal/audio/decode.ts"
import { makeLiveDecoder } from "../../src/internal/live/decoder.ts"
import * as Synthesizer from "../../src/Synthesizer.ts"
import { id3 } from "../audio/files.ts"
import { compressed, cut, decodeAll, joined, kinds, spoken } from "../audio/support.ts"
import { makeRandom } from "../voice/support.ts"
import { bytesOf, randomFrames } from "./support.ts"

const speech = Synthesizer.speak("Good morning.", { sampleRate: 8000 })
const sides = [speech, speech.map((sample) => sample / 2)]

/** What comes out of frames, like `decodeAll`; each frame is wiped after it was pushed. */
const decoded = (frames: Iterable<Uint8Array>, request: AudioRequest = {}) =>
  Effect.scoped(Effect.gen(function*() {
    const decoder = yield* makeLiveDecoder(request)
    const chunks = []
    for (const frame of frames) {
      chunks.push(...yield* decoder.push(frame))
      frame.fill(0x55)
    }
    chunks.push(...yield* decoder.end)
    const format = decoder.format()
    return { format, channels: joined(chunks, format?.channels ?? 0) }
  }))

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))

const concat = (...parts: ReadonlyArray<Uint8Array>) => new Uint8Array(Buffer.concat(parts))

const refused = (frames: Iterable<Uint8Array>, request: AudioRequest = {}) => Effect.flip(decoded(frames, request))

describe("the decoder of live audio", () => {
  const encodings = ["linear16", "linear32", "mulaw", "alaw"] as const

  it.effect.each(encodings)("decodes raw %s, however it is cut", (encoding) =>
    Effect.gen(function*() {
      for (const channels of [[speech], sides]) {
        const audio = bytesOf(channels, encoding, 8000, "raw")
        const request = { encoding, sampleRate: 8000, channels: channels.length }
        const expected = yield* decodeAll([audio.slice()], request)
        assert.deepStrictEqual(yield* decoded([audio.slice()], request), expected)
        assert.deepStrictEqual(yield* decoded(cut(audio, [1, 2, 3, 640]), request), expected)
        assert.deepStrictEqual(yield* decoded(randomFrames(audio, makeRandom(5)), request), expected)
      }
    }))

  it.effect.each(["linear16", "mulaw", "alaw"] as const)(
    "decodes WAV of %s, whatever the request says",
    (encoding) =>
      Effect.gen(function*() {
        const file = bytesOf(sides, encoding, 11_025, "wav")
        const expected = yield* decodeAll([file.slice()])
        assert.deepStrictEqual(expected.format, { container: "wav", encoding, sampleRate: 11_025, channels: 2 })
        assert.deepStrictEqual(yield* decoded(cut(file, [1])), expected)
        assert.deepStrictEqual(yield* decoded([file.slice()]), expected)
        const request = { encoding: "mulaw", sampleRate: 8000, channels: 1 }
        assert.deepStrictEqual(yield* decoded(cut(file, [7, 1, 300]), request), expected)
      })
  )

  it.effect.each(kinds)("decodes %s", (kind) =>
    Effect.gen(function*() {
      const file = yield* spoken("Good morning.", compressed[kind])
      const expected = yield* decodeAll([file])
      assert.isAbove(expected.channels[0]?.length ?? 0, 8000)
      assert.deepStrictEqual(yield* decoded(cut(file, [50, 1, 700])), expected)
    }))

  it.effect("passes over a tag", () =>
    Effect.gen(function*() {
      const file = yield* spoken("Good morning.", compressed.mp3)
      for (const padding of [0, 5000]) {
        const tagged = concat(id3(new Uint8Array(900)), new Uint8Array(padding), file)
        const { channels, format } = yield* decoded(cut(tagged, [100]))
        assert.strictEqual(format?.encoding, "mp3")
        assert.deepStrictEqual({ channels, format }, yield* decodeAll([tagged]))
      }
    }))

  it.effect("leaves out what is not of the file: other chunks, frames of another rate", () =>
    Effect.gen(function*() {
      const wav = concat(bytesOf([speech], "linear16", 8000, "wav"), bytes("LIST\x04\x00\x00\x00abcd"))
      assert.deepStrictEqual(yield* decoded(cut(wav, [1000])), yield* decodeAll([wav]))
      const other = yield* spoken("Good evening.", { ...compressed.mp3, sampleRate: 44_100 })
      const both = concat(yield* spoken("Good morning.", compressed.mp3), other)
      assert.deepStrictEqual(yield* decoded(cut(both, [1000])), yield* decodeAll([both]))
    }))

  it.effect("knows raw audio by its first byte, and a file by its header", () =>
    Effect.gen(function*() {
      const raw = yield* makeLiveDecoder({ encoding: "mulaw", sampleRate: 8000 })
      assert.isUndefined(raw.format())
      assert.deepStrictEqual(yield* raw.push(Uint8Array.of(0)), [[Float32Array.of(-32_124 / 32_768)]])
      assert.deepStrictEqual(raw.format(), { container: "raw", encoding: "mulaw", sampleRate: 8000, channels: 1 })
      const wav = yield* makeLiveDecoder({ encoding: "mulaw", sampleRate: 8000 })
      assert.deepStrictEqual(yield* wav.push(bytes("RIFF")), [])
      assert.isUndefined(wav.format())
      assert.deepStrictEqual(yield* wav.push(new Uint8Array(0)), [])
    }))

  it.effect("takes what only began like a WAV file for samples", () =>
    Effect.gen(function*() {
      const request = { encoding: "mulaw", sampleRate: 8000 }
      const expected = yield* decodeAll([bytes("RIFF")], request)
      assert.deepStrictEqual(yield* decoded([bytes("RI"), bytes("FF")], request), expected)
    }))

  it.effect("has nothing of nothing", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* decoded([]), { format: undefined, channels: [] })
      assert.deepStrictEqual(yield* decoded([new Uint8Array(0)], { encoding: "g729" }), {
        format: undefined,
        channels: []
      })
    }))

  it.effect("says of too few bytes what they are when no more come", () =>
    Effect.gen(function*() {
      const verdict = (request: AudioRequest, ...frames: ReadonlyArray<Uint8Array>) =>
        Effect.scoped(Effect.gen(function*() {
          const decoder = yield* makeLiveDecoder(request)
          for (const frame of frames) yield* decoder.push(frame)
          yield* decoder.verdict
          return decoder.format()?.container
        }))
      assert.isUndefined(yield* verdict({}))
      assert.isUndefined(yield* verdict({}, new Uint8Array(0)))
      assert.deepInclude(yield* Effect.flip(verdict({}, bytes("hello"))), { _tag: "NotAudio" })
      assert.deepInclude(yield* Effect.flip(verdict({}, new Uint8Array(640))), { _tag: "NotAudio" })
      assert.deepInclude(yield* Effect.flip(verdict({}, bytes("RIFF....WAVE"))), { _tag: "MalformedAudio" })
      assert.deepInclude(yield* Effect.flip(verdict({}, id3(new Uint8Array(90)))), { _tag: "NotAudio" })
      const flac = (yield* spoken("Good morning.", compressed.flac)).subarray(0, 60)
      assert.deepInclude(yield* Effect.flip(verdict({}, flac)), { _tag: "NotAudio", found: "a file without any sound" })
      assert.strictEqual(yield* verdict({ encoding: "mulaw", sampleRate: 8000 }, bytes("RIFF")), "raw")
      assert.strictEqual(yield* verdict({}, bytesOf([speech], "linear16", 8000, "wav")), "wav")
    }))

  it.effect("refuses what is no audio, or none that it knows", () =>
    Effect.gen(function*() {
      assert.deepInclude(yield* refused(cut(bytes("{\"a\": 1}".repeat(600)), [100])), { _tag: "NotAudio" })
      assert.deepInclude(yield* refused([bytes("{\"a\": 1}")]), { _tag: "NotAudio" })
      assert.deepInclude(yield* refused([bytes("....ftypM4A ........")]), {
        _tag: "UnsupportedAudio",
        container: "m4a"
      })
      assert.deepInclude(yield* refused([bytes("RIFF....WAVE")]), { _tag: "MalformedAudio", container: "wav" })
      const opus = yield* refused([new Uint8Array(5000).fill(7)], { encoding: "opus", sampleRate: 48_000 })
      assert.deepInclude(opus, { _tag: "UnsupportedAudio", codec: "opus" })
    }))

  it.effect("refuses requests that no audio can fit", () =>
    Effect.gen(function*() {
      const requests: ReadonlyArray<AudioRequest> = [
        { encoding: "linear16" },
        { encoding: "linear16", sampleRate: 0 },
        { encoding: "linear16", sampleRate: 8000, channels: 0 },
        { encoding: "linear17", sampleRate: 8000 }
      ]
      for (const request of requests) {
        assert.deepInclude(yield* refused([new Uint8Array(640)], request), { _tag: "InvalidAudioParameter" })
      }
    }))
})
