import type { Topics, TopicSegment } from "effect-deepgram/ListenV1"
import { makeFinder, type Match, strongest } from "./custom.ts"
import type { Document, Span } from "./document.ts"
import { nounPhrases, spelled, titled } from "./phrases.ts"
import type { Wanted } from "./query.ts"
import { confidence } from "./score.ts"
import { areNeighbours, segment } from "./segment.ts"

/** More are no topics. */
const perSegment = 3

/** Longer ones are no longer about one thing. */
const sentencesPerSegment = 5

/** A phrase says more than a word, by its number of words. */
const worth = [0, 1, 1.5, 1.75]

/** The words of a phrase, and all rows of words in it; a name in capitals is one. */
const parts = ({ words }: Document, starts: ReadonlySet<number>, { end, from }: Span): ReadonlyArray<Span> => {
  const result: Array<Span> = []
  const isName = !starts.has(from) && words.slice(from, end).every(({ core }) => /^\p{Lu}/u.test(core))
  if (isName) return [{ from, end }]
  for (let start = from; start < end; start++) {
    for (let stop = start + 1; stop <= end; stop++) result.push({ from: start, end: stop })
  }
  return result
}

/** The heaviest ones that share no word. */
const heaviest = (found: ReadonlyArray<Match>): ReadonlyArray<Match> => {
  const chosen: Array<Match> = []
  const taken = new Set<string>()
  for (const topic of found.toSorted((a, b) => b.weight - a.weight || b.stems.length - a.stems.length)) {
    if (chosen.length === perSegment) break
    if (topic.stems.some((stem) => taken.has(stem))) continue
    for (const stem of topic.stems) taken.add(stem)
    chosen.push(topic)
  }
  return chosen
}

/** A row of words that names something, and how often it does. */
interface Known {
  readonly name: string
  readonly stems: ReadonlyArray<string>
  count: number
}

const weightOf = ({ count, stems }: Known): number => count * (worth[stems.length] ?? 0)

/**
 * What each sentence is about. A name weighs as much as it is frequent in the whole text; the more there is to say
 * about the main topic, the more it takes to be another one.
 */
const detected = (document: Document): ReadonlyArray<ReadonlyArray<Match>> => {
  const { sentences, stems, words } = document
  const starts = new Set(sentences.map(({ from }) => from))
  const known = new Map<string, Known>()
  const count = ({ end, from }: Span): Known => {
    const own = stems.slice(from, end)
    const key = own.join(" ")
    const found = known.get(key) ?? {
      name: titled(spelled(words.slice(from, end), (index) => starts.has(from + index))),
      stems: own,
      count: 0
    }
    known.set(key, found)
    found.count++
    return found
  }
  const named = sentences.map((sentence) => {
    const phrases = nounPhrases(document, sentence)
    return new Set(phrases.flatMap((phrase) => parts(document, starts, phrase)).map(count))
  })
  let best = 0
  for (const name of known.values()) best = Math.max(best, weightOf(name))
  const least = Math.sqrt(best / 2)
  return named.map((names) =>
    heaviest(
      Array.from(names, (known) => ({ name: known.name, stems: known.stems, weight: weightOf(known) }))
        .filter(({ weight }) => weight >= least)
    )
  )
}

/** What a sentence is about. */
interface About {
  readonly sentence: Span
  readonly custom: ReadonlyArray<Match>
  readonly own: ReadonlyArray<Match>
}

const share = (one: ReadonlyArray<Match>, other: ReadonlyArray<Match>): boolean =>
  one.some(({ name }) => other.some((topic) => topic.name === name))

/** Neighbours that share a topic, and all that have one. */
const groups = (document: Document, sentences: ReadonlyArray<About>): ReadonlyArray<ReadonlyArray<About>> => {
  const result: Array<Array<About>> = []
  for (const next of sentences) {
    if (next.custom.length + next.own.length === 0) continue
    const group = result.at(-1)
    const last = group?.at(-1)
    if (
      group !== undefined && last !== undefined && group.length < sentencesPerSegment &&
      areNeighbours(document, last.sentence, next.sentence) &&
      (share(last.custom, next.custom) || share(last.own, next.own))
    ) {
      group.push(next)
    } else {
      result.push([next])
    }
  }
  return result
}

const merged = (topics: ReadonlyArray<Match>): ReadonlyArray<Match> => {
  const byName = Map.groupBy(topics, ({ name }) => name)
  return Array.from(byName.values(), (same) => same.reduce((a, b) => a.weight >= b.weight ? a : b))
}

const toSegment = (document: Document, group: ReadonlyArray<About>): TopicSegment => {
  const custom = strongest(merged(group.flatMap(({ custom }) => custom)))
  const asked = new Set(custom.map(({ stems }) => stems.join(" ")))
  const own = heaviest(merged(group.flatMap(({ own }) => own))).filter(({ stems }) => !asked.has(stems.join(" ")))
  return {
    ...segment(document, { from: group[0]?.sentence.from ?? 0, end: group.at(-1)?.sentence.end ?? 0 }),
    topics: [...custom, ...own].map(({ name, weight }) => ({ topic: name, confidence_score: confidence(weight) }))
  }
}

/**
 * What the text is about: names out of the text itself, and custom topics. Neighbouring sentences that share a topic
 * are one segment; sentences without a topic are in none.
 */
export const topics = (document: Document, { names, strict }: Wanted): Topics => {
  const find = makeFinder(names)
  const own = strict ? [] : detected(document)
  const sentences = document.sentences.map((sentence, index): About => ({
    sentence,
    custom: find(document, sentence),
    own: own[index] ?? []
  }))
  return { segments: groups(document, sentences).map((group) => toSegment(document, group)) }
}
