/**
 * `speak.v2`: text to speech with the voices of Flux, of texts that are known as a whole and of texts that are being written.
 *
 * Options carry the names of Deepgram's own documentation; what is asked for there can be pasted here.
 *
 * @see https://developers.deepgram.com/docs/flux-tts/batch
 */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { Deepgram } from "./Deepgram.ts"
import type { RequestError } from "./DeepgramError.ts"
import { audioOperation } from "./internal/audioOperation.ts"
import { Receipt } from "./internal/contract/receipt.ts"
import * as Contract from "./internal/contract/speakV2.ts"
import type { fluxVoices } from "./internal/contract/voices.ts"
import { jsonOperation } from "./internal/operation.ts"
import type { CallbackOptions, WithoutCallback } from "./internal/sharedOptions.ts"
import { makeSpeech, type Speech } from "./internal/speech.ts"
import type { FluxLinear16, FluxMp3, RequestOptions, SharedFormat } from "./internal/speechOptions.ts"

export { Audio } from "./internal/contract/audio.ts"
export { Receipt } from "./internal/contract/receipt.ts"
export {
  AppliedConfiguration,
  ConfigureFailure,
  ConfigureSuccess,
  Connected,
  ControlsApplied,
  FatalError,
  Flushed,
  InterruptedTurn,
  PlaybackOffset,
  SessionMetadata,
  SpeechInterrupted,
  SpeechStarted,
  TurnMetadata,
  Warning
} from "./internal/contract/speakV2Live.ts"
export { SpeechMetadata } from "./internal/contract/speech.ts"
export { Unrecognized } from "./internal/contract/unrecognized.ts"
export type { CallbackOptions, OneOrMore } from "./internal/sharedOptions.ts"
export {
  type ConfigureOptions,
  connect,
  type Connection,
  type Interruption,
  type LiveOptions,
  type ServerMessage,
  speakStream,
  type StreamOptions
} from "./internal/speakV2Live.ts"
export type { Speech } from "./internal/speech.ts"
export type {
  Aac,
  Flac,
  FluxLinear16,
  FluxLiveLinear16,
  FluxMp3,
  G711,
  LiveG711,
  Opus,
  RequestOptions
} from "./internal/speechOptions.ts"

/**
 * The voices that Deepgram documents.
 *
 * @see https://developers.deepgram.com/docs/flux-tts/voices
 */
export type Voice = (typeof fluxVoices)[number]

/**
 * What the audio is encoded as. Only combinations that Deepgram offers can be written; without `encoding` it is MP3.
 *
 * @see https://developers.deepgram.com/docs/flux-tts/batch
 */
export type Format = FluxMp3 | FluxLinear16 | SharedFormat

/** Who speaks, and how. */
export interface VoiceOptions extends RequestOptions {
  /** The voice, `flux-{name}-{language}`. */
  readonly model: Voice | (string & {})
  /** Pace, 0.5 to 1.5 in steps of 0.05; at most 1.15 beside pauses, and 1 beside pronunciations. Default 1. */
  readonly speed?: number | undefined
  /** From calm (-2) to animated (2). Default 0, which is the one that is meant for production: the others are beta. */
  readonly expressivity?: -2 | -1 | 0 | 1 | 2 | undefined
}

/** How a text is spoken. With a `callback` there is no audio to wait for: see {@link SubmitOptions}. */
export type GenerateOptions = VoiceOptions & Format & WithoutCallback & { readonly priority?: never }

/** How a text is spoken, and where the audio is sent. */
export type SubmitOptions = VoiceOptions & Format & CallbackOptions & {
  /** `low` lets others go first. */
  readonly priority?: "low" | undefined
}

const speech = makeSpeech<typeof Contract.SpeakQuery.Type>("SpeakV2", {
  generate: audioOperation(Contract.generate),
  submit: jsonOperation(Contract.generate, Receipt)
})

/**
 * Speaks a text. What Deepgram says of the audio is there as soon as the audio begins, which then arrives as it is made.
 *
 * The text may hold pauses (`\{pause:500ms\}`) or pronunciations (`\{"word":"Deepgram","pronounce":"ˈdiːpɡɹæm"\}`),
 * but not both; what breaks their rules fails with `BadRequest` and a code such as `CONTROL_COMBINATION_INVALID`.
 *
 * The audio can be read once, within the scope; the end of the scope, or of the reader, closes the connection. The time
 * limit covers the wait for the beginning, retries included, and then each wait for more: speech of any length may take
 * its time. A failure after the beginning is not retried, and audio that breaks off is a failure, never a short success.
 *
 * An empty text fails with `BadRequest`, one of more than 2000 characters with `PayloadTooLarge`, both without being
 * sent; pauses and what controls pronunciation are not counted.
 *
 * @see https://developers.deepgram.com/reference/speak/v-2/audio/generate
 *
 * @example
 * ```ts
 * import { Effect, Stream } from "effect"
 * import { SpeakV2 } from "effect-deepgram"
 *
 * export const program = Effect.gen(function*() {
 *   const { audio, metadata } = yield* SpeakV2.generate("Your order is on its way.", {
 *     model: "flux-haley-en",
 *     encoding: "mulaw",
 *     container: "none"
 *   })
 *   yield* Effect.log(metadata.request_id, metadata.char_count)
 *   return yield* Stream.runFold(audio, () => 0, (bytes, chunk) => bytes + chunk.byteLength)
 * }).pipe(Effect.scoped)
 * ```
 */
export const generate: (
  text: string,
  options: GenerateOptions
) => Effect.Effect<Speech, RequestError, Deepgram | Scope.Scope> = speech.generate

/**
 * Speaks a text, as a stream of audio: {@link generate} for those who need nothing but the bytes. Each run of the stream
 * is a request of its own; its end, or that of its reader, closes the connection.
 *
 * @see https://developers.deepgram.com/reference/speak/v-2/audio/generate
 *
 * @example
 * ```ts
 * import { Stream } from "effect"
 * import { SpeakV2 } from "effect-deepgram"
 *
 * export const wav = SpeakV2.generateStream("Your order is on its way.", {
 *   model: "flux-haley-en",
 *   encoding: "linear16"
 * }).pipe(Stream.mkUint8Array)
 * ```
 */
export const generateStream: (
  text: string,
  options: GenerateOptions
) => Stream.Stream<Uint8Array, RequestError, Deepgram> = speech.generateStream

/**
 * Has a text spoken and the audio sent to `callback`; the receipt comes at once.
 *
 * @see https://developers.deepgram.com/reference/speak/v-2/audio/generate
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { SpeakV2 } from "effect-deepgram"
 *
 * export const receipt = SpeakV2.submit("Your order is on its way.", {
 *   model: "flux-haley-en",
 *   callback: "https://example.com/speech",
 *   priority: "low"
 * }).pipe(Effect.map(({ request_id }) => request_id))
 * ```
 */
export const submit: (
  text: string,
  options: SubmitOptions
) => Effect.Effect<Receipt, RequestError, Deepgram> = speech.submit
