/** What waits while a client does not read is bounded: whoever asks for more waits, too. */
import { Synthesizer } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Latch, Stream } from "effect"
import { openSpeakV1 } from "../../src/internal/speak/liveV1.ts"
import { openSpeakV2 } from "../../src/internal/speak/liveV2.ts"

const format = { encoding: "mulaw", sampleRate: 8000 } as const

/** A client that reads nothing until it is let. */
const deaf = () => {
  const reads = Latch.makeUnsafe()
  const types: Array<string> = []
  return {
    reads,
    types,
    say: ({ type }: { readonly type: string }) =>
      Effect.andThen(Latch.await(reads), Effect.sync(() => types.push(type)).pipe(Effect.asVoid)),
    voice: {
      synthesizer: Synthesizer.Synthesizer.of({ speak: () => Stream.make(new Float32Array(1)) }),
      format,
      testVoice: 0,
      send: () => Latch.await(reads)
    },
    spoken: () => Effect.void
  }
}

/** Does something so many times, and counts; answers when it is done, or waits. */
const repeated = Effect.fnUntraced(function*<E>(times: number, self: Effect.Effect<void, E>) {
  let count = 0
  const fiber = yield* Effect.forkChild(
    Effect.replicateEffect(Effect.andThen(self, Effect.sync(() => count++)), times, { discard: true })
  )
  let before = -1
  while (count > before) {
    before = count
    yield* Effect.replicateEffect(Effect.yieldNow, 1000, { discard: true })
  }
  return { count: () => count, fiber }
})

describe("a client that does not read", () => {
  it.effect("is owed a thousand answers to Clear, and gets each of them in the end", () =>
    Effect.gen(function*() {
      const { reads, types, ...client } = deaf()
      const session = yield* openSpeakV1({ ...client, speed: 1, pronunciations: true })
      const running = yield* Effect.forkChild(session.run)
      const { count, fiber } = yield* repeated(2500, session.clear)
      assert.strictEqual(count(), 1000)
      yield* Latch.open(reads)
      yield* Fiber.join(fiber)
      yield* session.close
      yield* Fiber.join(running)
      assert.deepStrictEqual(types, Array.from({ length: 2500 }, () => "Cleared"))
    }))

  it.effect("can have as many turns wait, or a million characters, and hears all of them in the end", () =>
    Effect.gen(function*() {
      for (const [text, times, most] of [["a", 2500, 1000], ["word ".repeat(4000), 100, 50]] as const) {
        const { reads, types, ...client } = deaf()
        const session = yield* openSpeakV2({ ...client, speed: undefined, speedProblem: () => undefined })
        const running = yield* Effect.forkChild(session.run)
        const { count, fiber } = yield* repeated(times, Effect.andThen(session.speak(text), session.flush))
        assert.isAtLeast(count(), most / 2)
        assert.isAtMost(count(), most)
        yield* Latch.open(reads)
        yield* Fiber.join(fiber)
        yield* session.close
        yield* Fiber.join(running)
        assert.strictEqual(types.filter((type) => type === "SpeechMetadata").length, times)
      }
    }))

  it.effect("but then does can have any number of characters in a turn", () =>
    Effect.gen(function*() {
      const { reads, types, ...client } = deaf()
      const session = yield* openSpeakV2({ ...client, speed: undefined, speedProblem: () => undefined })
      const running = yield* Effect.forkChild(session.run)
      yield* Latch.open(reads)
      yield* Effect.replicateEffect(session.speak("word ".repeat(4000)), 100, { discard: true })
      yield* session.close
      yield* Fiber.join(running)
      assert.deepStrictEqual(types, ["SpeechStarted", "SpeechMetadata", "SessionMetadata"])
    }))

  it.effect("makes room by an interruption", () =>
    Effect.gen(function*() {
      const { reads, types, ...client } = deaf()
      const session = yield* openSpeakV2({
        ...client,
        speed: undefined,
        speedProblem: () => undefined,
        // The first sound is heard, and no other.
        voice: { ...client.voice, send: () => Effect.never }
      })
      yield* Latch.open(reads)
      const running = yield* Effect.forkChild(session.run)
      const text = "word ".repeat(250_000)
      yield* session.speak(text)
      yield* session.flush
      const { count, fiber } = yield* repeated(1, session.speak("Next."))
      assert.strictEqual(count(), 0)
      yield* session.interrupt(undefined)
      yield* Fiber.join(fiber)
      yield* Fiber.interrupt(running)
      assert.deepStrictEqual(types, ["SpeechStarted", "SpeechInterrupted", "SpeechStarted"])
    }))
})
