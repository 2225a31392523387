import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { LiveQuery } from "../../src/internal/live/listenV1.ts"
import { joined, makeRandom, withNoise } from "../voice/support.ts"
import {
  brief,
  bytesOf,
  finalsOf,
  framesOf,
  live,
  misplaced,
  pcm,
  rate,
  raw,
  recorded,
  resultsOf,
  spoken,
  textOf,
  transcript,
  wordsOf
} from "./support.ts"

/** In frames of 20 ms, as a telephone sends them. */
const hear = (query: LiveQuery, samples: Float32Array) => live({ ...raw, ...query }, framesOf(pcm(samples), 640))

const briefly = (query: LiveQuery, samples: Float32Array) =>
  Effect.map(hear(query, samples), (messages) => messages.map(brief))

const silence = (seconds: number) => new Float32Array(seconds * rate)

/** The test voice without the beginnings of its words. */
const unintelligible = (count: number) =>
  Array.from({ length: count }, (_, index) => spoken("incomprehensible", 0.05).slice(800 + index % 2))

describe("final results", () => {
  it.effect("come at the end of each sentence, and cover all of the audio", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* briefly({ punctuate: true }, spoken("Good morning, Ann. How are you?", 2)), [
        `final speech 0-1.24 "Good morning, Ann."`,
        `final speech 1.24-2.34 "How are you?"`,
        `final 2.34-4.02 ""`,
        "metadata 4.02"
      ])
    }))

  it.effect("wait for as much silence as `endpointing` says", () =>
    Effect.gen(function*() {
      const samples = spoken("Hello. How are you?", 2, "Fine.", 0.1)
      assert.deepStrictEqual(yield* briefly({ punctuate: true, endpointing: 1000 }, samples), [
        `final speech 0-2.34 "Hello. How are you?"`,
        `final speech 2.34-3.62 "Fine."`,
        "metadata 3.62"
      ])
      const usual = yield* briefly({ punctuate: true }, samples)
      assert.deepStrictEqual(usual, [
        `final speech 0-0.54 "Hello."`,
        `final speech 0.54-1.64 "How are you?"`,
        `final speech 1.64-3.62 "Fine."`,
        "metadata 3.62"
      ])
      assert.deepStrictEqual(yield* briefly({ punctuate: true, endpointing: true }, samples), usual)
      assert.deepStrictEqual(yield* briefly({ punctuate: true, endpointing: 10 }, samples), usual)
    }))

  it.effect("come without an end of speech when `endpointing` is off, but for Finalize", () =>
    Effect.gen(function*() {
      const samples = spoken("Hello. How are you?", 7, "Fine.", 0.1)
      const query: LiveQuery = { punctuate: true, endpointing: false }
      assert.deepStrictEqual(yield* briefly(query, samples), [
        `final 0-5 "Hello. How are you?"`,
        `final 5-8.62 "Fine."`,
        "metadata 8.62"
      ])
      const finalized = yield* live({ ...raw, ...query }, [...framesOf(pcm(spoken("Fine.", 0.5)), 640), "Finalize"])
      assert.deepStrictEqual(finalized.map(brief), [`final speech finalize 0-0.7 "Fine."`, "metadata 0.7"])
    }))

  it.effect("are cut when they get long: at the end of a clause, or of a word", () =>
    Effect.gen(function*() {
      const text =
        "This is a rather long sentence, which goes on and on without any pause that would be long enough to " +
        "end it and so it is cut where it may be cut"
      const messages = yield* hear({ punctuate: true }, spoken(text, 1))
      assert.deepStrictEqual(messages.map(brief), [
        `final 0-1.62 "This is a rather long sentence,"`,
        `final 1.62-6.6 "which goes on and on without any pause that would be long enough to end it and so"`,
        `final speech 6.6-8.96 "it is cut where it may be cut"`,
        `final 8.96-9.64 ""`,
        "metadata 9.64"
      ])
    }))

  it.effect("end an utterance with an empty one when they were cut just before", () =>
    Effect.gen(function*() {
      const text = Array.from({ length: 22 }, () => "a").join(" ")
      assert.deepStrictEqual(yield* briefly({}, spoken(text, 2)), [
        `final 0-5 "${text}"`,
        `final speech 5-5.06 ""`,
        `final 5.06-6.74 ""`,
        "metadata 6.74"
      ])
    }))

  it.effect("are empty every five seconds while nobody speaks", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* briefly({}, silence(13)), [
        `final 0-5 ""`,
        `final 5-10 ""`,
        `final 10-13 ""`,
        "metadata 13"
      ])
    }))

  it.effect("come in noise too, and speech begins within its result", () =>
    Effect.gen(function*() {
      const samples = withNoise(joined(silence(3), spoken("Hello. How are you?", 7)), 0.01, makeRandom(3))
      const messages = yield* hear({ punctuate: true }, samples)
      assert.strictEqual(transcript(messages), "Hello. How are you?")
      assert.deepStrictEqual(misplaced(messages, samples.length / rate), [])
      assert.strictEqual(finalsOf(messages).filter(({ speech_final }) => speech_final === true).length, 2)
    }))

  it.effect("come also while somebody speaks whom nobody understands", () =>
    Effect.gen(function*() {
      // The test voice without the beginnings of its words.
      const syllables = Array.from(
        { length: 40 },
        (_, index) => spoken("incomprehensible", 0.05).slice(800 + index % 2)
      )
      const samples = joined(...syllables, silence(1))
      assert.deepStrictEqual(yield* briefly({ vad_events: true }, samples), [
        "started 0",
        `final 0-5 ""`,
        `final 5-10 ""`,
        `final 10-17.06 ""`,
        `final 17.06-${samples.length / rate} ""`,
        `metadata ${samples.length / rate}`
      ])
    }))
})

describe("interim results", () => {
  it.effect("grow, once a second and when there is something new", () =>
    Effect.gen(function*() {
      const samples = spoken("One two three four five six seven eight nine ten.", 3)
      assert.deepStrictEqual(yield* briefly({ interim_results: true }, samples), [
        `interim 0-1 "one two three"`,
        `interim 0-2 "one two three four five six seven"`,
        `interim 0-3 "one two three four five six seven eight nine ten"`,
        `final speech 0-3.02 "one two three four five six seven eight nine ten"`,
        `final 3.02-5.7 ""`,
        "metadata 5.7"
      ])
    }))

  it.effect("do not change the final ones", () =>
    Effect.gen(function*() {
      const samples = spoken("One two three four. Five six seven, eight nine ten.", 0.4, "1: Eleven!", 6, "Twelve", 1)
      const finals = finalsOf(yield* hear({ interim_results: true, smart_format: true, diarize: true }, samples))
      assert.deepStrictEqual(finals, finalsOf(yield* hear({ smart_format: true, diarize: true }, samples)))
    }))
})

describe("events", () => {
  it.effect("say when somebody begins and when nobody has gone on", () =>
    Effect.gen(function*() {
      const samples = spoken("Hello.", 2.5, "Bye.", 1.5)
      assert.deepStrictEqual(
        yield* briefly({ interim_results: true, utterance_end_ms: 1000, vad_events: true }, samples),
        [
          "started 0",
          `final speech 0-0.54 "hello"`,
          "utterance end 0.22",
          "started 2.72",
          `interim 0.54-2.94 "bye"`,
          `final speech 0.54-3.22 "bye"`,
          "utterance end 2.9",
          `final 3.22-4.4 ""`,
          "metadata 4.4"
        ]
      )
    }))

  it.effect("come after the final result of what they are about", () =>
    Effect.gen(function*() {
      const samples = spoken("Hello.", 2.5, "Bye.", 1.5)
      assert.deepStrictEqual(
        yield* briefly({ interim_results: true, utterance_end_ms: 1000, endpointing: false }, samples),
        [
          `interim 0-1 "hello"`,
          `final 0-1.22 "hello"`,
          "utterance end 0.22",
          `interim 1.22-2.94 "bye"`,
          `final 1.22-3.9 "bye"`,
          "utterance end 2.9",
          `final 3.9-4.4 ""`,
          "metadata 4.4"
        ]
      )
    }))

  it.effect("do not say that nobody has gone on while a long word is spoken", () =>
    Effect.gen(function*() {
      const word = "a".repeat(80)
      assert.deepStrictEqual(
        yield* briefly({ interim_results: true, utterance_end_ms: 1000 }, spoken(`Hello ${word}`, 2)),
        [
          `interim 0-1 "hello"`,
          `interim 0-2.22 "hello ${word}"`,
          `final speech 0-2.5 "hello ${word}"`,
          "utterance end 2.18",
          `final 2.5-4.18 ""`,
          "metadata 4.18"
        ]
      )
    }))

  it.effect("say so late when there are other sounds", () =>
    Effect.gen(function*() {
      const samples = joined(spoken("Hello.", 0.1), ...unintelligible(16))
      const messages = yield* briefly({ interim_results: true, utterance_end_ms: 1000 }, samples)
      assert.deepStrictEqual(messages.slice(0, 3), [
        `interim 0-1 "hello"`,
        `final 0-1.22 "hello"`,
        "utterance end 0.22"
      ])
    }))

  it.effect("name their channel", () =>
    Effect.gen(function*() {
      const messages = yield* hear(
        { utterance_end_ms: 1000, vad_events: true, interim_results: true },
        spoken("Hello.", 3)
      )
      assert.deepStrictEqual(messages.filter(({ type }) => type === "SpeechStarted" || type === "UtteranceEnd"), [
        { type: "SpeechStarted", channel: [0, 1], timestamp: 0 },
        { type: "UtteranceEnd", channel: [0, 1], last_word_end: 0.22 }
      ])
    }))
})

describe("the text", () => {
  it.effect("is that of the recording", () =>
    Effect.gen(function*() {
      const samples = spoken(
        "Hello there. I would like twenty five apples, please: one hundred and",
        0.6,
        "five in all.",
        1,
        "1: Is acme",
        0.5,
        "1: corp open on May fifth, two thousand twenty six?",
        7,
        "Yes period",
        1
      )
      const queries: ReadonlyArray<LiveQuery> = [
        {},
        { punctuate: true },
        { smart_format: true, keyterm: "ACME Corp" },
        { numerals: true, replace: ["twenty five:many", "acme corp:us"] },
        { dictation: true, diarize: true },
        { punctuate: true, language: "de", smart_format: true }
      ]
      for (const query of queries) {
        const all = { ...raw, ...query }
        const messages = yield* live(all, framesOf(pcm(samples), 640))
        const { results } = yield* recorded(all, pcm(samples))
        assert.strictEqual(transcript(messages), results.channels[0]?.alternatives[0]?.transcript)
      }
    }))

  it.effect("begins a sentence with a capital, though a final came between, as in the recording", () =>
    Effect.gen(function*() {
      for (
        const [pause, text] of [
          [0.6, "this is the end. We go on, and so on. Next"],
          // Two finals without a word come between.
          [12, "this is the end. We go on, and so on. Next"]
        ] as const
      ) {
        const samples = spoken("this is the end period", pause, "we go on comma", pause, "and so on. next", 1)
        const query: LiveQuery = { dictation: true, interim_results: true }
        const { results } = yield* recorded({ ...raw, dictation: true }, pcm(samples))
        assert.strictEqual(results.channels[0]?.alternatives[0]?.transcript, text)
        const messages = yield* hear(query, samples)
        assert.strictEqual(transcript(messages), text)
        const second = resultsOf(messages).map(textOf).filter((text) => /^we/i.test(text))
        assert.isAbove(second.length, 1)
        assert.isTrue(second.every((text) => text.startsWith("We")))
        // Without dictation words stay as they were spoken.
        assert.include(transcript(yield* hear({ punctuate: true }, samples)), "end period we go on comma")
      }
    }))

  it.effect("begins with a capital where the same channel ended a sentence", () =>
    Effect.gen(function*() {
      const sides = [spoken("the end period", 1, "we go on", 1), joined(silence(1.5), spoken("so do we", 2))]
      const bytes = bytesOf(sides, "linear16", rate, "raw")
      const messages = yield* live({ ...raw, channels: 2, multichannel: true, dictation: true }, framesOf(bytes, 1280))
      assert.deepStrictEqual([0, 1].map((channel) => transcript(messages, channel)), ["the end. We go on", "so do we"])
    }))

  it.effect("keeps numbers together for as long as a number may pause", () =>
    Effect.gen(function*() {
      const together = spoken("twenty", 0.7, "five", 2)
      assert.strictEqual(transcript(yield* hear({ numerals: true }, together)), "25")
      assert.strictEqual(finalsOf(yield* hear({}, together)).map(textOf).join("|"), "twenty|five|")
      assert.strictEqual(transcript(yield* hear({ numerals: true }, spoken("twenty", 1, "five", 2))), "20 5")
      const apart = yield* hear({ numerals: true }, spoken("I said twenty.", 0.5, "five", 2))
      assert.deepStrictEqual(finalsOf(apart).map(textOf), ["i said 20", "5", ""])
    }))

  it.effect("does not cut a number that is long", () =>
    Effect.gen(function*() {
      const part = "nine hundred ninety nine"
      const text = `We counted ${part} billion ${part} million ${part} thousand ${part}`
      const finals = finalsOf(yield* hear({ numerals: true }, spoken(text, 2)))
      assert.deepStrictEqual(finals.map(textOf), ["we counted", "999999999999", ""])
    }))

  it.effect("numbers the speakers through the whole session", () =>
    Effect.gen(function*() {
      const messages = yield* hear(
        { diarize: true },
        spoken("3: Hello Bob.", 1, "1: Hello Ann.", 7, "1: Well?", 1, "3: Well.", 0.5, "0: Me too.", 0.5)
      )
      assert.deepStrictEqual(wordsOf(messages).map(({ speaker }) => speaker), [0, 0, 1, 1, 1, 0, 2, 2])
      assert.isFalse(wordsOf(messages).some((word) => "speaker_confidence" in word))
      assert.deepStrictEqual(Object.keys(resultsOf(messages)[0]?.metadata?.diarize_info ?? {}), ["model_uuid", "arch"])
      assert.strictEqual(resultsOf(messages)[0]?.metadata?.diarize_info?.arch, "v1")
    }))

  it.effect("tells languages apart", () =>
    Effect.gen(function*() {
      const messages = yield* hear(
        { language: "multi" },
        spoken("What is this?", 1, "Das ist nicht gut und das ist es.", 1)
      )
      const languages = finalsOf(messages).map(({ channel }) => channel.alternatives[0]?.languages)
      assert.deepStrictEqual(languages, [["en"], ["de"], []])
      assert.strictEqual(wordsOf(messages).at(-1)?.language, "de")
    }))

  it.effect("is not changed by what is not modelled", () =>
    Effect.gen(function*() {
      const samples = spoken("My number is damn secret.", 1)
      const plain = yield* hear({}, samples)
      const query = { search: "number", detect_entities: true, redact: true, profanity_filter: true, keywords: "a:2" }
      assert.deepStrictEqual(yield* hear(query, samples), plain)
    }))
})

describe("a result", () => {
  it.effect("has the shape of Deepgram's", () =>
    Effect.gen(function*() {
      const [first] = resultsOf(yield* hear({ punctuate: true }, spoken("Hello.", 0.5)))
      const confidence = first?.channel.alternatives[0]?.confidence ?? 0
      assert.isAbove(confidence, 0.99)
      const uuid = first?.metadata?.model_uuid ?? ""
      assert.match(uuid, /^[0-9a-f-]{36}$/)
      assert.deepStrictEqual(first, {
        type: "Results",
        channel_index: [0, 1],
        start: 0,
        duration: 0.54,
        is_final: true,
        speech_final: true,
        from_finalize: false,
        channel: {
          alternatives: [{
            transcript: "Hello.",
            confidence,
            words: [{ word: "hello", start: 0, end: 0.22, confidence, punctuated_word: "Hello." }]
          }]
        },
        metadata: {
          request_id: "01890a5d-ac96-774b-bcce-b302099a8057",
          model_info: { name: "general-nova-3", version: "latest", arch: "nova-3" },
          model_uuid: uuid
        }
      })
    }))
})
