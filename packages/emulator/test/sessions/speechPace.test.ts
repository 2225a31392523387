/** The SDK keeps Deepgram's limits, and the emulator is the judge: minutes of speech, by a clock that both go by. */
import { assert, layer } from "@effect/vitest"
import { Clock, Effect, Fiber, Stream } from "effect"
import { SpeakV1 } from "effect-deepgram"
import { speakV1Limits } from "effect-deepgram/DeepgramChannels"
import { TestClock } from "effect/testing"
import { integer, makeRandom } from "../voice/support.ts"
import { audioOf, format, randomText, turnsOfLoop, wordsOf, written } from "./speech.ts"
import { patiently, served, ws } from "./support.ts"

const { charactersPerMinute, flushesPerMinute } = speakV1Limits

const voice = { model: "aura-2-thalia-en", ...format, ...patiently } as const

/** Lets time pass until something is done, slowly enough for sockets to keep up with it; and says how many seconds. */
const whileTimePasses = Effect.fnUntraced(function*<A, E, R>(effect: Effect.Effect<A, E, R>) {
  const since = yield* Clock.currentTimeMillis
  const fiber = yield* Effect.forkChild(effect)
  while (fiber.pollUnsafe() === undefined) {
    yield* turnsOfLoop(25)
    yield* TestClock.adjust("250 millis")
  }
  const result = yield* Fiber.join(fiber)
  return { result, seconds: ((yield* Clock.currentTimeMillis) - since) / 1000 }
})

/** Speaks a text, all of which has to be heard. What the emulator finds wrong is among its messages. */
const spoken = Effect.fnUntraced(function*(tokens: ReadonlyArray<string>, between: Effect.Effect<void> = Effect.void) {
  const messages = yield* Stream.rechunk(Stream.fromIterable(tokens), 1).pipe(
    Stream.tap(() => between),
    SpeakV1.speakStream(voice),
    Stream.runCollect
  )
  assert.deepStrictEqual(messages.filter(({ type }) => type === "Warning"), [])
  assert.strictEqual(wordsOf(audioOf(messages)).join(" "), written(tokens.join("")))
  return messages.filter(({ type }) => type === "Flushed").length
})

const digits = "zero one two three four five six seven eight nine".split(" ")

/** So many sentences, with white space behind each, which counts like anything else. */
const sentences = (count: number, behind = " "): ReadonlyArray<string> =>
  Array.from(
    { length: count },
    (_, i) => `Parcel ${digits[Math.floor(i / 10) % 10]} ${digits[i % 10]}.${behind}`
  )

layer(served(ws))("the pace of speech", (it) => {
  it.effect("what is allowed in a minute needs no time", () =>
    Effect.gen(function*() {
      const text = sentences(60, " ".repeat(22))
      const { length } = text.join("")
      assert.isAbove(length, 0.95 * charactersPerMinute)
      assert.isBelow(length, charactersPerMinute)
      // Time stands still.
      assert.isAbove(yield* spoken(text), 0)
    }))

  it.effect("a long text that is there at once waits for the next minutes", () =>
    Effect.gen(function*() {
      const text = sentences(60, " ".repeat(80))
      const windows = Math.floor(text.join("").length / charactersPerMinute)
      assert.strictEqual(windows, 2)
      assert.isAbove((yield* whileTimePasses(spoken([text.join("")]))).seconds, 60 * windows)
    }))

  it.effect("sentences that come every second are flushed as often as may be", () =>
    Effect.gen(function*() {
      const { result: flushes } = yield* whileTimePasses(spoken(sentences(90), Effect.sleep("1 second")))
      assert.isAtLeast(flushes, flushesPerMinute)
    }))

  it.effect("a text that comes at any pace is spoken", () =>
    Effect.gen(function*() {
      const random = makeRandom(1)
      const pauses = Effect.suspend(() => random() < 0.1 ? Effect.sleep(integer(random, 1, 10_000)) : Effect.void)
      // Whoever pauses within a word is heard to do so.
      const words = randomText(random, 120, 120).match(/\S+\s+/g) ?? []
      yield* whileTimePasses(spoken(words, pauses))
    }))

  it.effect("no flush by hand is one too many", () =>
    Effect.gen(function*() {
      const { flush, messages, speak } = yield* SpeakV1.connect(voice)
      yield* Effect.forkChild(Stream.runDrain(messages))
      const flushed = (count: number) =>
        Effect.forEach(
          Array.from({ length: count }),
          () => Effect.map(Effect.andThen(speak("One."), flush), (flushed) => flushed?.sequence_id)
        )
      // Time stands still.
      const first = yield* flushed(flushesPerMinute)
      const { result: rest, seconds } = yield* whileTimePasses(flushed(1.5 * flushesPerMinute))
      assert.deepStrictEqual([...first, ...rest], Array.from({ length: 2.5 * flushesPerMinute }, (_, i) => i))
      assert.isAbove(seconds, 120)
    }).pipe(Effect.scoped))
})
