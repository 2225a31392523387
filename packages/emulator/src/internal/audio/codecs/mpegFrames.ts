/** The frames of an MP3 or ADTS stream, out of bytes cut anywhere. */
import { type MpegFrame, mpegFrame, mpegHeaderBytes } from "../mpeg.ts"
import { type ByteBuffer, makeByteBuffer } from "./byteBuffer.ts"

/** Finds frames; what is between them (tags, damage) is passed over. */
export interface FrameSplitter {
  readonly push: (bytes: Uint8Array) => void
  readonly end: () => void
  /** The next whole frame, header included; `undefined` when it takes more bytes. */
  readonly next: () => { readonly header: MpegFrame; readonly bytes: Uint8Array } | undefined
  readonly offset: () => number
}

/** Drops what precedes the next byte with which a frame can start. */
const skip = (buffer: ByteBuffer): void => {
  const at = buffer.view().indexOf(0xff, 1)
  buffer.drop(at === -1 ? buffer.view().length : at)
}

/** All frames have to be of the kind of the first: bytes that look like another are damage. */
export const makeFrameSplitter = (codec: MpegFrame["codec"]): FrameSplitter => {
  const buffer = makeByteBuffer()
  let ended = false
  /** The last frame ended right here. */
  let synchronous = false
  let stream: number | undefined

  const headerAt = (bytes: Uint8Array, at: number): MpegFrame | undefined => {
    const header = mpegFrame(bytes, at)
    return header?.codec === codec && (stream === undefined || header.stream === stream) ? header : undefined
  }

  return {
    push: buffer.push,
    end: () => {
      ended = true
    },
    offset: buffer.dropped,
    next: () => {
      while (true) {
        const bytes = buffer.view()
        if (bytes.length < mpegHeaderBytes) return undefined
        const header = headerAt(bytes, 0)
        if (header === undefined) {
          synchronous = false
          skip(buffer)
          continue
        }
        if (bytes.length < header.bytes) {
          // Near the end, what looks like a long frame may be damage that hides shorter ones.
          if (!ended || synchronous) return undefined
          skip(buffer)
          continue
        }
        if (!synchronous) {
          // Two in a row are no coincidence.
          const visible = bytes.length >= header.bytes + mpegHeaderBytes
          if (!visible && !ended) return undefined
          if (visible && mpegFrame(bytes, header.bytes)?.stream !== header.stream) {
            skip(buffer)
            continue
          }
        }
        synchronous = true
        stream = header.stream
        const frame = bytes.slice(0, header.bytes)
        buffer.drop(header.bytes)
        return { header, bytes: frame }
      }
    }
  }
}
