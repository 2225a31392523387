/** A sentence, as the rules of intents look at it. */
import type { Written } from "../transcribe/words.ts"
import { type Document, isBreak, type Span } from "./document.ts"
import { conjunctions, determiners, fillers, isDangling, pronouns } from "./grammar.ts"
import { between, type Pattern } from "./intentRules.ts"
import { spelled } from "./phrases.ts"

/** A sentence without the words that may stand anywhere. */
export interface Clause {
  readonly document: Document
  readonly span: Span
  /** Which words of the document these are. */
  readonly at: ReadonlyArray<number>
  /** The keys of these words. */
  readonly keys: ReadonlyArray<string>
}

/** How the rules look at a sentence. */
export const clauseOf = (document: Document, span: Span): Clause => {
  const at: Array<number> = []
  const keys: Array<string> = []
  for (let index = span.from; index < span.end; index++) {
    const key = document.words[index]?.key ?? ""
    if (between.has(key)) continue
    at.push(index)
    keys.push(key)
  }
  return { document, span, at, keys }
}

const matchesAt = ({ keys }: Clause, pattern: Pattern, position: number): boolean =>
  pattern.every((place, offset) => place.has(keys[position + offset] ?? ""))

/** Where patterns are: the first position after each, in order. */
export const find = (clause: Clause, pattern: Pattern): ReadonlyArray<number> => {
  const found: Array<number> = []
  for (let position = 0; position + pattern.length <= clause.keys.length; position++) {
    if (matchesAt(clause, pattern, position)) found.push(position + pattern.length)
  }
  return found
}

/** The words that match the pattern, from any position or from the first one only. */
export const findWords = (clause: Clause, pattern: Pattern, first: boolean): string | undefined => {
  const after = find(clause, pattern).find((after) => !first || after === pattern.length)
  return after === undefined ? undefined : clause.keys.slice(after - pattern.length, after).join(" ")
}

const wordAt = ({ at, document }: Clause, position: number): Written | undefined => document.words[at[position] ?? -1]

/** Whether something ends in front of the position. */
export const isBreakBefore = (clause: Clause, position: number): boolean =>
  isBreak(wordAt(clause, position - 1), wordAt(clause, position))

const longestPhrase = 5
const longestClause = 8

/**
 * Up to five words from a position on, without determiners and pronouns, until something ends: `update my address,
 * please` is `update address`.
 */
export const phraseAt = (clause: Clause, position: number): string => {
  const found: Array<number> = []
  for (let index = position; index < clause.keys.length && found.length < longestPhrase; index++) {
    const key = clause.keys[index] ?? ""
    if (index > position && (conjunctions.has(key) || isBreakBefore(clause, index))) break
    if (index === position || !(determiners.has(key) || pronouns.has(key) || fillers.has(key))) found.push(index)
  }
  while (found.length > 1 && isDangling(clause.keys[found.at(-1) ?? 0] ?? "")) found.pop()
  return spelledAt(clause, found)
}

/** Up to eight words as they stand there. */
export const wordsAt = (clause: Clause, position: number): string => {
  let end = position + 1
  while (end < clause.keys.length && end < position + longestClause && !isBreakBefore(clause, end)) end++
  return spelledAt(clause, Array.from({ length: end - position }, (_, offset) => position + offset))
}

const spelledAt = (clause: Clause, positions: ReadonlyArray<number>): string => {
  const words = positions.flatMap((position) => wordAt(clause, position) ?? [])
  return spelled(words, (index) => clause.at[positions[index] ?? -1] === clause.span.from)
}
