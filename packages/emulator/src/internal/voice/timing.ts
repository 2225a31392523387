/** When words are heard. */
import { burstLength } from "./burst.ts"
import { pauseAfter } from "./prosody.ts"
import { firstSample, pauseSamples } from "./speech.ts"
import { wordBytes, wordsAt } from "./text.ts"

/** A word of a text that is spoken. */
export interface TimedWord {
  /** The index behind it. */
  readonly after: number
  /** Seconds from the beginning of the text to the end of the word. */
  readonly end: number
  /** The same, to the end of the pause behind it. */
  readonly next: number
}

/** The words of a text as the test voice speaks them, to the sample. */
export function* timedWords(text: string, speed: number, sampleRate: number): Generator<TimedWord> {
  let at = 0
  for (const { after, word } of wordsAt(text)) {
    const end = at + firstSample(burstLength(wordBytes(word).length), sampleRate)
    at = end + pauseSamples(pauseAfter(word, speed), sampleRate)
    yield { after, end: end / sampleRate, next: at / sampleRate }
  }
}
