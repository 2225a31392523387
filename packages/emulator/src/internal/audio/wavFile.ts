/** A recording as a file. */
import { encodeSamples, type Frames, interleave, type OutputEncoding } from "./pcm.ts"
import { wavHeader } from "./wavHeader.ts"

/** A complete WAV file of one or more channels; a channel that ends early is continued by silence. */
export const wavFile = (options: {
  readonly channels: Frames
  readonly encoding: OutputEncoding
  /** Hz. */
  readonly sampleRate: number
}): Uint8Array<ArrayBuffer> => {
  const { channels, encoding, sampleRate } = options
  const data = encodeSamples(interleave(channels), encoding)
  const header = wavHeader({ encoding, sampleRate, channels: channels.length, dataBytes: data.length })
  const file = new Uint8Array(header.length + data.length + (data.length % 2))
  file.set(header)
  file.set(data, header.length)
  return file
}
