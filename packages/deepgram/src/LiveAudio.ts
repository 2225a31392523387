/**
 * Audio of live sessions: recordings at the speed at which they are spoken, silence, and what is spoken by Deepgram.
 *
 * @see https://developers.deepgram.com/docs/determining-your-audio-format-for-live-streaming-audio
 */
import * as Duration from "effect/Duration"
import * as Stream from "effect/Stream"
import type { BadRequest } from "./DeepgramError.ts"
import { sampleSizes } from "./internal/audioMeter.ts"
import type { Audio } from "./internal/contract/audio.ts"
import { paced } from "./internal/pace.ts"

/** Raw (headerless) audio whose length can be told by its bytes. The names are those of the options of a session. */
export interface RawFormat {
  readonly encoding: "linear16" | "linear32" | "mulaw" | "alaw"
  /** Hz. */
  readonly sample_rate: number
  /** Interleaved channels. Default 1. */
  readonly channels?: number | undefined
}

/** How a recording is paced: raw audio by its format, WAV by its header. */
export type PaceOptions =
  & {
    /** How many times as fast as it was spoken; `Infinity` only cuts frames. Default 1. */
    readonly speed?: number | undefined
    /** How much audio a frame holds, rounded to whole samples. Default 20 milliseconds; Flux works best with 80. */
    readonly frame?: Duration.Input | undefined
  }
  & (RawFormat | {
    readonly encoding?: undefined
    readonly sample_rate?: undefined
    readonly channels?: undefined
  })

/**
 * A recording as a microphone would give it: cut into frames, each of which comes when the last of its sound would have
 * been spoken, so that the whole takes as long as the recording. Deepgram slows down what comes much faster.
 *
 * Times are counted from the first bytes by the monotonic clock, and do not drift. When the reader or the source was
 * slow, what is late comes at once, one second of audio at most; the rest moves. Frames never split a sample, or
 * the samples of several channels that belong together; the last one holds what is left. The header of a WAV file comes
 * with the first frame. What starts like WAV is WAV, whatever `encoding` says.
 *
 * It fails as `BadRequest`, without a frame, where the bytes do not say how long they are: compressed audio, or a WAV
 * header of more than 64 KiB. A failure of the source comes after the audio that was before it.
 *
 * @example
 * ```ts
 * import { Stream } from "effect"
 * import { LiveAudio } from "effect-deepgram"
 *
 * const recording = Stream.make(new Uint8Array(1000), new Uint8Array(600))
 *
 * export const lengths = recording.pipe(
 *   LiveAudio.pace({ encoding: "linear16", sample_rate: 16_000 }),
 *   Stream.map((frame) => frame.length)
 * )
 * // => [640, 640, 320]
 * ```
 */
export const pace = (
  options: PaceOptions = {}
): <E, R>(audio: Stream.Stream<Uint8Array, E, R>) => Stream.Stream<Uint8Array, E | BadRequest, R> =>
  paced(options, options.speed ?? 1, Duration.toSeconds(options.frame ?? Duration.millis(20)))

const zeros = { linear16: 0, linear32: 0, mulaw: 0xff, alaw: 0xd5 } as const

/**
 * Raw audio in which nothing is heard, as many whole samples as fit best.
 *
 * @example
 * ```ts
 * import { LiveAudio } from "effect-deepgram"
 *
 * LiveAudio.silence({ encoding: "linear16", sample_rate: 16_000 }, "80 millis").length // => 2560
 * ```
 */
export const silence = ({ channels = 1, encoding, sample_rate }: RawFormat, duration: Duration.Input): Uint8Array => {
  const samples = Math.round(sample_rate * Duration.toSeconds(duration))
  return new Uint8Array(samples * channels * sampleSizes[encoding]).fill(zeros[encoding])
}

const isAudio = (message: { readonly type: string }): message is Audio => message.type === "Audio"

/**
 * The audio of what a session says, alone: of live speech, or of an agent.
 *
 * It hides the messages on which a player has to stop and forget what it holds: `Cleared` of `SpeakV1`, `SpeechInterrupted`
 * of `SpeakV2`, `Interrupted` of a conversation. Where somebody may interrupt, read the messages themselves.
 *
 * @example
 * ```ts
 * import { Stream } from "effect"
 * import { LiveAudio, SpeakV1 } from "effect-deepgram"
 *
 * export const audio = Stream.make("Your order is ", "on its way.").pipe(
 *   SpeakV1.speakStream({ model: "aura-2-thalia-en" }),
 *   LiveAudio.bytes
 * )
 * ```
 */
export const bytes = <Message extends { readonly type: string }, E, R>(
  messages: Stream.Stream<Message, E, R>
): Stream.Stream<Uint8Array, E, R> =>
  messages.pipe(
    Stream.filter((message): message is Message & Audio => isAudio(message)),
    Stream.map(({ audio }) => audio)
  )
