import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { alternative, hearing, transcribe, transcript, words } from "./speech.ts"

const normalized = (text: string) => text.split(/\s+/u).filter((word) => word !== "").join(" ")

describe("words", () => {
  it.prop("`punctuate` gives exactly what was said", { text: Schema.String }, ({ text }) => {
    assert.strictEqual(transcript({ punctuate: true }, `7: ${text}`), normalized(text))
  })

  it.prop("there is one word for each that was said, and none is empty", { text: Schema.String }, ({ text }) => {
    const { transcript, words = [] } = alternative({}, `7: ${text}`)
    assert.strictEqual(words.length, normalized(text).split(" ").filter((word) => word !== "").length)
    assert.isTrue(words.every(({ word }) => word !== "" && word === word.toLowerCase()))
    assert.strictEqual(transcript, words.map(({ word }) => word).join(" "))
  })

  it("are lower case and without the punctuation around them", () => {
    const cases: ReadonlyArray<readonly [string, string]> = [
      ["Hello, World!", "hello world"],
      ["“Don’t” (stop)…", "don’t stop"],
      ["state-of-the-art, e.g. O'Brien's", "state-of-the-art e.g o'brien's"],
      ["¿Qué tal? «Bien».", "qué tal bien"],
      ["50% of $5.00 is -2.5, or .5; #1 @home R&B C++", "50% of $5.00 is -2.5 or .5 #1 @home r&b c++"],
      ["well — yes", "well — yes"],
      ["你好，世界。", "你好，世界"],
      ["... ?!", "... ?!"]
    ]
    for (const [spoken, plain] of cases) {
      assert.strictEqual(transcript({}, spoken), plain)
      assert.strictEqual(transcript({ punctuate: false }, spoken), plain)
    }
  })

  it("carry their times, confidences and, when it is asked for, punctuation", () => {
    assert.deepStrictEqual(alternative({}, "Good morning."), {
      transcript: "good morning",
      confidence: 0.78125,
      words: [
        { word: "good", start: 0, end: 0.3, confidence: 0.75 },
        { word: "morning", start: 0.4, end: 0.7, confidence: 0.8125 }
      ]
    })
    const formats = [{ punctuate: true }, { smart_format: true }, { paragraphs: true }, { dictation: true }]
    for (const query of formats) {
      const { transcript, words } = alternative(query, "Good morning.")
      assert.strictEqual(transcript, "Good morning.")
      assert.deepStrictEqual(words?.map((word) => word.punctuated_word), ["Good", "morning."])
    }
  })

  it("of a recogniser that hears several at once share the time", () => {
    const heard = { text: " Good  morning. ", start: 1, end: 4, confidence: 0.9, voice: 0 }
    const { results } = transcribe([{ words: [heard, { ...heard, text: " " }], activity: [] }])
    assert.deepStrictEqual(results.channels[0]?.alternatives[0]?.words, [
      { word: "good", start: 1, end: 2, confidence: 0.9 },
      { word: "morning", start: 2, end: 4, confidence: 0.9 }
    ])
  })

  it("are none where none was understood", () => {
    const silent = { transcript: "", confidence: 0, words: [] }
    assert.deepStrictEqual(alternative({ detect_language: true, search: "hello" }), silent)
    const music = { words: [], activity: [{ start: 0, end: 30 }] }
    assert.deepStrictEqual(transcribe([music]).results, { channels: [{ alternatives: [silent] }] })
    assert.deepStrictEqual(alternative({ smart_format: true }).paragraphs, { transcript: "", paragraphs: [] })
  })
})

describe("speakers", () => {
  const parts = ["3: Hello.", "1: Hi.", "3: Bye."]

  it("are numbered as they are first heard", () => {
    const expected = [0, 1, 0]
    for (const query of [{ diarize: true }, { diarize_model: "latest" }]) {
      assert.deepStrictEqual(alternative(query, ...parts).words?.map((word) => word.speaker), expected)
    }
    const confidences = words(...parts).map((word) => word.confidence)
    const { words: diarized = [] } = alternative({ diarize: true }, ...parts)
    assert.deepStrictEqual(diarized.map((word) => word.speaker_confidence), confidences)
  })

  it("are not told apart unless it is asked for", () => {
    for (const query of [{}, { diarize: false }]) {
      assert.isTrue(alternative(query, ...parts).words?.every((word) => !("speaker" in word)))
    }
  })

  it("keep their numbers when their words are removed", () => {
    const { words } = alternative({ diarize: true, replace: "hello" }, "3: Hello.", "1: Hi.")
    assert.deepStrictEqual(words?.map((word) => [word.word, word.speaker]), [["hi", 1]])
  })

  it("begin at 0 on each channel", () => {
    const { metadata, results } = transcribe([hearing("4: Hello."), hearing("2: Hi.", "4: Bye.")], {
      multichannel: true,
      diarize_model: "v2"
    })
    assert.strictEqual(metadata.channels, 2)
    assert.deepStrictEqual(
      results.channels.map(({ alternatives }) => alternatives[0]?.words?.map(({ speaker, word }) => [word, speaker])),
      [[["hello", 0]], [["hi", 0], ["bye", 1]]]
    )
  })
})
