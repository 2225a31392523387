/**
 * What to do with the messages of a live session, while they come: what is final, utterances, captions, and the turns of
 * Flux. Functions of streams. What was heard before a failure is given first, then the failure.
 *
 * Words and utterances are those of `Transcript`, whose functions take them.
 *
 * @see https://developers.deepgram.com/docs/understand-endpointing-interim-results
 */
import type * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { makeCaptions, makeSrt, makeVtt } from "./internal/liveTranscript/captions.ts"
import { isFinal, transcriptOf } from "./internal/liveTranscript/heard.ts"
import { makeLiveCaptions } from "./internal/liveTranscript/liveCaptions.ts"
import type {
  CaptionOptions,
  EndOfTurn,
  LiveCaption,
  TextOptions,
  Turn,
  Utterance,
  UtteranceOptions
} from "./internal/liveTranscript/model.ts"
import { stateful } from "./internal/liveTranscript/stateful.ts"
import { makeText } from "./internal/liveTranscript/text.ts"
import { makeTurns } from "./internal/liveTranscript/turns.ts"
import { makeUtterances } from "./internal/liveTranscript/utterances.ts"
import type * as ListenV1 from "./ListenV1.ts"
import type * as ListenV2 from "./ListenV2.ts"
import type * as Transcript from "./Transcript.ts"

export type {
  CaptionOptions,
  EagerEndOfTurn,
  EndOfTurn,
  LiveCaption,
  StartOfTurn,
  TextOptions,
  Turn,
  TurnResumed,
  TurnState,
  Update,
  Utterance,
  UtteranceOptions
} from "./internal/liveTranscript/model.ts"

/**
 * The results that will not change and say something.
 *
 * {@link utterances}, {@link liveCaptions} and {@link captions} want all messages, not these: an utterance may also end by
 * an `UtteranceEnd`, or by a result that says nothing but has `speech_final`, and neither is among the finals.
 *
 * @see https://developers.deepgram.com/docs/interim-results
 *
 * @example
 * ```ts
 * import { Stream } from "effect"
 * import { type ListenV1, LiveTranscript } from "effect-deepgram"
 *
 * const results = (transcript: string, is_final: boolean): ListenV1.Results => ({
 *   type: "Results",
 *   channel_index: [0, 1],
 *   start: 0,
 *   duration: 1,
 *   is_final,
 *   channel: { alternatives: [{ transcript, words: [] }] }
 * })
 *
 * export const lines = Stream.make(results("good", false), results("Good morning.", true), results("", true)).pipe(
 *   LiveTranscript.finals,
 *   Stream.map(({ channel }) => channel.alternatives[0]?.transcript)
 * )
 * // => ["Good morning."]
 * ```
 */
export const finals = <E, R>(
  messages: Stream.Stream<ListenV1.ServerMessage, E, R>
): Stream.Stream<ListenV1.Results, E, R> =>
  Stream.filter(
    messages,
    (message): message is ListenV1.Results => isFinal(message) && transcriptOf(message) !== ""
  )

/**
 * What was said between two pauses: final results joined, for each channel of its own, up to a result with
 * `speech_final` or an `UtteranceEnd`. Every word of a final result is in exactly one utterance. What nobody has ended is
 * given at the end of the session.
 *
 * It takes all messages: behind {@link finals}, which leaves out ends that say nothing, it joins what was apart.
 *
 * An `UtteranceEnd` behind a `speech_final` ends nothing more; one that comes late does not end what was said after it;
 * one whose last words are not final yet ends the utterance when they are.
 *
 * @see https://developers.deepgram.com/docs/understanding-end-of-speech-detection
 *
 * @example
 * ```ts
 * import { Stream } from "effect"
 * import { type ListenV1, LiveTranscript } from "effect-deepgram"
 *
 * const final = (transcript: string, start: number, speech_final: boolean): ListenV1.Results => ({
 *   type: "Results",
 *   channel_index: [0, 1],
 *   start,
 *   duration: 1,
 *   is_final: true,
 *   speech_final,
 *   channel: { alternatives: [{ transcript, words: [] }] }
 * })
 *
 * export const utterances = Stream.make(
 *   final("Good morning,", 0, false),
 *   final("how are you?", 1, true),
 *   final("Fine.", 2, false)
 * ).pipe(LiveTranscript.utterances(), Stream.map(({ end, start, text }) => ({ start, end, text })))
 * // => [
 * //   { start: 0, end: 2, text: "Good morning, how are you?" },
 * //   { start: 2, end: 3, text: "Fine." }
 * // ]
 * ```
 */
export const utterances = (options: UtteranceOptions = {}): <E, R>(
  messages: Stream.Stream<ListenV1.ServerMessage, E, R>
) => Stream.Stream<Utterance, E, R> => stateful(() => makeUtterances(options))

/**
 * Live captions: what is to be shown of a channel, whenever that changes. Each replaces the one before of its channel,
 * unless that was final. The texts of the final ones are those of {@link utterances}; an interim text that the session
 * never confirms is taken back at its end.
 *
 * @example
 * ```ts
 * import { Stream } from "effect"
 * import { type ListenV1, LiveTranscript } from "effect-deepgram"
 *
 * const results = (transcript: string, start: number, is_final: boolean, speech_final = false): ListenV1.Results => ({
 *   type: "Results",
 *   channel_index: [0, 1],
 *   start,
 *   duration: 1,
 *   is_final,
 *   speech_final,
 *   channel: { alternatives: [{ transcript, words: [] }] }
 * })
 *
 * export const shown = Stream.make(
 *   results("Good", 0, false),
 *   results("Good morning,", 0, true),
 *   results("how", 1, false),
 *   results("how are you?", 1, true, true)
 * ).pipe(
 *   LiveTranscript.liveCaptions(),
 *   Stream.map(({ interim, isFinal, text }) => `${text} [${interim}]${isFinal ? "!" : ""}`)
 * )
 * // => [
 * //   " [Good]",
 * //   "Good morning, []",
 * //   "Good morning, [how]",
 * //   "Good morning, how are you? []!"
 * // ]
 * ```
 */
export const liveCaptions = (options: UtteranceOptions = {}): <E, R>(
  messages: Stream.Stream<ListenV1.ServerMessage, E, R>
) => Stream.Stream<LiveCaption, E, R> => stateful(() => makeLiveCaptions(options))

/**
 * Finished captions, laid out like those of `Transcript.captions`, as soon as their utterance has ended. Those of one
 * channel never overlap. What is to be shown meanwhile: {@link liveCaptions}.
 *
 * @example
 * ```ts
 * import { Stream } from "effect"
 * import { type ListenV1, LiveTranscript } from "effect-deepgram"
 *
 * const said: ListenV1.Results = {
 *   type: "Results",
 *   channel_index: [0, 1],
 *   start: 0.5,
 *   duration: 1.5,
 *   is_final: true,
 *   speech_final: true,
 *   channel: { alternatives: [{ transcript: "Good morning.", words: [] }] }
 * }
 *
 * export const captions = Stream.make(said).pipe(LiveTranscript.captions({ speakerLabels: () => "Ada" }))
 * // => [{ channel: 0, start: 0.5, end: 2, label: "Ada", lines: ["Good morning."] }]
 * ```
 */
export const captions = (options: CaptionOptions = {}) =>
<E, R>(
  messages: Stream.Stream<ListenV1.ServerMessage, E, R>
): Stream.Stream<Transcript.Caption, E, R> => stateful(() => makeCaptions(options))(utterances(options)(messages))

/**
 * {@link captions} as the text of a SubRip (`.srt`) file, in the order in which they come. Names are only in it if the
 * captions were made with `inlineLabels`.
 *
 * @example
 * ```ts
 * import { Stream } from "effect"
 * import { LiveTranscript } from "effect-deepgram"
 *
 * export const file = Stream.make(
 *   { channel: 0, start: 0, end: 1.5, lines: ["Good morning."] },
 *   { channel: 0, start: 2, end: 3, lines: ["How are you?"] }
 * ).pipe(LiveTranscript.srt, Stream.mkString)
 * // => "1\n00:00:00,000 --> 00:00:01,500\nGood morning.\n\n2\n00:00:02,000 --> 00:00:03,000\nHow are you?\n"
 * ```
 */
export const srt: <E, R>(captions: Stream.Stream<Transcript.Caption, E, R>) => Stream.Stream<string, E, R> = stateful(
  makeSrt
)

/**
 * {@link captions} as the text of a WebVTT (`.vtt`) file, in the order in which they come.
 *
 * @example
 * ```ts
 * import { Stream } from "effect"
 * import { LiveTranscript } from "effect-deepgram"
 *
 * export const file = Stream.make({ channel: 0, start: 0, end: 1.5, lines: ["Good morning."] }).pipe(
 *   LiveTranscript.vtt,
 *   Stream.mkString
 * )
 * // => "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nGood morning.\n"
 * ```
 */
export const vtt: <E, R>(captions: Stream.Stream<Transcript.Caption, E, R>) => Stream.Stream<string, E, R> = stateful(
  makeVtt
)

/**
 * Everything that was said in a session, when it is over: final results only, in the manner of `Transcript.toText`. One
 * channel: its text. Several: one line per turn, in order of time.
 *
 * @example
 * ```ts
 * import { Stream } from "effect"
 * import { type ListenV1, LiveTranscript } from "effect-deepgram"
 *
 * const final = (transcript: string, start: number): ListenV1.Results => ({
 *   type: "Results",
 *   channel_index: [0, 1],
 *   start,
 *   duration: 1,
 *   is_final: true,
 *   channel: { alternatives: [{ transcript, words: [] }] }
 * })
 *
 * export const text = Stream.make(final("Good morning,", 0), final("how are you?", 1)).pipe(LiveTranscript.text())
 * // => "Good morning, how are you?"
 * ```
 */
export const text =
  (options: TextOptions = {}) =>
  <E, R>(messages: Stream.Stream<ListenV1.ServerMessage, E, R>): Effect.Effect<string, E, R> =>
    Stream.mkString(stateful(() => makeText(options))(messages))

/**
 * What happens to the turns of a Flux session, told apart by `_tag`. Each holds the whole turn so far. Events that this
 * SDK does not know are left out.
 *
 * A turn that goes on when the session is closed has no `EndOfTurn`; `ListenV2.transcribeStream` asks for one.
 *
 * @see https://developers.deepgram.com/docs/flux/state
 *
 * @example
 * ```ts
 * import { Stream } from "effect"
 * import { type ListenV2, LiveTranscript } from "effect-deepgram"
 *
 * const info = (event: string, transcript: string): ListenV2.TurnInfo => ({
 *   type: "TurnInfo",
 *   event,
 *   turn_index: 0,
 *   audio_window_start: 0,
 *   audio_window_end: 1.2,
 *   transcript,
 *   words: []
 * })
 *
 * export const events = Stream.make(
 *   info("StartOfTurn", "good"),
 *   info("Update", "good morning"),
 *   info("EndOfTurn", "Good morning.")
 * ).pipe(LiveTranscript.turns, Stream.map(({ _tag, text }) => `${_tag}: ${text}`))
 * // => ["StartOfTurn: good", "Update: good morning", "EndOfTurn: Good morning."]
 * ```
 */
export const turns: <E, R>(messages: Stream.Stream<ListenV2.ServerMessage, E, R>) => Stream.Stream<Turn, E, R> =
  stateful(
    makeTurns
  )

/**
 * The turns of a Flux session that are over.
 *
 * @example
 * ```ts
 * import { Effect, Stream } from "effect"
 * import { ListenV2, LiveTranscript } from "effect-deepgram"
 *
 * export const answers = (call: Stream.Stream<Uint8Array>) =>
 *   call.pipe(
 *     ListenV2.transcribeStream({ model: "flux-general-en" }),
 *     LiveTranscript.endedTurns,
 *     Stream.mapEffect(({ text }) => Effect.succeed(`You said: ${text}`))
 *   )
 * ```
 */
export const endedTurns = <E, R>(
  messages: Stream.Stream<ListenV2.ServerMessage, E, R>
): Stream.Stream<EndOfTurn, E, R> =>
  Stream.filter(turns(messages), (turn): turn is EndOfTurn => turn._tag === "EndOfTurn")
