/** From samples to the bytes of a response or of a test recording. */
import * as Stream from "effect/Stream"
import { encodeSamples, type Frames, interleave, type OutputEncoding } from "./pcm.ts"
import { wavHeader } from "./wavHeader.ts"

/** How speech is sent. */
export interface OutputFormat {
  readonly encoding: OutputEncoding
  /** `none`: headerless samples. */
  readonly container: "wav" | "none"
  /** Hz. */
  readonly sampleRate: number
}

/**
 * Encodes mono samples -1..1 as they come.
 *
 * `totalSamples`: how many there will be, if that is known; without it the sizes in the WAV header say "to the end".
 */
export const encode = <E, R>(
  samples: Stream.Stream<Float32Array, E, R>,
  options: OutputFormat & { readonly totalSamples?: number | undefined }
): Stream.Stream<Uint8Array<ArrayBuffer>, E, R> => {
  const { container, encoding, sampleRate, totalSamples } = options
  const encoded = Stream.map(samples, (chunk) => encodeSamples(chunk, encoding))
  if (container === "none") return encoded
  const dataBytes = totalSamples === undefined ? undefined : totalSamples * (encoding === "linear16" ? 2 : 1)
  const header = wavHeader({ encoding, sampleRate, channels: 1, dataBytes })
  const pad = dataBytes !== undefined && dataBytes % 2 === 1 ? [new Uint8Array(1)] : []
  return Stream.fromIterable([header]).pipe(Stream.concat(encoded), Stream.concat(Stream.fromIterable(pad)))
}

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
