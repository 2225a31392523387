/** The frames of a FLAC stream, out of bytes cut anywhere. A frame does not say how long it is: the next one does. */
import { makeByteBuffer } from "./byteBuffer.ts"
import { crc16, type FlacFrameHeader, frameHeaderBytes, readFrameHeader, type StreamInfo } from "./flacHeader.ts"

/** Finds frames; damaged ones, and what is between them, are passed over. */
export interface FlacSplitter {
  readonly push: (bytes: Uint8Array) => void
  readonly end: () => void
  /** The next whole frame; `undefined` when it takes more bytes. */
  readonly next: () => Uint8Array | undefined
  /** Bytes that are done with. */
  readonly offset: () => number
}

/** Bytes that a frame cannot exceed: its samples as they are, one bit more each for stereo, and the headers. */
const longest = ({ blockSize }: FlacFrameHeader, { bitsPerSample, channels }: StreamInfo): number =>
  Math.ceil((blockSize * channels * (bitsPerSample + 1)) / 8) + channels * 8 + 32

const follows = (next: FlacFrameHeader, current: FlacFrameHeader): boolean =>
  next.variable === current.variable &&
  next.number === current.number + (current.variable ? current.blockSize : 1)

/** Splits what comes after the metadata. */
export const makeFlacSplitter = (info: StreamInfo): FlacSplitter => {
  const buffer = makeByteBuffer()
  let ended = false
  /** The frame that starts at the start of the buffer. */
  let current: FlacFrameHeader | undefined
  /** Bytes of it that have been looked at, and their checksum: 0 where it may end. */
  let scanned = 0
  let crc = 0
  /** Where the checksum was 0 last; zeros that follow a frame keep it there, and do no harm. */
  let mayEnd = 0

  const begin = (header: FlacFrameHeader | undefined, at: number): void => {
    buffer.drop(at)
    current = header
    scanned = 0
    crc = 0
    mayEnd = 0
  }

  /** Looks for the frame that comes next; `undefined` when that takes more bytes. */
  const find = (): FlacFrameHeader | undefined => {
    while (true) {
      const bytes = buffer.view()
      const at = bytes.indexOf(0xff)
      buffer.drop(at === -1 ? bytes.length : at)
      if (at === -1 || (bytes.length - at < frameHeaderBytes && !ended)) return undefined
      const header = readFrameHeader(buffer.view(), 0, info)
      if (header !== undefined) return header
      buffer.drop(1)
    }
  }

  return {
    push: buffer.push,
    end: () => {
      ended = true
    },
    offset: buffer.dropped,
    next: () => {
      while (true) {
        current ??= find()
        if (current === undefined) return undefined
        const bytes = buffer.view()
        const limit = Math.min(bytes.length, longest(current, info))
        let next: FlacFrameHeader | undefined
        while (scanned < limit) {
          if (scanned > 0 && bytes[scanned] === 0xff) {
            if (bytes.length < scanned + frameHeaderBytes && !ended) return undefined
            next = readFrameHeader(bytes, scanned, info)
            if (next !== undefined && (crc === 0 || follows(next, current))) break
            next = undefined
          }
          crc = crc16(crc, bytes[scanned++]!)
          if (crc === 0) mayEnd = scanned
        }
        if (next === undefined && scanned === bytes.length && !ended) return undefined
        // Bytes between frames belong to none. Without an end it is cut off, or something else than a frame.
        const frame = mayEnd === 0 ? undefined : bytes.slice(0, mayEnd)
        begin(next, next !== undefined ? scanned : Math.max(1, mayEnd))
        if (frame !== undefined) return frame
      }
    }
  }
}
