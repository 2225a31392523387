import type { Sentiments, SentimentSegment } from "effect-deepgram/ListenV1"
import type { Written } from "../transcribe/words.ts"
import { type Document, isBreak, type Span } from "./document.ts"
import { baseWords, dampeners, emojiValences, intensifiers, isNegation, valences } from "./lexicon.ts"
import { rounded } from "./score.ts"
import { areNeighbours, segment } from "./segment.ts"
import { stem } from "./stem.ts"

/** What a text feels like. */
export interface Sentiment {
  readonly sentiment: "positive" | "neutral" | "negative"
  /** −1 to 1. */
  readonly sentiment_score: number
}

/** Deepgram calls a score positive from here on, and negative from the same below 0. */
const threshold = 1 / 3

const sentimentOf = (score: number): Sentiment => {
  const sentiment_score = rounded(score)
  return {
    sentiment: sentiment_score >= threshold ? "positive" : sentiment_score <= -threshold ? "negative" : "neutral",
    sentiment_score
  }
}

const stemValences: ReadonlyMap<string, number> = new Map(baseWords.map(([word, valence]) => [stem(word), valence]))

const emojiValence = (core: string): number => {
  let sum = 0
  for (const character of core) sum += emojiValences.get(character) ?? 0
  return sum
}

const valenceOf = ({ core, key }: Written, stem: string): number =>
  (valences.get(key) ?? valences.get(stem) ?? stemValences.get(stem) ?? 0) +
  (/[\u2600-\u{1faff}]/u.test(core) ? emojiValence(core) : 0)

/** How far back a negation reaches, in words. */
const reach = 3

/** What the words in front make of a valence: `not good` is less bad than `bad`. */
const turned = (document: Document, { from }: Span, index: number, valence: number): number => {
  const { words } = document
  let factor = 1
  for (let before = index - 1; before >= Math.max(from, index - reach); before--) {
    const word = words[before]
    if (word === undefined || isBreak(word, words[before + 1])) break
    if (isNegation(word.key)) return valence * factor * -0.75
    if (before < index - 2) continue
    if (intensifiers.has(word.key)) factor *= 1.3
    else if (dampeners.has(word.key)) factor *= 0.6
  }
  return valence * factor
}

/** The larger, the more words it takes: with 9, a word of valence 1 is neutral, and one of valence 2 is not. */
const inertia = 9

/** −1 to 1: the words of a sentence together. What follows a `but` weighs more than what it denies. */
export const scoreOf = (document: Document, sentence: Span): number => {
  const { stems, words } = document
  let sum = 0
  for (let index = sentence.from; index < sentence.end; index++) {
    const word = words[index]
    if (word === undefined) break
    if (word.key === "but" && index > sentence.from) sum *= 0.5
    const valence = valenceOf(word, stems[index] ?? "")
    if (valence !== 0) sum += turned(document, sentence, index, valence)
  }
  return sum / Math.sqrt(sum * sum + inertia)
}

/** A run of sentences that feel the same. */
interface Run {
  readonly from: number
  end: number
  readonly sentiment: Sentiment["sentiment"]
  /** Of its words. */
  sum: number
}

/** What was found. */
export interface Feelings {
  readonly sentiments: Sentiments
  /** By index of the word; nothing for words that are not analysed. */
  readonly words: ReadonlyArray<Sentiment | undefined>
}

const mean = (sum: number, count: number): Sentiment => sentimentOf(count === 0 ? 0 : sum / count)

const toSegment = (document: Document, run: Run): SentimentSegment => ({
  ...segment(document, run),
  ...mean(run.sum, run.end - run.from)
})

/**
 * How the text feels. A word feels as its sentence does, and whatever is longer as its words do in the mean, so the
 * average weighs segments by their words. Neighbouring sentences of the same sentiment are one segment.
 */
export const feelings = (document: Document): Feelings => {
  const words: Array<Sentiment | undefined> = document.words.map(() => undefined)
  const runs: Array<Run> = []
  let sum = 0
  let count = 0
  for (const sentence of document.sentences) {
    const found = sentimentOf(scoreOf(document, sentence))
    const length = sentence.end - sentence.from
    words.fill(found, sentence.from, sentence.end)
    sum += found.sentiment_score * length
    count += length
    const run = runs.at(-1)
    if (run !== undefined && run.sentiment === found.sentiment && areNeighbours(document, run, sentence)) {
      run.end = sentence.end
      run.sum += found.sentiment_score * length
    } else {
      runs.push({ ...sentence, sentiment: found.sentiment, sum: found.sentiment_score * length })
    }
  }
  return {
    sentiments: {
      segments: runs.map((run) => toSegment(document, run)),
      average: mean(sum, count)
    },
    words
  }
}
