/** What happens to the libraries: they are given back, they are never shared, and one that trapped is thrown away. */
import { assert, describe, it } from "@effect/vitest"
import type { LibAV, LibAVOpts, LibAVSync } from "@libav.js/variant-mediarecorder-transcoder"
import { Deferred, Effect, Fiber, Stream } from "effect"
import { MPEGDecoder } from "mpg123-decoder"
import { loadLibav } from "../../src/internal/audio/codecs/libav.ts"
import { decode } from "../../src/internal/audio/decode.ts"
import { encode } from "../../src/internal/audio/encode.ts"
import * as Synthesizer from "../../src/Synthesizer.ts"
import { withChecksum } from "./files.ts"
import { compressed, cut, encodeAll, kinds, spoken, wordsIn } from "./support.ts"

type Library = LibAV & LibAVSync

const trap = () => {
  throw new WebAssembly.RuntimeError("unreachable")
}

// The libraries themselves, watched: how many instances there are, and a trap when one is wanted.
const libav = await Effect.runPromise(loadLibav)
const made: Array<Library> = []
const broken = new Set<Library>()
let trapIn = Infinity
const makeLibrary = libav.LibAV
const makeWatched = (options: LibAVOpts & { noworker: true }) =>
  makeLibrary(options).then((library) => {
    made.push(library)
    for (const name of ["ff_decode_multi_sync", "ff_encode_multi_sync"] as const) {
      const run = library[name] as (...args: ReadonlyArray<unknown>) => unknown
      const watch = (...args: ReadonlyArray<unknown>) => {
        assert.isFalse(broken.has(library))
        if (trapIn-- > 0) return run(...args)
        broken.add(library)
        return trap()
      }
      Object.assign(library, { [name]: watch })
    }
    return library
  })
Object.assign(libav, { LibAV: makeWatched })

interface Common {
  free: () => void
}
interface CommonClass {
  new(): Common
  getDecodedAudioMultiChannel: (...args: ReadonlyArray<unknown>) => unknown
}
// What the library is made of, which it does not declare.
const Original: CommonClass = Reflect.get(new MPEGDecoder(), "_WASMAudioDecoderCommon")
let freed = 0
class Watched {
  constructor() {
    const common = new Original()
    const { free } = common
    common.free = () => {
      freed++
      free()
    }
    return common
  }
  static getDecodedAudioMultiChannel(...args: ReadonlyArray<unknown>) {
    return trapIn-- <= 0 ? trap() : Original.getDecodedAudioMultiChannel(...args)
  }
}
Object.assign(MPEGDecoder, { WASMAudioDecoderCommon: Watched })

const text = "before and after"

/** Bytes that an instance holds for codecs. */
const held = () => made.map((library) => library.mallinfo_uordblks_sync())

describe("libraries", () => {
  it.effect("are used by one file after the other, and hold nothing in between", () =>
    Effect.gen(function*() {
      const files = yield* Effect.forEach(kinds, (kind) => spoken(text, compressed[kind]))
      for (const file of files) yield* wordsIn([file])
      const before = held()
      const freedBefore = freed
      for (let round = 0; round < 3; round++) {
        for (const kind of kinds) yield* spoken(text, compressed[kind])
        for (const file of files) assert.strictEqual((yield* wordsIn(cut(file, [300]))).join(" "), text)
      }
      assert.deepStrictEqual(held(), before)
      assert.strictEqual(made.length, 1)
      assert.strictEqual(freed - freedBefore, 3)
    }))

  it.effect("are given back when a file is broken off", () =>
    Effect.gen(function*() {
      yield* spoken(text, compressed.flac)
      const before = held()
      const freedBefore = freed
      for (const kind of kinds) {
        const file = yield* spoken(text, compressed[kind])
        const begun = yield* Deferred.make<void>()
        const endless = Stream.concat(Stream.make(file), Stream.never)
        const listening = yield* decode(endless, {}).pipe(
          Effect.flatMap(({ samples }) => Stream.runForEach(samples, () => Deferred.succeed(begun, undefined))),
          Effect.scoped,
          Effect.forkChild
        )
        yield* Deferred.await(begun)
        yield* Fiber.interrupt(listening)

        const { sampleRate } = compressed[kind]
        const voice = Stream.concat(Stream.make(Synthesizer.speak(text, { sampleRate })), Stream.never)
        yield* Stream.runHead(encode(voice, compressed[kind]))
      }
      assert.deepStrictEqual(held(), before)
      assert.strictEqual(made.length, 1)
      assert.strictEqual(freed - freedBefore, 1)
    }))

  it.effect("hold no more of a file that changes, however often", () =>
    Effect.gen(function*() {
      const aac = yield* spoken("once", compressed.aac)
      const opus = yield* spoken("once", compressed.opus)
      yield* wordsIn([opus])
      const before = held().reduce((sum, bytes) => sum + bytes, 0)
      const most = (file: Uint8Array) =>
        Effect.scoped(Effect.gen(function*() {
          let most = 0
          const { samples } = yield* decode(Stream.make(file), {})
          yield* Stream.runForEach(
            samples,
            () => Effect.sync(() => (most = Math.max(most, held().reduce((sum, bytes) => sum + bytes, 0) - before)))
          )
          return most
        }))
      // Every other frame is damaged, which gives the decoder of AAC a new beginning; and streams behind one another.
      const damaged = (every: number) => aac.map((byte, i) => i % every === 120 ? byte ^ 0xff : byte)
      assert.isAtMost(yield* most(damaged(150)), (yield* most(damaged(1500))) * 1.2)
      const chain = (length: number) => new Uint8Array(Buffer.concat(Array.from({ length }, () => opus)))
      assert.isAtMost(yield* most(chain(40)), (yield* most(chain(2))) * 1.2)
    }))

  it.effect("are not used again when a codec cannot be opened", () =>
    Effect.gen(function*() {
      const before = made.length
      const opus = yield* spoken(text, compressed.opus)
      const head = opus.slice(0, 47)
      head[28 + 18] = 200
      const error = yield* Effect.flip(wordsIn([withChecksum(head)]))
      assert.match(error.message, /the decoder cannot be opened$/)
      yield* Effect.flip(spoken(text, { ...compressed.aac, sampleRate: 12_345 }))
      yield* spoken(text, compressed.opus)
      assert.isAbove(made.length, before)
    }))

  it.effect("are not shared by files at the same time", () =>
    Effect.gen(function*() {
      const file = yield* spoken(text, compressed.opus)
      const heard = yield* Effect.forEach([1, 2, 3], () => wordsIn(cut(file, [100])), { concurrency: 3 })
      for (const words of heard) assert.strictEqual(words.join(" "), text)
      assert.isAtMost(made.length, 3)
    }))

  it.effect.each(kinds)(
    "that trap over a frame are a typed error, and are not used again: %s",
    (kind) =>
      Effect.gen(function*() {
        const file = yield* spoken(text, compressed[kind])
        for (const frame of [0, 5]) {
          const freedBefore = freed
          let samples = 0
          trapIn = frame
          const error = yield* decode(Stream.make(file), {}).pipe(
            Effect.flatMap((audio) =>
              Stream.runForEach(audio.samples, ([channel]) => Effect.sync(() => (samples += channel!.length)))
            ),
            Effect.scoped,
            Effect.flip
          )
          assert.match(
            error.message,
            /^The \w+ file is broken at byte \d+: the decoder broke down over a (frame|packet)$/
          )
          assert.strictEqual(samples > 0, frame > 0)
          trapIn = Infinity
          // Whoever used the broken one again would fail here.
          for (let i = 0; i < 4; i++) assert.strictEqual((yield* wordsIn([file])).join(" "), text)
          if (kind === "mp3") assert.strictEqual(freed - freedBefore, 4)
          else assert.isAbove(broken.size, 0)
        }
      })
  )

  it.effect.each(["opus", "flac", "aac"] as const)(
    "that trap over samples are a typed error: %s",
    (kind) =>
      Effect.gen(function*() {
        trapIn = 2
        const error = yield* Effect.flip(spoken(text, compressed[kind]))
        assert.strictEqual(error._tag, "EncodingError")
        trapIn = Infinity
        const samples = Synthesizer.speak(text, { sampleRate: compressed[kind].sampleRate })
        const file = yield* encodeAll([samples], compressed[kind])
        assert.strictEqual((yield* wordsIn([file])).join(" "), text)
      })
  )
})
