import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Stream } from "effect"
import { decode } from "../../src/internal/audio/decode.ts"
import { encode, mediaTypeOf, type OutputFormat } from "../../src/internal/audio/encode.ts"
import { encodeSamples } from "../../src/internal/audio/pcm.ts"
import { wavHeader } from "../../src/internal/audio/wavHeader.ts"
import * as Synthesizer from "../../src/Synthesizer.ts"
import { bytesOf } from "./files.ts"
import { compressed, decodeAll, encodeAll, kinds, makeRandom, wordsIn } from "./support.ts"

const pcm = ["linear16", "mulaw", "alaw"] as const

const samples = Float32Array.of(0, 0.5, -0.5, 0.999, -1)
const halves = [samples.subarray(0, 2), samples.subarray(2)]

describe("encode, samples as they are", () => {
  it.effect("writes headerless samples", () =>
    Effect.gen(function*() {
      for (const encoding of pcm) {
        const bytes = yield* encodeAll(halves, { encoding, container: "none", sampleRate: 8000 })
        assert.deepStrictEqual(bytes, bytesOf(encodeSamples(samples, encoding)))
      }
    }))

  it.effect("writes WAV that reads back, without knowing the length", () =>
    Effect.gen(function*() {
      for (const encoding of pcm) {
        const file = yield* encodeAll(halves, { encoding, container: "wav", sampleRate: 24_000 })
        const { channels, format } = yield* decodeAll([file])
        assert.deepStrictEqual(format, { container: "wav", encoding, sampleRate: 24_000, channels: 1 })
        assert.deepStrictEqual(
          encodeSamples(Float32Array.from(channels[0]!), encoding),
          encodeSamples(samples, encoding)
        )
      }
    }))

  it.effect("sends the WAV header before the first sample exists", () =>
    Effect.gen(function*() {
      const silent = encode(Stream.never, { encoding: "linear16", container: "wav", sampleRate: 8000 })
      const [header] = yield* Stream.runCollect(Stream.take(silent, 1))
      assert.deepStrictEqual(header, wavHeader({ encoding: "linear16", sampleRate: 8000, channels: 1 }))
    }))
})

const formats: ReadonlyArray<OutputFormat> = [
  { encoding: "linear16", container: "none", sampleRate: 8000 },
  ...kinds.map((kind) => compressed[kind])
]

const second = (sampleRate: number) => Synthesizer.speak("One two", { sampleRate }).subarray(0, sampleRate)

describe("encode, as a stream", () => {
  it.effect.each(formats)(
    "sends what it has while the rest is still being spoken: $encoding",
    (format) =>
      Effect.gen(function*() {
        const gate = yield* Deferred.make<void>()
        const voice = Stream.make(second(format.sampleRate)).pipe(
          Stream.concat(Stream.fromEffectDrain(Deferred.await(gate)))
        )
        let bytes = 0
        yield* encode(voice, format).pipe(
          Stream.takeUntil((piece) => (bytes += piece.length) > 1000),
          Stream.runDrain
        )
        assert.isAbove(bytes, 1000)
      })
  )

  it.effect.each(formats)("passes the failure of the voice on: $encoding", (format) =>
    Effect.gen(function*() {
      const voice = Stream.concat(Stream.make(second(format.sampleRate)), Stream.fail("no voice"))
      assert.strictEqual(yield* Effect.flip(Stream.runDrain(encode(voice, format))), "no voice")
    }))

  it.effect.each(formats)("makes the same file of chunks of any size: $encoding", (format) =>
    Effect.gen(function*() {
      const all = second(format.sampleRate)
      const random = makeRandom(4)
      const pieces: Array<Float32Array> = [new Float32Array(0)]
      for (let at = 0; at < all.length;) {
        const size = Math.floor(random() ** 3 * 3000)
        pieces.push(all.subarray(at, at + size))
        at += size
      }
      const whole = yield* encodeAll([all], format)
      const cut = yield* encodeAll(pieces, format)
      // Pages end where chunks do: of Ogg, only what is in them is the same.
      if (format.encoding === "opus") assert.deepStrictEqual(yield* decodeAll([cut]), yield* decodeAll([whole]))
      else assert.deepStrictEqual(cut, whole)
    }))

  it.effect.each(kinds)(
    "keeps little of a long stream in memory, on the way there and back: %s",
    (kind) =>
      Effect.gen(function*() {
        const format = compressed[kind]
        const speech = second(format.sampleRate)
        let spoken = 0
        let heard = 0
        let most = 0
        const voice = Stream.fromIterable(Array.from({ length: 30 }, () => speech), { chunkSize: 1 }).pipe(
          Stream.tap((chunk) => Effect.sync(() => (spoken += chunk.length)))
        )
        const { samples } = yield* decode(encode(voice, format), {})
        yield* Stream.runForEach(samples, ([channel]) =>
          Effect.sync(() => {
            heard += channel!.length
            most = Math.max(most, spoken - heard)
          }))
        assert.strictEqual(spoken, 30 * speech.length)
        assert.isAtLeast(heard, spoken)
        assert.isAtMost(most, 2 * format.sampleRate)
      })
  )

  it.effect("clips what is beyond full scale, and takes what is no number for silence", () =>
    Effect.gen(function*() {
      const wild = Float32Array.of(Number.NaN, 2, -5, Infinity, -Infinity, 0.5)
      const file = yield* encodeAll([wild], compressed.flac)
      const { channels } = yield* decodeAll([file])
      assert.deepStrictEqual(channels[0], [0, 32_767 / 32_768, -1, 32_767 / 32_768, -1, 0.5])
      const noise = Float32Array.from({ length: 20_000 }, (_, i) => wild[i % wild.length]!)
      for (const kind of kinds) {
        const { channels: [heard] } = yield* decodeAll([yield* encodeAll([noise], compressed[kind])])
        assert.isAbove(heard!.length, 19_000, kind)
      }
    }))

  it.effect("says that a codec does not know a sample rate", () =>
    Effect.gen(function*() {
      for (const encoding of ["mp3", "opus", "aac"] as const) {
        const failing = encode(Stream.make(samples), { encoding, container: undefined, sampleRate: 12_345 })
        const error = yield* Effect.flip(Stream.runDrain(failing))
        assert.strictEqual(error._tag, "EncodingError")
        assert.strictEqual(error.message, `The ${encoding} encoder failed`)
      }
    }))

  it.effect("makes a file without sound of nothing at all", () =>
    Effect.gen(function*() {
      for (const kind of kinds) {
        const file = yield* encodeAll([], compressed[kind])
        const words = yield* Effect.result(wordsIn([file]))
        if (words._tag === "Success") assert.deepStrictEqual(words.success, [], kind)
        else assert.include(["MalformedAudio", "NoAudio"], words.failure._tag, kind)
      }
    }))
})

describe("mediaTypeOf", () => {
  it("is what Deepgram documents", () => {
    const types = [
      ["linear16", "wav", "audio/wav"],
      ["linear16", "none", "audio/l16;rate=24000"],
      ["mulaw", "wav", "audio/wav"],
      ["mulaw", "none", "audio/mulaw;rate=24000"],
      ["alaw", "wav", "audio/wav"],
      ["alaw", "none", "audio/alaw;rate=24000"],
      ["mp3", undefined, "audio/mpeg"],
      ["opus", "ogg", "audio/ogg;codecs=opus"],
      ["flac", undefined, "audio/flac"],
      ["aac", undefined, "audio/aac"]
    ] as const
    for (const [encoding, container, type] of types) {
      assert.strictEqual(mediaTypeOf({ encoding, container, sampleRate: 24_000 }), type)
    }
  })
})
