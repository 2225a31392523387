/** The headers of FLAC: of the file, and of its frames. */

/** What the first block of a FLAC file says of the audio. */
export interface StreamInfo {
  /** Hz. */
  readonly sampleRate: number
  readonly channels: number
  readonly bitsPerSample: number
}

/** Bytes of that block, without its own header. */
export const streamInfoBytes = 34

/** Reads the block; the rate is 0 when it makes no sense. */
export const readStreamInfo = (block: Uint8Array): StreamInfo => ({
  sampleRate: (block[10]! << 12) | (block[11]! << 4) | (block[12]! >> 4),
  channels: ((block[12]! >> 1) & 7) + 1,
  bitsPerSample: (((block[12]! & 1) << 4) | (block[13]! >> 4)) + 1
})

/** Where a frame starts and which one it is. */
export interface FlacFrameHeader {
  /** Samples per channel. */
  readonly blockSize: number
  /** Of the frame; or of its first sample, in a stream whose frames differ in size. */
  readonly number: number
  readonly variable: boolean
}

/** Bytes of the longest frame header. */
export const frameHeaderBytes = 16

const sampleRates = [0, 88_200, 176_400, 192_000, 8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000]
const sampleSizes = [0, 8, 12, -1, 16, 20, 24, 32]

const crc8Table = Uint8Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x80 ? 0x07 : 0)
  return crc
})

const crc16Table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x8000 ? 0x8005 : 0)
  return crc
})

/** The checksum of a frame, one byte further; over a whole frame with its footer it is 0. */
export const crc16 = (crc: number, byte: number): number => ((crc << 8) & 0xffff) ^ crc16Table[(crc >> 8) ^ byte]!

/** The number in a frame header, written like UTF-8 but with up to 36 bits; and the bytes it takes. */
const readNumber = (bytes: Uint8Array, at: number): readonly [value: number, length: number] | undefined => {
  const first = bytes[at] ?? 0
  if (first < 0x80) return [first, 1]
  const length = Math.clz32(~(first << 24))
  if (length < 2 || length > 7) return undefined
  let value = first & (0x7f >> length)
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i] ?? 0
    if ((byte & 0xc0) !== 0x80) return undefined
    value = value * 64 + (byte & 0x3f)
  }
  return [value, length]
}

/** The frame header at `at`, if there is one that belongs to this stream; needs up to `frameHeaderBytes`. */
export const readFrameHeader = (bytes: Uint8Array, at: number, info: StreamInfo): FlacFrameHeader | undefined => {
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes.subarray(at, at + 4)
  if (first !== 0xff || (second & 0xfe) !== 0xf8 || (fourth & 1) !== 0) return undefined
  const channels = fourth >> 4
  const size = sampleSizes[(fourth >> 1) & 7]!
  if (channels > 10 || (channels < 8 ? channels + 1 : 2) !== info.channels) return undefined
  if (size !== 0 && size !== info.bitsPerSample) return undefined
  const number = readNumber(bytes, at + 4)
  if (number === undefined) return undefined

  let end = at + 4 + number[1]
  const sizeCode = third >> 4
  let blockSize = sizeCode === 1 ? 192 : sizeCode < 6 ? 576 << (sizeCode - 2) : 256 << (sizeCode - 8)
  if (sizeCode === 0) return undefined
  if (sizeCode === 6) blockSize = bytes[end++]! + 1
  if (sizeCode === 7) {
    blockSize = ((bytes[end]! << 8) | bytes[end + 1]!) + 1
    end += 2
  }
  const rateCode = third & 0xf
  let sampleRate = sampleRates[rateCode]
  if (rateCode === 12) sampleRate = bytes[end++]! * 1000
  if (rateCode > 12) {
    sampleRate = ((bytes[end]! << 8) | bytes[end + 1]!) * (rateCode === 14 ? 10 : 1)
    end += 2
  }
  if (rateCode === 15 || (rateCode !== 0 && sampleRate !== info.sampleRate) || end >= bytes.length) return undefined
  let crc = 0
  for (let i = at; i < end; i++) crc = crc8Table[crc ^ bytes[i]!]!
  return crc === bytes[end] ? { blockSize, number: number[0], variable: (second & 1) === 1 } : undefined
}
