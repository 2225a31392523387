/** The data types of `Transcript`. */
import type { Transcription } from "../contract/listenV1Models.ts"
import type { Word } from "../contract/recognition.ts"

/**
 * A {@link Word} and where it was heard. Times are rounded to the millisecond, so that the noise of the recogniser's
 * floats (`0.08000001`) does not spread.
 */
export interface TimedWord extends Word {
  /** Channel number from 0. */
  readonly channel: number
  /** What to show: `punctuated_word`, or `word` without it; on one line. */
  readonly text: string
  /** The transcript has no space before this word, as in Chinese, Japanese or Thai. Default: false. */
  readonly joined?: boolean
  /** Deepgram gave no time for this word: it was estimated from the sentence, utterance or recording around it. */
  readonly estimated?: boolean
}

/** What the helpers read: an answer of Deepgram, or words, for example the edited ones of an answer or those of a live session. */
export type Input = Transcription | ReadonlyArray<TimedWord>

/** Who speaks: a channel, and a speaker within it when the request asked for diarization. */
export interface SpeakerId {
  /** Channel number from 0. */
  readonly channel: number
  /** Speaker number from 0, as Deepgram counts: each channel has its own speaker 0. */
  readonly speaker?: number
}

/**
 * How speakers are named.
 *
 * - `"auto"`: `Speaker 0`, `Channel 1` or `Channel 1 Speaker 0`, whatever it takes to tell them apart; nothing when
 *   there is only one.
 * - `"none"`: not at all.
 * - a function: its answer; `undefined` for no name.
 */
export type SpeakerLabels = "auto" | "none" | ((speaker: SpeakerId) => string | undefined)

/** What one speaker says before another does. */
export interface SpeakerTurn extends SpeakerId {
  /** Seconds from the start of the audio. */
  readonly start: number
  /** Seconds from the start of the audio. */
  readonly end: number
  readonly text: string
  /** Mean of the words' confidences, 0 to 1. */
  readonly confidence: number
  /** Never empty. */
  readonly words: ReadonlyArray<TimedWord>
}

/** A cue: what is on the screen for a while. */
export interface Caption extends SpeakerId {
  /** Seconds from the start of the audio, to the millisecond. */
  readonly start: number
  /** Seconds from the start of the audio, to the millisecond; always after `start`. */
  readonly end: number
  /** The name of the speaker, when speakers are named. */
  readonly label?: string
  /** Never empty, and no line is blank. Plain text: nothing is escaped. */
  readonly lines: ReadonlyArray<string>
}

/** Options of `speakerTurns`. */
export interface SpeakerTurnsOptions {
  /** Seconds of silence after which the same speaker starts a new turn. Default: `Infinity`. */
  readonly maxPause?: number | undefined
}

/** Options of `toText`. */
export interface TextOptions extends SpeakerTurnsOptions {
  /** Lay the text out in paragraphs with a blank line between. Needs `paragraphs` in the request. Default: false. */
  readonly paragraphs?: boolean | undefined
  /** Put `Name: ` before each turn or paragraph. Default: `"none"`. */
  readonly speakerLabels?: SpeakerLabels | undefined
}

/** Options of `captions`. */
export interface CaptionOptions {
  /**
   * `"utterances"`: no cue goes on from one utterance to the next; read like `"words"` where the answer has no
   * utterances. `"words"`: only the words and their pauses count. Default: `"utterances"`.
   */
  readonly source?: "utterances" | "words" | undefined
  /** Characters per line, as a reader counts them; a longer word gets a line of its own. Default: 42. */
  readonly maxCharsPerLine?: number | undefined
  /** Lines per cue. Default: 2. */
  readonly maxLines?: number | undefined
  /** Seconds a cue stays at most. Default: 7. */
  readonly maxDuration?: number | undefined
  /** Seconds a cue stays at least, where the next one leaves room. Default: 1. */
  readonly minDuration?: number | undefined
  /** Seconds of silence that end a cue. Default: 1. */
  readonly maxGap?: number | undefined
  /** How speakers are named. Default: `"auto"`. */
  readonly speakerLabels?: SpeakerLabels | undefined
  /** Write `Name: ` into the first line where the speaker changes. Default: false, and true for `toSrt`. */
  readonly inlineLabels?: boolean | undefined
  /**
   * What happens to cues of different channels that are heard at the same time. `"keep"`: they overlap.
   * `"avoid"`: one at a time: the earlier one ends early, and the later one begins late (by `minDuration` at most) if
   * that makes the earlier one long enough. Cues of one channel never overlap. Default: `"keep"`, and `"avoid"` for
   * `toSrt`.
   */
  readonly overlap?: "keep" | "avoid" | undefined
}

/** Options of `toVtt`. */
export interface VttOptions extends CaptionOptions {
  /**
   * A comment at the top of the file, which players do not show: `true` for the request's id, creation time, duration
   * and channels, or a text. Default: none, as captions are published and the id belongs to the request.
   */
  readonly note?: boolean | string | undefined
}
