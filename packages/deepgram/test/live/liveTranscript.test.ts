import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Stream } from "effect"
import { type ListenV1, type ListenV2, LiveTranscript, Transcript } from "effect-deepgram"
import { final, interim, others, utteranceEnd } from "./liveTranscriptMessages.ts"

type Messages = ReadonlyArray<ListenV1.ServerMessage>

const collect = <A>(messages: Messages, helper: (stream: Stream.Stream<ListenV1.ServerMessage>) => Stream.Stream<A>) =>
  Effect.runSync(Stream.runCollect(helper(Stream.fromIterable(messages))))

const texts = (messages: Messages, options?: LiveTranscript.UtteranceOptions) =>
  collect(messages, LiveTranscript.utterances(options)).map(({ text }) => text)

/** What a stream gives before it fails, and its end. */
const untilFailure = <A>(
  messages: Messages,
  helper: <E>(stream: Stream.Stream<ListenV1.ServerMessage, E>) => Stream.Stream<A, E>
) => {
  const given: Array<A> = []
  const stream = helper(Stream.concat(Stream.fromIterable(messages), Stream.fail("closed")))
  const exit = Effect.runSyncExit(Stream.runForEach(stream, (element) => Effect.sync(() => given.push(element))))
  return { given, exit }
}

describe("finals", () => {
  it("are those that say something", () => {
    const said = final("Hello.", { at: 0 })
    const given = collect(
      [...others, interim("hello", { at: 0 }), said, final("", { at: 1, speechFinal: true }), final(" ", { at: 2 })],
      LiveTranscript.finals
    )
    assert.deepStrictEqual(given, [said])
  })

  it("need no alternative", () => {
    const silent = { ...final("", { at: 0 }), channel: { alternatives: [] } }
    assert.deepStrictEqual(collect([silent], LiveTranscript.finals), [])
    assert.deepStrictEqual(texts([silent]), [])
    assert.deepStrictEqual(collect([silent], LiveTranscript.liveCaptions()), [])
  })
})

describe("utterances", () => {
  it("hold the words, times and speakers of their results", () => {
    const [utterance, ...more] = collect([
      ...others,
      interim("good", { at: 1 }),
      final("Good morning.", { at: 1, speaker: 0 }),
      final("Hello.", { at: 2.5, speaker: 1, speechFinal: true })
    ], LiveTranscript.utterances())
    assert.deepStrictEqual(more, [])
    assert.deepStrictEqual({ ...utterance, words: utterance?.words.map(({ text }) => text) }, {
      channel: 0,
      speakers: [0, 1],
      start: 1,
      end: 3,
      text: "Good morning. Hello.",
      confidence: 0.75,
      words: ["Good", "morning.", "Hello."]
    })
    assert.deepStrictEqual(
      Transcript.speakerTurns(utterance?.words ?? []).map(({ speaker, text }) => [speaker, text]),
      [
        [0, "Good morning."],
        [1, "Hello."]
      ]
    )
  })

  it("name the speaker when it is one", () => {
    const [utterance] = collect([final("Good morning.", { at: 1, speaker: 2 })], LiveTranscript.utterances())
    assert.strictEqual(utterance?.speaker, 2)
    assert.deepStrictEqual(utterance?.speakers, [2])
    const [unknown] = collect([final("Good morning.", { at: 1 })], LiveTranscript.utterances())
    assert.isFalse(unknown !== undefined && ("speaker" in unknown || "speakers" in unknown))
  })

  it.each<readonly [name: string, messages: Messages, expected: ReadonlyArray<string>]>([
    ["end at speech_final", [
      final("one", { at: 0 }),
      final("two", { at: 1, speechFinal: true }),
      final("three", { at: 2, speechFinal: true })
    ], ["one two", "three"]],
    ["end at a speech_final that says nothing", [
      final("one", { at: 0 }),
      final("", { at: 1, speechFinal: true }),
      final("two", { at: 2 })
    ], ["one", "two"]],
    ["do not end at an interim result", [
      final("one", { at: 0 }),
      interim("two", { at: 1, speechFinal: true }),
      final("two", { at: 1 })
    ], ["one two"]],
    ["end at an UtteranceEnd", [final("one", { at: 0 }), utteranceEnd(0.5), final("two", { at: 2 })], ["one", "two"]],
    ["end once at speech_final and UtteranceEnd", [
      final("one", { at: 0, speechFinal: true }),
      utteranceEnd(0.5),
      final("two", { at: 2 }),
      final("three", { at: 3 })
    ], ["one", "two three"]],
    ["go on after an UtteranceEnd that is about what was before", [
      final("one", { at: 0, speechFinal: true }),
      final("two", { at: 2 }),
      utteranceEnd(0.5),
      final("three", { at: 3 })
    ], ["one", "two three"]],
    ["are divided by an UtteranceEnd that comes late", [
      final("one", { at: 0 }),
      final("two", { at: 3 }),
      utteranceEnd(0.5),
      final("three", { at: 4 })
    ], ["one", "two three"]],
    ["end where the words of an UtteranceEnd ended a little earlier", [
      final("one", { at: 0 }),
      utteranceEnd(0.42),
      final("two", { at: 2 })
    ], ["one", "two"]],
    ["go on after an UtteranceEnd without words", [
      final("one", { at: 0 }),
      utteranceEnd(-1),
      final("two", { at: 2 })
    ], ["one two"]],
    ["wait for words that are not final at an UtteranceEnd", [
      final("one", { at: 0 }),
      interim("two three", { at: 0.5 }),
      utteranceEnd(1.5),
      interim("too three", { at: 0.5 }),
      final("two", { at: 0.5 }),
      final("three", { at: 1 }),
      final("four", { at: 3 })
    ], ["one two three", "four"]],
    ["do not wait for words that were none", [
      final("one", { at: 0 }),
      interim("two", { at: 0.5 }),
      utteranceEnd(1),
      interim("", { at: 0.5 }),
      final("three", { at: 3 })
    ], ["one", "three"]],
    ["do not wait for words behind the end", [
      final("one", { at: 0 }),
      interim("two", { at: 3 }),
      utteranceEnd(0.5),
      final("two", { at: 3 })
    ], ["one", "two"]],
    ["are those of each channel", [
      final("one", { at: 0, channel: 1 }),
      final("two", { at: 0.1 }),
      utteranceEnd(0.6),
      final("three", { at: 1, channel: 1, speechFinal: true }),
      final("four", { at: 1 })
    ], ["two", "one three", "four"]],
    ["that nobody ended are given in order of time", [
      final("two", { at: 1 }),
      final("one", { at: 0, channel: 1 })
    ], ["one", "two"]],
    ["have no spaces where the language has none", [
      final("こんにちは。", { at: 0 }),
      final("世界", { at: 1 }),
      final("OK", { at: 2 }),
      final("สวัสดี", { at: 3 })
    ], ["こんにちは。世界 OK สวัสดี"]]
  ])("%s", (_, messages, expected) => {
    assert.deepStrictEqual(texts(messages), expected)
  })

  it("end where they are told to", () => {
    const messages = [
      final("one", { at: 0, speechFinal: true }),
      final("two", { at: 1 }),
      utteranceEnd(1.5),
      final("three", { at: 4 })
    ]
    assert.deepStrictEqual(texts(messages, { endsAt: "speech_final" }), ["one", "two three"])
    assert.deepStrictEqual(texts(messages, { endsAt: "UtteranceEnd" }), ["one two", "three"])
    assert.deepStrictEqual(texts(messages, { endsAt: "either" }), ["one", "two", "three"])
  })

  it("are given before a failure", () => {
    const messages = [final("one", { at: 0 }), interim("two", { at: 1 })]
    const { exit, given } = untilFailure(messages, LiveTranscript.utterances())
    assert.deepStrictEqual(given.map(({ text }) => text), ["one"])
    assert.deepStrictEqual(exit, Exit.fail("closed"))
  })

  it("have times, estimated from the result, where it has no words", () => {
    const bare = {
      ...final("", { at: 2 }),
      duration: 1.5,
      channel: { alternatives: [{ transcript: "Yes, no.", words: [] }] }
    }
    const [utterance] = collect([bare], LiveTranscript.utterances())
    assert.deepStrictEqual(
      utterance?.words.map(({ end, estimated, start, text }) => [text, start, end, estimated]),
      [["Yes,", 2, 2.857, true], ["no.", 2.857, 3.5, true]]
    )
  })

  it("behind finals join what only a silent result or an UtteranceEnd keeps apart", () => {
    const messages = [final("one", { at: 0 }), final("", { at: 1, speechFinal: true }), final("two", { at: 2 })]
    const behindFinals = collect(messages, (stream) => LiveTranscript.utterances()(LiveTranscript.finals(stream)))
    assert.deepStrictEqual(behindFinals.map(({ text }) => text), ["one two"])
    assert.deepStrictEqual(texts(messages), ["one", "two"])
  })

  it.effect("come when they end, and not later", () =>
    Effect.gen(function*() {
      const live = Stream.concat(Stream.make(final("one", { at: 0, speechFinal: true })), Stream.never)
      const first = yield* live.pipe(LiveTranscript.utterances(), Stream.runHead)
      assert.strictEqual(first._tag === "Some" ? first.value.text : "", "one")
    }))

  it("begin anew with each reading of the stream", () => {
    const utterances = Stream.make(final("one", { at: 0 })).pipe(LiveTranscript.utterances())
    const read = () => Effect.runSync(Stream.runCollect(utterances)).map(({ text }) => text)
    assert.deepStrictEqual([read(), read()], [["one"], ["one"]])
  })
})

describe("text", () => {
  const text = (messages: Messages, options?: LiveTranscript.TextOptions) =>
    Effect.runSync(Stream.fromIterable(messages).pipe(LiveTranscript.text(options)))

  const call = [
    final("Good morning.", { at: 0 }),
    interim("how", { at: 1 }),
    final("Hello!", { at: 1.1, channel: 1 }),
    final("How are you?", { at: 2 })
  ]

  it("is what the results say", () => {
    assert.strictEqual(text(others), "")
    assert.strictEqual(text(call.filter(({ channel_index }) => channel_index[0] === 0)), "Good morning. How are you?")
    assert.strictEqual(text(call, { channel: 0 }), "Good morning. How are you?")
    assert.strictEqual(text(call, { channel: 1 }), "Hello!")
    assert.strictEqual(text(call), "Good morning.\nHello!\nHow are you?")
    assert.strictEqual(text(call, { channel: 2 }), "")
    assert.strictEqual(text([final("日本", { at: 0 }), final("です。", { at: 1 })], { channel: 0 }), "日本です。")
  })

  it("is that of the results, not of their words", () => {
    const { channel, ...dictated } = final("Dear Ada, hello.", { at: 0 })
    const alternatives = channel.alternatives.map(({ words }) => ({ transcript: "Dear Ada,\n\nhello.", words }))
    assert.strictEqual(text([{ ...dictated, channel: { alternatives } }]), "Dear Ada,\n\nhello.")
  })

  it("names speakers as it is told", () => {
    assert.strictEqual(text(call, { channel: 1, speakerLabels: () => "Bob" }), "Bob: Hello!")
    assert.strictEqual(
      text(call, { speakerLabels: "auto" }),
      "Channel 0: Good morning.\nChannel 1: Hello!\nChannel 0: How are you?"
    )
  })
})

describe("turns", () => {
  const info = (event: string, more: Partial<ListenV2.TurnInfo> = {}): ListenV2.TurnInfo => ({
    type: "TurnInfo",
    event,
    turn_index: 3,
    audio_window_start: 1,
    audio_window_end: 2.5,
    transcript: "hello",
    words: [{ word: "hello", confidence: 0.5 }],
    ...more
  })
  const state = { index: 3, text: "hello", words: [{ word: "hello", confidence: 0.5 }], start: 1, end: 2.5 }
  const messages: ReadonlyArray<ListenV2.ServerMessage> = [
    { type: "Connected", request_id: "a1" },
    info("StartOfTurn"),
    info("Update", { languages: ["en"] }),
    info("EagerEndOfTurn", { end_of_turn_confidence: 0.4 }),
    info("Applause"),
    info("TurnResumed"),
    { type: "Warning", code: "X" },
    info("EndOfTurn", { end_of_turn_confidence: 0.9, trigger: "manual" })
  ]

  it("are told apart by `_tag`", () => {
    const given = Effect.runSync(Stream.runCollect(LiveTranscript.turns(Stream.fromIterable(messages))))
    assert.deepStrictEqual(given, [
      { _tag: "StartOfTurn", ...state },
      { _tag: "Update", ...state, languages: ["en"] },
      { _tag: "EagerEndOfTurn", ...state, confidence: 0.4 },
      { _tag: "TurnResumed", ...state },
      { _tag: "EndOfTurn", ...state, confidence: 0.9, trigger: "manual" }
    ])
  })

  it("that are over", () => {
    const given = Effect.runSync(Stream.runCollect(LiveTranscript.endedTurns(Stream.fromIterable(messages))))
    assert.deepStrictEqual(given, [{ _tag: "EndOfTurn", ...state, confidence: 0.9, trigger: "manual" }])
  })
})
