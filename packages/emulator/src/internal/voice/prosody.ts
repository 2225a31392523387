const sentenceEnd = /[.!?\u2026\u3002\uff01\uff1f]["'\u201d\u2019\u00bb)\]]*$/u
const clauseEnd = /[,;:\u3001\uff0c\uff1b\uff1a]["'\u201d\u2019\u00bb)\]]*$/u

const wordPause = 0.1
const clausePause = 0.2
const sentencePause = 0.4

// The recogniser wants 10 ms of quiet on either side of a word.
const shortestPause = 0.03

/** Whether a word is the last one of a sentence. */
export const endsSentence = (word: string): boolean => sentenceEnd.test(word)

/** Seconds of silence after a word: 0.1, after a comma 0.2, after a sentence 0.4, all divided by `speed`. */
export const pauseAfter = (word: string, speed: number): number => {
  const pause = endsSentence(word) ? sentencePause : clauseEnd.test(word) ? clausePause : wordPause
  return Math.max(shortestPause, pause / speed)
}
