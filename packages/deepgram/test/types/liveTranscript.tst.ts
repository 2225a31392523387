/** What the compiler lets callers of `LiveAudio` and `LiveTranscript` write. Nothing here runs. */
import type { Effect, Stream } from "effect"
import {
  type DeepgramError,
  type ListenV1,
  type ListenV2,
  LiveAudio,
  LiveTranscript,
  type Transcript
} from "effect-deepgram"
import { type Equal, expectType } from "./equal.ts"

type Failure = { readonly why: string }
type Service = { readonly name: string }

/** How a recording may be paced. */
export const paces: ReadonlyArray<LiveAudio.PaceOptions> = [
  {},
  { speed: 2, frame: "80 millis" },
  { encoding: "mulaw", sample_rate: 8000, channels: 2, frame: 20 },
  // @ts-expect-error: raw audio has a rate
  { encoding: "linear16" },
  // @ts-expect-error: a rate alone says nothing
  { sample_rate: 16_000 },
  // @ts-expect-error: nobody can tell how long compressed audio is
  { encoding: "opus", sample_rate: 48_000 },
  // @ts-expect-error: a misspelled option
  { speedup: 2 }
]

// @ts-expect-error: there is no rate
export const silence = LiveAudio.silence({ encoding: "alaw" }, "1 second")

/** Failures and needs of the streams stay as they are. */
export const results = (
  audio: Stream.Stream<Uint8Array, Failure, Service>,
  nova: Stream.Stream<ListenV1.ServerMessage, Failure, Service>,
  flux: Stream.Stream<ListenV2.ServerMessage, Failure, Service>
): void => {
  const paced = audio.pipe(LiveAudio.pace({ speed: 1 }))
  expectType<Equal<typeof paced, Stream.Stream<Uint8Array, Failure | DeepgramError.BadRequest, Service>>>()

  const finals = nova.pipe(LiveTranscript.finals)
  expectType<Equal<typeof finals, Stream.Stream<ListenV1.Results, Failure, Service>>>()

  const utterances = nova.pipe(LiveTranscript.utterances({ endsAt: "UtteranceEnd" }))
  expectType<Equal<typeof utterances, Stream.Stream<LiveTranscript.Utterance, Failure, Service>>>()

  const live = nova.pipe(LiveTranscript.liveCaptions())
  expectType<Equal<typeof live, Stream.Stream<LiveTranscript.LiveCaption, Failure, Service>>>()

  const captions = nova.pipe(LiveTranscript.captions({ maxLines: 1, speakerLabels: ({ channel }) => `${channel}` }))
  expectType<Equal<typeof captions, Stream.Stream<Transcript.Caption, Failure, Service>>>()

  const srt = captions.pipe(LiveTranscript.srt)
  expectType<Equal<typeof srt, Stream.Stream<string, Failure, Service>>>()

  const vtt = captions.pipe(LiveTranscript.vtt)
  expectType<Equal<typeof vtt, Stream.Stream<string, Failure, Service>>>()

  // Of finals, too.
  const text = finals.pipe(LiveTranscript.text({ channel: 0, speakerLabels: "auto" }))
  expectType<Equal<typeof text, Effect.Effect<string, Failure, Service>>>()

  const turns = flux.pipe(LiveTranscript.turns)
  expectType<Equal<typeof turns, Stream.Stream<LiveTranscript.Turn, Failure, Service>>>()

  const ended = flux.pipe(LiveTranscript.endedTurns)
  expectType<Equal<typeof ended, Stream.Stream<LiveTranscript.EndOfTurn, Failure, Service>>>()

  // @ts-expect-error: the messages of Flux have turns, not utterances
  flux.pipe(LiveTranscript.utterances())
}

/** An utterance is a turn of a speaker, or of several. */
expectType<LiveTranscript.Utterance extends Transcript.SpeakerTurn ? true : false>()

/** All events, and only the last one has a trigger. */
type Tag = "StartOfTurn" | "Update" | "EagerEndOfTurn" | "TurnResumed" | "EndOfTurn"
expectType<Equal<LiveTranscript.Turn["_tag"], Tag>>()
expectType<Equal<Extract<LiveTranscript.Turn, { readonly trigger?: string }>, LiveTranscript.EndOfTurn>>()

export const options: ReadonlyArray<LiveTranscript.CaptionOptions> = [
  { endsAt: "speech_final", maxCharsPerLine: 32, speakerLabels: "none" },
  // @ts-expect-error: nobody knows yet who speaks
  { speakerLabels: "auto" },
  // @ts-expect-error: of recordings
  { overlap: "avoid" },
  // @ts-expect-error: not an end
  { endsAt: "is_final" }
]
