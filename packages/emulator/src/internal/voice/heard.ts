/** A recognised word. */
export interface HeardWord {
  readonly _tag: "Word"
  /** The word as it was spoken, punctuation included. */
  readonly text: string
  /** Seconds since the start of the stream. */
  readonly start: number
  /** Seconds since the start of the stream. */
  readonly end: number
  /** From 0 to 1: how much of the sound was the word and how much was noise. */
  readonly confidence: number
  /** Number of the speaker's voice, from 0. */
  readonly voice: number
}

/** Somebody began to speak. */
export interface SpeechStarted {
  readonly _tag: "SpeechStarted"
  /** Seconds since the start of the stream. */
  readonly at: number
}

/** Somebody spoke and is silent now. */
export interface SpeechEnded {
  readonly _tag: "SpeechEnded"
  /** Seconds since the start of the stream: the same as `at` of the {@link SpeechStarted} before. */
  readonly start: number
  /** Seconds since the start of the stream. */
  readonly end: number
}

/** What a recogniser hears. */
export type Heard = HeardWord | SpeechStarted | SpeechEnded
