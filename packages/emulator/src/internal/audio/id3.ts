/** ID3v2: the tag that may stand before any audio, with a title, or with a picture of megabytes. */

/** Bytes of its header. */
export const id3HeaderBytes = 10

/** Bytes of the tag that starts at the start, header included; 0 when there is none. Needs `id3HeaderBytes`. */
export const id3Bytes = (bytes: Uint8Array): number => {
  if (bytes.length < id3HeaderBytes || bytes[0] !== 0x49 || bytes[1] !== 0x44 || bytes[2] !== 0x33) return 0
  const sizes = bytes.subarray(6, id3HeaderBytes)
  if (bytes[3]! >= 16 || sizes.some((byte) => byte >= 128)) return 0
  const footer = (bytes[5]! & 0x10) === 0 ? 0 : id3HeaderBytes
  return sizes.reduce((sum, byte) => sum * 128 + byte, 0) + id3HeaderBytes + footer
}
