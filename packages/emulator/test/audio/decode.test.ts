import { assert, describe, it } from "@effect/vitest"
import { Cause, Deferred, Effect, Exit, Fiber, Option, Schema, Stream } from "effect"
import { type AudioRequest, decode } from "../../src/internal/audio/decode.ts"
import { encodeSamples, sampleBytes, type SampleFormat } from "../../src/internal/audio/pcm.ts"
import { wavHeader } from "../../src/internal/audio/wavHeader.ts"
import { aiff, bytesOf, chunk, type Fmt, fmtBody, matroska, mp4, oggVorbis, pcm16, riff } from "./files.ts"
import { cut, Cuts, decodeAll, makeRandom } from "./support.ts"

const refused = (chunks: Iterable<Uint8Array>, request: AudioRequest = {}) => Effect.flip(decodeAll(chunks, request))

const noise = (length: number, seed = 3) => {
  const random = makeRandom(seed)
  return Uint8Array.from({ length }, () => Math.floor(random() * 256))
}

describe("decode, raw audio", () => {
  it.effect.prop(
    "gives the same samples however the body is cut",
    {
      cuts: Cuts,
      encoding: Schema.Literals(["linear16", "linear32", "mulaw", "alaw"]),
      channels: Schema.Literals([1, 2, 3]),
      length: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 500 }))
    },
    Effect.fnUntraced(function*({ channels, cuts, encoding, length }) {
      const request = { encoding, channels, sampleRate: 8000 }
      const bytes = noise(length)
      const whole = yield* decodeAll([bytes], request)
      assert.deepStrictEqual(whole.format, { container: "raw", encoding, sampleRate: 8000, channels })
      assert.strictEqual(whole.channels[0]!.length, Math.floor(length / channels / sampleBytes[encoding]))
      assert.deepStrictEqual(yield* decodeAll(cut(bytes, cuts), request), whole)
    })
  )

  it.effect("is mono unless told otherwise", () =>
    Effect.gen(function*() {
      const { channels, format } = yield* decodeAll([Uint8Array.of(0, 0x40)], {
        encoding: "linear16",
        sampleRate: 44_100
      })
      assert.strictEqual(format.channels, 1)
      assert.deepStrictEqual(channels, [[0.5]])
    }))

  it.effect("takes linear32 for floating point, as Deepgram documents it", () =>
    Effect.gen(function*() {
      const bytes = new Uint8Array(Float32Array.of(0.25, -0.75).buffer)
      const { channels } = yield* decodeAll([bytes], { encoding: "linear32", sampleRate: 16_000 })
      assert.deepStrictEqual(channels, [[0.25, -0.75]])
    }))

  it.effect("reads a WAV file as one, whatever the parameters say", () =>
    Effect.gen(function*() {
      const file = riff([chunk("fmt ", fmtBody({ ...pcm16, sampleRate: 22_050 })), chunk("data", [0, 0x40])])
      for (const encoding of ["mulaw", "linear16", "opus"]) {
        for (const sizes of [[100], [1]]) {
          const { channels, format } = yield* decodeAll(cut(file, sizes), { encoding, sampleRate: 8000, channels: 2 })
          assert.deepStrictEqual(format, { container: "wav", encoding: "linear16", sampleRate: 22_050, channels: 1 })
          assert.deepStrictEqual(channels, [[0.5]])
        }
      }
    }))

  it.effect("loses nothing of raw audio that starts like a WAV file by chance", () =>
    Effect.gen(function*() {
      const bytes = bytesOf("RIFF1234WAV_", noise(20))
      const { channels } = yield* decodeAll(cut(bytes, [5]), { encoding: "mulaw", sampleRate: 8000 })
      assert.strictEqual(channels[0]!.length, 32)
      const short = yield* decodeAll([bytesOf("RIFF12")], { encoding: "mulaw", sampleRate: 8000 })
      assert.strictEqual(short.channels[0]!.length, 6)
    }))

  it.effect("checks the parameters", () =>
    Effect.gen(function*() {
      const message = (request: AudioRequest) => Effect.map(refused([noise(10)], request), (error) => error.message)
      assert.strictEqual(
        yield* message({ encoding: "linear16" }),
        "`sample_rate` is required with `encoding=linear16`: raw audio does not tell it"
      )
      assert.match(yield* message({ encoding: "flac16" }), /^`encoding` is "flac16", expected one of linear16, /)
      assert.match(yield* message({ sampleRate: 0 }), /^`sample_rate` is 0, expected/)
      assert.match(yield* message({ sampleRate: Number.NaN }), /^`sample_rate` is NaN, expected/)
      assert.match(yield* message({ channels: 1.5 }), /^`channels` is 1.5, expected/)
    }))

  it.effect("names raw encodings that it cannot decode", () =>
    Effect.gen(function*() {
      for (const encoding of ["amr-nb", "opus"]) {
        const error = yield* refused([noise(50)], { encoding, sampleRate: 8000, channels: 1 })
        assert.deepInclude(error, {
          _tag: "UnsupportedAudio",
          container: "raw",
          codec: encoding,
          sampleRate: 8000,
          channels: 1
        })
      }
      const vorbis = yield* refused([oggVorbis], { encoding: "ogg-opus", sampleRate: 48_000 })
      assert.include(vorbis.message, "ogg (Vorbis I,")
    }))
})

describe("decode, WAV", () => {
  const kinds: ReadonlyArray<readonly [Pick<Fmt, "tag" | "bits">, SampleFormat]> = [
    [{ tag: 1, bits: 8 }, "pcm8"],
    [{ tag: 1, bits: 16 }, "linear16"],
    [{ tag: 1, bits: 24 }, "pcm24"],
    [{ tag: 1, bits: 32 }, "pcm32"],
    [{ tag: 3, bits: 32 }, "linear32"],
    [{ tag: 3, bits: 64 }, "float64"],
    [{ tag: 6, bits: 8 }, "alaw"],
    [{ tag: 7, bits: 8 }, "mulaw"]
  ]

  it.effect.prop(
    "gives the same samples however the file is cut",
    { cuts: Cuts, kind: Schema.Literals([0, 1, 2, 3, 4, 5, 6, 7]), channels: Schema.Literals([1, 2, 4]) },
    Effect.fnUntraced(function*({ channels, cuts, kind }) {
      const [fmt, format] = kinds[kind]!
      const data = noise(sampleBytes[format] * channels * 21)
      const file = riff([chunk("fmt ", fmtBody({ ...fmt, channels, sampleRate: 12_345 })), chunk("data", data)])
      const whole = yield* decodeAll([file])
      assert.deepStrictEqual(whole.format, { container: "wav", encoding: format, sampleRate: 12_345, channels })
      assert.strictEqual(whole.channels[0]!.length, 21)
      assert.deepStrictEqual(yield* decodeAll(cut(file, cuts)), whole)
    })
  )

  it.effect("reads the body to its end, also behind the samples", () =>
    Effect.gen(function*() {
      const file = riff([chunk("fmt ", fmtBody(pcm16)), chunk("data", [1, 2]), chunk("LIST", new Uint8Array(3000))])
      let seen = 0
      const bytes = Stream.fromIterable(cut(file, [100]), { chunkSize: 1 }).pipe(
        Stream.tap((piece) => Effect.sync(() => (seen += piece.length)))
      )
      const { samples } = yield* decode(bytes, {})
      assert.strictEqual((yield* Stream.runCollect(samples)).length, 1)
      assert.strictEqual(seen, file.length)
    }))
})

describe("decode, streams", () => {
  const raw = { encoding: "linear16", sampleRate: 16_000 }

  it.effect("answers as soon as the format is known, and hands samples on as they arrive", () =>
    Effect.gen(function*() {
      const gate = yield* Deferred.make<void>()
      const later = Stream.fromEffect(Effect.as(Deferred.await(gate), Uint8Array.of(0, 0xc0)))
      const header = wavHeader({ encoding: "linear16", sampleRate: 16_000, channels: 1 })
      for (const [first, request] of [[bytesOf(header, 0, 0x40), {}], [Uint8Array.of(0, 0x40), raw]] as const) {
        const { samples } = yield* decode(Stream.concat(Stream.make(first), later), request)
        const head = yield* Stream.runHead(samples)
        assert.deepStrictEqual(Array.from(Option.getOrThrow(head)[0]!), [0.5])
      }
    }))

  it.effect("pulls no more than is asked for", () =>
    Effect.gen(function*() {
      let pulled = 0
      const bytes = Stream.fromIterable(Array.from({ length: 1000 }, () => noise(4096)), { chunkSize: 1 }).pipe(
        Stream.tap(() => Effect.sync(() => (pulled += 1)))
      )
      const { samples } = yield* decode(bytes, raw)
      assert.strictEqual(pulled, 1)
      yield* Stream.runDrain(Stream.take(samples, 10))
      assert.isAtMost(pulled, 11)
    }))

  it.effect("works through one huge chunk in small pieces", () =>
    Effect.gen(function*() {
      const { samples } = yield* decode(Stream.make(new Uint8Array(1_000_001)), raw)
      const lengths = yield* Stream.runCollect(Stream.map(samples, (frames) => frames[0]!.length))
      assert.strictEqual(lengths.reduce((sum, length) => sum + length, 0), 500_000)
      assert.isAtMost(Math.max(...lengths), 32_768)
    }))

  it.effect("passes the failure of the upload on, wherever it strikes", () =>
    Effect.gen(function*() {
      const file = bytesOf(wavHeader({ encoding: "linear16", sampleRate: 8000, channels: 1 }), noise(100))
      for (let length = 0; length < file.length; length += 7) {
        const upload = Stream.concat(Stream.fromIterable(cut(file.subarray(0, length), [5])), Stream.fail("reset"))
        const run = Effect.flatMap(decode(upload, {}), ({ samples }) => Stream.runDrain(samples))
        assert.strictEqual(yield* Effect.flip(Effect.scoped(run)), "reset", `after ${length} bytes`)
      }
    }))

  it.effect("passes the failure of the upload on while it looks into a container", () =>
    Effect.gen(function*() {
      const upload = Stream.concat(Stream.make(oggVorbis), Stream.fail("reset"))
      assert.strictEqual(yield* Effect.flip(Effect.scoped(decode(upload, {}))), "reset")
    }))

  it.effect("can be interrupted while it looks into a container, and lets go of the upload", () =>
    Effect.gen(function*() {
      const waiting = yield* Deferred.make<void>()
      const stopped = yield* Deferred.make<void>()
      let released = false
      const upload = Stream.make(oggVorbis).pipe(
        Stream.concat(Stream.fromEffectDrain(
          Effect.andThen(Deferred.succeed(waiting, undefined), Effect.never).pipe(
            Effect.onInterrupt(() => Deferred.succeed(stopped, undefined))
          )
        )),
        Stream.ensuring(Effect.sync(() => (released = true)))
      )
      const fiber = yield* Effect.forkChild(Effect.scoped(decode(upload, {})))
      yield* Deferred.await(waiting)
      yield* Fiber.interrupt(fiber)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
      yield* Deferred.await(stopped)
      assert.isTrue(released)
    }))

  it.effect("is done with a defect of the upload as with any other", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(
        Effect.scoped(decode(Stream.concat(Stream.make(oggVorbis), Stream.die("bug")), {}))
      )
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
    }))
})

describe("decode, what is no audio that it can decode", () => {
  it.effect("says that there is nothing", () =>
    Effect.gen(function*() {
      for (const request of [{}, { encoding: "linear16" }, { encoding: "opus" }]) {
        const error = yield* refused([new Uint8Array(0)], request)
        assert.strictEqual(error.message, "The request has no audio: its body is empty")
        assert.strictEqual((yield* refused([], request))._tag, "NoAudio")
      }
    }))

  it.effect("says what it got instead", () =>
    Effect.gen(function*() {
      const json = yield* refused(cut(bytesOf("{\"url\": 1}"), [3]), { contentType: "audio/wav" })
      assert.strictEqual(json._tag, "NotAudio")
      assert.match(
        json.message,
        /^The body \(sent as audio\/wav\) is a JSON document, not audio: the emulator transcribes WAV, MP3, FLAC, Ogg Opus and AAC/
      )
      const garbage = yield* refused([noise(10_000)])
      assert.match(garbage.message, /^The body is binary data of no known format, not audio: /)
    }))

  const containers: ReadonlyArray<readonly [name: string, file: Uint8Array, facts: object]> = [
    ["ogg vorbis", oggVorbis, { container: "ogg", codec: "Vorbis I", sampleRate: 44_100, channels: 2, duration: 1 }],
    ["webm", matroska("webm"), { container: "webm", codec: "OPUS", sampleRate: 48_000, channels: 1, duration: 2.5 }],
    ["mkv", matroska("matroska"), { container: "matroska", codec: "OPUS", duration: 2.5 }],
    ["m4a", mp4("M4A "), { container: "m4a", codec: "MPEG-4/AAC", sampleRate: 44_100, channels: 2, duration: 3 }],
    ["mov", mp4("qt  "), { container: "mov", codec: "MPEG-4/AAC", duration: 3 }],
    ["aiff", aiff(), { container: "aiff", codec: "PCM", sampleRate: 8000, channels: 1, duration: 0.5 }],
    ["amr", bytesOf("#!AMR\n", noise(100)), { container: "amr", codec: "AMR-NB" }]
  ]

  it.effect.each(containers)("says what is in a container: %s", ([, file, facts]) =>
    Effect.gen(function*() {
      for (const contentLength of [undefined, file.length]) {
        const error = yield* refused(cut(file, [1000]), { contentLength })
        assert.deepInclude(error, { _tag: "UnsupportedAudio", ...facts })
        assert.match(
          error.message,
          /^No decoder for \w+ \(.*\): the emulator transcribes WAV, MP3, FLAC, Ogg Opus and AAC \(ADTS\) files, and raw/
        )
        assert.notInclude(error.message, "\n")
      }
    }))

  it.effect("refuses a container that is cut off or damaged all the same", () =>
    Effect.gen(function*() {
      const random = makeRandom(11)
      for (const [name, file] of containers) {
        for (let run = 0; run < 25; run++) {
          const damaged = file.slice(0, run < 5 ? 40 : file.length)
          for (let i = 0; i < run; i++) damaged[16 + Math.floor(random() * 200)] = Math.floor(random() * 256)
          const error = yield* refused([damaged])
          assert.include(["UnsupportedAudio", "NotAudio"], error._tag, name)
        }
      }
    }))
})

describe("decode and encode", () => {
  it.effect("agree about every 16-bit sample", () =>
    Effect.gen(function*() {
      const all = Float32Array.from({ length: 65_536 }, (_, i) => (i - 32_768) / 32_768)
      const { channels } = yield* decodeAll(cut(encodeSamples(all, "linear16"), [999]), {
        encoding: "linear16",
        sampleRate: 8000
      })
      assert.deepStrictEqual(channels[0], Array.from(all))
    }))
})
