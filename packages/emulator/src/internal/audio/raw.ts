/** Raw (headerless) audio of the public helpers: all at once, in memory. */
import { encodeSamples, type Frames, interleave, makeFrameDecoder } from "./pcm.ts"

/** What raw audio is; every part has a default. */
export interface RawFormat {
  /** Hz. Default 16000. */
  readonly sampleRate?: number | undefined
  /** Default `linear16`: signed, little-endian. `linear32` is floating point, little-endian. */
  readonly encoding?: "linear16" | "linear32" | "mulaw" | "alaw" | undefined
}

/** What raw audio is unless told otherwise. */
export const defaults = { sampleRate: 16_000, encoding: "linear16" } as const

const encodeFloats = (samples: Float32Array): Uint8Array<ArrayBuffer> => {
  const bytes = new DataView(new ArrayBuffer(samples.length * 4))
  samples.forEach((sample, index) => bytes.setFloat32(index * 4, sample, true))
  return new Uint8Array(bytes.buffer)
}

/** Samples of every channel, interleaved, as bytes. */
export const encodeRaw = (channels: Frames, encoding: NonNullable<RawFormat["encoding"]>): Uint8Array<ArrayBuffer> =>
  encoding === "linear32" ? encodeFloats(interleave(channels)) : encodeSamples(interleave(channels), encoding)

/** Bytes in any cutting as samples of one channel; part of a sample at the end is dropped. */
export const decodeRaw = (
  pieces: ReadonlyArray<Uint8Array>,
  encoding: NonNullable<RawFormat["encoding"]>
): ReadonlyArray<Float32Array> => {
  const decoder = makeFrameDecoder({ format: encoding, channels: 1 })
  return pieces.flatMap((bytes) => decoder.push(bytes)?.[0] ?? [])
}
