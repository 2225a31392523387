/** What is said right after the last frame: no word is lost by it, and none comes twice. */
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { ListenV1, LiveAudio } from "effect-deepgram"
import { randomFrames } from "../live/support.ts"
import { integer, makeRandom, pick, type Random } from "../voice/support.ts"
import { finalsOf, finalText, reusing, served, spoken, telephone, transports } from "./support.ts"

const vocabulary = "yes no one two three four five six hello parcel Tuesday, naïve 日本語 well. why?".split(" ")

const sentence = (random: Random, longest: number): ReadonlyArray<string> =>
  Array.from({ length: integer(random, 1, longest) }, () => pick(random, vocabulary))

const options = { model: "nova-3", punctuate: true, ...telephone } as const

/** A thousand altogether. */
const timesEach = 1000 / transports.length

/** Between words the test voice is silent for 30 ms or more. */
const breath = LiveAudio.silence(telephone, "30 millis")

/** Speech that is over with the sound of its last word, or a little later. */
const speech = (random: Random, words: ReadonlyArray<string>): Uint8Array =>
  new Uint8Array([...breath, ...spoken(words.join(" "), pick(random, [0, 0, 0.005, 0.1]))])

/** A session that is closed right after its last frame, in one of the ways there are. */
const closed = Effect.fnUntraced(function*(random: Random, frames: ReadonlyArray<Uint8Array>) {
  const way = integer(random, 0, 2)
  if (way === 0) return yield* Stream.runCollect(ListenV1.transcribeStream(options)(reusing(frames)))
  const { close, messages, send } = yield* ListenV1.connect({ ...options, waitForOpen: way === 1 })
  yield* Effect.forEach(frames, send, { discard: true })
  yield* close
  return yield* Stream.runCollect(messages)
}, Effect.scoped)

for (const transport of transports) {
  layer(served(transport))(`over ${transport.name}`, (it) => {
    it.effect(
      `close after the last frame loses nothing, ${timesEach} times`,
      () =>
        Effect.forEach(
          Array.from({ length: timesEach }, (_, seed) => makeRandom(seed)),
          (random) =>
            Effect.gen(function*() {
              const words = sentence(random, 2)
              const messages = yield* closed(random, randomFrames(speech(random, words), random))
              assert.strictEqual(finalText(messages), words.join(" "))
              assert.strictEqual(messages.at(-1)?.type, "Metadata")
            }),
          { concurrency: 20, discard: true }
        ),
      60_000
    )

    it.effect(
      `finalize after the last frame has every word, ${timesEach} times, and the session goes on`,
      () =>
        Effect.forEach(
          Array.from({ length: timesEach / 10 }, (_, seed) => makeRandom(seed)),
          (random) =>
            Effect.gen(function*() {
              const { close, finalize, messages, send } = yield* ListenV1.connect({ ...options, interim_results: true })
              const heard: Array<ListenV1.ServerMessage> = []
              const reader = yield* Effect.forkScoped(
                Stream.runForEach(messages, (message) => Effect.sync(() => heard.push(message)))
              )
              assert.isFalse(yield* finalize)
              const said: Array<string> = []
              for (let time = 1; time <= 10; time++) {
                const words = sentence(random, 2)
                said.push(...words)
                yield* Effect.forEach(randomFrames(speech(random, words), random), send, { discard: true })
                assert.isTrue(yield* finalize)
                // What has come is read in the same turn of the event loop.
                yield* Effect.yieldNow
                assert.strictEqual(finalText(heard), said.join(" "))
                assert.isTrue(finalsOf(heard).at(-1)?.from_finalize)
              }
              yield* close
              yield* Fiber.join(reader)
              assert.strictEqual(finalText(heard), said.join(" "))
            }).pipe(Effect.scoped),
          { concurrency: 10, discard: true }
        ),
      60_000
    )
  })
}
