/** Compressed files as they come from elsewhere: other shapes, cut off, damaged, joined. */
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Schema, Stream } from "effect"
import { decode } from "../../src/internal/audio/decode.ts"
import * as Recognizer from "../../src/Recognizer.ts"
import * as Synthesizer from "../../src/Synthesizer.ts"
import { bytesOf, id3, oggPage, u16, u32, withChecksum } from "./files.ts"
import { stereo } from "./stereo.ts"
import { compressed, cut, decodeAll, kinds, makeRandom, spoken, wordsIn } from "./support.ts"

const text = "One fish, two fish, red fish, blue fish."
const words = text.split(" ")

const noise = (length: number, seed = 9) => {
  const random = makeRandom(seed)
  return Uint8Array.from({ length }, () => Math.floor(random() * 256))
}

const concat = (...parts: ReadonlyArray<Uint8Array>) => new Uint8Array(Buffer.concat(parts))

describe("compressed files", () => {
  it.effect.each(kinds)("are the same in pieces of one byte as whole: %s", (kind) =>
    Effect.gen(function*() {
      const file = yield* spoken("Piece by piece.", compressed[kind])
      const whole = yield* decodeAll([file])
      const { sampleRate } = compressed[kind]
      const container = kind === "opus" ? "ogg" : kind
      assert.deepStrictEqual(whole.format, { container, encoding: kind, sampleRate, channels: 1 })
      assert.deepStrictEqual(yield* decodeAll(cut(file, [1])), whole)
    }))

  it.effect.each(kinds)(
    "say what they are, and have as many channels as they say: %s",
    (kind) =>
      Effect.gen(function*() {
        const sampleRate = kind === "opus" ? 48_000 : 44_100
        const file = yield* stereo(kind, sampleRate, [
          Synthesizer.speak("left side", { sampleRate }),
          Synthesizer.speak("other side", { sampleRate, voice: 2 })
        ])
        const { channels, format } = yield* decodeAll(cut(file, [1000]))
        const container = kind === "opus" ? "ogg" : kind
        assert.deepStrictEqual(format, { container, encoding: kind, sampleRate, channels: 2 })
        const heard = channels.map((channel) =>
          Recognizer.recognize(Float32Array.from(channel), sampleRate).filter((event) => event._tag === "Word")
        )
        assert.deepStrictEqual(heard.map((side) => side.map((word) => word.text).join(" ")), [
          "left side",
          "other side"
        ])
      })
  )

  it.effect.each(kinds)("that are cut off give what is there: %s", (kind) =>
    Effect.gen(function*() {
      const file = yield* spoken(text, compressed[kind])
      const { channels: [whole = []] } = yield* decodeAll([file])
      let most = 0
      for (const share of [0.1, 0.3, 0.5, 0.7, 0.9, 0.999]) {
        const { channels: [part = []] } = yield* decodeAll([file.subarray(0, Math.floor(file.length * share))])
        assert.isAtLeast(part.length, most, `${share}`)
        most = part.length
        assert.deepStrictEqual(part, whole.slice(0, part.length), `${share}`)
        // Within a tenth of a second of what the bytes were worth, whose rate is not the same throughout.
        assert.isAtLeast(part.length, whole.length * share * 0.7 - 4096, `${share}`)
      }
    }))

  it.effect.each(kinds)("lose what is damaged, and no more: %s", (kind) =>
    Effect.gen(function*() {
      const file = yield* spoken(text, compressed[kind])
      const random = makeRandom(31)
      for (const how of ["overwritten", "lost", "inserted"]) {
        const at = Math.floor(file.length * (0.3 + random() * 0.3))
        const damaged = concat(
          file.subarray(0, at),
          how === "lost" ? new Uint8Array(0) : noise(50),
          file.subarray(how === "inserted" ? at : at + 50)
        )
        const heard = yield* wordsIn(cut(damaged, [777]))
        const lost = words.length - heard.length
        // A page of Ogg holds half a second.
        assert.isAtMost(lost, 3, how)
        assert.deepStrictEqual(heard.slice(0, 2), words.slice(0, 2), how)
        assert.deepStrictEqual(heard.slice(-2), words.slice(-2), how)
      }
    }))

  it.effect.each(["mp3", "flac", "aac"] as const)(
    "may have tags before and after: %s",
    (kind) =>
      Effect.gen(function*() {
        const file = yield* spoken("tagged", compressed[kind])
        // A picture in which frames seem to start.
        const picture = bytesOf("APIC", noise(9000), [0xff, 0xfb, 0x90, 0x40], noise(300))
        for (const tag of [bytesOf("TIT2"), picture]) {
          const tagged = concat(id3(tag), file, bytesOf("TAG", noise(125)))
          for (const size of [10_000, 13]) {
            assert.deepStrictEqual(yield* wordsIn(cut(tagged, [size])), ["tagged"], `${tag.length}, ${size}`)
          }
        }
      })
  )

  it.effect("are MP3 when all that can be recognised is a tag", () =>
    Effect.gen(function*() {
      const silence = yield* spoken("padded", compressed.mp3)
      assert.deepStrictEqual(yield* wordsIn([concat(id3(bytesOf("TIT2")), new Uint8Array(5000), silence)]), ["padded"])
      const error = yield* Effect.flip(decodeAll([id3(bytesOf("TIT2"))]))
      assert.strictEqual(error.message, "The mp3 file is broken at byte 14: no frame of it can be decoded")
    }))

  it.effect.each(["mp3", "aac"] as const)(
    "may have been joined in the middle of a frame: %s",
    (kind) =>
      Effect.gen(function*() {
        const file = yield* spoken(text, compressed[kind])
        const heard = yield* wordsIn([file.subarray(Math.floor(file.length / 3))])
        assert.deepStrictEqual(heard, words.slice(-heard.length))
        assert.isAbove(heard.length, 3)
      })
  )

  it.effect("may be streams that follow one another, in Ogg", () =>
    Effect.gen(function*() {
      const file = concat(yield* spoken("one", compressed.opus), yield* spoken("two", compressed.opus))
      assert.deepStrictEqual(yield* wordsIn(cut(file, [500])), ["one", "two"])
    }))

  it.effect("leave out a stream that follows with other channels, in Ogg", () =>
    Effect.gen(function*() {
      const mono = yield* spoken("mono", compressed.opus)
      const side = Synthesizer.speak("stereo", { sampleRate: 48_000 })
      const file = concat(mono, yield* stereo("opus", 48_000, [side, side]), mono)
      const { channels, format } = yield* decodeAll([file])
      assert.strictEqual(format.channels, 1)
      const { channels: [once = []] } = yield* decodeAll([mono])
      assert.strictEqual(channels[0]!.length, 2 * once.length)
    }))

  it.effect("may have other streams beside, in Ogg", () =>
    Effect.gen(function*() {
      const file = yield* spoken("beside", compressed.opus)
      const head = 27 + 1 + 19
      const other = (sequence: number) =>
        oggPage(sequence === 0 ? 2 : 0, 0, sequence, bytesOf("fishead\0", noise(90)), 9)
      const mixed = concat(file.subarray(0, head), other(0), file.subarray(head), other(1))
      assert.deepStrictEqual(yield* wordsIn([mixed]), ["beside"])
    }))

  it.effect("may start late, as recordings of broadcasts do, in Ogg", () =>
    Effect.gen(function*() {
      const file = yield* spoken("late", compressed.opus)
      const { channels: [whole = []] } = yield* decodeAll([file])
      // The same pages, an hour later.
      const late = file.slice()
      const view = new DataView(late.buffer)
      for (let at = 0, page = 0; at < late.length; page++) {
        const segments = late[at + 26]!
        const length = 27 + segments + late.subarray(at + 27, at + 27 + segments).reduce((sum, size) => sum + size, 0)
        const bytes = late.subarray(at, at + length)
        if (page > 1) {
          view.setBigInt64(at + 6, view.getBigInt64(at + 6, true) + 172_800_000n, true)
          bytes.set(withChecksum(bytes))
        }
        at += length
      }
      assert.deepStrictEqual((yield* decodeAll([late])).channels[0]!.length, whole.length)
    }))

  it.effect("may be declared as what they are", () =>
    Effect.gen(function*() {
      const flac = yield* spoken("declared", compressed.flac)
      const opus = yield* spoken("declared", compressed.opus)
      for (const [file, encoding] of [[flac, "flac"], [opus, "ogg-opus"], [opus, "opus"]] as const) {
        assert.deepStrictEqual(yield* wordsIn([file], { encoding, sampleRate: 16_000 }), ["declared"], encoding)
      }
    }))
})

describe("compressed files that are none", () => {
  const refused = (file: Uint8Array) => Effect.flip(decodeAll(cut(file, [100])))

  it.effect("say what is wrong, and where", () =>
    Effect.gen(function*() {
      const flac = yield* spoken("wrong", compressed.flac)
      const opus = yield* spoken("wrong", compressed.opus)
      const head = (change: (head: Uint8Array) => void) => {
        const packet = bytesOf("OpusHead", 1, 1, u16(312), u32(48_000), u16(0), 0)
        change(packet)
        return concat(oggPage(2, 0, 0, packet), opus.subarray(27 + 1 + 19))
      }
      const cases: ReadonlyArray<readonly [file: Uint8Array, message: RegExp]> = [
        [flac.subarray(0, 30), /^The flac file is broken at byte 0: it ends inside its header$/],
        [
          concat(flac.subarray(0, 4), Uint8Array.of(0x84), flac.subarray(5)),
          /byte 0: it does not begin with STREAMINFO$/
        ],
        [concat(flac.subarray(0, 18), new Uint8Array(3), flac.subarray(21)), /byte 0: a sample rate of zero$/],
        [
          concat(flac.subarray(0, 4), Uint8Array.of(0), flac.subarray(5, 42), Uint8Array.of(1, 0, 0)),
          /byte 42: it ends inside its metadata$/
        ],
        [concat(id3(new Uint8Array(90)), flac.subarray(0, 30)), /byte 100: it ends inside its header$/],
        [flac.subarray(0, 42), /^The flac file is broken at byte 0: no frame of it can be decoded$/],
        [head((packet) => (packet[8] = 16)), /^The ogg file is broken at byte 47: its OpusHead makes no sense$/],
        [head((packet) => (packet[9] = 0)), /its OpusHead makes no sense$/],
        [head((packet) => (packet[18] = 200)), /the decoder cannot be opened$/],
        [opus.subarray(0, 27 + 1 + 19), /^The ogg file is broken at byte 0: no frame of it can be decoded$/],
        [concat(Uint8Array.of(0xff, 0xf3, 0x60, 0xc4), new Uint8Array(20)), /^The mp3 file .*: no frame of it/],
        [
          concat(Uint8Array.of(0xff, 0xf1, 0x5c, 0x40, 0x40, 0x1f, 0xfc), noise(400)),
          /^The aac file .*: no frame of it/
        ]
      ]
      for (const [file, message] of cases) {
        const error = yield* refused(file)
        assert.strictEqual(error._tag, "MalformedAudio", String(message))
        assert.match(error.message, message)
      }
    }))

  const Mutation = Schema.Struct({
    at: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
    how: Schema.Literals(["flip", "noise", "cut", "lose", "insert"]),
    length: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 600 }))
  })

  const mutate = (file: Uint8Array, { at, how, length }: typeof Mutation.Type): Uint8Array => {
    const from = Math.floor(at * file.length)
    switch (how) {
      case "flip":
        return file.map((byte, i) => i === from ? byte ^ (1 << (length & 7)) : byte)
      case "noise":
        return concat(file.subarray(0, from), noise(length, from), file.subarray(from + length))
      case "cut":
        return file.subarray(0, from)
      case "lose":
        return concat(file.subarray(0, from), file.subarray(from + length))
      case "insert":
        return concat(file.subarray(0, from), noise(length, from), file.subarray(from))
    }
  }

  const expected = new Set(["MalformedAudio", "UnsupportedAudio", "NotAudio", "NoAudio"])

  it.effect.prop(
    "give sound or a typed error, the same however they are cut",
    {
      kind: Schema.Literals(kinds),
      mutations: Schema.Array(Mutation).check(Schema.isMinLength(1), Schema.isMaxLength(12)),
      size: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3000 }))
    },
    Effect.fnUntraced(function*({ kind, mutations, size }) {
      const file = mutations.reduce(mutate, yield* spoken("Fuzz", compressed[kind]))
      const whole = yield* Effect.result(decodeAll([file]))
      const pieces = yield* Effect.result(decodeAll(cut(file, [size])))
      assert.deepStrictEqual(pieces, whole)
      if (whole._tag === "Failure") {
        assert.isTrue(expected.has(whole.failure._tag), whole.failure._tag)
      } else {
        for (const channel of whole.success.channels) assert.isTrue(channel.every((sample) => Math.abs(sample) <= 1))
      }
    }),
    { arbitrary: { runs: 60 } }
  )
})

describe("compressed uploads", () => {
  it.effect.each(kinds)("pass their failure on, wherever it strikes: %s", (kind) =>
    Effect.gen(function*() {
      const file = yield* spoken("Some words", compressed[kind])
      for (const share of [0.01, 0.5, 1]) {
        const sent = Stream.fromIterable(cut(file.subarray(0, Math.ceil(file.length * share)), [500]), { chunkSize: 1 })
        const run = Effect.flatMap(
          decode(Stream.concat(sent, Stream.fail("reset")), {}),
          ({ samples }) => Stream.runDrain(samples)
        )
        assert.strictEqual(yield* Effect.flip(Effect.scoped(run)), "reset", `${share}`)
      }
    }))

  it.effect.each(kinds)("are heard while they arrive, and can be broken off: %s", (kind) =>
    Effect.gen(function*() {
      const file = yield* spoken(text, compressed[kind])
      const heard = yield* Deferred.make<void>()
      let released = false
      const upload = Stream.fromIterable(cut(file, [500]), { chunkSize: 1 }).pipe(
        Stream.concat(Stream.never),
        Stream.ensuring(Effect.sync(() => (released = true)))
      )
      let seconds = 0
      const fiber = yield* decode(upload, {}).pipe(
        Effect.flatMap(({ format, samples }) =>
          Stream.runForEach(samples, ([channel]) => {
            seconds += channel!.length / format.sampleRate
            return seconds > 1 ? Deferred.succeed(heard, undefined) : Effect.void
          })
        ),
        Effect.scoped,
        Effect.forkChild
      )
      yield* Deferred.await(heard)
      yield* Fiber.interrupt(fiber)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
      assert.isTrue(released)
    }))
})
