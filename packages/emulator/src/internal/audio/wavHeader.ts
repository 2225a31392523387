/** Writing WAV: the header that goes before the samples. */
import type { OutputEncoding } from "./pcm.ts"

const formatTags: Readonly<Record<OutputEncoding, number>> = { linear16: 1, alaw: 6, mulaw: 7 }

/** What streaming writers put where a size belongs that they do not know yet. */
const unknownSize = 0xffffffff

/**
 * The bytes that precede the samples: 44 for `linear16`, 58 for `mulaw` and `alaw`, which also need a `fact` chunk.
 *
 * `dataBytes`: bytes of samples that will follow. When it is left out, or too large for the 32 bits that WAV has for
 * it, the sizes say "to the end". An odd number of bytes must be followed by one zero byte.
 */
export const wavHeader = (options: {
  readonly encoding: OutputEncoding
  /** Hz. */
  readonly sampleRate: number
  readonly channels: number
  readonly dataBytes?: number | undefined
}): Uint8Array<ArrayBuffer> => {
  const companded = options.encoding !== "linear16"
  const blockAlign = options.channels * (companded ? 1 : 2)
  const length = companded ? 58 : 44
  const known = options.dataBytes !== undefined && options.dataBytes + length < unknownSize
  const dataBytes = known ? options.dataBytes : unknownSize
  const header = new Uint8Array(length)
  const view = new DataView(header.buffer)
  const text = (at: number, id: string) => {
    for (let i = 0; i < 4; i++) header[at + i] = id.charCodeAt(i)
  }
  text(0, "RIFF")
  view.setUint32(4, known ? length - 8 + dataBytes + (dataBytes % 2) : unknownSize, true)
  text(8, "WAVE")
  text(12, "fmt ")
  view.setUint32(16, companded ? 18 : 16, true)
  view.setUint16(20, formatTags[options.encoding], true)
  view.setUint16(22, options.channels, true)
  view.setUint32(24, options.sampleRate, true)
  view.setUint32(28, options.sampleRate * blockAlign, true)
  view.setUint16(32, blockAlign, true)
  view.setUint16(34, companded ? 8 : 16, true)
  if (companded) {
    text(38, "fact")
    view.setUint32(42, 4, true)
    view.setUint32(46, known ? dataBytes / blockAlign : unknownSize, true)
  }
  text(length - 8, "data")
  view.setUint32(length - 4, dataBytes, true)
  return header
}
