/** The `fmt ` chunk of a WAV file: what it says, and what can be worked out where it contradicts itself. */
import { MalformedAudio, UnsupportedAudio } from "./errors.ts"
import type { SampleFormat } from "./pcm.ts"

/** How the samples of a WAV file are stored. */
export interface WavFormat {
  readonly format: SampleFormat
  /** Hz. */
  readonly sampleRate: number
  readonly channels: number
  /** RIFX files store samples with the most significant byte first. */
  readonly bigEndian: boolean
}

/** A `fmt ` chunk that is understood, but names a codec that there is no decoder for. */
export interface ForeignFormat {
  readonly codec: string
  readonly sampleRate: number
  readonly channels: number
  /** Average bytes per second; 0 when the file does not say. */
  readonly byteRate: number
}

/** More than any recorder makes; beyond it a header is taken for garbage. */
export const maxChannels = 256

/** Hz. See `maxChannels`. */
export const maxSampleRate = 768_000

/** Bytes of the longest `fmt ` chunk that has a meaning (WAVE_FORMAT_EXTENSIBLE). */
export const formatBytes = 40

const codecs: Readonly<Record<number, string>> = {
  0x02: "Microsoft ADPCM",
  0x11: "IMA ADPCM",
  0x31: "GSM 6.10",
  0x45: "G.726",
  0x50: "MPEG",
  0x55: "MP3",
  0x83: "G.729",
  0x92: "AC-3",
  0xff: "AAC",
  0x161: "WMA",
  0x704f: "Opus",
  0xf1ac: "FLAC"
}

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0")

/** What follows the format tag in a sub-format GUID: the usual tail, and the one of ambisonic B-format. */
const guidTails = new Set(["-0000-0010-8000-00aa00389b71", "-0721-11d3-8644-c8c1ca000000"])

const subFormat = (chunk: DataView, littleEndian: boolean): string => {
  let tail = ""
  for (let at = 32; at < 40; at++) tail += (at === 34 ? "-" : "") + hex(chunk.getUint8(at), 2)
  const parts = [
    hex(chunk.getUint32(24, littleEndian), 8),
    hex(chunk.getUint16(28, littleEndian), 4),
    hex(chunk.getUint16(30, littleEndian), 4)
  ]
  return `${parts.join("-")}-${tail}`
}

const integerFormats: Readonly<Record<number, SampleFormat>> = { 1: "pcm8", 2: "linear16", 3: "pcm24", 4: "pcm32" }
const floatFormats: Readonly<Record<number, SampleFormat>> = { 4: "linear32", 8: "float64" }

/**
 * Reads a `fmt ` chunk of 16 to 40 bytes that starts at byte `offset` of the file.
 *
 * Sample rate, channels and sample size can each be missing (zero) when the other fields determine them. Samples in
 * wider slots than they need (24 bits in 4 bytes) sit at the top of their slot, so the slot's size is what counts.
 */
export const readFormat = (
  chunk: DataView,
  littleEndian: boolean,
  offset: number
): WavFormat | ForeignFormat | MalformedAudio => {
  const malformed = (at: number, reason: string) =>
    new MalformedAudio({ container: "wav", offset: offset + at, reason })
  const byteRate = chunk.getUint32(8, littleEndian)
  const blockAlign = chunk.getUint16(12, littleEndian)
  const bits = chunk.getUint16(14, littleEndian)
  let channels = chunk.getUint16(2, littleEndian)
  let sampleRate = chunk.getUint32(4, littleEndian)
  let tag = chunk.getUint16(0, littleEndian)
  let codec = codecs[tag] ?? `format tag 0x${hex(tag, 4)}`
  if (tag === 0xfffe) {
    if (chunk.byteLength < formatBytes) return malformed(0, "an extensible format without its sub-format")
    const guid = subFormat(chunk, littleEndian)
    tag = guidTails.has(guid.slice(8)) ? Number.parseInt(guid.slice(0, 8), 16) : -1
    codec = codecs[tag] ?? `sub-format ${guid}`
  }
  if (tag !== 1 && tag !== 3 && tag !== 6 && tag !== 7) return { codec, sampleRate, channels, byteRate }

  const companded = tag === 6 || tag === 7
  let size = companded ? 1 : Math.ceil(bits / 8)
  if (channels === 0) {
    if (size === 0 || blockAlign === 0 || blockAlign % size !== 0) return malformed(2, "zero channels")
    channels = blockAlign / size
  }
  if (channels > maxChannels) return malformed(2, `${channels} channels`)
  if (size === 0) {
    if (blockAlign === 0 || blockAlign % channels !== 0) return malformed(14, "zero bits per sample")
    size = blockAlign / channels
  }
  if (!companded && blockAlign !== 0 && blockAlign !== size * channels && byteRate !== sampleRate * size * channels) {
    const slot = blockAlign / channels
    if (Number.isInteger(slot) && slot > size) size = slot
    else if (byteRate !== 0) {
      return malformed(12, `blocks of ${blockAlign} bytes contradict ${channels} channels of ${bits} bits`)
    }
  }
  if (sampleRate === 0) {
    if (byteRate === 0 || byteRate % (size * channels) !== 0) return malformed(4, "a sample rate of zero")
    sampleRate = byteRate / (size * channels)
  }
  if (sampleRate > maxSampleRate) return malformed(4, `a sample rate of ${sampleRate} Hz`)
  const format = companded
    ? tag === 7 ? "mulaw" : "alaw"
    : (tag === 1 ? integerFormats : floatFormats)[size]
  return format === undefined
    ? { codec: `${size * 8}-bit ${tag === 1 ? "integer" : "floating point"} PCM`, sampleRate, channels, byteRate }
    : { format, sampleRate, channels, bigEndian: !littleEndian }
}

/** The error for a codec without a decoder; `dataBytes` (if known) and the byte rate give the duration. */
export const unsupportedWav = (foreign: ForeignFormat, dataBytes: number): UnsupportedAudio => {
  const duration = dataBytes / foreign.byteRate
  return new UnsupportedAudio({
    container: "wav",
    codec: foreign.codec,
    ...(foreign.sampleRate > 0 && { sampleRate: foreign.sampleRate }),
    ...(foreign.channels > 0 && { channels: foreign.channels }),
    ...(Number.isFinite(duration) && { duration })
  })
}
