import type { Document, Span } from "./document.ts"
import { isFunctionWord, isVague } from "./grammar.ts"

/** Deepgram gives texts back that have no more words than this. */
const shortest = 50

/** Part of the words that a summary has. */
const share = 0.25
const least = 25
const most = 120

/** Sentences with less content say too little, however frequent their words are. */
const leastContent = 3

/** The content of shorter sentences counts as if they had as many words of content. */
const usualContent = 8

interface Candidate {
  readonly sentence: Span
  /** Its content: words that say something, each once. */
  readonly stems: ReadonlySet<string>
}

const candidates = ({ sentences, stems, words }: Document): ReadonlyArray<Candidate> =>
  sentences.map((sentence) => {
    const own = new Set<string>()
    for (let index = sentence.from; index < sentence.end; index++) {
      const stem = stems[index]
      const key = words[index]?.key ?? ""
      if (stem !== undefined && /\p{L}/u.test(stem) && !isVague(key, stem) && !isFunctionWord(key)) own.add(stem)
    }
    return { sentence, stems: own }
  })

const lengthOf = ({ end, from }: Span): number => end - from

/** In how many sentences each word is. */
const frequencies = (candidates: ReadonlyArray<Candidate>): Map<string, number> => {
  const result = new Map<string, number>()
  for (const { stems } of candidates) for (const stem of stems) result.set(stem, (result.get(stem) ?? 0) + 1)
  return result
}

const relevance = ({ stems }: Candidate, weights: ReadonlyMap<string, number>): number => {
  let sum = 0
  for (const stem of stems) sum += weights.get(stem) ?? 0
  return sum / Math.max(stems.size, usualContent)
}

const mostRelevant = (
  candidates: ReadonlyArray<Candidate>,
  weights: ReadonlyMap<string, number>
): Candidate | undefined => {
  let best: Candidate | undefined
  let highest = -1
  for (const candidate of candidates) {
    const found = relevance(candidate, weights)
    if (found <= highest) continue
    best = candidate
    highest = found
  }
  return best
}

/**
 * The sentences whose words are the most frequent ones of the text. What a chosen sentence has said weighs nearly
 * nothing in the others, so that the next one says something else. If none is short enough, one is taken nevertheless.
 */
const choose = (all: ReadonlyArray<Candidate>, budget: number): ReadonlyArray<Span> => {
  const weights = frequencies(all)
  const chosen: Array<Span> = []
  let left = budget
  const fits = ({ sentence, stems }: Candidate) => stems.size >= leastContent && lengthOf(sentence) <= left
  let rest = all.filter(fits)
  let next = mostRelevant(rest.length > 0 ? rest : all, weights)
  while (next !== undefined) {
    chosen.push(next.sentence)
    left -= lengthOf(next.sentence)
    for (const stem of next.stems) weights.set(stem, Math.min(1, weights.get(stem) ?? 0) / 10)
    const taken = next
    rest = rest.filter((candidate) => candidate !== taken && fits(candidate))
    next = mostRelevant(rest, weights)
  }
  return chosen.toSorted((a, b) => a.from - b.from)
}

/** A summary. */
export interface Summary {
  /** Sentences of the text, as they stand there. */
  readonly text: string
  /** Whether it is shorter than the text. */
  readonly chosen: boolean
}

/**
 * The sentences that say most of what the text says, in their order: a quarter of its words, at most 120. A text of up
 * to 50 words is its own summary.
 */
export const summarize = (document: Document): Summary => {
  const { sentences, text } = document
  const length = sentences.reduce((sum, sentence) => sum + lengthOf(sentence), 0)
  const chosen = length > shortest
  const budget = Math.min(most, Math.max(least, Math.round(length * share)))
  const spans = chosen ? choose(candidates(document), budget) : sentences
  return { text: spans.map(text).join(" "), chosen }
}
