import { assert, describe, it } from "@effect/vitest"
import * as Transcript from "effect-deepgram/Transcript"
import { transcriptionOf } from "./recordings.ts"
import { say } from "./say.ts"

const lines = (...lines: ReadonlyArray<string>) => lines.join("\n")

const mono = (words: ReadonlyArray<Transcript.TimedWord>) =>
  transcriptionOf([{
    alternatives: [{ transcript: words.map((word) => word.text).join(" "), confidence: 1, words }]
  }])

const texts = (words: ReadonlyArray<Transcript.TimedWord>, options?: Transcript.CaptionOptions) =>
  Transcript.captions(words, options).map((cue) => cue.lines.join("|"))

describe("SubRip", () => {
  it("one speaker: cues end at pauses and sentences, lines are equally long", () => {
    const transcription = mono([
      ...say("Yeah, as much as it's worth celebrating the first spacewalk with an all-female team.", {
        at: 0.08000001
      }),
      ...say("I think many of us are looking forward to it.", { at: 8 })
    ])
    assert.strictEqual(
      Transcript.toSrt(transcription),
      lines(
        "1",
        "00:00:00,080 --> 00:00:02,880",
        "Yeah, as much as it's worth celebrating",
        "",
        "2",
        "00:00:02,880 --> 00:00:05,680",
        "the first spacewalk with",
        "an all-female team.",
        "",
        "3",
        "00:00:08,000 --> 00:00:12,000",
        "I think many of us are",
        "looking forward to it.",
        ""
      )
    )
  })

  it("several speakers: the name where the speaker changes, counted into the line", () => {
    const words = [
      ...say("Hello, this is the front desk speaking.", { speaker: 1, each: 0.3 }),
      ...say("How can I help you?", { at: 3.5, speaker: 1, each: 0.3 }),
      ...say("I lost my keys.", { at: 5, speaker: 0, each: 0.3 })
    ]
    assert.strictEqual(
      Transcript.toSrt(mono(words)),
      lines(
        "1",
        "00:00:00,000 --> 00:00:02,100",
        "Speaker 1: Hello,",
        "this is the front desk speaking.",
        "",
        "2",
        "00:00:03,500 --> 00:00:05,000",
        "How can I help you?",
        "",
        "3",
        "00:00:05,000 --> 00:00:06,200",
        "Speaker 0: I lost my keys.",
        ""
      )
    )
  })

  it("channels: one cue at a time", () => {
    const words = [
      ...say("I am calling about the invoice that you sent.", { channel: 0 }),
      ...say("Mm-hm.", { at: 2, channel: 1 }),
      ...say("Go on.", { at: 2.1, channel: 2 })
    ]
    assert.strictEqual(
      Transcript.toSrt(words, { speakerLabels: "none" }),
      lines(
        "1",
        "00:00:00,000 --> 00:00:02,000",
        "I am calling about",
        "the invoice that you sent.",
        "",
        "2",
        "00:00:02,000 --> 00:00:02,400",
        "Mm-hm.",
        "",
        "3",
        "00:00:02,400 --> 00:00:03,400",
        "Go on.",
        ""
      )
    )
  })

  it("the later of two cues waits until the earlier one can be read, one minimum duration at most", () => {
    const words = [
      ...say("I see what you mean.", { at: 1.5, channel: 0 }),
      ...say("Do you really?", { at: 1.75, channel: 1, each: 1 })
    ]
    const times = (minDuration: number) =>
      Transcript.captions(words, { overlap: "avoid", minDuration }).map(({ end, start }) => [start, end])
    assert.deepStrictEqual(times(1), [[1.5, 2.5], [2.5, 4.75]])
    assert.deepStrictEqual(times(0), [[1.5, 1.75], [1.75, 4.75]])
  })

  it("nothing said is an empty file", () => {
    assert.strictEqual(Transcript.toSrt([]), "")
    assert.strictEqual(Transcript.toSrt(mono([])), "")
    assert.strictEqual(Transcript.toSrt(transcriptionOf([])), "")
  })

  it("rounds seconds up into minutes, and counts hours beyond 99", () => {
    const cue = (start: number, end: number) => Transcript.formatSrt([{ channel: 0, start, end, lines: ["x"] }])
    assert.strictEqual(cue(59.9996, 61), "1\n00:01:00,000 --> 00:01:01,000\nx\n")
    assert.strictEqual(cue(3599.9995, 3600.0004), "1\n01:00:00,000 --> 01:00:00,001\nx\n")
    assert.strictEqual(cue(360000.5, 3600000), "1\n100:00:00,500 --> 1000:00:00,000\nx\n")
    assert.strictEqual(cue(-1, NaN), "1\n00:00:00,000 --> 00:00:00,001\nx\n")
  })

  it("edited captions are put in order and lose their blank lines", () => {
    assert.strictEqual(
      Transcript.formatSrt([
        { channel: 0, start: 2, end: 3, lines: ["two\n\nthree", " "] },
        { channel: 0, start: 1, end: 2, lines: ["", "one"] },
        { channel: 0, start: 0, end: 2, lines: [" "] }
      ]),
      "1\n00:00:01,000 --> 00:00:02,000\none\n\n2\n00:00:02,000 --> 00:00:03,000\ntwo\nthree\n"
    )
  })
})

describe("WebVTT", () => {
  it("one speaker", () => {
    assert.strictEqual(
      Transcript.toVtt(mono(say("Good morning."))),
      "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nGood morning.\n"
    )
  })

  it("a voice tag on each cue; channels may overlap", () => {
    const words = [
      ...say("I am calling about the invoice that you sent.", { channel: 0 }),
      ...say("Mm-hm.", { at: 2, channel: 1 }),
      ...say("When was that?", { at: 5, channel: 1 })
    ]
    assert.strictEqual(
      Transcript.toVtt(words),
      lines(
        "WEBVTT",
        "",
        "00:00:00.000 --> 00:00:03.600",
        "<v Channel 0>I am calling about",
        "the invoice that you sent.",
        "",
        "00:00:02.000 --> 00:00:03.000",
        "<v Channel 1>Mm-hm.",
        "",
        "00:00:05.000 --> 00:00:06.200",
        "<v Channel 1>When was that?",
        ""
      )
    )
  })

  it("escapes text and names", () => {
    const words = say("Is 1<2 && 2-->1 <i>true</i>?")
    assert.strictEqual(
      Transcript.toVtt(words, { speakerLabels: () => "Q & A\n<host>" }),
      lines(
        "WEBVTT",
        "",
        "00:00:00.000 --> 00:00:02.000",
        "<v Q &amp; A &lt;host&gt;>Is 1&lt;2 &amp;&amp; 2--&gt;1 &lt;i&gt;true&lt;/i&gt;?",
        ""
      )
    )
  })

  it("a note with the provenance, or with a text that cannot become a cue", () => {
    const transcription = mono(say("Hi."))
    assert.strictEqual(
      Transcript.toVtt(transcription, { note: true }),
      lines(
        "WEBVTT",
        "",
        "NOTE",
        "Transcribed by Deepgram",
        "Request id: 1a2b3c4d-0000-4000-8000-123456789abc",
        "Created: 2026-10-01T12:00:00.000Z",
        "Duration: 25.933 s",
        "Channels: 1",
        "",
        "00:00:00.000 --> 00:00:01.000",
        "Hi.",
        ""
      )
    )
    assert.strictEqual(Transcript.formatVtt([], "CC0\n\n00:00 --> 00:01\n"), "WEBVTT\n\nNOTE\nCC0\n00:00 → 00:01\n")
    assert.notInclude(Transcript.toVtt(transcription, { note: false }), "NOTE")
    assert.notInclude(Transcript.toVtt(say("Hi."), { note: true }), "NOTE")
  })

  it("nothing said is a header", () => {
    assert.strictEqual(Transcript.toVtt([]), "WEBVTT\n")
    assert.strictEqual(Transcript.toVtt(transcriptionOf([{ alternatives: [] }])), "WEBVTT\n")
  })
})

describe("captions", () => {
  it("prefer the end of a sentence to a full cue", () => {
    assert.deepStrictEqual(
      texts(say("We went to the station. Nobody was there, and the last train had left an hour ago already."), {
        maxDuration: Infinity
      }),
      ["We went to the station.", "Nobody was there, and the last|train had left an hour ago already."]
    )
  })

  it("do not take titles and initials for the end of a sentence", () => {
    assert.deepStrictEqual(
      texts(say("Here comes Dr. J. Smith."), { maxCharsPerLine: 16, maxLines: 1 }),
      ["Here comes", "Dr. J. Smith."]
    )
  })

  it("without punctuation, end at pauses", () => {
    assert.deepStrictEqual(
      texts([...say("so we went to the station"), ...say("nobody was there at all", { at: 2.9 })], {
        maxCharsPerLine: 30,
        maxLines: 1
      }),
      ["so we went to the station", "nobody was there at all"]
    )
  })

  it("end at a silence, and stay the minimum duration where there is room", () => {
    const words = [...say("One."), ...say("Two.", { at: 0.6 }), ...say("Three.", { at: 2.5 })]
    assert.deepStrictEqual(
      Transcript.captions(words, { maxGap: 0.1 }).map(({ end, start }) => [start, end]),
      [[0, 0.6], [0.6, 1.6], [2.5, 3.5]]
    )
    assert.deepStrictEqual(texts(words, { maxGap: 5 }), ["One. Two. Three."])
  })

  it("stay the maximum duration at most, a drawn-out word too", () => {
    assert.deepStrictEqual(
      Transcript.captions(say("Ommm", { each: 60 }), { maxDuration: 3 }),
      [{ channel: 0, start: 0, end: 3, lines: ["Ommm"] }]
    )
    const counted = Transcript.captions(say("one two three four five six", { each: 1 }), { maxDuration: 3 })
    assert.deepStrictEqual(counted.map((cue) => cue.lines), [["one two three"], ["four five six"]])
  })

  it("keep a word that is longer than a line", () => {
    assert.deepStrictEqual(
      texts(say("Die Donaudampfschifffahrtsgesellschaft fuhr."), { maxCharsPerLine: 12, maxLines: 3 }),
      ["Die|Donaudampfschifffahrtsgesellschaft|fuhr."]
    )
  })

  it("count characters as readers do", () => {
    const family = "\u{1F468}\u200D\u{1F469}\u200D\u{1F467}"
    assert.deepStrictEqual(texts(say(`${family} ${family} ${family}`), { maxCharsPerLine: 5 }), [
      `${family} ${family} ${family}`
    ])
    assert.deepStrictEqual(texts(say("cafe\u0301 cafe\u0301"), { maxCharsPerLine: 9, maxLines: 1 }), [
      "cafe\u0301 cafe\u0301"
    ])
  })

  it("put spaces only where the transcript has them", () => {
    const words = ["今日", "は", "、", "いい", "天気", "です", "。", "OK", "?"].map((word, index) => ({
      word,
      start: index,
      end: index + 1,
      confidence: 1
    }))
    const transcription = transcriptionOf([{
      alternatives: [{ transcript: "今日は、いい天気です。 OK?", confidence: 1, words }]
    }])
    assert.deepStrictEqual(Transcript.captions(transcription, { maxDuration: 20 }).map((cue) => cue.lines), [[
      "今日は、いい天気です。 OK?"
    ]])
    assert.deepStrictEqual(
      Transcript.captions(transcription, { maxDuration: 20, maxCharsPerLine: 6 }).map((cue) => cue.lines),
      [["今日は、いい", "天気です。"], ["OK?"]]
    )
    assert.strictEqual(Transcript.speakerTurns(transcription)[0]?.text, "今日は、いい天気です。 OK?")
  })

  it("put a space between a name and the word behind it, whatever the language, and count it", () => {
    const speech = say("日本 語学", { each: 1 }).map((word) => Object.assign(word, { joined: true }))
    const options = { speakerLabels: () => "A", inlineLabels: true, maxLines: 1 } as const
    assert.deepStrictEqual(texts(speech, { ...options, maxCharsPerLine: 7 }), ["A: 日本語学"])
    assert.deepStrictEqual(texts(speech, { ...options, maxCharsPerLine: 6 }), ["A: 日本", "語学"])
  })

  it("keep punctuation with the word in front of it", () => {
    const speech = say("日本 語 、 はい").map((word) => Object.assign(word, { joined: true }))
    assert.deepStrictEqual(texts(speech, { maxLines: 1, maxCharsPerLine: 3, minDuration: 0 }), ["日本", "語、", "はい"])
  })

  it("prefer a long pause to a short one", () => {
    const words = [...say("aaaa bbbb"), ...say("cccc", { at: 1.1 }), ...say("dddd eeee", { at: 2.1 })]
    assert.deepStrictEqual(texts(words, { maxLines: 1, maxCharsPerLine: 14 }), ["aaaa bbbb cccc", "dddd eeee"])
  })

  it("do not go on from one utterance to the next, unless only words count", () => {
    const words = say("Right. So here we are again.")
    const utterance = (from: number, to?: number) => {
      const own = words.slice(from, to)
      const transcript = own.map((word) => word.text).join(" ")
      return { start: own[0]?.start ?? 0, end: own.at(-1)?.end ?? 0, confidence: 1, channel: 0, transcript, words: own }
    }
    const { results: { channels } } = mono(words)
    const transcription = transcriptionOf(channels, [utterance(0, 1), utterance(1)])
    const cues = (options?: Transcript.CaptionOptions) =>
      Transcript.captions(transcription, options).map((cue) => cue.lines)
    assert.deepStrictEqual(cues(), [["Right."], ["So here we are again."]])
    assert.deepStrictEqual(cues({ source: "words" }), [["Right. So here we are again."]])
    // Utterances that lack words of the channel cannot be trusted with the captions.
    assert.deepStrictEqual(
      Transcript.captions(transcriptionOf(channels, [utterance(1)])).map((cue) => cue.lines),
      [["Right. So here we are again."]]
    )
    assert.deepStrictEqual(
      Transcript.captions(transcriptionOf(channels, [])).map((cue) => cue.lines),
      [["Right. So here we are again."]]
    )
  })

  it("never show two speakers in one cue", () => {
    assert.deepStrictEqual(
      Transcript.captions([...say("Ready?", { speaker: 2 }), ...say("Yes.", { at: 0.4, speaker: 0 })]),
      [
        { channel: 0, speaker: 2, label: "Speaker 2", start: 0, end: 0.4, lines: ["Ready?"] },
        { channel: 0, speaker: 0, label: "Speaker 0", start: 0.4, end: 1.4, lines: ["Yes."] }
      ]
    )
  })

  it("name speakers as shortly as tells them apart", () => {
    const labels = (
      speakers: ReadonlyArray<Transcript.SpeakerId>,
      speakerLabels: Transcript.SpeakerLabels = "auto"
    ) =>
      Transcript.captions(speakers.flatMap((who, at) => say("Hi.", { ...who, at })), { speakerLabels })
        .map((cue) => cue.label)
    assert.deepStrictEqual(labels([{ channel: 0, speaker: 0 }, { channel: 0, speaker: 0 }]), [undefined])
    assert.deepStrictEqual(labels([{ channel: 1 }]), [undefined])
    assert.deepStrictEqual(labels([{ channel: 0, speaker: 0 }, { channel: 0, speaker: 1 }]), ["Speaker 0", "Speaker 1"])
    assert.deepStrictEqual(labels([{ channel: 0, speaker: 0 }, { channel: 1, speaker: 0 }]), ["Channel 0", "Channel 1"])
    assert.deepStrictEqual(
      labels([{ channel: 0, speaker: 0 }, { channel: 1, speaker: 0 }, { channel: 1, speaker: 1 }, { channel: 1 }]),
      ["Channel 0 Speaker 0", "Channel 1 Speaker 0", "Channel 1 Speaker 1", "Channel 1"]
    )
    assert.deepStrictEqual(labels([{ channel: 0, speaker: 0 }, { channel: 0, speaker: 1 }], "none"), [
      undefined,
      undefined
    ])
    assert.deepStrictEqual(
      labels([{ channel: 0, speaker: 0 }, { channel: 1 }], (who) => who.speaker === 0 ? "Ada" : undefined),
      ["Ada", undefined]
    )
  })

  it("a name as long as a line gets a line of its own", () => {
    const options = { speakerLabels: () => "Countess Lovelace", inlineLabels: true, maxCharsPerLine: 16 }
    assert.deepStrictEqual(texts(say("Good morning."), options), ["Countess Lovelace:|Good morning."])
  })

  it("options that make no sense are read as the nearest that does", () => {
    assert.deepStrictEqual(texts(say("one two"), { maxCharsPerLine: -5, maxLines: 0, maxDuration: -1, maxGap: NaN }), [
      "one",
      "two"
    ])
  })
})
