/**
 * What speech may be encoded as, for the types of options: no more combinations than `contract/speech.ts` has. The tests
 * of types hold the two together.
 */
import type { OneOrMore } from "./sharedOptions.ts"

/** Options that have nothing to do with the sound. */
export interface RequestOptions {
  /** Labels the request in usage reports; at most 128 characters each. */
  readonly tag?: OneOrMore | undefined
  /** Keeps the text out of Deepgram's model improvement; changes the price. Default `false`. */
  readonly mip_opt_out?: boolean | undefined
}

interface NoContainer {
  /** The encoding has its own. */
  readonly container?: never
}

interface NoSampleRate {
  /** The encoding has one only. */
  readonly sample_rate?: never
}

interface NoBitRate {
  /** For `mp3`, `opus` and `aac`. */
  readonly bit_rate?: never
}

interface Mp3<BitRate> extends NoContainer, NoSampleRate {
  /** MP3 of 22,050 Hz: what there is unless something else is asked for. */
  readonly encoding?: "mp3" | undefined
  /** Bits per second. Default 48,000. */
  readonly bit_rate?: BitRate | undefined
}

/** MP3 of 22,050 Hz: what there is unless something else is asked for. */
export interface AuraMp3 extends Mp3<48_000 | 32_000> {}

/** MP3 of 22,050 Hz: what there is unless something else is asked for. */
export interface FluxMp3 extends Mp3<48_000 | 40_000 | 32_000 | 24_000 | 16_000 | 8000> {}

interface Raw extends NoBitRate {
  /** `wav` begins with a header, `none` does not: telephony takes only `none` without clicks. Default `wav`. */
  readonly container?: "wav" | "none" | undefined
}

interface Linear16<SampleRate> extends Raw {
  /** Samples of 16 bits, signed, little-endian. */
  readonly encoding: "linear16"
  /** Hz. Default 24,000. */
  readonly sample_rate?: SampleRate | undefined
}

/** Samples of 16 bits, signed, little-endian. */
export interface AuraLinear16 extends Linear16<8000 | 16_000 | 24_000 | 32_000 | 48_000> {}

/** Samples of 16 bits, signed, little-endian. */
export interface FluxLinear16 extends Linear16<8000 | 16_000 | 24_000 | 32_000 | 44_100 | 48_000> {}

/** Telephony: samples of 8 bits, G.711. */
export interface G711 extends Raw {
  /** G.711: `mulaw` in North America and Japan, `alaw` elsewhere. */
  readonly encoding: "mulaw" | "alaw"
  /** Hz. Default 8000. */
  readonly sample_rate?: 8000 | 16_000 | undefined
}

/** Opus of 48,000 Hz. */
export interface Opus extends NoSampleRate {
  /** Opus of 48,000 Hz. */
  readonly encoding: "opus"
  /** Default `ogg`. */
  readonly container?: "ogg" | undefined
  /** Bits per second, 4000 to 650,000. Default 12,000. */
  readonly bit_rate?: number | undefined
}

/** FLAC, which loses nothing. */
export interface Flac extends NoContainer, NoBitRate {
  /** FLAC, which loses nothing. */
  readonly encoding: "flac"
  /** Hz. */
  readonly sample_rate?: 8000 | 16_000 | 22_050 | 32_000 | 48_000 | undefined
}

/** AAC of 22,050 Hz. */
export interface Aac extends NoContainer, NoSampleRate {
  /** AAC of 22,050 Hz. */
  readonly encoding: "aac"
  /** Bits per second, 4000 to 192,000. Default 48,000. */
  readonly bit_rate?: number | undefined
}

/** What both generations offer. */
export type SharedFormat = G711 | Opus | Flac | Aac

/** What live speech is encoded as: raw samples, without a header. */
interface LiveLinear16<SampleRate> {
  /** Samples of 16 bits, signed, little-endian: what there is unless something else is asked for. */
  readonly encoding?: "linear16" | undefined
  /** Hz. Default 24,000. */
  readonly sample_rate?: SampleRate | undefined
}

/** Samples of 16 bits, signed, little-endian. */
export interface AuraLiveLinear16 extends LiveLinear16<8000 | 16_000 | 24_000 | 32_000 | 48_000> {}

/** Samples of 16 bits, signed, little-endian. */
export interface FluxLiveLinear16 extends LiveLinear16<8000 | 16_000 | 24_000 | 32_000 | 44_100 | 48_000> {}

/** Telephony: samples of 8 bits, G.711. */
export interface LiveG711 {
  /** G.711: `mulaw` in North America and Japan, `alaw` elsewhere. */
  readonly encoding: "mulaw" | "alaw"
  /** Hz. Default 8000. */
  readonly sample_rate?: 8000 | 16_000 | undefined
}
