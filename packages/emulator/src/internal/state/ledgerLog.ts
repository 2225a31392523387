import type { Entry } from "./ledgerEntry.ts"

/** A log that forgets the oldest entries. */
export interface Log {
  readonly add: (entry: Entry) => void
  /** Everything that is remembered, in the order in which it was added. */
  readonly entries: () => ReadonlyArray<Entry>
  readonly find: (requestId: string) => Entry | undefined
}

/** A log of at most `limit` entries. */
export const makeLog = (limit: number): Log => {
  const ring: Array<Entry> = []
  const byId = new Map<string, Entry>()
  /** Where the oldest entry is once the ring is full. */
  let oldest = 0
  return {
    add: (entry) => {
      byId.set(entry.requestId, entry)
      if (ring.length < limit) {
        ring.push(entry)
        return
      }
      const forgotten = ring[oldest]
      if (forgotten !== undefined) byId.delete(forgotten.requestId)
      ring[oldest] = entry
      oldest = (oldest + 1) % limit
    },
    entries: () => [...ring.slice(oldest), ...ring.slice(0, oldest)],
    find: (requestId) => byId.get(requestId)
  }
}
