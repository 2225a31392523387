import { type Lane, mergeByStart } from "./collect.ts"
import { speakerId } from "./labels.ts"
import type { SpeakerTurn, SpeakerTurnsOptions, TimedWord } from "./model.ts"
import { endsSentence, join } from "./text.ts"

/** Words that are not torn apart by what is said on another channel meanwhile. */
interface Phrase {
  readonly words: Array<TimedWord>
  readonly start: number
  end: number
}

/** Seconds: a shorter silence is part of the phrase. */
const phrasePause = 0.2

const phrases = (words: ReadonlyArray<TimedWord>): Array<Phrase> => {
  const result: Array<Phrase> = []
  let current: Phrase | undefined
  let previous: TimedWord | undefined
  for (const word of words) {
    if (
      current === undefined || previous === undefined || previous.speaker !== word.speaker ||
      word.start - current.end >= phrasePause || endsSentence(previous.text)
    ) {
      current = { words: [word], start: word.start, end: word.end }
      result.push(current)
    } else {
      current.words.push(word)
      current.end = Math.max(current.end, word.end)
    }
    previous = word
  }
  return result
}

const turn = ({ end, start, words }: Phrase, first: TimedWord): SpeakerTurn => ({
  ...speakerId(first),
  start,
  end,
  text: join(words),
  confidence: words.reduce((sum, word) => sum + word.confidence, 0) / words.length,
  words
})

/**
 * Channels are cut into phrases first and the phrases put in order, so that an interjection on another channel divides
 * a turn between two phrases and never between two words.
 */
export const turns = (lanes: ReadonlyArray<Lane>, options: SpeakerTurnsOptions = {}): Array<SpeakerTurn> => {
  const maxPause = options.maxPause ?? Infinity
  const result: Array<SpeakerTurn> = []
  let current: Phrase | undefined
  let first: TimedWord | undefined
  const finish = () => {
    if (current !== undefined && first !== undefined) result.push(turn(current, first))
  }
  for (const phrase of mergeByStart(lanes.map((lane) => phrases(lane.words)))) {
    const word = phrase.words[0]
    if (
      current !== undefined && first?.channel === word?.channel && first?.speaker === word?.speaker &&
      phrase.start - current.end <= maxPause
    ) {
      for (const each of phrase.words) current.words.push(each)
      current.end = Math.max(current.end, phrase.end)
    } else {
      finish()
      current = phrase
      first = word
    }
  }
  finish()
  return result
}
