import { type Phrase, rewritePhrases } from "./phrases.ts"
import { endsSentence } from "./sentences.ts"
import { keyOf, pieces, split, type Token } from "./words.ts"

interface KeyTerm extends Phrase {
  readonly parts: ReadonlyArray<string>
}

const keyTerm = (text: string): KeyTerm => {
  const parts = pieces(text)
  return { parts, keys: parts.map((part) => keyOf(split(part).core)) }
}

/** `hello` at the start of a sentence stays `Hello`; `iPhone` stays what it is. */
const capitalized = (core: string, spoken: Token, startsSentence: boolean): string => {
  const initial = spoken.core.slice(0, 1)
  return startsSentence && core === core.toLowerCase() && initial !== initial.toLowerCase()
    ? core.slice(0, 1).toUpperCase() + core.slice(1)
    : core
}

/** A spoken word as the key term writes it, surer than it was heard: halfway to 1. */
const written = (spoken: Token, part: string, startsSentence: boolean): Token => {
  const term = split(part)
  return {
    ...spoken,
    prefix: spoken.prefix.endsWith(term.prefix) ? spoken.prefix : spoken.prefix + term.prefix,
    core: capitalized(term.core, spoken, startsSentence),
    suffix: spoken.suffix.startsWith(term.suffix) ? spoken.suffix : term.suffix + spoken.suffix,
    word: part,
    fixed: true,
    confidence: (spoken.confidence + 1) / 2
  }
}

/** Writes the words of each key term as the key term is written. */
export const applyKeyterms = (
  tokens: ReadonlyArray<Token>,
  terms: ReadonlyArray<string>
): ReadonlyArray<Token> =>
  rewritePhrases(
    tokens,
    terms.map(keyTerm).filter(({ keys }) => keys.length > 0),
    ({ parts }, matched, previous) => {
      const startsSentence = previous === undefined || endsSentence(previous, matched[0])
      return {
        tokens: matched.map((spoken, index) => written(spoken, parts[index] ?? "", startsSentence && index === 0))
      }
    }
  )
