import type { Intents, IntentSegment } from "effect-deepgram/ListenV1"
import { type Clause, clauseOf, find, findWords, isBreakBefore, phraseAt, wordsAt } from "./clause.ts"
import { makeFinder } from "./custom.ts"
import type { Document, Span } from "./document.ts"
import { determiners, isFunctionWord, pronouns, questionWords } from "./grammar.ts"
import {
  aboutRules,
  apologies,
  complaints,
  expected,
  farewells,
  greetings,
  inversions,
  objectRules,
  type Pattern,
  type Rule,
  thanks,
  verbRules
} from "./intentRules.ts"
import { isNegation } from "./lexicon.ts"
import { nounPhrases, spelled, titled } from "./phrases.ts"
import type { Wanted } from "./query.ts"
import { confidence } from "./score.ts"
import { segment } from "./segment.ts"

/** What somebody wants. */
interface Intent {
  readonly intent: string
  readonly confidence: number
}

/** More are none that a sentence is for. */
const perSentence = 3

const politely = new Set(["please", "kindly"])

/** Belong to the grammar of most sentences, and say what to do in some. */
const auxiliaryVerbs = new Set(["be", "have", "do"])

const isVerb = (key: string): boolean => /^[a-z-]+$/u.test(key) && (auxiliaryVerbs.has(key) || !isFunctionWord(key))

/** The first position from here on whose word is not one of these. */
const skip = ({ keys }: Clause, position: number, words: ReadonlySet<string>): number => {
  let found = position
  while (words.has(keys[found] ?? "")) found++
  return found
}

const byRules = (
  clause: Clause,
  rules: ReadonlyArray<Rule>,
  read: (position: number) => string | undefined
): ReadonlyArray<Intent> =>
  rules.flatMap(({ confidence, pattern }) =>
    find(clause, pattern).flatMap((position) => {
      const intent = read(position)
      return intent === undefined ? [] : [{ intent, confidence }]
    })
  )

/** `I need to update my address`: update address. */
const toDo = (clause: Clause): ReadonlyArray<Intent> =>
  byRules(clause, verbRules, (after) => {
    const position = skip(clause, after, politely)
    if (!isVerb(clause.keys[position] ?? "") || isBreakBefore(clause, position)) return undefined
    const phrase = phraseAt(clause, position)
    return auxiliaryVerbs.has(phrase) ? undefined : phrase
  })

/** `I need a refund`: request refund. */
const wantedThings = (clause: Clause): ReadonlyArray<Intent> =>
  byRules(clause, objectRules, (after) => {
    const position = skip(clause, after, determiners)
    return isFunctionWord(clause.keys[position] ?? "the") ? undefined : `request ${phraseAt(clause, position)}`
  })

/** `I'm calling about my order`: ask about order. */
const askedAbout = (clause: Clause): ReadonlyArray<Intent> =>
  byRules(clause, aboutRules, (after) => {
    const position = skip(clause, after, determiners)
    return isFunctionWord(clause.keys[position] ?? "the") ? undefined : `ask about ${phraseAt(clause, position)}`
  })

const firstOf = (clause: Clause, patterns: ReadonlyArray<Pattern>, first: boolean): string | undefined => {
  for (const pattern of patterns) {
    const words = findWords(clause, pattern, first)
    if (words !== undefined) return words
  }
  return undefined
}

/** What follows `for` or `about`, up to a few words later. */
const reason = (clause: Clause): string | undefined => {
  const position = clause.keys.findIndex((key) => key === "for" || key === "about")
  if (position < 0) return undefined
  const after = skip(clause, position + 1, determiners)
  return isFunctionWord(clause.keys[after] ?? "the") ? undefined : phraseAt(clause, after)
}

/** Hello, goodbye, thanks, sorry. */
const courtesies = (clause: Clause): ReadonlyArray<Intent> => {
  const found: Array<Intent> = []
  const greeting = firstOf(clause, greetings, true)
  if (greeting !== undefined) found.push({ intent: `say ${greeting}`, confidence: 0.9 })
  const gratitude = firstOf(clause, thanks, false)
  if (gratitude !== undefined) {
    const cause = gratitude.startsWith("no ") ? undefined : reason(clause)
    found.push({ intent: cause === undefined ? `say ${gratitude}` : `thank for ${cause}`, confidence: 0.9 })
  }
  const apology = firstOf(clause, apologies, false)
  if (apology !== undefined) {
    const cause = reason(clause)
    found.push({ intent: cause === undefined ? `say ${apology}` : `apologize for ${cause}`, confidence: 0.8 })
  }
  const farewell = firstOf(clause, farewells, false)
  if (farewell !== undefined) found.push({ intent: `say ${farewell}`, confidence: 0.9 })
  return found
}

/** The first thing that a sentence names. */
const named = ({ document, span }: Clause): string | undefined => {
  const [phrase] = nounPhrases(document, span)
  return phrase === undefined
    ? undefined
    : spelled(document.words.slice(phrase.from, phrase.end), (index) => phrase.from + index === span.from)
}

const isQuestion = ({ document, keys, span }: Clause): boolean => {
  const { suffix = "" } = document.words[span.end - 1] ?? {}
  const [first = "", second = ""] = keys
  if (suffix !== "") return suffix.includes("?")
  return inversions.has(first) && (pronouns.has(second) || determiners.has(second))
}

/** `Where is my package?`: ask about package. */
const asked = (clause: Clause): ReadonlyArray<Intent> => {
  if (!isQuestion(clause)) return []
  const name = named(clause)
  if (name !== undefined) return [{ intent: `ask about ${name}`, confidence: 0.7 }]
  const position = clause.keys.findIndex((key) => questionWords.has(key))
  return [{ intent: `ask ${wordsAt(clause, Math.max(0, position))}`, confidence: 0.6 }]
}

const isComplaint = ({ keys }: Clause): boolean =>
  keys.some((key, index) => {
    const before = keys.slice(Math.max(0, index - 2), index)
    return complaints.has(key) && !before.some(isNegation) || expected.has(key) && before.some(isNegation)
  })

/** `My order arrived damaged`: complain about order. */
const complained = (clause: Clause): ReadonlyArray<Intent> => {
  if (!isComplaint(clause)) return []
  const name = named(clause)
  return [{
    intent: name === undefined ? `complain that ${wordsAt(clause, 0)}` : `complain about ${name}`,
    confidence: 0.7
  }]
}

/** `Cancel my subscription`. */
const ordered = (clause: Clause): ReadonlyArray<Intent> => {
  const [first = "", second = ""] = clause.keys
  return isVerb(first) && !/(?:ed|ing)$/u.test(first) && (determiners.has(second) || second === "me" || second === "us")
    ? [{ intent: phraseAt(clause, 0), confidence: 0.6 }]
    : []
}

/** The first of these that finds any. */
const either = (clause: Clause, ...rules: ReadonlyArray<(clause: Clause) => ReadonlyArray<Intent>>) => {
  for (const rule of rules) {
    const found = rule(clause)
    if (found.length > 0) return found
  }
  return []
}

/** Of intents of the same name the first. */
const unique = (intents: ReadonlyArray<Intent>): ReadonlyArray<Intent> =>
  [
    ...new Map(intents.toReversed().map((intent) => [intent.intent.toLowerCase(), intent])).values()
  ].toReversed()

/** What a sentence is for, by how it is worded. */
const detected = (document: Document, sentence: Span): ReadonlyArray<Intent> => {
  const clause = clauseOf(document, sentence)
  const polite = courtesies(clause)
  const wishes = [...toDo(clause), ...wantedThings(clause), ...askedAbout(clause)]
  const others = polite.length > 0 ? either(clause, asked) : either(clause, asked, complained, ordered)
  return unique([...polite, ...(wishes.length > 0 ? wishes : others)]).slice(0, perSentence)
}

/**
 * What the sentences of a text are for, as verbs with words of the sentence, and custom intents. Sentences without an
 * intent are in no segment.
 */
export const intents = (document: Document, { names, strict }: Wanted): Intents => {
  const find = makeFinder(names)
  const segments: Array<IntentSegment> = []
  for (const sentence of document.sentences) {
    const custom = find(document, sentence).map(({ name, weight }): Intent => ({
      intent: name,
      confidence: confidence(weight)
    }))
    const own = strict ? [] : detected(document, sentence).map(({ confidence, intent }): Intent => ({
      intent: titled(intent),
      confidence
    }))
    const found = unique([...custom, ...own])
    if (found.length === 0) continue
    segments.push({
      ...segment(document, sentence),
      intents: found.map(({ confidence, intent }) => ({ intent, confidence_score: confidence }))
    })
  }
  return { segments }
}
