import { assert, describe, it } from "@effect/vitest"
import { Clock, Deferred, Duration, Effect, Exit, Fiber, Schema, Stream } from "effect"
import { type DeepgramError, LiveAudio } from "effect-deepgram"
import { TestClock } from "effect/testing"
import { bytesOf, pieces } from "../support/audio.ts"
import { pass, watchSleeps } from "../support/clock.ts"

interface Given {
  readonly at: number
  readonly bytes: Uint8Array
}

/** Everything that a stream gives, and the milliseconds at which it does. */
const read = Effect.fnUntraced(function*<E>(
  audio: Stream.Stream<Uint8Array, E>,
  reading: (count: number) => Effect.Effect<void> = () => Effect.void
) {
  const given: Array<Given> = []
  const exit = yield* Effect.exit(Stream.runForEach(audio, (bytes) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => {
      given.push({ at, bytes })
      return reading(given.length)
    })))
  return { exit, given, end: yield* Clock.currentTimeMillis }
})

/** Lets time pass until an effect is over: whenever it sleeps, by as much. */
const inTime = Effect.fnUntraced(function*<A, E>(self: Effect.Effect<A, E>) {
  const sleeps = yield* watchSleeps
  const fiber = yield* Effect.forkChild(sleeps.watch(self))
  return yield* Effect.raceFirst(Fiber.join(fiber), Effect.forever(Effect.flatMap(sleeps.next(), pass)))
})

const join = (given: ReadonlyArray<Given>) => given.flatMap(({ bytes }) => [...bytes])
const times = (given: ReadonlyArray<Given>) => given.map(({ at }) => at)
const every = (millis: number, count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => from + millis * (index + 1))

/** 640 bytes are 20 milliseconds. */
const linear = { encoding: "linear16", sample_rate: 16_000 } as const

const wav = (dataBytes: number, { bytesPerSecond = 16_000, tail = 0 } = {}) => {
  const bytes = new Uint8Array(44 + dataBytes + tail)
  const view = new DataView(bytes.buffer)
  bytes.set(bytesOf(dataBytes + tail), 44)
  for (const [at, text] of [[0, "RIFF"], [8, "WAVEfmt "], [36, "data"]] as const) {
    bytes.set(new TextEncoder().encode(text), at)
  }
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, bytesPerSecond / 2, true)
  view.setUint32(28, bytesPerSecond, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  view.setUint32(40, dataBytes, true)
  return bytes
}

describe("frames", () => {
  it.effect("come when they have been spoken", () =>
    Effect.gen(function*() {
      const audio = bytesOf(1600)
      const { end, given } = yield* inTime(read(Stream.make(audio).pipe(LiveAudio.pace(linear))))
      assert.deepStrictEqual(times(given), [20, 40, 50])
      assert.deepStrictEqual(given.map(({ bytes }) => bytes.length), [640, 640, 320])
      assert.deepStrictEqual(join(given), [...audio])
      assert.strictEqual(end, 50)
    }))

  it.effect.each<readonly [string, LiveAudio.PaceOptions, ReadonlyArray<number>]>([
    ["as long as is wanted", { ...linear, frame: "80 millis" }, [80, 100]],
    ["twice as fast", { ...linear, speed: 2 }, [10, 20, 30, 40, 50]],
    ["half as fast", { ...linear, speed: 0.5 }, [40, 80, 120, 160, 200]],
    ["at once", { ...linear, speed: Infinity }, [0, 0, 0, 0, 0]],
    ["of two channels", { ...linear, channels: 2 }, [20, 40, 50]],
    ["of one byte a sample", { encoding: "mulaw", sample_rate: 8000 }, [...every(20, 20)]],
    [
      "never shorter than a sample",
      { encoding: "linear16", sample_rate: 16, frame: 1 },
      every(62.5, 1600).map(Math.ceil)
    ]
  ])("%s", ([, options, expected]) =>
    Effect.gen(function*() {
      const { given } = yield* inTime(read(Stream.make(bytesOf(3200)).pipe(LiveAudio.pace(options))))
      assert.deepStrictEqual(times(given), expected)
    }))

  it.effect.prop(
    "are whole samples, and together they are the audio, however it comes",
    {
      encoding: Schema.Literals(["linear16", "linear32", "mulaw", "alaw"]),
      channels: Schema.Literals([1, 2, 3]),
      sample_rate: Schema.Literals([8000, 11_025, 16_000, 44_100]),
      frame: Schema.Literals([1, 20, 33, 80]),
      length: Schema.Literals([0, 1, 11, 640, 9999]),
      sizes: Schema.NonEmptyArray(Schema.Literals([1, 3, 100, 640, 4096])),
      together: Schema.Literals([1, 2, 4096])
    },
    ({ frame, length, sizes, together, ...format }) =>
      Effect.gen(function*() {
        const audio = bytesOf(length)
        const source = Stream.fromIterable(pieces(audio, ...sizes)).pipe(Stream.rechunk(together))
        const { given } = yield* inTime(read(source.pipe(LiveAudio.pace({ ...format, frame }))))
        assert.deepStrictEqual(join(given), [...audio])
        const size = { linear16: 2, linear32: 4, mulaw: 1, alaw: 1 }[format.encoding] * format.channels
        const usual = Math.round(frame * format.sample_rate / 1000) * size
        for (const { bytes } of given.slice(0, -1)) assert.strictEqual(bytes.length, usual)
        assert.isAtMost(given.at(-1)?.bytes.length ?? 0, usual)
        const rate = format.sample_rate * size
        assert.deepStrictEqual(
          times(given),
          given.map((_, index) => Math.ceil(Math.min((index + 1) * usual, length) * 1000 / rate))
        )
      }).pipe(Effect.provide(TestClock.layer())),
    { arbitrary: { runs: 60 }, timeout: 60_000 }
  )
})

/** Sleeps 3 milliseconds too long each time. */
const overslept = <A, E>(self: Effect.Effect<A, E>) =>
  Clock.clockWith((clock) => {
    const late: Clock.Clock = Object.assign(Object.create(clock) as Clock.Clock, {
      sleep: (duration: Duration.Duration) => clock.sleep(Duration.sum(duration, Duration.millis(3)))
    })
    return Effect.provideService(self, Clock.Clock, late)
  })

describe("time", () => {
  it.effect.each<readonly [sample_rate: number, frameMillis: number]>([
    [16_000, 20],
    // No whole number of milliseconds.
    [11_025, 221_000 / 11_025]
  ])("does not drift at %d Hz, though every sleep is too long", ([sample_rate, frameMillis]) =>
    Effect.gen(function*() {
      const frame = new Uint8Array(Math.round(sample_rate / 50) * 2)
      const audio = Stream.fromIterable(Array.from({ length: 10_000 }, () => frame))
      const paced = audio.pipe(LiveAudio.pace({ encoding: "linear16", sample_rate }))
      const { given } = yield* inTime(overslept(read(paced)))
      assert.strictEqual(given.length, 10_000)
      for (const [index, { at }] of given.entries()) {
        if (at !== Math.ceil(frameMillis * (index + 1)) + 3) {
          assert.strictEqual(at, Math.ceil(frameMillis * (index + 1)) + 3, `frame ${index}`)
        }
      }
    }), 60_000)

  it.effect("is counted from the first bytes", () =>
    Effect.gen(function*() {
      const late = Stream.fromEffect(Effect.as(Effect.sleep("3 seconds"), bytesOf(1280)))
      const { given } = yield* inTime(read(late.pipe(LiveAudio.pace(linear))))
      assert.deepStrictEqual(times(given), [3020, 3040])
    }))

  it.effect("that a reader takes is made up for, up to a second", () =>
    Effect.gen(function*() {
      const paced = Stream.make(bytesOf(640 * 100)).pipe(LiveAudio.pace(linear))
      const reading = (millis: number) => (count: number) => count === 10 ? Effect.sleep(millis) : Effect.void
      const short = yield* inTime(read(paced, reading(300)))
      // 11 to 25 were due meanwhile.
      assert.deepStrictEqual(times(short.given), [...every(20, 10), ...every(0, 15, 500), ...every(20, 75, 500)])
    }))

  it.effect("that a reader takes is lost beyond a second", () =>
    Effect.gen(function*() {
      const paced = Stream.make(bytesOf(640 * 100)).pipe(LiveAudio.pace(linear))
      const { given } = yield* inTime(read(paced, (count) => count === 10 ? Effect.sleep("5 seconds") : Effect.void))
      // The one that was due a second ago, and 50 that were due since.
      assert.deepStrictEqual(times(given), [...every(20, 10), ...every(0, 51, 5200), ...every(20, 39, 5200)])
    }))

  it.effect("that a source takes is lost beyond a second of audio, at any speed", () =>
    Effect.gen(function*() {
      const source = Stream.concat(
        Stream.make(bytesOf(640 * 10)),
        Stream.fromEffect(Effect.as(Effect.sleep("5 seconds"), bytesOf(640 * 90)))
      )
      const { given } = yield* inTime(read(source.pipe(LiveAudio.pace({ ...linear, speed: 2 }))))
      // The source is asked again when the tenth frame was given.
      assert.deepStrictEqual(times(given), [...every(10, 10), ...every(0, 51, 5100), ...every(10, 39, 5100)])
    }))
})

describe("WAV", () => {
  it.effect.each([[44], [1], [7, 30, 100], [1000]])(
    "is paced by its header, in pieces of %j",
    (sizes) =>
      Effect.gen(function*() {
        const bytes = wav(800, { tail: 26 })
        const paced = Stream.fromIterable(pieces(bytes, ...sizes)).pipe(Stream.rechunk(1), LiveAudio.pace())
        const { given } = yield* inTime(read(paced))
        assert.deepStrictEqual(join(given), [...bytes])
        assert.deepStrictEqual(given.slice(0, 3).map(({ at, bytes }) => [at, bytes.length]), [
          [20, 44 + 320],
          [40, 320],
          [50, 160]
        ])
        // What follows the samples takes no time.
        assert.deepStrictEqual(new Set(times(given.slice(3))), new Set([50]))
      })
  )

  it.effect("is WAV, whatever is said of it", () =>
    Effect.gen(function*() {
      const { given } = yield* inTime(read(Stream.make(wav(640)).pipe(LiveAudio.pace(linear))))
      assert.deepStrictEqual(times(given), [20, 40])
    }))

  it.effect("without samples is only a header", () =>
    Effect.gen(function*() {
      const { exit, given } = yield* inTime(read(Stream.make(wav(0)).pipe(LiveAudio.pace())))
      assert.deepStrictEqual(times(given), [0])
      assert.deepStrictEqual(exit, Exit.void)
    }))
})

describe("what fails", () => {
  const refusal = <E>(exit: Exit.Exit<void, E | DeepgramError.BadRequest>) => {
    assert.isTrue(Exit.isFailure(exit))
    return Effect.flip(exit)
  }

  it.effect.each<readonly [string, Stream.Stream<Uint8Array>, LiveAudio.PaceOptions, RegExp]>([
    ["compressed audio", Stream.make(bytesOf(1000)), {}, /neither raw .* nor WAV/],
    ["a few bytes", Stream.make(bytesOf(3)), {}, /neither raw .* nor WAV/],
    ["half a header", Stream.make(wav(100).subarray(0, 40)), linear, /neither raw .* nor WAV/],
    ["no speed", Stream.make(bytesOf(1000)), { ...linear, speed: 0 }, /the speed is 0/],
    ["a speed that is no number", Stream.make(bytesOf(1000)), { ...linear, speed: Number.NaN }, /the speed is NaN/],
    ["frames without length", Stream.make(bytesOf(1000)), { ...linear, frame: 0 }, /the length of a frame/],
    ["frames without end", Stream.make(bytesOf(1000)), { ...linear, frame: Duration.infinity }, /the length of a frame/]
  ])("%s", ([, audio, options, reason]) =>
    Effect.gen(function*() {
      const { exit, given } = yield* inTime(read(audio.pipe(LiveAudio.pace(options))))
      const error = yield* refusal(exit)
      assert.strictEqual(error._tag, "BadRequest")
      assert.match(error.message, reason)
      assert.strictEqual(error.operation, "LiveAudio.pace")
      assert.deepStrictEqual(given, [])
    }))

  it.effect("the source, after the audio that came before", () =>
    Effect.gen(function*() {
      const source = Stream.concat(Stream.make(bytesOf(1000)), Stream.fail("broken"))
      const { exit, given } = yield* inTime(read(source.pipe(LiveAudio.pace(linear))))
      assert.deepStrictEqual(exit, Exit.fail("broken"))
      assert.deepStrictEqual(times(given), [20, 32])
      assert.deepStrictEqual(join(given), [...bytesOf(1000)])
    }))

  it.effect("the source, before anything is known", () =>
    Effect.gen(function*() {
      const source = Stream.concat(Stream.make(wav(100).subarray(0, 20)), Stream.fail("broken"))
      const { exit } = yield* inTime(read(source.pipe(LiveAudio.pace())))
      assert.deepStrictEqual(exit, Exit.fail("broken"))
    }))

  it.effect("nothing, when there is nothing", () =>
    Effect.gen(function*() {
      const { exit, given } = yield* inTime(read(Stream.make(new Uint8Array(0)).pipe(LiveAudio.pace())))
      assert.deepStrictEqual(exit, Exit.void)
      assert.deepStrictEqual(given, [])
    }))
})

it.effect("an interruption lets the source go at once", () =>
  Effect.gen(function*() {
    const first = yield* Deferred.make<void>()
    let released = false
    const source = Stream.make(bytesOf(6400)).pipe(
      Stream.ensuring(Effect.sync(() => {
        released = true
      }))
    )
    const fiber = yield* Effect.forkChild(
      Stream.runForEach(source.pipe(LiveAudio.pace(linear)), () => Deferred.succeed(first, undefined))
    )
    yield* TestClock.adjust("20 millis")
    yield* Deferred.await(first)
    assert.isFalse(released)
    yield* Fiber.interrupt(fiber)
    assert.isTrue(released)
  }))

describe("silence", () => {
  it.each<readonly [LiveAudio.RawFormat, number, number]>([
    [{ encoding: "linear16", sample_rate: 16_000 }, 16_000, 0],
    [{ encoding: "linear32", sample_rate: 8000, channels: 2 }, 32_000, 0],
    [{ encoding: "mulaw", sample_rate: 8000 }, 4000, 0xff],
    [{ encoding: "alaw", sample_rate: 8001, channels: 3 }, 12_003, 0xd5]
  ])("%j", (format, length, value) => {
    const silence = LiveAudio.silence(format, "500 millis")
    assert.strictEqual(silence.length, length)
    assert.isTrue(silence.every((byte) => byte === value))
  })
})
