/** Bytes that arrive in pieces and are taken from the front, at a constant cost per byte. */
export interface ByteBuffer {
  readonly push: (bytes: Uint8Array) => void
  /** All that is there. Only valid until the next `push`. */
  readonly view: () => Uint8Array
  /** Takes bytes away from the front. */
  readonly drop: (count: number) => void
  /** Bytes that have been taken away so far. */
  readonly dropped: () => number
}

/** An empty buffer. */
export const makeByteBuffer = (): ByteBuffer => {
  let store = new Uint8Array(4096)
  let start = 0
  let end = 0
  let dropped = 0
  return {
    push: (bytes) => {
      if (end + bytes.length > store.length) {
        const needed = end - start + bytes.length
        // Twice the room that is needed: the bytes that stay are moved rarely.
        const room = needed * 2 > store.length ? new Uint8Array(needed * 2) : store
        room.set(store.subarray(start, end))
        store = room
        end -= start
        start = 0
      }
      store.set(bytes, end)
      end += bytes.length
    },
    view: () => store.subarray(start, end),
    drop: (count) => {
      start += count
      dropped += count
    },
    dropped: () => dropped
  }
}
