/**
 * `speak.v1`: text to speech with the voices of Aura, of texts that are known as a whole and of texts that are being written.
 *
 * Options carry the names of Deepgram's own documentation; what is asked for there can be pasted here.
 *
 * @see https://developers.deepgram.com/reference/text-to-speech/speak-request
 */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { Deepgram } from "./Deepgram.ts"
import type { RequestError } from "./DeepgramError.ts"
import { audioOperation } from "./internal/audioOperation.ts"
import { Receipt } from "./internal/contract/receipt.ts"
import * as Contract from "./internal/contract/speakV1.ts"
import type { auraVoices } from "./internal/contract/voices.ts"
import { jsonOperation } from "./internal/operation.ts"
import type { CallbackOptions, WithoutCallback } from "./internal/sharedOptions.ts"
import { makeSpeech, type Speech } from "./internal/speech.ts"
import type { AuraLinear16, AuraMp3, RequestOptions, SharedFormat } from "./internal/speechOptions.ts"

export { Audio } from "./internal/contract/audio.ts"
export { Receipt } from "./internal/contract/receipt.ts"
export { Cleared, Flushed, Metadata, Warning } from "./internal/contract/speakV1Live.ts"
export { SpeechMetadata } from "./internal/contract/speech.ts"
export { Unrecognized } from "./internal/contract/unrecognized.ts"
export type { CallbackOptions, OneOrMore } from "./internal/sharedOptions.ts"
export {
  connect,
  type Connection,
  type LiveOptions,
  type ServerMessage,
  speakStream,
  type StreamOptions
} from "./internal/speakV1Live.ts"
export type { Speech } from "./internal/speech.ts"
export type {
  Aac,
  AuraLinear16,
  AuraLiveLinear16,
  AuraMp3,
  Flac,
  G711,
  LiveG711,
  Opus,
  RequestOptions
} from "./internal/speechOptions.ts"

/**
 * The voices that Deepgram documents: `aura-2-…` are newer than `aura-…`.
 *
 * @see https://developers.deepgram.com/docs/tts-models
 */
export type Voice = (typeof auraVoices)[number]

/**
 * What the audio is encoded as. Only combinations that Deepgram offers can be written; without `encoding` it is MP3.
 *
 * @see https://developers.deepgram.com/docs/tts-media-output-settings
 */
export type Format = AuraMp3 | AuraLinear16 | SharedFormat

/** Who speaks, and how. */
export interface VoiceOptions extends RequestOptions {
  /** The voice, which is always named: Deepgram's own default is an old one. */
  readonly model: Voice | (string & {})
  /** Pace, 0.7 to 1.5; from 0.9 for Spanish. Default 1. For the English and Spanish voices of Aura 2. */
  readonly speed?: number | undefined
}

/** How a text is spoken. With a `callback` there is no audio to wait for: see {@link SubmitOptions}. */
export type GenerateOptions = VoiceOptions & Format & WithoutCallback

/** How a text is spoken, and where the audio is sent. */
export type SubmitOptions = VoiceOptions & Format & CallbackOptions

const speech = makeSpeech<typeof Contract.SpeakQuery.Type>("SpeakV1", {
  generate: audioOperation(Contract.generate),
  submit: jsonOperation(Contract.generate, Receipt)
})

/**
 * Speaks a text. What Deepgram says of the audio is there as soon as the audio begins, which then arrives as it is made.
 *
 * The audio can be read once, within the scope; the end of the scope, or of the reader, closes the connection. The time
 * limit covers the wait for the beginning, retries included, and then each wait for more: speech of any length may take
 * its time. A failure after the beginning is not retried, and audio that breaks off is a failure, never a short success.
 *
 * An empty text fails with `BadRequest`, one of more than 2000 characters with `PayloadTooLarge`, both without being
 * sent; what controls pronunciation is not counted.
 *
 * @see https://developers.deepgram.com/reference/text-to-speech/speak-request
 *
 * @example
 * ```ts
 * import { Effect, Stream } from "effect"
 * import { SpeakV1 } from "effect-deepgram"
 *
 * export const program = Effect.gen(function*() {
 *   const { audio, metadata } = yield* SpeakV1.generate("Your order is on its way.", {
 *     model: "aura-2-thalia-en",
 *     encoding: "linear16",
 *     container: "none",
 *     sample_rate: 8000
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
 * @see https://developers.deepgram.com/reference/text-to-speech/speak-request
 *
 * @example
 * ```ts
 * import { Stream } from "effect"
 * import { SpeakV1 } from "effect-deepgram"
 *
 * export const wav = SpeakV1.generateStream("Your order is on its way.", {
 *   model: "aura-2-thalia-en",
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
 * @see https://developers.deepgram.com/docs/tts-callback
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { SpeakV1 } from "effect-deepgram"
 *
 * export const receipt = SpeakV1.submit("Your order is on its way.", {
 *   model: "aura-2-thalia-en",
 *   callback: "https://example.com/speech"
 * }).pipe(Effect.map(({ request_id }) => request_id))
 * ```
 */
export const submit: (
  text: string,
  options: SubmitOptions
) => Effect.Effect<Receipt, RequestError, Deepgram> = speech.submit
