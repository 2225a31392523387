import { createHash } from "node:crypto"

/** Bytes that wait: calling the hash for a frame of 20 ms costs more than hashing it. */
const capacity = 8192

/** The SHA-256 of a stream of bytes. */
export const makeHash = (): {
  readonly update: (bytes: Uint8Array) => void
  /** In hexadecimal. There can be no more bytes. */
  readonly digest: () => string
} => {
  const hash = createHash("sha256")
  const waiting = new Uint8Array(capacity)
  let length = 0
  const flush = () => {
    hash.update(waiting.subarray(0, length))
    length = 0
  }
  return {
    update: (bytes) => {
      if (length + bytes.length > capacity) flush()
      if (bytes.length > capacity) {
        hash.update(bytes)
        return
      }
      waiting.set(bytes, length)
      length += bytes.length
    },
    digest: () => {
      flush()
      return hash.digest("hex")
    }
  }
}
