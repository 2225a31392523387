import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Stream } from "effect"
import { type ListenV1, LiveTranscript, Transcript } from "effect-deepgram"
import { final, interim, others, utteranceEnd } from "./liveTranscriptMessages.ts"

type Messages = ReadonlyArray<ListenV1.ServerMessage>

const collect = <A>(messages: Messages, helper: (stream: Stream.Stream<ListenV1.ServerMessage>) => Stream.Stream<A>) =>
  Effect.runSync(Stream.runCollect(helper(Stream.fromIterable(messages))))

const shown = ({ channel, interim, isFinal, text }: LiveTranscript.LiveCaption) =>
  `${channel}: ${text}|${interim}${isFinal ? "." : ""}`

describe("live captions", () => {
  it.each<readonly [name: string, messages: Messages, expected: ReadonlyArray<string>]>([
    ["grow", [
      interim("good", { at: 0 }),
      interim("good morning", { at: 0 }),
      final("Good morning.", { at: 0 }),
      interim("how", { at: 1 }),
      final("How are you?", { at: 1, speechFinal: true })
    ], [
      "0: |good",
      "0: |good morning",
      "0: Good morning.|",
      "0: Good morning.|how",
      "0: Good morning. How are you?|."
    ]],
    ["shrink, and vanish", [
      interim("good morning", { at: 0 }),
      interim("good", { at: 0 }),
      interim("", { at: 0 }),
      final("", { at: 0, speechFinal: true })
    ], ["0: |good morning", "0: |good", "0: |"]],
    ["come only when something changes", [
      ...others,
      interim("", { at: 0 }),
      final("", { at: 0 }),
      interim("good", { at: 0 }),
      ...others,
      interim("good", { at: 0 }),
      final("", { at: 1, speechFinal: true, channel: 1 }),
      utteranceEnd(-1)
    ], ["0: |good", "0: |"]],
    ["end at an UtteranceEnd, and go on with what comes later", [
      final("Good morning.", { at: 0 }),
      interim("how", { at: 4 }),
      utteranceEnd(1),
      final("How?", { at: 4, speechFinal: true })
    ], ["0: Good morning.|", "0: Good morning.|how", "0: Good morning.|.", "0: |how", "0: How?|."]],
    ["end when their last words are final, or were none", [
      final("Good.", { at: 0 }),
      interim("mor", { at: 0.5 }),
      utteranceEnd(1),
      interim("", { at: 0.5 }),
      interim("how", { at: 1.5 }),
      utteranceEnd(2),
      final("How?", { at: 1.5 })
    ], ["0: Good.|", "0: Good.|mor", "0: Good.|.", "0: |how", "0: How?|."]],
    ["are final once, however often their end is said", [
      final("Good morning.", { at: 0 }),
      final("", { at: 1, speechFinal: true }),
      utteranceEnd(1),
      final("", { at: 2, speechFinal: true })
    ], ["0: Good morning.|", "0: Good morning.|."]],
    ["are those of each channel", [
      interim("good", { at: 0 }),
      interim("hi", { at: 0, channel: 1 }),
      final("Good.", { at: 0, speechFinal: true }),
      final("Hi!", { at: 0, channel: 1, speechFinal: true })
    ], ["0: |good", "1: |hi", "0: Good.|.", "1: Hi!|."]],
    ["are final at the end, without what nobody confirmed", [
      final("Good.", { at: 0 }),
      interim("how", { at: 1 }),
      interim("hi", { at: 1, channel: 1 })
    ], ["0: Good.|", "0: Good.|how", "1: |hi", "0: Good.|.", "1: |"]]
  ])("%s", (_, messages, expected) => {
    assert.deepStrictEqual(collect(messages, LiveTranscript.liveCaptions()).map(shown), expected)
  })

  it("say when they were spoken", () => {
    const times = collect([
      interim("good", { at: 0.5 }),
      final("Good morning.", { at: 0.5 }),
      interim("how are", { at: 1.5 }),
      interim("", { at: 1.5 }),
      final("How?", { at: 1.5, speechFinal: true }),
      interim("well", { at: 7 }),
      interim("", { at: 7 })
    ], LiveTranscript.liveCaptions()).map(({ end, start }) => [start, end])
    assert.deepStrictEqual(times, [[0.5, 1], [0.5, 1.5], [0.5, 2.5], [0.5, 1.5], [0.5, 2], [7, 7.5], [7.5, 7.5]])
  })

  it("are final before a failure", () => {
    const given: Array<string> = []
    const stream = Stream.make(final("Good.", { at: 0 }), interim("how", { at: 1 })).pipe(
      Stream.concat(Stream.fail("closed")),
      LiveTranscript.liveCaptions()
    )
    const exit = Effect.runSyncExit(
      Stream.runForEach(stream, (caption) => Effect.sync(() => given.push(shown(caption))))
    )
    assert.deepStrictEqual(given, ["0: Good.|", "0: Good.|how", "0: Good.|."])
    assert.deepStrictEqual(exit, Exit.fail("closed"))
  })
})

describe("captions", () => {
  const dialogue = [
    final("Yes.", { at: 0, each: 0.2, speechFinal: true }),
    final("No.", { at: 0.3, each: 0.2, speechFinal: true }),
    final("Maybe.", { at: 0.6, each: 0.2, speechFinal: true }),
    final("Hello there, how are you", { at: 3, channel: 1 }),
    final("on this very fine and sunny morning in the middle of May?", { at: 5.5, channel: 1, each: 0.4 }),
    utteranceEnd(11, 1)
  ]

  it("are those of the utterance, laid out", () => {
    const captions = collect(dialogue.slice(3), LiveTranscript.captions())
    const words = collect(dialogue.slice(3), LiveTranscript.utterances()).flatMap(({ words }) => words)
    assert.deepStrictEqual(captions, Transcript.captions(words, { speakerLabels: "none" }))
    assert.isAbove(captions.length, 1)
    const narrow = { maxCharsPerLine: 12, maxLines: 1, speakerLabels: () => "Ada" }
    assert.deepStrictEqual(
      collect(dialogue.slice(3), LiveTranscript.captions(narrow)),
      Transcript.captions(words, narrow)
    )
  })

  it("of one channel never overlap, and delays do not add up", () => {
    const captions = collect(dialogue.slice(0, 3), LiveTranscript.captions())
    assert.deepStrictEqual(captions.map(({ end, lines, start }) => [start, end, lines.join()]), [
      [0, 1, "Yes."],
      [1, 1.3, "No."],
      [1.3, 1.6, "Maybe."]
    ])
    const twice = collect(
      [final("Yes.", { at: 0, channel: 1, speechFinal: true }), final("No.", { at: 0, channel: 1, speechFinal: true })],
      LiveTranscript.captions()
    )
    assert.deepStrictEqual(twice.map(({ end, start }) => [start, end]), [[0, 1], [1, 1.001]])
    const other = [final("Yes.", { at: 0, speechFinal: true }), final("No.", { at: 0, channel: 1, speechFinal: true })]
    assert.deepStrictEqual(collect(other, LiveTranscript.captions()).map(({ start }) => start), [0, 0])
  })

  it("make the files that Transcript makes of all of them", () => {
    const captions = collect(dialogue, LiveTranscript.captions({ speakerLabels: () => "A & B" }))
    assert.strictEqual(
      Effect.runSync(Stream.mkString(LiveTranscript.srt(Stream.fromIterable(captions)))),
      Transcript.formatSrt(captions)
    )
    assert.strictEqual(
      Effect.runSync(Stream.mkString(LiveTranscript.vtt(Stream.fromIterable(captions)))),
      Transcript.formatVtt(captions)
    )
    assert.strictEqual(Effect.runSync(Stream.mkString(LiveTranscript.vtt(Stream.empty))), Transcript.formatVtt([]))
    assert.strictEqual(Effect.runSync(Stream.mkString(LiveTranscript.srt(Stream.empty))), "")
  })

  it("without text are in no file", () => {
    const captions = [" ", "One.", "", "Two."].map((line, at) => ({
      channel: 0,
      start: at,
      end: at + 1,
      lines: [line]
    }))
    assert.strictEqual(
      Effect.runSync(Stream.mkString(LiveTranscript.srt(Stream.fromIterable(captions)))),
      Transcript.formatSrt(captions)
    )
    assert.strictEqual(
      Effect.runSync(Stream.mkString(LiveTranscript.vtt(Stream.fromIterable(captions)))),
      Transcript.formatVtt(captions)
    )
  })
})
