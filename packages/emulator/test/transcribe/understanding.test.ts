import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import type { ListenV1 } from "effect-deepgram"
import type { Query } from "../../src/internal/transcribe/query.ts"
import { hearing, transcribe } from "./speech.ts"

const all: Query = { punctuate: true, summarize: "v2", topics: true, intents: true, sentiment: true }

const agent = "Thank you for calling Premier Phone Services. How can I help you today?"
const customer = "I am very disappointed. My phone arrived damaged, and I want a refund."

/** The words of all channels, one channel after the other. */
const wordsOf = ({ results }: ListenV1.Transcription): ReadonlyArray<ListenV1.Word> =>
  results.channels.flatMap(({ alternatives: [first] }) => first?.words ?? [])

interface Segment {
  readonly text?: string
  readonly start_word?: number
  readonly end_word?: number
}

const segmentsOf = ({ intents, sentiments, topics }: ListenV1.TranscriptionResults): ReadonlyArray<Segment> => [
  ...intents?.segments ?? [],
  ...sentiments?.segments ?? [],
  ...topics?.segments ?? []
]

/** Segments are what their words say, and in one channel each. */
const check = (transcription: ListenV1.Transcription) => {
  const words = wordsOf(transcription)
  const { results } = transcription
  for (const { end_word = -1, start_word = -1, text = "" } of segmentsOf(results)) {
    const said = words.slice(start_word, end_word + 1)
    assert.strictEqual(said.length, end_word + 1 - start_word)
    assert.strictEqual(said.map(({ punctuated_word, word }) => punctuated_word ?? word).join(" "), text)
    assert.isTrue(results.channels.some(({ alternatives: [first] }) => {
      const own = new Set(first?.words)
      return said.every((word) => own.has(word))
    }))
  }
  for (const { end_word = -1, sentiment, start_word = -1 } of results.sentiments?.segments ?? []) {
    assert.isTrue(words.slice(start_word, end_word + 1).every((word) => word.sentiment === sentiment))
  }
}

describe("understanding", () => {
  it("is of the words that were heard", () => {
    const transcription = transcribe([hearing(`${agent} ${customer}`)], all)
    const { intents, sentiments, summary, topics } = transcription.results
    check(transcription)
    assert.deepStrictEqual(summary, { result: "success", short: `${agent} ${customer}` })
    assert.deepStrictEqual(topics?.segments?.map(({ topics = [] }) => topics.map(({ topic }) => topic)), [
      ["Premier Phone Services"],
      ["Phone", "Refund"]
    ])
    assert.deepStrictEqual(intents?.segments?.at(-1), {
      text: "My phone arrived damaged, and I want a refund.",
      start_word: 17,
      end_word: 25,
      intents: [{ intent: "Request refund", confidence_score: 0.8 }]
    })
    assert.deepStrictEqual(
      sentiments?.segments?.map(({ end_word, sentiment, start_word }) => [start_word, end_word, sentiment]),
      [[0, 6, "positive"], [7, 12, "neutral"], [13, 25, "negative"]]
    )
    assert.isFalse("warnings" in transcription.metadata)
  })

  it("is written as the transcript is", () => {
    const { results } = transcribe([hearing("I Love it. But I hate the Box!")], { sentiment: true })
    assert.deepStrictEqual(results.sentiments?.segments?.map(({ text }) => text), ["i love it", "but i hate the box"])
  })

  it("follows what the query makes of the words", () => {
    const transcription = transcribe([hearing("I need twenty five widgets.")], {
      ...all,
      numerals: true,
      replace: "widgets:sprockets"
    })
    check(transcription)
    assert.deepStrictEqual(transcription.results.intents?.segments?.map(({ end_word, text }) => [text, end_word]), [
      ["I need 25 sprockets.", 3]
    ])
    assert.strictEqual(transcription.results.summary?.short, "I need 25 sprockets.")
  })

  it("gives each word the sentiment of its sentence", () => {
    const { results } = transcribe([hearing("I enjoy it. The box is blue. I regret that.")], {
      sentiment: true,
      utterances: true
    })
    const [words = [], uttered = []] = [results.channels[0]?.alternatives[0]?.words, results.utterances?.[0]?.words]
    assert.deepStrictEqual(words.map(({ sentiment, sentiment_score }) => [sentiment, sentiment_score]), [
      ...Array.from({ length: 3 }, () => ["positive", 0.5547]),
      ...Array.from({ length: 4 }, () => ["neutral", 0]),
      ...Array.from({ length: 3 }, () => ["negative", -0.5547])
    ])
    assert.deepStrictEqual(uttered, words)
    assert.deepStrictEqual(results.sentiments?.average, { sentiment: "neutral", sentiment_score: 0 })
  })

  it("is none that was not asked for", () => {
    const { metadata, results } = transcribe([hearing(customer)], { punctuate: true, custom_topic_mode: "strict" })
    assert.deepStrictEqual(Object.keys(results), ["channels"])
    assert.isFalse(results.channels[0]?.alternatives[0]?.words?.some((word) => "sentiment" in word))
    assert.deepStrictEqual(Object.keys(metadata).filter((name) => name.endsWith("_info")), ["model_info"])
  })

  it("tells what it took", () => {
    const { metadata } = transcribe([hearing(customer)], all)
    const { intents_info, sentiment_info, summary_info, topics_info } = metadata
    assert.deepStrictEqual([summary_info?.input_tokens, summary_info?.output_tokens], [0, 0])
    assert.deepStrictEqual([sentiment_info?.input_tokens, sentiment_info?.output_tokens], [16, 16])
    assert.deepStrictEqual([topics_info?.input_tokens, topics_info?.output_tokens], [16, 2])
    assert.deepStrictEqual([intents_info?.input_tokens, intents_info?.output_tokens], [16, 7])
  })

  it("of several channels counts their words one after the other, and keeps them apart", () => {
    const transcription = transcribe([hearing("It is bad"), hearing("It is awful")], { ...all, multichannel: true })
    check(transcription)
    assert.deepStrictEqual(
      transcription.results.sentiments?.segments?.map(({ end_word, start_word, text }) => [start_word, end_word, text]),
      [[0, 2, "It is bad"], [3, 5, "It is awful"]]
    )
    assert.strictEqual(transcription.results.summary?.short, "It is bad It is awful")
  })

  it("keeps speakers apart, and what pauses keep apart", () => {
    const texts = (query: Query, ...parts: ReadonlyArray<string | number>) =>
      transcribe([hearing(...parts)], query).results.intents?.segments?.map(({ text }) => text)
    const query = { intents: true, punctuate: true }
    assert.deepStrictEqual(texts({ ...query, diarize: true }, "1: Please call", "2: Please wait"), [
      "Please call",
      "Please wait"
    ])
    assert.deepStrictEqual(texts(query, "Please call", 3, "Please wait"), ["Please call", "Please wait"])
    assert.deepStrictEqual(texts(query, "Please call", "Please wait"), ["Please call Please wait"])
  })

  it("is of English only", () => {
    const german = "Ich bin sehr enttäuscht von diesem Telefon, bitte storniere die Bestellung."
    for (const query of [{ ...all, language: "de" }, { ...all, detect_language: true }]) {
      const { metadata, results } = transcribe([hearing(german)], query)
      assert.deepStrictEqual(results.summary, { result: "failure", short: "" })
      assert.deepStrictEqual(Object.keys(results), ["channels", "summary"])
      assert.isUndefined(metadata.summary_info)
      assert.isUndefined(metadata.topics_info)
      assert.isFalse(results.channels[0]?.alternatives[0]?.words?.some((word) => "sentiment" in word))
    }
    const both = transcribe([hearing(german), hearing(customer)], { ...all, multichannel: true, detect_language: true })
    check(both)
    assert.deepStrictEqual(both.results.summary, { result: "success", short: customer })
    assert.strictEqual(both.results.sentiments?.segments?.[0]?.start_word, 11)
    assert.strictEqual(both.results.channels[0]?.alternatives[0]?.words?.[0]?.sentiment, undefined)
    assert.strictEqual(both.results.channels[1]?.alternatives[0]?.words?.[0]?.sentiment, "negative")
  })

  it("of silence is empty, and the summary has failed", () => {
    for (const channels of [[], [hearing()]]) {
      const { metadata, results } = transcribe(channels, all)
      assert.deepStrictEqual(results.summary, { result: "failure", short: "" })
      assert.deepStrictEqual(segmentsOf(results), [])
      assert.deepStrictEqual(results.sentiments?.average, { sentiment: "neutral", sentiment_score: 0 })
      assert.strictEqual(metadata.sentiment_info?.input_tokens, 0)
    }
  })

  const Spoken = Schema.Array(Schema.Array(Schema.Union([
    Schema.Literals(["Please", "send", "my", "refund.", "I", "love", "hate", "twenty", "five", "it!", "the", "order"]),
    Schema.Literals([1, 3]),
    Schema.String
  ])))

  it.prop(
    "of anything is what its words say",
    { spoken: Spoken, punctuate: Schema.Boolean, diarize: Schema.Boolean, numerals: Schema.Boolean },
    ({ diarize, numerals, punctuate, spoken }) => {
      const channels = spoken.map((parts) =>
        hearing(...parts.map((part, index) => typeof part === "string" ? `${index % 3}: ${part}` : part))
      )
      check(transcribe(channels, { ...all, custom_topic: "order", punctuate, diarize, numerals }))
    },
    { arbitrary: { runs: 200 } }
  )
})
