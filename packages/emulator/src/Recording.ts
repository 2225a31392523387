/** Recordings of the test voice, for tests and examples: WAV files made of text. */
import { wavFile } from "./internal/audio/wavFile.ts"
import { maxChannels } from "./internal/audio/wavFormat.ts"
import { converse, SynthesisError, type Utterance } from "./Synthesizer.ts"

/** One turn of a conversation. */
export interface Line extends Utterance {
  /** The channel that the line is heard on, from 0; the others are silent meanwhile. Default 0. */
  readonly channel?: number | undefined
}

/** Every part has a default. */
export interface Options {
  /** Hz, from 8000 to 48000. Default 16000. */
  readonly sampleRate?: number | undefined
  /** Default `linear16`; `mulaw` and `alaw` are the telephone's, and half as large. */
  readonly encoding?: "linear16" | "mulaw" | "alaw" | undefined
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
export const wav = (script: string | ReadonlyArray<Line>, options: Options = {}): Uint8Array<ArrayBuffer> => {
  const { encoding = "linear16", sampleRate = 16_000 } = options
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
  return wavFile({ channels, encoding, sampleRate })
}
