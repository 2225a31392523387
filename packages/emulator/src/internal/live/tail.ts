/** The last moments of a channel, as they were pushed. */
export interface Tail {
  readonly push: (samples: Float32Array) => void
  /** Forgets what was pushed before the piece that has this sample, by its number. */
  readonly forget: (before: number) => void
  /** Number of the first sample that is remembered. */
  readonly first: () => number
  /** Number of the sample behind the last one. */
  readonly end: () => number
  /** The pieces from a sample on, the first of them without what is before it. Valid until the next `push`. */
  readonly from: (first: number) => ReadonlyArray<Float32Array>
}

/** Samples that there is room for at first. */
const room = 16_384

/** Remembers nothing yet. The samples are copied into one buffer: they come and go with each frame. */
export const makeTail = (): Tail => {
  let buffer = new Float32Array(room)
  /** Number of the first sample of the buffer. */
  let base = 0
  let total = 0
  /** Numbers of the first samples of the pieces. */
  let starts: Array<number> = []

  const first = (): number => starts[0] ?? total

  const makeRoom = (length: number): void => {
    const kept = total - first()
    // Half of it stays free, so that moving is rare.
    let size = buffer.length
    while (2 * (kept + length) > size) size *= 2
    const old = buffer.subarray(first() - base, total - base)
    if (size === buffer.length) buffer.copyWithin(0, first() - base, total - base)
    else {
      buffer = new Float32Array(size)
      buffer.set(old)
    }
    base = first()
  }

  return {
    push: (samples) => {
      if (total - base + samples.length > buffer.length) makeRoom(samples.length)
      buffer.set(samples, total - base)
      starts.push(total)
      total += samples.length
    },
    forget: (before) => {
      let old = 0
      while (old < starts.length - 1 && starts[old + 1]! <= before) old++
      if (old > 0) starts = starts.slice(old)
    },
    first,
    end: () => total,
    from: (wanted) =>
      starts.map((start, index) => {
        const end = starts[index + 1] ?? total
        return buffer.subarray(Math.min(end, Math.max(start, wanted)) - base, end - base)
      })
  }
}
