/** `finalize` wherever it comes in the audio. */
import { Recording } from "@effect-deepgram/emulator"
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Schema, Stream } from "effect"
import { ListenV1, LiveAudio } from "effect-deepgram"
import { TestClock } from "effect/testing"
import * as Synthesizer from "../../src/Synthesizer.ts"
import { randomFrames, sameWords } from "../live/support.ts"
import { integer, makeRandom, pick, type Random, randomWord, Seed, usualRates } from "../voice/support.ts"
import { audioOf, encodings, failing, finalsOf, finalText, served, spoken, telephone, transports } from "./support.ts"

const conversation = (random: Random, sampleRate: number): Float32Array =>
  Synthesizer.converse(
    Array.from({ length: integer(random, 1, 3) }, () => ({
      text: Array.from({ length: integer(random, 1, 4) }, () => randomWord(random, 12)).join(" "),
      voice: integer(random, 0, 3),
      pause: pick(random, [0.03, 0.3, 1])
    })),
    { sampleRate }
  )

const raw = { model: "nova-3", punctuate: true, ...telephone } as const

for (const transport of transports) {
  layer(served(transport))(`finalize over ${transport.name}`, (it) => {
    it.effect.prop(
      "loses and repeats no word, wherever it comes",
      {
        seed: Seed,
        encoding: Schema.Literals(encodings),
        container: Schema.Literals(["raw", "wav"]),
        sampleRate: Schema.Literals(usualRates),
        multichannel: Schema.Boolean
      },
      Effect.fnUntraced(function*({ container, encoding, multichannel, sampleRate, seed }) {
        const random = makeRandom(seed)
        const sides = Array.from({ length: multichannel ? 2 : 1 }, () => conversation(random, sampleRate))
        const { bytes, format } = audioOf(sides, encoding, sampleRate, container)
        const options = { model: "nova-3", punctuate: true, multichannel, ...format } as const
        const messages = yield* Effect.scoped(Effect.gen(function*() {
          const { close, finalize, messages, send } = yield* ListenV1.connect(options)
          const finalizing: Array<Fiber.Fiber<boolean, unknown>> = []
          for (const frame of randomFrames(bytes, random)) {
            yield* send(frame)
            // It is not waited for: in the middle of a word there is no answer.
            if (random() < 0.2) finalizing.push(yield* Effect.forkScoped(finalize, { startImmediately: true }))
          }
          yield* close
          yield* Fiber.joinAll(finalizing)
          return yield* Stream.runCollect(messages)
        }))
        const { metadata, results } = yield* ListenV1.transcribeFile(bytes, options)
        for (const [channel, { alternatives: [alternative] }] of results.channels.entries()) {
          const finals = finalsOf(messages, channel)
          sameWords(finals.flatMap((final) => final.channel.alternatives[0]?.words ?? []), alternative?.words ?? [])
          let at = 0
          for (const { duration, start } of finals) {
            assert.approximately(start, at, 2e-6)
            at = start + duration
          }
          assert.approximately(at, metadata.duration, 2e-6)
        }
      }),
      { timeout: 60_000, arbitrary: { runs: 25 } }
    )

    it.effect("is false at once when there is nothing that is not final", () =>
      Effect.gen(function*() {
        const { finalize, position, send } = yield* ListenV1.connect(raw)
        assert.isFalse(yield* finalize)
        yield* send(LiveAudio.silence(telephone, "1500 millis"))
        assert.isTrue(yield* finalize)
        assert.deepStrictEqual(yield* position, { sent: 1.5, acknowledged: 1.5 })
        assert.isFalse(yield* finalize)
      }))

    it.effect("is false after its time where nobody knows how much audio there is", () =>
      Effect.gen(function*() {
        const { close, finalize, messages, send } = yield* ListenV1.connect({
          model: "nova-3",
          punctuate: true,
          finalizeTimeout: "5 seconds"
        })
        const answer = yield* Effect.forkScoped(finalize, { startImmediately: true })
        yield* TestClock.adjust("4999 millis")
        assert.isUndefined(answer.pollUnsafe())
        yield* TestClock.adjust("1 millis")
        assert.isFalse(yield* Fiber.join(answer))
        yield* send(Recording.wav("Still here."))
        yield* close
        assert.strictEqual(finalText(yield* Stream.runCollect(messages)), "Still here.")
      }))

    it.effect("waits for every channel", () =>
      Effect.gen(function*() {
        const { close, finalize, messages, send } = yield* ListenV1.connect({
          model: "nova-3",
          punctuate: true,
          multichannel: true
        })
        yield* send(Recording.wav([{ text: "Hello." }, { text: "Good morning.", channel: 1, pause: 0 }]))
        assert.isTrue(yield* finalize)
        yield* close
        const heard = yield* Stream.runCollect(messages)
        for (const [channel, text] of [[0, "Hello."], [1, "Good morning."]] as const) {
          assert.strictEqual(finalText(heard, channel), text)
          assert.strictEqual(finalsOf(heard, channel).filter(({ from_finalize }) => from_finalize === true).length, 1)
        }
      }))

    it.effect("fails after close", () =>
      Effect.gen(function*() {
        const { close, finalize, send } = yield* ListenV1.connect(raw)
        yield* send(spoken("Bye."))
        yield* close
        yield* failing("SendAfterClose", finalize)
        yield* failing("SendAfterClose", send(spoken("Bye.")))
      }))
  })
}
