/** Where cues and lines end. Both are found by weighing all possibilities, not by filling up from the left. */

import { join } from "./text.ts"

/** A word to be laid out. */
export interface Piece {
  readonly text: string
  readonly width: number
  /** No space before it. */
  readonly joined: boolean
  /** Milliseconds. */
  readonly start: number
  /** Milliseconds; never before `start`. */
  readonly end: number
  /** What it costs the reader when a line ends after this word. */
  readonly penalty: number
}

export interface Limits {
  readonly maxWidth: number
  readonly maxLines: number
  /** Milliseconds. */
  readonly maxDuration: number
  /** Milliseconds. */
  readonly minDuration: number
}

/** Puts words on lines after a name of the reserved width, as many on each as fit, and counts the lines. */
const lineCounter = (maxWidth: number, reserved: number) => {
  let lines = 1
  let used = reserved
  let first = true
  return (piece: Piece): number => {
    const space = used === 0 || piece.joined && !first ? 0 : 1
    if (used > 0 && used + space + piece.width > maxWidth) {
      lines++
      used = piece.width
    } else {
      used += space + piece.width
    }
    first = false
    return lines
  }
}

/**
 * Divides words of one speaker into cues: each as long as the limits allow at most, few of them, equally full, and
 * ending where the speaker paused.
 *
 * @param reserve width that the speaker's name takes in a cue that begins with this word
 * @returns the index of the first word of each cue
 */
export const cueStarts = (
  pieces: ReadonlyArray<Piece>,
  limits: Limits,
  reserve: (index: number) => number
): Array<number> => {
  const capacity = limits.maxWidth * limits.maxLines
  const cost = [0, ...pieces.map(() => Infinity)]
  const from = [0, ...pieces.map(() => 0)]
  for (const [index, first] of pieces.entries()) {
    const reserved = reserve(index)
    const count = lineCounter(limits.maxWidth, reserved)
    let filled = reserved
    let end = first.end
    for (let next = index; next < pieces.length; next++) {
      const piece = pieces[next]
      if (piece === undefined) break
      end = Math.max(end, piece.end)
      filled += piece.width + (piece.joined ? 0 : 1)
      const lines = count(piece)
      // A word alone is always a cue, whatever its length.
      if (next > index && (lines > limits.maxLines || end - first.start > limits.maxDuration)) break
      const last = next === pieces.length - 1
      const shown = (pieces[next + 1]?.start ?? end) - first.start
      const brief = shown < limits.minDuration ? 2 * (1 - shown / limits.minDuration) : 0
      const total = (cost[index] ?? 0) + 1 + brief + 0.5 * (filled / capacity) ** 2 + (last ? 0 : piece.penalty)
      if (total < (cost[next + 1] ?? Infinity)) {
        cost[next + 1] = total
        from[next + 1] = index
      }
    }
  }
  const starts: Array<number> = []
  for (let end = pieces.length; end > 0; end = from[end] ?? 0) starts.push(from[end] ?? 0)
  return starts.toReversed()
}

/** Lays a cue out on as few lines as hold it, about equally long and ending where the speaker paused. */
export const layOut = (pieces: ReadonlyArray<Piece>, maxWidth: number): Array<string> => {
  const count = lineCounter(maxWidth, 0)
  const lines = pieces.reduce((_, piece) => count(piece), 1)
  if (lines === 1) return [join(pieces)]
  const space = (index: number) => (pieces[index]?.joined === true ? 0 : 1)
  const before = [0]
  for (const [index, piece] of pieces.entries()) before.push((before[index] ?? 0) + space(index) + piece.width)
  const lineWidth = (start: number, end: number) => (before[end] ?? 0) - (before[start] ?? 0) - space(start)
  const ideal = lineWidth(0, pieces.length) / lines
  // cost[end]: of the best way to put the words before `end` on the lines so far.
  let cost = pieces.map(() => Infinity)
  cost.unshift(0)
  const froms: Array<Array<number>> = []
  for (let line = 1; line <= lines; line++) {
    const next = cost.map(() => Infinity)
    const from = cost.map(() => 0)
    for (let end = 1; end <= pieces.length; end++) {
      for (let start = end - 1; start >= 0; start--) {
        const width = lineWidth(start, end)
        if (width > maxWidth && start < end - 1) break
        const penalty = end === pieces.length ? 0 : 0.3 * (pieces[end - 1]?.penalty ?? 0)
        const total = (cost[start] ?? Infinity) + (width / ideal) ** 2 + penalty
        if (total < (next[end] ?? Infinity)) {
          next[end] = total
          from[end] = start
        }
      }
    }
    cost = next
    froms.push(from)
  }
  const result: Array<string> = []
  let end = pieces.length
  for (const from of froms.toReversed()) {
    const start = from[end] ?? 0
    result.push(join(pieces.slice(start, end)))
    end = start
  }
  return result.toReversed()
}
