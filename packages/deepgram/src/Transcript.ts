/**
 * What to do with a transcription: plain text, the words of all channels in order, who said what when, and captions
 * (SubRip and WebVTT). Pure functions that read every channel and work with or without diarization, `punctuate`,
 * `utterances` and `paragraphs`.
 *
 * Where an answer has a transcript without words, the words are those of the transcript, and their times are estimated
 * from the utterance, sentence or recording that they are part of (`estimated: true`).
 *
 * @see https://developers.deepgram.com/docs/automatically-generating-webvtt-and-srt-captions
 */
import * as captioning from "./internal/transcript/captions.ts"
import { lanes, mergeByStart } from "./internal/transcript/collect.ts"
import * as formats from "./internal/transcript/formats.ts"
import type {
  Caption,
  CaptionOptions,
  Input,
  SpeakerTurn,
  SpeakerTurnsOptions,
  TextOptions,
  TimedWord,
  VttOptions
} from "./internal/transcript/model.ts"
import { plainText } from "./internal/transcript/plainText.ts"
import { roundSeconds } from "./internal/transcript/time.ts"
import { turns } from "./internal/transcript/turns.ts"

export type {
  Caption,
  CaptionOptions,
  Input,
  SpeakerId,
  SpeakerLabels,
  SpeakerTurn,
  SpeakerTurnsOptions,
  TextOptions,
  TimedWord,
  VttOptions
} from "./internal/transcript/model.ts"

/**
 * Everything that was said, as plain text. One channel: its transcript. Several: one line per turn, in order of time.
 *
 * @example
 * ```ts
 * import { Transcript } from "effect-deepgram"
 *
 * const words: ReadonlyArray<Transcript.TimedWord> = [
 *   { word: "hello", text: "Hello?", start: 0.5, end: 0.9, confidence: 0.99, channel: 0 },
 *   { word: "hi", text: "Hi!", start: 1.2, end: 1.4, confidence: 0.98, channel: 1 }
 * ]
 *
 * Transcript.toText(words) // => "Hello?\nHi!"
 * Transcript.toText(words, { speakerLabels: "auto" }) // => "Channel 0: Hello?\nChannel 1: Hi!"
 * ```
 */
export const toText = (input: Input, options: TextOptions = {}): string => plainText(lanes(input), options)

/**
 * The words of all channels in order of time, each with its `channel` and the `text` to show. Words without text are
 * left out, and times are rounded to the millisecond.
 *
 * To edit the words before they become captions, or to caption a live session, hand words to the other functions.
 *
 * @example
 * ```ts
 * import { type ListenV1, Transcript } from "effect-deepgram"
 *
 * export const unsure = (transcription: ListenV1.Transcription) =>
 *   Transcript.words(transcription).filter((word) => word.confidence < 0.5).map((word) => word.text)
 * ```
 */
export const words = (input: Input): Array<TimedWord> => mergeByStart(lanes(input).map((lane) => lane.words))

/**
 * Who said what when, in order of time: the words in a row of one speaker, by diarization, by channel, or both.
 *
 * When channels overlap, turns do too: an interjection divides the other's turn at its next pause or end of a sentence,
 * and never in the middle of a phrase.
 *
 * @example
 * ```ts
 * import { Transcript } from "effect-deepgram"
 *
 * const words: ReadonlyArray<Transcript.TimedWord> = [
 *   { word: "is", text: "Is", start: 0.08, end: 0.24, confidence: 0.9, channel: 0, speaker: 0 },
 *   { word: "it", text: "it?", start: 0.24, end: 0.4, confidence: 0.7, channel: 0, speaker: 0 },
 *   { word: "yes", text: "Yes.", start: 0.72, end: 1.04, confidence: 0.9, channel: 0, speaker: 1 }
 * ]
 *
 * Transcript.speakerTurns(words).map(({ speaker, text }) => `${speaker}: ${text}`) // => ["0: Is it?", "1: Yes."]
 * ```
 */
export const speakerTurns = (input: Input, options: SpeakerTurnsOptions = {}): Array<SpeakerTurn> =>
  turns(lanes(input), options)

/**
 * The cues of {@link toSrt} and {@link toVtt}, in order of start. Each is the words of one speaker, on few lines of
 * about the same length, and ends at the end of a sentence or at a pause if the limits leave the choice. Every word is
 * in exactly one cue.
 *
 * What stays longer than a limit allows: a word longer than a line, which is not divided, and a name in the lines
 * (`inlineLabels`) that leaves no room for the word behind it.
 *
 * @example
 * ```ts
 * import { Transcript } from "effect-deepgram"
 *
 * const words: ReadonlyArray<Transcript.TimedWord> = [
 *   { word: "one", text: "One.", start: 0.08000001, end: 0.48, confidence: 0.9, channel: 0 },
 *   { word: "two", text: "Two.", start: 2, end: 3.5, confidence: 0.9, channel: 0 }
 * ]
 *
 * Transcript.captions(words)
 * // => [
 * //   { channel: 0, start: 0.08, end: 1.08, lines: ["One."] },
 * //   { channel: 0, start: 2, end: 3.5, lines: ["Two."] }
 * // ]
 * ```
 */
export const captions = (input: Input, options: CaptionOptions = {}): Array<Caption> =>
  captioning.captions(input, options)

/**
 * Captions as a SubRip (`.srt`) file: one cue at a time, and `Name: ` in the text where the speaker changes. Empty when
 * nothing was said.
 *
 * @example
 * ```ts
 * import { Transcript } from "effect-deepgram"
 *
 * const words: ReadonlyArray<Transcript.TimedWord> = [
 *   { word: "hello", text: "Hello.", start: 0.5, end: 1.75, confidence: 0.99, channel: 0 }
 * ]
 *
 * Transcript.toSrt(words) // => "1\n00:00:00,500 --> 00:00:01,750\nHello.\n"
 * ```
 */
export const toSrt = (input: Input, options: CaptionOptions = {}): string =>
  formats.srt(captions(input, {
    ...options,
    inlineLabels: options.inlineLabels ?? true,
    overlap: options.overlap ?? "avoid"
  }))

/**
 * Captions as a WebVTT (`.vtt`) file, with a voice tag (`<v Name>`) on each cue when speakers are named. Only the
 * header when nothing was said.
 *
 * @example
 * ```ts
 * import { Transcript } from "effect-deepgram"
 *
 * const words: ReadonlyArray<Transcript.TimedWord> = [
 *   { word: "hello", text: "Hello.", start: 0.5, end: 1.75, confidence: 0.99, channel: 0 }
 * ]
 *
 * Transcript.toVtt(words, { speakerLabels: () => "Ada" })
 * // => "WEBVTT\n\n00:00:00.500 --> 00:00:01.750\n<v Ada>Hello.\n"
 * ```
 */
export const toVtt = (input: Input, options: VttOptions = {}): string =>
  formats.vtt(captions(input, options), options.note === true ? provenance(input) : options.note || "")

const provenance = (input: Input): string => {
  if (!("results" in input)) return ""
  const { channels, created, duration, request_id } = input.metadata
  return [
    "Transcribed by Deepgram",
    `Request id: ${request_id}`,
    `Created: ${created}`,
    `Duration: ${roundSeconds(duration)} s`,
    `Channels: ${channels}`
  ].join("\n")
}

/**
 * {@link captions} as a SubRip file, for example after they were moved in time. Names are only in it if the captions
 * were made with `inlineLabels`.
 *
 * @example
 * ```ts
 * import { Transcript } from "effect-deepgram"
 *
 * const afterTheIntro = (captions: ReadonlyArray<Transcript.Caption>) =>
 *   Transcript.formatSrt(captions.map((cue) => ({ ...cue, start: cue.start + 12.5, end: cue.end + 12.5 })))
 *
 * afterTheIntro([{ channel: 0, start: 0, end: 2, lines: ["Hello."] }])
 * // => "1\n00:00:12,500 --> 00:00:14,500\nHello.\n"
 * ```
 */
export const formatSrt = (captions: ReadonlyArray<Caption>): string => formats.srt(captions)

/**
 * {@link captions} as a WebVTT file, for example after they were moved in time.
 *
 * @param note a comment at the top of the file
 *
 * @example
 * ```ts
 * import { Transcript } from "effect-deepgram"
 *
 * Transcript.formatVtt([{ channel: 0, start: 0, end: 2, lines: ["Q&A"] }], "Draft")
 * // => "WEBVTT\n\nNOTE\nDraft\n\n00:00:00.000 --> 00:00:02.000\nQ&amp;A\n"
 * ```
 */
export const formatVtt = (captions: ReadonlyArray<Caption>, note = ""): string => formats.vtt(captions, note)
