import { assert, describe, it } from "@effect/vitest"
import type { Alternative, Paragraph } from "effect-deepgram/ListenV1"
import * as Transcript from "effect-deepgram/Transcript"
import { transcriptionOf } from "./recordings.ts"
import { say } from "./say.ts"

const alternative = (words: ReadonlyArray<Transcript.TimedWord>, more: Partial<Alternative> = {}): Alternative => ({
  transcript: words.map((word) => word.text).join(" "),
  confidence: 0.9,
  words,
  ...more
})

const channelsOf = (...channels: ReadonlyArray<ReadonlyArray<Transcript.TimedWord>>) =>
  transcriptionOf(channels.map((words) => ({ alternatives: [alternative(words)] })))

const paragraph = (text: string, start: number, speaker: number): Paragraph => ({
  sentences: text.split("|").map((text, index) => ({ text, start: start + index, end: start + index + 1 })),
  speaker
})

const texts = (turns: ReadonlyArray<Transcript.SpeakerTurn>) =>
  turns.map(({ channel, speaker, text }) => `${channel}/${speaker ?? "-"} ${text}`)

const call = channelsOf(
  [...say("Hello? Who is there?"), ...say("Oh, good morning.", { at: 4 })],
  [...say("It is me.", { at: 2, channel: 1 })]
)

describe("toText", () => {
  it("one channel: its transcript as it is", () => {
    const transcription = transcriptionOf([{
      alternatives: [alternative(say("Hello. Bye."), { transcript: "Hello.\n\nBye." })]
    }])
    assert.strictEqual(Transcript.toText(transcription), "Hello.\n\nBye.")
    assert.strictEqual(Transcript.toText(channelsOf([], say("Only here."))), "Only here.")
  })

  it("several channels: turns in order of time", () => {
    assert.strictEqual(Transcript.toText(call), "Hello? Who is there?\nIt is me.\nOh, good morning.")
    const asked: Array<Transcript.SpeakerId> = []
    Transcript.toText(call, { speakerLabels: (speaker) => String(asked.push(speaker)) })
    assert.sameDeepMembers([...new Set(asked.map((speaker) => JSON.stringify(speaker)))], [
      `{"channel":0}`,
      `{"channel":1}`
    ])
    assert.strictEqual(
      Transcript.toText(call, { speakerLabels: ({ channel }) => channel === 0 ? "Agent" : undefined }),
      "Agent: Hello? Who is there?\nIt is me.\nAgent: Oh, good morning."
    )
  })

  it("with names, diarized: one line per turn", () => {
    const words = [...say("Ready?", { speaker: 1 }), ...say("Yes.", { at: 1, speaker: 0 })]
    assert.strictEqual(
      Transcript.toText(channelsOf(words), { speakerLabels: "auto" }),
      "Speaker 1: Ready?\nSpeaker 0: Yes."
    )
    assert.strictEqual(Transcript.toText(channelsOf(words)), "Ready? Yes.")
  })

  it("paragraphs, of all channels in order of time", () => {
    const paragraphs = (...paragraphs: ReadonlyArray<Paragraph>) => ({ paragraphs: { paragraphs } })
    const transcription = transcriptionOf([
      {
        alternatives: [alternative(
          [...say("One. Two. Five.", { speaker: 0 }), ...say("Six.", { at: 8, speaker: 1 })],
          paragraphs(paragraph("One.|Two.", 0, 0), paragraph("Five.", 4, 0), paragraph("Six.", 8, 1))
        )]
      },
      { alternatives: [alternative(say("Three. Four.", { at: 2 }), paragraphs(paragraph("Three.|Four.", 2, 0)))] }
    ])
    assert.strictEqual(
      Transcript.toText(transcription, { paragraphs: true }),
      "One. Two.\n\nThree. Four.\n\nFive.\n\nSix."
    )
    assert.strictEqual(
      Transcript.toText(transcription, { paragraphs: true, speakerLabels: "auto" }),
      "Channel 0 Speaker 0: One. Two.\n\nChannel 1 Speaker 0: Three. Four.\n\n" +
        "Channel 0 Speaker 0: Five.\n\nChannel 0 Speaker 1: Six."
    )
    assert.strictEqual(Transcript.toText(call, { paragraphs: true }), Transcript.toText(call))
  })

  it("paragraphs of a language without spaces", () => {
    const long = "長".repeat(80)
    const sentences = [`${long}。`, "いい。", `${long}。`, "はい。"]
    const words = sentences.map((word, index) => ({ word, start: index, end: index + 1, confidence: 1 }))
    const paragraphs = { paragraphs: [paragraph(`${long}。|いい。`, 0, 0), paragraph(`${long}。|はい。`, 2, 0)] }
    const alternatives = [{ transcript: sentences.join(""), confidence: 1, words, paragraphs }]
    assert.strictEqual(
      Transcript.toText(transcriptionOf([{ alternatives }]), { paragraphs: true }),
      `${long}。いい。\n\n${long}。はい。`
    )
  })

  it("paragraphs of one channel, turns of the other", () => {
    const { results: { channels } } = call
    const paragraphs = { paragraphs: [paragraph("Hello?|Who is there?", 0, 0), paragraph("Oh, good morning.", 4, 0)] }
    assert.strictEqual(
      Transcript.toText(
        transcriptionOf([{ alternatives: [{ ...channels[0]!.alternatives[0]!, paragraphs }] }, channels[1]!]),
        { paragraphs: true }
      ),
      "Hello? Who is there?\n\nIt is me.\n\nOh, good morning."
    )
  })

  it("nothing said is an empty text", () => {
    assert.strictEqual(Transcript.toText([]), "")
    assert.strictEqual(Transcript.toText(transcriptionOf([])), "")
    assert.strictEqual(Transcript.toText(transcriptionOf([{ alternatives: [] }])), "")
    assert.strictEqual(Transcript.toText(channelsOf([], [])), "")
  })
})

describe("words", () => {
  it("of all channels, in order of time, with what Deepgram says of each", () => {
    assert.deepStrictEqual(
      Transcript.words(call).map(({ channel, text }) => `${channel} ${text}`),
      ["0 Hello?", "0 Who", "0 is", "0 there?", "1 It", "1 is", "1 me.", "0 Oh,", "0 good", "0 morning."]
    )
    const transcription = transcriptionOf([{
      alternatives: [{
        transcript: "Hi",
        confidence: 0.5,
        words: [{ word: "hi", start: 0.079999998, end: 2.3999999, confidence: 0.5, speaker: 3, language: "en" }]
      }]
    }])
    assert.deepStrictEqual(Transcript.words(transcription), [
      { word: "hi", text: "hi", start: 0.08, end: 2.4, confidence: 0.5, channel: 0, speaker: 3, language: "en" }
    ])
  })

  it("that begin together: the lower channel first", () => {
    assert.deepStrictEqual(
      Transcript.words([...say("b", { channel: 1 }), ...say("a", { channel: 0 })]).map((word) => word.text),
      ["a", "b"]
    )
  })

  it("show what is punctuated, on one line, and leave out what is blank", () => {
    const transcription = channelsOf([
      { ...say("hello")[0]!, punctuated_word: " Hello,\n world " },
      { ...say("x")[0]!, punctuated_word: "" }
    ])
    assert.deepStrictEqual(Transcript.words(transcription).map((word) => word.text), ["Hello, world"])
  })

  it("keep the order of a channel whose times go back", () => {
    const words = [...say("one two", { at: 1 }), ...say("three", { at: 0.5 })]
    assert.deepStrictEqual(Transcript.words(channelsOf(words)).map((word) => word.text), ["one", "two", "three"])
    assert.deepStrictEqual(Transcript.captions(words).map(({ lines, start }) => [start, lines]), [
      [1, ["one two three"]]
    ])
  })

  it("without words: the transcript's, spread over the recording by length", () => {
    const transcription = transcriptionOf([{ alternatives: [{ transcript: "Four fourfour", confidence: 0.5 }] }])
    const estimated = { confidence: 0.5, channel: 0, estimated: true }
    assert.deepStrictEqual(Transcript.words(transcription), [
      { word: "Four", text: "Four", start: 0, end: 8.644, ...estimated },
      { word: "fourfour", text: "fourfour", start: 8.644, end: 25.933, ...estimated }
    ])
    assert.strictEqual(Transcript.toText(transcription), "Four fourfour")
  })

  it("without words: from the sentences of paragraphs, or from utterances, when they hold the transcript", () => {
    const transcript = "One. Two."
    const paragraphs = { paragraphs: [paragraph("One.|Two.", 5, 1)] }
    const utterances = transcript.split(" ").map((transcript, index) => ({
      start: 10 + index,
      end: 10.5 + index,
      confidence: 0.5,
      transcript,
      speaker: 2
    }))
    const times = (more: Partial<Alternative>, heard?: typeof utterances) =>
      Transcript.words(transcriptionOf([{ alternatives: [{ transcript, confidence: 0.5, ...more }] }], heard))
        .map(({ end, speaker, start, text }) => [text, start, end, speaker])
    assert.deepStrictEqual(times({ paragraphs }), [["One.", 5, 6, 1], ["Two.", 6, 7, 1]])
    assert.deepStrictEqual(times({ paragraphs, words: [] }, utterances), [["One.", 10, 10.5, 2], ["Two.", 11, 11.5, 2]])
    assert.deepStrictEqual(times({ paragraphs: { paragraphs: [paragraph("One.", 5, 1)] } }, utterances.slice(1)), [
      ["One.", 0, 12.967, undefined],
      ["Two.", 12.967, 25.933, undefined]
    ])
  })

  it("of a channel that only the utterances know", () => {
    const utterance = { start: 1, end: 2, confidence: 0.5, transcript: "Hi.", channel: 4, words: say("Hi.", { at: 1 }) }
    assert.deepStrictEqual(
      Transcript.words(transcriptionOf([{ alternatives: [] }], [utterance])).map((
        { channel, text }
      ) => [channel, text]),
      [[4, "Hi."]]
    )
  })
})

describe("speakerTurns", () => {
  it("by diarization", () => {
    const words = [
      ...say("Is it?", { speaker: 1 }),
      ...say("Yes. It is.", { at: 1, speaker: 0 }),
      ...say("Fine.", { at: 9, speaker: 0 })
    ]
    const turns = Transcript.speakerTurns(channelsOf(words))
    assert.deepStrictEqual(texts(turns), ["0/1 Is it?", "0/0 Yes. It is. Fine."])
    const { words: _, ...first } = turns[0]!
    assert.deepStrictEqual(first, { channel: 0, speaker: 1, start: 0, end: 0.8, text: "Is it?", confidence: 0.75 })
    assert.deepStrictEqual(
      texts(Transcript.speakerTurns(words, { maxPause: 2 })),
      ["0/1 Is it?", "0/0 Yes. It is.", "0/0 Fine."]
    )
  })

  it("by channel, and by speaker in a channel", () => {
    assert.deepStrictEqual(
      texts(Transcript.speakerTurns(call)),
      ["0/- Hello? Who is there?", "1/- It is me.", "0/- Oh, good morning."]
    )
    assert.deepStrictEqual(
      texts(Transcript.speakerTurns([
        ...say("Hi.", { channel: 0, speaker: 0 }),
        ...say("Hello.", { at: 1, channel: 1, speaker: 0 }),
        ...say("Hey.", { at: 2, channel: 1, speaker: 1 })
      ])),
      ["0/0 Hi.", "1/0 Hello.", "1/1 Hey."]
    )
  })

  it("an interjection divides a turn between two sentences or at a pause, not between two words", () => {
    const speech = say("I called you last week about it. You did not answer.", { each: 0.3 })
    const during = (at: number) =>
      texts(Transcript.speakerTurns([...speech, ...say("Mm-hm.", { at, channel: 1, each: 0.3 })]))
    assert.deepStrictEqual(during(0.7), [
      "0/- I called you last week about it.",
      "1/- Mm-hm.",
      "0/- You did not answer."
    ])
    assert.deepStrictEqual(during(2.5), ["0/- I called you last week about it. You did not answer.", "1/- Mm-hm."])
    assert.deepStrictEqual(
      texts(Transcript.speakerTurns([
        ...say("so i called"),
        ...say("and then", { at: 2 }),
        ...say("yes", { at: 1, channel: 1 })
      ])),
      ["0/- so i called", "1/- yes", "0/- and then"]
    )
  })

  it("two who talk over each other keep whole sentences", () => {
    assert.deepStrictEqual(
      texts(Transcript.speakerTurns([
        ...say("No wait let me finish this."),
        ...say("But you said something else before.", { at: 0.1, channel: 1 })
      ])),
      ["0/- No wait let me finish this.", "1/- But you said something else before."]
    )
  })

  it("nobody spoke", () => {
    assert.deepStrictEqual(Transcript.speakerTurns([]), [])
    assert.deepStrictEqual(Transcript.speakerTurns(channelsOf([], [])), [])
  })
})
