/** Sample bytes to per-channel floats and back. Plain loops over typed arrays: this is the hot path of every upload. */
import { aLaw, muLaw } from "./g711.ts"

/**
 * How one sample is stored.
 *
 * The names that Deepgram's `encoding` knows mean the same here: `linear16` is signed 16 bit, `linear32` is *floating
 * point* 32 bit. The others occur in WAV files only: `pcm8` is unsigned, `pcm24` and `pcm32` are signed integers,
 * `float64` is floating point.
 */
export type SampleFormat = "linear16" | "linear32" | "mulaw" | "alaw" | "pcm8" | "pcm24" | "pcm32" | "float64"

/** Bytes of one sample of one channel. */
export const sampleBytes: Readonly<Record<SampleFormat, number>> = {
  linear16: 2,
  linear32: 4,
  mulaw: 1,
  alaw: 1,
  pcm8: 1,
  pcm24: 3,
  pcm32: 4,
  float64: 8
}

/** Equally long samples of every channel, -1..1. */
export type Frames = ReadonlyArray<Float32Array>

const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

const reverseSamples = (bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> => {
  const reversed = new Uint8Array(bytes.length)
  for (let at = 0; at < bytes.length; at += size) {
    for (let i = 0; i < size; i++) reversed[at + i] = bytes[at + size - 1 - i]!
  }
  return reversed
}

/** Typed arrays cannot look at an odd address: the bytes are copied if they have to (`Buffer.slice` would not). */
const aligned = (bytes: Uint8Array, size: number): Uint8Array =>
  bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes)

/** Room for samples. */
type Allocate = (length: number) => Float32Array

type Spread = (bytes: Uint8Array, channels: number, frames: number, allocate: Allocate) => Array<Float32Array>

// One loop per kind of typed array: a shared one would go megamorphic and run several times slower.

const spreadInt16: Spread = (bytes, channels, frames, allocate) => {
  const view = aligned(bytes, 2)
  const samples = new Int16Array(view.buffer, view.byteOffset, channels * frames)
  const out: Array<Float32Array> = []
  for (let channel = 0; channel < channels; channel++) {
    const samplesOut = allocate(frames)
    for (let i = 0, at = channel; i < frames; i++, at += channels) samplesOut[i] = samples[at]! / 32768
    out.push(samplesOut)
  }
  return out
}

const spreadInt24: Spread = (bytes, channels, frames, allocate) => {
  const out: Array<Float32Array> = []
  for (let channel = 0; channel < channels; channel++) {
    const samplesOut = allocate(frames)
    for (let i = 0, at = channel * 3; i < frames; i++, at += channels * 3) {
      samplesOut[i] = ((bytes[at]! << 8) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 24)) / 2147483648
    }
    out.push(samplesOut)
  }
  return out
}

const spreadInt32: Spread = (bytes, channels, frames, allocate) => {
  const view = aligned(bytes, 4)
  const samples = new Int32Array(view.buffer, view.byteOffset, channels * frames)
  const out: Array<Float32Array> = []
  for (let channel = 0; channel < channels; channel++) {
    const samplesOut = allocate(frames)
    for (let i = 0, at = channel; i < frames; i++, at += channels) samplesOut[i] = samples[at]! / 2147483648
    out.push(samplesOut)
  }
  return out
}

/** Floats may be anything: beyond full scale is clipped, not a number is silence. */
export const tame = (value: number): number => value > 1 ? 1 : value >= -1 ? value : value < -1 ? -1 : 0

const spreadFloat32: Spread = (bytes, channels, frames, allocate) => {
  const view = aligned(bytes, 4)
  const samples = new Float32Array(view.buffer, view.byteOffset, channels * frames)
  const out: Array<Float32Array> = []
  for (let channel = 0; channel < channels; channel++) {
    const samplesOut = allocate(frames)
    for (let i = 0, at = channel; i < frames; i++, at += channels) samplesOut[i] = tame(samples[at]!)
    out.push(samplesOut)
  }
  return out
}

const spreadFloat64: Spread = (bytes, channels, frames, allocate) => {
  const view = aligned(bytes, 8)
  const samples = new Float64Array(view.buffer, view.byteOffset, channels * frames)
  const out: Array<Float32Array> = []
  for (let channel = 0; channel < channels; channel++) {
    const samplesOut = allocate(frames)
    for (let i = 0, at = channel; i < frames; i++, at += channels) samplesOut[i] = tame(samples[at]!)
    out.push(samplesOut)
  }
  return out
}

const spreadTable = (values: Float32Array): Spread => (bytes, channels, frames, allocate) => {
  const out: Array<Float32Array> = []
  for (let channel = 0; channel < channels; channel++) {
    const samplesOut = allocate(frames)
    for (let i = 0, at = channel; i < frames; i++, at += channels) samplesOut[i] = values[bytes[at]!]!
    out.push(samplesOut)
  }
  return out
}

const spreads: Readonly<Record<SampleFormat, Spread>> = {
  linear16: spreadInt16,
  linear32: spreadFloat32,
  mulaw: spreadTable(muLaw.toFloat),
  alaw: spreadTable(aLaw.toFloat),
  pcm8: spreadTable(Float32Array.from({ length: 256 }, (_, byte) => (byte - 128) / 128)),
  pcm24: spreadInt24,
  pcm32: spreadInt32,
  float64: spreadFloat64
}

/** Samples that are allocated at once, for frames that are much shorter: an array buffer costs more than its bytes. */
const slabSize = 4096

const makeAllocate = (): Allocate => {
  let slab = new Float32Array(0)
  let used = 0
  return (length) => {
    if (length > slabSize / 4) return new Float32Array(length)
    if (used + length > slab.length) {
      slab = new Float32Array(slabSize)
      used = 0
    }
    used += length
    return slab.subarray(used - length, used)
  }
}

/** Turns byte chunks, cut anywhere, into sample frames. */
export interface FrameDecoder {
  /** The frames that are complete with these bytes; `undefined` when there is none. The rest waits for the next call. */
  readonly push: (bytes: Uint8Array) => Frames | undefined
}

/** `bigEndian`: the samples are stored with the most significant byte first (RIFX). Default: little endian. */
export const makeFrameDecoder = (options: {
  readonly format: SampleFormat
  readonly channels: number
  readonly bigEndian?: boolean | undefined
}): FrameDecoder => {
  const size = sampleBytes[options.format]
  const frameBytes = size * options.channels
  const spread = spreads[options.format]
  // The loop for 24 bit reads bytes by itself; all others look through the eyes of the host.
  const reversed = (options.bigEndian === true) === (options.format === "pcm24" || hostIsLittleEndian)
  const allocate = makeAllocate()
  const partial = new Uint8Array(frameBytes)
  let held = 0
  return {
    push: (bytes) => {
      const available = held + bytes.length
      const frames = Math.floor(available / frameBytes)
      if (frames === 0) {
        partial.set(bytes, held)
        held = available
        return undefined
      }
      const used = frames * frameBytes - held
      let whole = bytes.subarray(0, used)
      if (held > 0) {
        whole = new Uint8Array(frames * frameBytes)
        whole.set(partial.subarray(0, held))
        whole.set(bytes.subarray(0, used), held)
      }
      held = bytes.length - used
      partial.set(bytes.subarray(used))
      return spread(reversed && size > 1 ? reverseSamples(whole, size) : whole, options.channels, frames, allocate)
    }
  }
}

/** Samples -1..1 to signed 16 bit; values outside are clipped, not a number is silence. */
export const toInt16 = (samples: Float32Array): Int16Array<ArrayBuffer> => {
  const out = new Int16Array(samples.length)
  for (let i = 0; i < samples.length; i++) {
    const scaled = Math.round(samples[i]! * 32768)
    out[i] = scaled > 32767 ? 32767 : scaled < -32768 ? -32768 : scaled
  }
  return out
}

/** The encodings that speech is sent in, all of which WAV can hold. */
export type OutputEncoding = "linear16" | "mulaw" | "alaw"

/** Samples -1..1 (of one channel, or interleaved) to bytes. */
export const encodeSamples = (samples: Float32Array, encoding: OutputEncoding): Uint8Array<ArrayBuffer> => {
  if (encoding === "mulaw") return muLaw.encodeFloat(samples)
  if (encoding === "alaw") return aLaw.encodeFloat(samples)
  const bytes = new Uint8Array(toInt16(samples).buffer)
  return hostIsLittleEndian ? bytes : reverseSamples(bytes, 2)
}

/** Channels side by side, as files hold them: L R L R …; a channel that ends early is continued by silence. */
export const interleave = (channels: Frames): Float32Array<ArrayBuffer> => {
  const frames = channels.reduce((longest, channel) => Math.max(longest, channel.length), 0)
  const out = new Float32Array(frames * channels.length)
  channels.forEach((channel, index) => {
    for (let i = 0, at = index; i < channel.length; i++, at += channels.length) out[at] = channel[i]!
  })
  return out
}
