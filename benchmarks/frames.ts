/** Frames of WebSocket as bytes, made before they are needed (RFC 6455, section 5.2). */
import { Buffer } from "node:buffer"

/** Any key will do, but none that saves the server its work. */
const key = Uint8Array.of(0x12, 0x34, 0x56, 0x78)

const masked = (opcode: number, payload: Uint8Array): Uint8Array => {
  const head = payload.length < 126
    ? [0x80 | opcode, 0x80 | payload.length, ...key]
    : [0x80 | opcode, 0x80 | 126, payload.length >> 8, payload.length & 255, ...key]
  const frame = new Uint8Array(head.length + payload.length)
  frame.set(head)
  for (let i = 0; i < payload.length; i++) frame[head.length + i] = payload[i]! ^ key[i & 3]!
  return frame
}

/** A client's text, of less than 64 KiB. */
export const textFrame = (text: string): Uint8Array => masked(1, new TextEncoder().encode(text))

/** A client's bytes, less than 64 KiB. */
export const binaryFrame = (bytes: Uint8Array): Uint8Array => masked(2, bytes)

/** Says goodbye: 1000. */
export const closeFrame = masked(8, Uint8Array.of(0x03, 0xe8))

/** Takes frames of a server out of what comes in, in whatever pieces; all but texts and the last one are dropped. */
export const makeReader = (onText: (text: string) => void, onClose: () => void): (chunk: Buffer) => void => {
  let rest: Buffer | undefined
  return (chunk) => {
    let bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk])
    while (bytes.length >= 2) {
      const short = bytes[1]! & 127
      const head = short === 126 ? 4 : short === 127 ? 10 : 2
      if (bytes.length < head) break
      const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
      if (bytes.length < head + length) break
      const opcode = bytes[0]! & 15
      if (opcode === 1) onText(bytes.toString("utf8", head, head + length))
      if (opcode === 8) onClose()
      bytes = bytes.subarray(head + length)
    }
    rest = bytes.length === 0 ? undefined : bytes
  }
}
