/** MPEG audio frame headers: enough of them to tell MP3 and ADTS from random bytes. */

const bitrates: Readonly<Record<string, ReadonlyArray<number>>> = {
  "1.1": [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  "1.2": [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  "1.3": [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  "2.1": [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  "2.2": [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
}

/** By the two version bits: 2.5, reserved, 2, 1. */
const sampleRates: ReadonlyArray<ReadonlyArray<number>> = [
  [11025, 12000, 8000],
  [],
  [22050, 24000, 16000],
  [44100, 48000, 32000]
]

/** A frame: what it is, and the bytes to the next one. */
export interface MpegFrame {
  readonly codec: "mp1" | "mp2" | "mp3" | "aac"
  readonly bytes: number
  /** The same in all frames of a stream: version, layer, profile, rate, channels. */
  readonly stream: number
  readonly mono: boolean
}

const adtsFrame = (bytes: Uint8Array, at: number): MpegFrame | undefined => {
  const length = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5)
  const rateIndex = (bytes[at + 2]! >> 2) & 0xf
  const channels = ((bytes[at + 2]! & 1) << 2) | (bytes[at + 3]! >> 6)
  const stream = ((bytes[at + 1]! & 0xf8) << 16) | ((bytes[at + 2]! & 0xfc) << 8) | channels
  return rateIndex < 13 && length > 7 ? { codec: "aac", bytes: length, stream, mono: channels === 1 } : undefined
}

/** Bytes in which a frame says what it is. */
export const mpegHeaderBytes = 6

/** The frame whose header is at `at`; needs `mpegHeaderBytes` there. */
export const mpegFrame = (bytes: Uint8Array, at: number): MpegFrame | undefined => {
  if (at + mpegHeaderBytes > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return undefined
  const second = bytes[at + 1]!
  const third = bytes[at + 2]!
  const version = (second >> 3) & 3
  const layer = 4 - ((second >> 1) & 3)
  if (layer === 4) return (second & 0xf0) === 0xf0 ? adtsFrame(bytes, at) : undefined
  const sampleRate = sampleRates[version]?.[(third >> 2) & 3]
  const table = version === 3 ? `1.${layer}` : layer === 1 ? "2.1" : "2.2"
  const bitrate = bitrates[table]?.[(third >> 4) - 1]
  if (sampleRate === undefined || bitrate === undefined) return undefined
  const padding = (third >> 1) & 1
  const mono = bytes[at + 3]! >> 6 === 3
  const stream = ((second & 0xfe) << 16) | ((third & 0xc) << 8) | (mono ? 1 : 0)
  if (layer === 1) {
    return { codec: "mp1", bytes: (Math.floor(12_000 * bitrate / sampleRate) + padding) * 4, stream, mono }
  }
  const perFrame = layer === 3 && version !== 3 ? 72_000 : 144_000
  const length = Math.floor(perFrame * bitrate / sampleRate) + padding
  return { codec: layer === 2 ? "mp2" : "mp3", bytes: length, stream, mono }
}

/** How many frames must follow one another before bytes that may start anywhere pass for MPEG audio. */
const chain = 3

/**
 * The codec of an MPEG audio stream that starts in `bytes`.
 *
 * At the very start one frame is enough if the bytes end inside it or right behind it. Further in (a stream that was
 * joined in the middle) it takes three in a row.
 */
export const findMpeg = (bytes: Uint8Array): MpegFrame["codec"] | undefined => {
  for (let start = 0; start + mpegHeaderBytes <= bytes.length; start++) {
    const first = mpegFrame(bytes, start)
    if (first === undefined) continue
    let at = start + first.bytes
    let frames = 1
    while (frames < chain) {
      const next = mpegFrame(bytes, at)
      if (next === undefined || next.codec !== first.codec) break
      at += next.bytes
      frames++
    }
    if (frames === chain || (start === 0 && at + mpegHeaderBytes > bytes.length)) return first.codec
  }
  return undefined
}
