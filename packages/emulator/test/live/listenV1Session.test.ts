import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { createHash } from "node:crypto"
import { type LiveQuery, openListenV1 } from "../../src/internal/live/listenV1.ts"
import * as Recognizer from "../../src/Recognizer.ts"
import { compressed, spoken as encodedSpeech } from "../audio/support.ts"
import { integer, joined, makeRandom, withNoise } from "../voice/support.ts"
import {
  about,
  brief,
  bytesOf,
  framesOf,
  live,
  misplaced,
  pcm,
  rate,
  raw,
  recorded,
  replies,
  resultsOf,
  sameWords,
  spoken,
  transcript,
  wordsOf
} from "./support.ts"

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

/** What is said to `Finalize` after the first of the samples, to more of them, and so on. */
const finalized = (samples: Float32Array, seconds: ReadonlyArray<number>, query: LiveQuery = {}) => {
  const bytes = pcm(samples)
  const places = [...seconds.map((at) => Math.round(at * rate) * 2), bytes.length]
  const frames = places.flatMap((to, index) => {
    const piece = bytes.slice(places[index - 1] ?? 0, to)
    return index < seconds.length ? [piece, "Finalize" as const] : [piece]
  })
  return Effect.map(replies({ ...raw, ...query }, frames), (all) => ({
    messages: all.flat(),
    answers: all.filter((_, index) => frames[index] === "Finalize").map((messages) => messages.map(brief))
  }))
}

describe("Finalize", () => {
  it.effect("makes final what was heard", () =>
    Effect.gen(function*() {
      const samples = spoken("Hello there my friend.", 2)
      const { answers, messages } = yield* finalized(samples, [0.7])
      assert.deepStrictEqual(answers, [[`final speech finalize 0-0.5 "hello there"`]])
      assert.deepStrictEqual(messages.map(brief).slice(1), [
        `final speech 0.5-1.42 "my friend"`,
        `final 1.42-3.08 ""`,
        "metadata 3.08"
      ])
    }))

  it.effect("gives the word whose sound has just ended", () =>
    Effect.gen(function*() {
      const samples = spoken("Hello there", 0)
      assert.deepStrictEqual((yield* finalized(samples, [0.5])).messages.map(brief), [
        `final speech finalize 0-0.5 "hello there"`,
        "metadata 0.5"
      ])
      for (const late of [0.001, 0.004, 0.01, 0.02, 0.03, 0.06]) {
        const { answers, messages } = yield* finalized(joined(samples, new Float32Array(rate)), [0.5 + late])
        assert.deepStrictEqual(answers, [[`final speech finalize 0-${Number((0.5 + late).toFixed(6))} "hello there"`]])
        assert.deepStrictEqual(wordsOf(messages).map(({ word }) => word), ["hello", "there"])
      }
    }))

  it.effect("leaves a word that has only begun to the next result", () =>
    Effect.gen(function*() {
      for (const at of [0.0005, 0.0015, 0.004, 0.03]) {
        const { answers, messages } = yield* finalized(joined(new Float32Array(rate), spoken("acme", 1)), [1 + at])
        assert.deepStrictEqual(answers, [[`final speech finalize 0-${Number((0.9 + at).toFixed(6))} ""`]])
        assert.deepStrictEqual(misplaced(messages, 2.18), [])
      }
      assert.deepStrictEqual((yield* finalized(spoken("acme", 1), [0.0015])).answers, [[]])
    }))

  it.effect("leaves a word that it cuts to the next result, whole", () =>
    Effect.gen(function*() {
      const samples = spoken("Hello incomprehensible", 1)
      const { answers, messages } = yield* finalized(samples, [0.4, 0.5])
      assert.deepStrictEqual(answers, [[`final speech finalize 0-0.2 "hello"`], []])
      assert.deepStrictEqual(messages.map(brief), [
        `final speech finalize 0-0.2 "hello"`,
        `final speech 0.2-1.04 "incomprehensible"`,
        `final 1.04-${samples.length / rate} ""`,
        `metadata ${samples.length / rate}`
      ])
    }))

  it.effect("has no answer when nothing was heard since the last final", () =>
    Effect.gen(function*() {
      const samples = spoken("Hello.", 2)
      assert.deepStrictEqual((yield* finalized(samples, [0, 0.3, 0.3, 0.7, 0.7])).answers, [
        [],
        [`final speech finalize 0-0.3 "hello"`],
        [],
        [`final speech finalize 0.3-0.7 ""`],
        []
      ])
    }))

  it.effect("answers for each channel", () =>
    Effect.gen(function*() {
      const bytes = bytesOf([spoken("Hello.", 1), spoken("1: Good morning.", 0.5)], "linear16", rate, "raw")
      const query = { ...raw, channels: 2, multichannel: true }
      const [, answer = []] = yield* replies(query, [bytes, "Finalize"])
      assert.deepStrictEqual(
        answer.map((message) => [message.type === "Results" && message.channel_index, brief(message)]),
        [
          [[0, 2], `final speech finalize 0.54-1.22 ""`],
          [[1, 2], `final speech finalize 0.88-1.22 ""`]
        ]
      )
    }))

  for (const [name, noise] of [["", 0], [", in noise", 0.01]] as const) {
    it.effect(`loses nothing, wherever it comes${name}`, () =>
      Effect.gen(function*() {
        const random = makeRandom(7)
        const script = [
          "One two three.",
          0.7,
          "1: Four, five six; seven",
          0.05,
          "Incomprehensibilities!",
          1.3,
          "2: A b",
          0.1
        ]
        const samples = withNoise(spoken(...script), noise, random)
        const { results } = yield* recorded({ ...raw, diarize: true }, pcm(samples))
        const expected = results.channels[0]?.alternatives[0]?.words ?? []
        assert.strictEqual(expected.length, 10)
        let answered = 0
        for (let run = 0; run < 200; run++) {
          const places = Array.from({ length: integer(random, 1, 4) }, () => random() * samples.length / rate).toSorted(
            (a, b) => a - b
          )
          const { answers, messages } = yield* finalized(samples, places, { diarize: true })
          sameWords(wordsOf(messages), expected)
          assert.deepStrictEqual(misplaced(messages, samples.length / rate), [])
          answered += answers.flat().length
        }
        assert.isAbove(answered, 200)
      }), 60_000)
  }
})

describe("the end", () => {
  it.effect("tells about the session", () =>
    Effect.gen(function*() {
      const bytes = pcm(spoken("Hello.", 1))
      const messages = yield* live({ ...raw, extra: { ticket: "42" } }, framesOf(bytes, 640))
      const uuid = resultsOf(messages)[0]?.metadata?.model_uuid ?? ""
      assert.deepStrictEqual(messages.at(-1), {
        type: "Metadata",
        transaction_key: "deprecated",
        request_id: about.requestId,
        sha256: sha256(bytes),
        created: about.created,
        duration: 1.22,
        channels: 1,
        models: [uuid],
        model_info: { [uuid]: { name: "general-nova-3", version: "latest", arch: "nova-3" } },
        extra: { ticket: "42" }
      })
    }))

  it.effect("has nothing to tell without audio", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* live(raw, [new Uint8Array(0)]), [{
        type: "Metadata",
        transaction_key: "deprecated",
        request_id: about.requestId,
        sha256: sha256(new Uint8Array(0)),
        created: about.created,
        duration: 0,
        channels: 0
      }])
    }))

  it.effect("gives the words that were still open", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual((yield* live(raw, [pcm(spoken("Hello there", 0))])).map(brief), [
        `final speech 0-0.5 "hello there"`,
        "metadata 0.5"
      ])
    }))

  it.effect("has an incomplete checksum when the client did not close", () =>
    Effect.gen(function*() {
      const session = yield* openListenV1(raw, about)
      yield* session.push(pcm(spoken("Hello.", 1.005)))
      assert.deepStrictEqual(session.heard(), { seconds: 1.225, channels: 1 })
      const last = session.aborted()
      assert.strictEqual(last.type === "Metadata" && last.sha256, "incomplete")
      assert.strictEqual(brief(last), "metadata 1.225")
    }).pipe(Effect.scoped, Effect.provide(Recognizer.layer)))
})

describe("a session", () => {
  it.effect("mixes the channels, or keeps them apart", () =>
    Effect.gen(function*() {
      const channels = [spoken("Hello there.", 3), joined(new Float32Array(1.5 * rate), spoken("1: Good morning.", 1))]
      const wav = bytesOf(channels, "mulaw", rate, "wav")
      const query: LiveQuery = { model: "nova-3", punctuate: true }
      const mixed = yield* live(query, [wav.slice()])
      assert.strictEqual(transcript(mixed), "Hello there. Good morning.")
      assert.deepStrictEqual(resultsOf(mixed)[0]?.channel_index, [0, 1])
      const apart = yield* live({ ...query, multichannel: true }, [wav.slice()])
      assert.deepStrictEqual([0, 1].map((channel) => transcript(apart, channel)), ["Hello there.", "Good morning."])
      assert.deepStrictEqual(resultsOf(apart, 1)[0]?.channel_index, [1, 2])
      const last = apart.at(-1)
      assert.strictEqual(last?.type === "Metadata" && last.channels, 2)
    }))

  it.effect("hears files that have a codec, to their end", () =>
    Effect.gen(function*() {
      const file = yield* encodedSpeech("Hello there.", compressed.flac)
      const { metadata } = yield* recorded({ model: "nova-3" }, file)
      const messages = yield* live({ model: "nova-3" }, framesOf(file, 300))
      assert.strictEqual(transcript(messages), "hello there")
      assert.deepInclude(messages.at(-1), { type: "Metadata", duration: metadata.duration, sha256: sha256(file) })
    }))

  it.effect("fails for audio that cannot be decoded, and for rates that nobody hears", () =>
    Effect.gen(function*() {
      const broken = yield* Effect.flip(live({ model: "nova-3" }, [new TextEncoder().encode("{}".repeat(4000))]))
      assert.deepInclude(broken, { _tag: "NotAudio" })
      const unheard = yield* Effect.flip(live({ ...raw, sample_rate: 4000 }, [new Uint8Array(640)]))
      assert.deepInclude(unheard, { _tag: "RecognitionError", reason: "InvalidOptions" })
    }))

  it.effect("closes the sessions of the recogniser", () =>
    Effect.gen(function*() {
      let open = 0
      const recognizer = yield* Recognizer.Recognizer
      const counting = Recognizer.Recognizer.of({
        open: (options) =>
          Effect.tap(recognizer.open(options), () =>
            Effect.acquireRelease(Effect.sync(() => open++), () => Effect.sync(() => open--)))
      })
      const samples = spoken("Hello there", 0)
      yield* Effect.gen(function*() {
        const session = yield* openListenV1(raw, about)
        yield* session.push(pcm(samples))
        assert.strictEqual(open, 1)
        assert.strictEqual((yield* session.finalize).length, 1)
        assert.strictEqual(open, 1)
      }).pipe(Effect.scoped, Effect.provideService(Recognizer.Recognizer, counting))
      assert.strictEqual(open, 0)
    }).pipe(Effect.provide(Recognizer.layer)))

  it.effect("remembers nothing of what is final", () =>
    Effect.gen(function*() {
      // Two hours of speech and silence: kept, the samples alone would be 460 MB.
      const minute = pcm(
        joined(spoken("All of this is soon forgotten, every word of it.", 3), new Float32Array(50 * rate))
      )
      const session = yield* openListenV1({ ...raw, interim_results: true }, about)
      const size = () => {
        globalThis.gc?.()
        return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers
      }
      const run = (minutes: number) =>
        Effect.gen(function*() {
          for (let n = 0; n < minutes; n++) for (const frame of framesOf(minute, 32_000)) yield* session.push(frame)
        })
      yield* run(5)
      const before = size()
      yield* run(115)
      assert.isBelow(size() - before, 150e6)
      assert.isAbove(session.heard().seconds, 6600)
    }).pipe(Effect.scoped, Effect.provide(Recognizer.layer)), 60_000)
})
