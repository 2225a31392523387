/** When a cue is on the screen, in whole milliseconds. */
export interface Span {
  /** When its first word is said. */
  readonly heard: number
  start: number
  end: number
}

/**
 * Leaves one span at a time, given spans in order of start. The earlier one ends when the later one starts. When it
 * would then be too short to read, the later one waits for it, by `minDuration` at most, so that delays do not add up.
 *
 * @param minDuration milliseconds
 */
export const separate = (spans: ReadonlyArray<Span>, minDuration: number): void => {
  let previous: Span | undefined
  for (const span of spans) {
    if (previous !== undefined && previous.end > span.start) {
      const readable = Math.min(previous.start, span.heard) + minDuration
      const border = Math.min(Math.max(span.start, readable, previous.start + 1), previous.end)
      previous.end = border
      span.start = border
      span.end = Math.max(span.end, border + 1)
    }
    previous = span
  }
}

/**
 * Lengthens short spans as far as the next one leaves room, given spans in order of start.
 *
 * @param minDuration milliseconds
 */
export const lengthen = (spans: ReadonlyArray<Span>, minDuration: number): void => {
  for (const [index, span] of spans.entries()) {
    let next = index + 1
    while ((spans[next]?.start ?? Infinity) < span.end) next++
    span.end = Math.max(span.end, Math.min(span.start + minDuration, spans[next]?.start ?? Infinity))
  }
}
