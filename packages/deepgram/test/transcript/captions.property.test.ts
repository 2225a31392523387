import { assert, describe, it } from "@effect/vitest"
import { Transcription } from "effect-deepgram/ListenV1"
import * as Transcript from "effect-deepgram/Transcript"
import { parseSrt, parseVtt } from "./parsers.ts"
import { Options, Plan, record, type SpokenWord } from "./recordings.ts"

const runs = (runs: number) => ({ arbitrary: { runs }, timeout: 60_000 })

const bare = (text: string) => text.replace(/\s/g, "")
const ms = (seconds: number) => Math.round(seconds * 1000)
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" })
const length = (text: string) => [...graphemes.segment(text)].length

/** The cue's text without the name in front of it. */
const textOf = (cue: Transcript.Caption, inline: boolean): Array<string> => {
  const [first = "", ...rest] = cue.lines
  const name = `${cue.label}:`
  return inline && cue.label !== undefined && first.startsWith(name)
    ? [first.slice(name.length).trim(), ...rest]
    : [...cue.lines]
}

/** Deals the spoken words of each channel out to its cues; fails when a word is missing, repeated or out of order. */
const deal = (
  spoken: ReadonlyArray<ReadonlyArray<SpokenWord>>,
  cues: ReadonlyArray<Transcript.Caption>,
  inline: boolean
) => {
  const left = spoken.map((words) => [...words])
  const dealt = cues.map((cue) => {
    const words: Array<SpokenWord> = []
    for (const text of textOf(cue, inline).flatMap((line) => line.split(" ")).filter((text) => text !== "")) {
      const word = left[cue.channel]?.shift()
      assert.strictEqual(text, word?.text)
      if (word !== undefined) words.push(word)
    }
    return { cue, words }
  })
  assert.deepStrictEqual(left.flat(), [])
  return dealt
}

describe("captions of random recordings", () => {
  it.prop(
    "hold every word once, in order, within the limits",
    { plan: Plan, options: Options },
    ({ options, plan }) => {
      const { spoken, transcription } = record(plan)
      const cues = Transcript.captions(transcription, options)
      for (const { cue, words } of deal(spoken, cues, options.inlineLabels)) {
        const lines = textOf(cue, options.inlineLabels)
        const [first] = words
        assert.isDefined(first)
        assert.isTrue(words.every((word) => word.speaker === first.speaker && cue.speaker === first.speaker))
        if (options.source === "utterances" && plan.utterances !== "none") {
          assert.isTrue(words.every((word) => word.utterance === first.utterance))
        }
        for (const word of words.slice(1)) assert.isAtMost(word.silence, options.maxGap * 1000)
        assert.isTrue(lines.length <= options.maxLines || words.length === 1 && options.inlineLabels)
        for (const line of cue.lines) assert.strictEqual(line.trim(), line)
        for (const [index, line] of cue.lines.entries()) {
          const alone = !(lines[index] ?? "").includes(" ")
          assert.isTrue(
            length(line) <= options.maxCharsPerLine || alone && (line === lines[index] || lines[index] === "")
          )
        }
      }
    },
    runs(400)
  )

  it.prop("have times that players accept", { plan: Plan, options: Options }, ({ options, plan }) => {
    const cues = Transcript.captions(record(plan).transcription, options)
    for (const [index, cue] of cues.entries()) {
      assert.strictEqual(cue.start, ms(cue.start) / 1000)
      assert.strictEqual(cue.end, ms(cue.end) / 1000)
      assert.isAbove(cue.end, cue.start)
      assert.isAtMost(ms(cue.end) - ms(cue.start), options.maxDuration * 1000)
      const later = cues.slice(index + 1)
      const rivals = options.overlap === "avoid" ? later : later.filter((other) => other.channel === cue.channel)
      assert.isAtLeast(rivals[0]?.start ?? Infinity, cue.end)
      assert.isAtLeast(later[0]?.start ?? Infinity, cue.start)
      const minimum = Math.min(options.minDuration, options.maxDuration)
      const next = later.find((other) => other.start >= cue.end)
      assert.isTrue(ms(cue.end) - ms(cue.start) >= minimum * 1000 || next?.start === cue.end)
    }
  }, runs(400))

  it.prop("begin with their first word, or wait one minimum duration", { plan: Plan }, ({ plan }) => {
    const { spoken, transcription } = record(plan)
    for (const { cue, words } of deal(spoken, Transcript.captions(transcription, { overlap: "avoid" }), false)) {
      const orderly = (spoken[cue.channel] ?? []).every((word, index, all) =>
        word.start >= (all[index - 1]?.start ?? 0)
      )
      const first = words[0]?.start ?? 0
      assert.isAtLeast(ms(cue.start), first)
      // Cues that start together by the hundred, as those of words without any length do, take a millisecond each.
      if (orderly) assert.isAtMost(ms(cue.start), first + 1000 + spoken.flat().length)
    }
  }, runs(200))

  it.prop("make SubRip files that read back the same", { plan: Plan, options: Options }, ({ options, plan }) => {
    const { transcription } = record(plan)
    const settings = { ...options, overlap: "avoid", inlineLabels: true } as const
    const cues = Transcript.captions(transcription, settings)
    const parsed = parseSrt(Transcript.toSrt(transcription, settings))
    assert.deepStrictEqual(
      parsed,
      cues.map(({ end, lines, start }) => ({ start: ms(start), end: ms(end), label: undefined, lines }))
    )
    for (const [index, cue] of parsed.entries()) assert.isAtLeast(cue.start, parsed[index - 1]?.end ?? 0)
  }, runs(200))

  it.prop("make WebVTT files that read back the same", { plan: Plan, options: Options }, ({ options, plan }) => {
    const { transcription } = record(plan)
    const parsed = parseVtt(Transcript.toVtt(transcription, { ...options, note: true }))
    assert.lengthOf(parsed.notes, 1)
    assert.deepStrictEqual(
      parsed.cues,
      Transcript.captions(transcription, options).map(({ end, label, lines, start }) => ({
        start: ms(start),
        end: ms(end),
        label,
        lines
      }))
    )
  }, runs(200))
})

describe("answers of any shape that decodes", () => {
  it.prop("make valid files that hold every word", { transcription: Transcription }, ({ transcription }) => {
    const words = Transcript.words(transcription)
    parseSrt(Transcript.toSrt(transcription))
    const { cues } = parseVtt(Transcript.toVtt(transcription, { source: "words", speakerLabels: "none", note: true }))
    assert.strictEqual(
      cues.flatMap((cue) => cue.lines.map(bare)).join("").length,
      words.map((word) => bare(word.text)).join("").length
    )
    for (const turn of Transcript.speakerTurns(transcription)) {
      assert.isNotEmpty(turn.words)
      assert.isAtLeast(turn.end, turn.start)
    }
    assert.strictEqual(
      bare(Transcript.speakerTurns(transcription).map((turn) => turn.text).join("")).length,
      bare(words.map((word) => word.text).join("")).length
    )
  }, runs(100))
})

describe("words and turns of random recordings", () => {
  it.prop("hold every word once, in order of time", { plan: Plan }, ({ plan }) => {
    const { spoken, transcription } = record(plan)
    const words = Transcript.words(transcription)
    for (const [channel, said] of spoken.entries()) {
      assert.deepStrictEqual(
        words.filter((word) => word.channel === channel).map(({ end, speaker, start, text }) => ({
          text,
          speaker,
          start: ms(start),
          end: ms(end)
        })),
        said.map(({ end, speaker, start, text }) => ({ text, speaker, start, end }))
      )
    }
    const orderly = spoken.every((said) => said.every((word, index) => word.start >= (said[index - 1]?.start ?? 0)))
    if (orderly) {
      for (const [index, word] of words.entries()) assert.isAtLeast(word.start, words[index - 1]?.start ?? 0)
    }
  }, runs(200))

  it.prop("turns have one speaker each, and the next turn another", { plan: Plan }, ({ plan }) => {
    const { spoken, transcription } = record(plan)
    const turns = Transcript.speakerTurns(transcription)
    for (const [channel, said] of spoken.entries()) {
      assert.deepStrictEqual(
        turns.filter((turn) => turn.channel === channel).flatMap((turn) => turn.words.map((word) => word.text)),
        said.map((word) => word.text)
      )
    }
    for (const [index, turn] of turns.entries()) {
      const next = turns[index + 1]
      assert.isFalse(turn.channel === next?.channel && turn.speaker === next.speaker)
      assert.isTrue(turn.words.every((word) => word.channel === turn.channel && word.speaker === turn.speaker))
      assert.strictEqual(turn.text, turn.words.map((word) => word.text).join(" "))
      assert.strictEqual(turn.start, turn.words[0]?.start)
      assert.strictEqual(turn.end, Math.max(...turn.words.map((word) => word.end)))
    }
  }, runs(200))

  it.prop("plain text holds every word of every channel", { plan: Plan }, ({ plan }) => {
    const { spoken, transcription } = record(plan)
    const tokens = (text: string) => text.split(/\s+/).filter((word) => word !== "").toSorted()
    assert.deepStrictEqual(tokens(Transcript.toText(transcription)), spoken.flat().map((word) => word.text).toSorted())
  }, runs(200))
})
