/** How sure it is that somebody has said all they wanted to say. */

/** From so many seconds of silence on it is so sure; in between it grows evenly. */
type Row = ReadonlyArray<readonly [silence: number, confidence: number]>

/**
 * Deepgram's own model listens to the meaning. This one goes by the silence since the last word, and by whether that
 * word ends a sentence:
 *
 * | confidence       | 0.3    | 0.5    | 0.7     | 0.8    | 0.9    | 0.98 |
 * |------------------|--------|--------|---------|--------|--------|------|
 * | behind a `.?!`   | 100 ms | 200 ms | 350 ms  | 500 ms | 800 ms | 2 s  |
 * | behind the rest  | 400 ms | 700 ms | 1000 ms | 1.5 s  | 2.5 s  | 5 s  |
 *
 * It is never surer than that, so a threshold above 0.98 leaves the end of turns to `eot_timeout_ms` and the client.
 */
const behindSentence: Row = [[0, 0.1], [0.1, 0.3], [0.2, 0.5], [0.35, 0.7], [0.5, 0.8], [0.8, 0.9], [2, 0.98]]
const behindWord: Row = [[0, 0.05], [0.4, 0.3], [0.7, 0.5], [1, 0.7], [1.5, 0.8], [2.5, 0.9], [5, 0.98]]

const read = (row: Row, silence: number): number => {
  let [from, low] = row[0] ?? [0, 0]
  for (const [until, high] of row) {
    if (silence < until) return low + (high - low) * (silence - from) / (until - from)
    from = until
    low = high
  }
  return low
}

/** 0 to 1, to four places, so that what is as sure as a threshold is not a fraction below it. */
export const confidenceAfter = (silence: number, sentenceEnded: boolean): number =>
  Math.round(read(sentenceEnded ? behindSentence : behindWord, Math.max(0, silence)) * 1e4) / 1e4
