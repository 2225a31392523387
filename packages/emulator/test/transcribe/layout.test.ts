import { assert, describe, it } from "@effect/vitest"
import { alternative, hearing, transcribe, words } from "./speech.ts"

const sentencesOf = (...parts: ReadonlyArray<string | number>) =>
  alternative({ paragraphs: true }, ...parts).paragraphs?.paragraphs.map(({ sentences }) =>
    sentences.map(({ text }) => text)
  )

describe("paragraphs", () => {
  it("consist of sentences", () => {
    assert.deepStrictEqual(alternative({ smart_format: true }, "Hello there. How are you?").paragraphs, {
      transcript: "\nHello there. How are you?",
      paragraphs: [{
        sentences: [
          { text: "Hello there.", start: 0, end: 0.7 },
          { text: "How are you?", start: 0.8, end: 1.9 }
        ],
        num_words: 5,
        start: 0,
        end: 1.9
      }]
    })
  })

  it("do not end sentences at abbreviations, initials and decimals", () => {
    for (
      const sentence of [
        "Mr. Smith met Dr. Jones at St. Mary's.",
        "J. R. Tolkien pays 3.50 dollars, e.g. to you.",
        "The U.S. economy, Acme Inc. and etc. are fine.",
        "Well... maybe."
      ]
    ) assert.deepStrictEqual(sentencesOf(sentence), [[sentence]])
  })

  it("end sentences at their marks, also within quotes and in other scripts", () => {
    assert.deepStrictEqual(sentencesOf("“Go!” He went. So did I. Really?! In the U.S. They stay… Yes."), [
      ["“Go!”", "He went.", "So did I.", "Really?!", "In the U.S."],
      ["They stay…", "Yes."]
    ])
    assert.deepStrictEqual(sentencesOf("你好。 你好吗？ नमस्ते। ठीक"), [["你好。", "你好吗？", "नमस्ते।", "ठीक"]])
  })

  it("end after five sentences, and at long pauses between sentences", () => {
    assert.deepStrictEqual(sentencesOf("A. B? C! Dee. Eee? F! Gee."), [["A. B?", "C!", "Dee.", "Eee?", "F!"], ["Gee."]])
    assert.deepStrictEqual(sentencesOf("One.", 0.9, "Two.", 1, "Three."), [["One.", "Two."], ["Three."]])
    assert.deepStrictEqual(sentencesOf("well", 1.5, "yes", 2, "no"), [["well yes"], ["no"]])
  })

  it("end where the speaker changes, whose name is given once", () => {
    const { paragraphs } = alternative(
      { paragraphs: true, diarize: true },
      "3: Hello. I am",
      "1: Hi.",
      1.5,
      "1: Still here.",
      "3: Bye."
    )
    assert.strictEqual(
      paragraphs?.transcript,
      "\nSpeaker 0: Hello. I am\n\nSpeaker 1: Hi.\n\nStill here.\n\nSpeaker 0: Bye."
    )
    assert.deepStrictEqual(paragraphs?.paragraphs.map(({ num_words, speaker }) => [speaker, num_words]), [
      [0, 3],
      [1, 1],
      [1, 2],
      [0, 1]
    ])
    assert.strictEqual(sentencesOf("3: Hello. I", "1: am.")?.length, 1)
  })
})

describe("utterances", () => {
  const summary = (query: Parameters<typeof transcribe>[1], ...channels: Parameters<typeof transcribe>[0]) =>
    transcribe(channels, { utterances: true, ...query }).results.utterances?.map(
      ({ channel, end, start, transcript }) => [channel, transcript, start, end]
    )

  it("come only when asked for", () => {
    assert.isFalse("utterances" in transcribe([hearing("Hello.")]).results)
  })

  it("end at pauses", () => {
    const spoken = hearing("Hello there.", 0.79, "Go on.", 0.8, "Bye.")
    assert.deepStrictEqual(summary({}, spoken), [[0, "hello there go on", 0, 2.19], [0, "bye", 2.99, 3.29]])
    assert.deepStrictEqual(summary({ utt_split: 0.1 }, hearing("Hello there.")), [
      [0, "hello", 0, 0.3],
      [0, "there", 0.4, 0.7]
    ])
    assert.deepStrictEqual(summary({ utt_split: 0.81 }, spoken)?.length, 1)
  })

  it("hold the words, their mean confidence, the speaker and an id", () => {
    const query = { utterances: true, diarize: true, punctuate: true }
    const spoken = hearing("3: Good morning.", "1: Hi.")
    const { results } = transcribe([spoken], query)
    const words = results.channels[0]?.alternatives[0]?.words ?? []
    const [first, second] = results.utterances ?? []
    assert.strictEqual(results.utterances?.length, 2)
    assert.deepStrictEqual(first, {
      start: 0,
      end: 0.7,
      confidence: 0.78125,
      channel: 0,
      transcript: "Good morning.",
      words: words.slice(0, 2),
      speaker: 0,
      id: first?.id ?? ""
    })
    assert.strictEqual(second?.speaker, 1)
    assert.match(first?.id ?? "", /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.notStrictEqual(first?.id, second?.id)
    assert.deepStrictEqual(transcribe([spoken], query).results.utterances, results.utterances)
  })

  it("of several channels are in order of time", () => {
    const left = { words: words("Hello.", 2, "Bye."), activity: [] }
    const right = { words: words("ah", 1, "Hi there.").slice(1), activity: [] }
    assert.deepStrictEqual(summary({ multichannel: true }, left, right)?.map(([channel, text]) => [channel, text]), [
      [0, "hello"],
      [1, "hi there"],
      [0, "bye"]
    ])
  })

  it("say where somebody spoke, but not what", () => {
    const music = { words: [], activity: [{ start: 1, end: 4 }, { start: 4.5, end: 5 }, { start: 7, end: 9 }] }
    const { utterances = [] } = transcribe([music], { utterances: true }).results
    assert.deepStrictEqual(utterances, [
      { start: 1, end: 5, confidence: 0, channel: 0, transcript: "", words: [], id: utterances[0]?.id ?? "" },
      { start: 7, end: 9, confidence: 0, channel: 0, transcript: "", words: [], id: utterances[1]?.id ?? "" }
    ])
  })

  it("tell what was understood from what was not", () => {
    // The words are from 0 to 0.7 and from 3.7 to 4.
    const mixed = {
      words: words("Hello there.", 3, "Bye."),
      activity: [{ start: 0, end: 0.72 }, { start: 1.1, end: 2 }, { start: 2.4, end: 4.05 }, { start: 4.5, end: 4.7 }]
    }
    assert.deepStrictEqual(summary({ punctuate: true }, mixed), [
      [0, "Hello there.", 0, 0.7],
      [0, "", 1.1, 3.7],
      [0, "Bye.", 3.7, 4]
    ])
    // What goes on between two words of an utterance belongs to it.
    const close = { words: words("Hello", 0.7, "there."), activity: [{ start: 0, end: 1.3 }] }
    assert.deepStrictEqual(summary({}, close), [[0, "hello there", 0, 1.3]])
    // Speech on both sides of a word is two utterances.
    const word = { text: "Hello", start: 1, end: 1.25, confidence: 1, voice: 0 }
    const around = { words: [word], activity: [{ start: 0.5, end: 1.75 }] }
    assert.deepStrictEqual(summary({}, around), [[0, "", 0.5, 1], [0, "hello", 1, 1.25], [0, "", 1.25, 1.75]])
  })
})
