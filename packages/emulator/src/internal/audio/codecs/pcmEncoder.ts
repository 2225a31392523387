/** Samples as they are, with a WAV header or without. */
import { encodeSamples, type OutputEncoding } from "../pcm.ts"
import { wavHeader } from "../wavHeader.ts"
import type { FileEncoder } from "./codec.ts"

/** An encoder of one file, mono; the sizes in the WAV header say "to the end". */
export const pcmEncoder = (options: {
  readonly encoding: OutputEncoding
  readonly headerless: boolean
  /** Hz. */
  readonly sampleRate: number
}): FileEncoder => ({
  head: options.headerless
    ? new Uint8Array(0)
    : wavHeader({ encoding: options.encoding, sampleRate: options.sampleRate, channels: 1 }),
  push: (samples) => encodeSamples(samples, options.encoding),
  end: () => new Uint8Array(0)
})
