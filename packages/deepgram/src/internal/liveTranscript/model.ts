/** The data types of `LiveTranscript`. */
import type * as ListenV1 from "../../ListenV1.ts"
import type {
  CaptionOptions as RecordingCaptionOptions,
  SpeakerId,
  SpeakerTurn,
  TextOptions as RecordingTextOptions
} from "../../Transcript.ts"
import type { TurnWord } from "../contract/listenV2.ts"

/** What a session of `ListenV1` gives. */
export type Message = ListenV1.ServerMessage

/** What was said between two ends of utterances on one channel. A `Transcript.SpeakerTurn` of one speaker, or of several. */
export interface Utterance extends SpeakerTurn {
  /** All who speak, in the order in which they begin; with diarization. `speaker` is only there when it is one. */
  readonly speakers?: ReadonlyArray<number>
}

/** Options of `utterances`. */
export interface UtteranceOptions {
  /**
   * What ends an utterance. `"speech_final"`: a pause as long as `endpointing`, 10 milliseconds unless the session says
   * more. `"UtteranceEnd"`: no word for `utterance_end_ms`, which also ends where there is noise. `"either"`: what comes
   * first. Default: `"either"`.
   */
  readonly endsAt?: "either" | "speech_final" | "UtteranceEnd" | undefined
}

/** What is to be shown of a channel at the moment. */
export interface LiveCaption {
  /** Channel number from 0. */
  readonly channel: number
  /** What will not change of the current line. */
  readonly text: string
  /** What comes after it for now, and may change; needs `interim_results`. */
  readonly interim: string
  /** The line has ended: it will not change, and the next one is about something else. */
  readonly isFinal: boolean
  /** Seconds of audio since the start of the session. */
  readonly start: number
  /** Seconds of audio since the start of the session. */
  readonly end: number
}

/** Options of `captions`: those of `Transcript.captions`, as far as they make sense before everything was heard. */
export interface CaptionOptions
  extends UtteranceOptions, Omit<RecordingCaptionOptions, "source" | "overlap" | "speakerLabels">
{
  /** How speakers are named: `"none"`, or what the function says. Default: `"none"`: nobody knows yet how many there are. */
  readonly speakerLabels?: "none" | ((speaker: SpeakerId) => string | undefined) | undefined
}

/** Options of `text`. */
export interface TextOptions extends Omit<RecordingTextOptions, "paragraphs"> {
  /** Only this channel: its number from 0. Default: all. */
  readonly channel?: number | undefined
}

/** What is known of a turn of Flux. */
export interface TurnState {
  /** Counts the turns from 0. */
  readonly index: number
  /** Everything that was said in the turn so far. */
  readonly text: string
  readonly words: ReadonlyArray<TurnWord>
  /** Seconds of audio since the start of the session. */
  readonly start: number
  /** How far it was heard: seconds of audio since the start of the session. */
  readonly end: number
  /** How sure Deepgram is that the turn is over, 0 to 1. */
  readonly confidence?: number
  /** BCP-47 tags of the languages heard; `flux-general-multi`. */
  readonly languages?: ReadonlyArray<string>
}

/** Somebody began to speak. */
export interface StartOfTurn extends TurnState {
  readonly _tag: "StartOfTurn"
}

/** The turn goes on. The text may be the same as before; between two turns, when nobody speaks, it is empty. */
export interface Update extends TurnState {
  readonly _tag: "Update"
}

/** The turn may be over: time to prepare an answer. With `eager_eot_threshold`. */
export interface EagerEndOfTurn extends TurnState {
  readonly _tag: "EagerEndOfTurn"
}

/** It was not over after all: what was prepared since `EagerEndOfTurn` is void. */
export interface TurnResumed extends TurnState {
  readonly _tag: "TurnResumed"
}

/** The turn is over. */
export interface EndOfTurn extends TurnState {
  readonly _tag: "EndOfTurn"
  /** Why it ended: `model`, `manual` (by `ForceEndTurn`) or `timeout`. An open set. */
  readonly trigger?: string
}

/** What happened to a turn. */
export type Turn = StartOfTurn | Update | EagerEndOfTurn | TurnResumed | EndOfTurn
