/** Recordings of the test voice, for tests and examples: WAV files, or raw audio, made of text. */
import type { Frames } from "./internal/audio/pcm.ts"
import { defaults, encodeRaw, type RawFormat } from "./internal/audio/raw.ts"
import { wavFile } from "./internal/audio/wavFile.ts"
import { maxChannels } from "./internal/audio/wavFormat.ts"
import { converse, SynthesisError, type Utterance } from "./Synthesizer.ts"

export type { RawFormat } from "./internal/audio/raw.ts"

/** One turn of a conversation. */
export interface Line extends Utterance {
  /** The channel that the line is heard on, from 0; the others are silent meanwhile. Default 0. */
  readonly channel?: number | undefined
}

/** What a WAV file holds; every part has a default. */
export interface Options {
  /** Hz, from 8000 to 48000. Default 16000. */
  readonly sampleRate?: number | undefined
  /** Default `linear16`; `mulaw` and `alaw` are the telephone's, and half as large. */
  readonly encoding?: "linear16" | "mulaw" | "alaw" | undefined
}

/** What is heard on each channel when the lines are spoken one after another. */
const channelsOf = (script: string | ReadonlyArray<Line>, sampleRate: number): Frames => {
  const lines: ReadonlyArray<Line> = typeof script === "string" ? [{ text: script }] : script
  for (const { channel = 0 } of lines) {
    if (!Number.isInteger(channel) || channel < 0 || channel >= maxChannels) {
      const message = `There is no channel ${channel}: choose one from 0 to ${maxChannels - 1}`
      throw new SynthesisError({ reason: "InvalidOptions", message })
    }
  }
  const count = Math.max(0, ...lines.map((line) => line.channel ?? 0)) + 1
  const spoken = lines.map((line) => ({ channel: line.channel ?? 0, samples: converse([line], { sampleRate }) }))
  const length = spoken.reduce((sum, { samples }) => sum + samples.length, 0)
  const channels = Array.from({ length: count }, () => new Float32Array(length))
  let at = 0
  for (const { channel, samples } of spoken) {
    channels[channel]?.set(samples, at)
    at += samples.length
  }
  return channels
}

/**
 * A WAV file in which the lines are spoken one after another. It has as many channels as the lines name.
 *
 * @throws {@link Synthesizer.SynthesisError} when an option or a text is out of range
 *
 * @example
 * ```ts
 * import { Recording } from "@effect-deepgram/emulator"
 *
 * export const greeting: Uint8Array = Recording.wav("Good morning.")
 *
 * export const call = Recording.wav([
 *   { text: "Thank you for calling.", channel: 0, voice: 0, pause: 0.6 },
 *   { text: "Hello, I have a question.", channel: 1, voice: 1 }
 * ], { sampleRate: 8000, encoding: "mulaw" })
 * ```
 */
export const wav = (
  script: string | ReadonlyArray<Line>,
  { encoding = defaults.encoding, sampleRate = defaults.sampleRate }: Options = {}
): Uint8Array<ArrayBuffer> => wavFile({ channels: channelsOf(script, sampleRate), encoding, sampleRate })

/**
 * The same without a header, as live sessions and agents take it: the samples of all channels, interleaved. A `pause`
 * behind the last line lets whoever listens notice that it is over; `LiveAudio.pace` cuts frames.
 *
 * @throws {@link Synthesizer.SynthesisError} when an option or a text is out of range
 *
 * @example
 * ```ts
 * import { Recognizer, Recording } from "@effect-deepgram/emulator"
 * import { Stream } from "effect"
 * import { LiveAudio } from "effect-deepgram"
 *
 * const audio = Recording.raw([{ text: "When do you open?", pause: 0.6 }])
 * Recognizer.text(audio) // => "When do you open?"
 *
 * export const microphone = Stream.make(audio).pipe(
 *   LiveAudio.pace({ encoding: "linear16", sample_rate: 16_000, frame: "80 millis", speed: Infinity })
 * )
 * ```
 */
export const raw = (
  script: string | ReadonlyArray<Line>,
  { encoding = defaults.encoding, sampleRate = defaults.sampleRate }: RawFormat = {}
): Uint8Array<ArrayBuffer> => encodeRaw(channelsOf(script, sampleRate), encoding)
