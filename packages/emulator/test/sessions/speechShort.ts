/** Short sessions that speak, each a text of its own, ended in every way there is. */
import { assert } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { SpeakV1, SpeakV2 } from "effect-deepgram"
import { turnOfLoop } from "./leaks.ts"
import { audioOf, format, wordsOf } from "./speech.ts"
import { patiently } from "./support.ts"

const aura = { model: "aura-2-thalia-en", ...format, ...patiently } as const
const flux = { model: "flux-kit-en", ...format, ...patiently } as const

const digits = "zero one two three four five six seven eight nine".split(" ")

const wordsFor = (index: number): ReadonlyArray<string> =>
  [Math.floor(index / 100), Math.floor(index / 10) % 10, index % 10].map((digit) => digits[digit]!)

/** Says a text by the pipe, or by hand. */
const speak = Effect.fnUntraced(function*(index: number) {
  const text = wordsFor(index).join(" ")
  switch (index % 4) {
    case 0:
      return yield* Stream.runCollect(Stream.make(text, ".").pipe(SpeakV1.speakStream(aura)))
    case 1:
      return yield* Stream.runCollect(Stream.make(text, ".").pipe(SpeakV2.speakStream(flux)))
    case 2: {
      const { close, flush, messages, speak } = yield* SpeakV1.connect(aura)
      yield* speak(text)
      yield* flush
      yield* close
      return yield* Stream.runCollect(messages)
    }
    default: {
      const { close, flush, messages, speak } = yield* SpeakV2.connect(flux)
      yield* speak(text)
      yield* flush
      yield* close
      return yield* Stream.runCollect(messages)
    }
  }
}, Effect.scoped)

/** A session that says what it is to. */
export const spoken = Effect.fnUntraced(function*(index: number) {
  const words = wordsFor(index).join(" ")
  assert.strictEqual(wordsOf(audioOf(yield* speak(index))).join(" "), index % 4 < 2 ? `${words}.` : words)
})

/** Begins to say a text, and goes away in some manner. */
export const left = Effect.fnUntraced(function*(index: number) {
  const text = Stream.concat(Stream.make("One. Two. Three. ", "Four"), Stream.never)
  const interruptions = Stream.fromEffectRepeat(turnOfLoop)
  switch (index % 4) {
    case 0:
      return yield* Stream.runDrain(Stream.take(text.pipe(SpeakV1.speakStream(aura)), 1 + index % 7))
    case 1:
      return yield* Stream.runDrain(Stream.take(text.pipe(SpeakV2.speakStream(flux)), 1 + index % 7))
    case 2: {
      const speaking = text.pipe(SpeakV1.speakStream({ ...aura, interruptions }), Stream.runDrain)
      const fiber = yield* Effect.forkChild(speaking, { startImmediately: true })
      for (let turn = 0; turn < index % 50; turn++) yield* turnOfLoop
      return yield* Fiber.interrupt(fiber)
    }
    default: {
      const connection = yield* SpeakV2.connect(flux)
      yield* connection.speak("One. Two.")
      // Whatever comes of it.
      yield* Effect.forEach(
        [connection.flush, connection.interrupt(), connection.configure({ speed: 1.1 }), connection.close],
        (asked) => Effect.forkChild(Effect.ignoreCause(asked), { startImmediately: true })
      )
      for (let turn = 0; turn < index % 20; turn++) yield* turnOfLoop
    }
  }
}, Effect.scoped)
