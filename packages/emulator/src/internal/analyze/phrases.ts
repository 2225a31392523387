import type { Written } from "../transcribe/words.ts"
import { type Document, isBreak, type Span } from "./document.ts"
import { isNameable, isVague, isVerb } from "./grammar.ts"

const longest = 3

const isNoun = ({ stems, words }: Document, index: number, { end, from }: Span): boolean => {
  const word = words[index]
  if (word === undefined || !isNameable(word) || isVague(word.key, stems[index] ?? "")) return false
  const previous = index > from && !isBreak(words[index - 1], word) ? words[index - 1] : undefined
  return !isVerb(word, previous, index + 1 < end ? words[index + 1] : undefined)
}

/** Adjectives by their form: they stand in front of nouns, not alone. */
const isAdjective = (key: string): boolean => /.{3}(?:ous|ful|less|ish|able|ible)$/u.test(key)

/** The rows of up to three words of a sentence that can name something, like `account balance`. */
export const nounPhrases = (document: Document, sentence: Span): ReadonlyArray<Span> => {
  const { words } = document
  const result: Array<Span> = []
  const add = (from: number, after: number) => {
    let end = after
    while (end > from && isAdjective(words[end - 1]?.key ?? "")) end--
    if (end > from) result.push({ from: Math.max(from, end - longest), end })
  }
  let from = sentence.from
  for (let index = sentence.from; index < sentence.end; index++) {
    if (!isNoun(document, index, sentence)) {
      add(from, index)
      from = index + 1
    } else if (isBreak(words[index], words[index + 1])) {
      add(from, index + 1)
      from = index + 1
    }
  }
  add(from, sentence.end)
  return result
}

/** Capitals stay where they belong to a name, not where they begin a sentence. */
const written = ({ core }: Written, first: boolean): string =>
  first && !/^.+\p{Lu}/u.test(core) ? core.toLowerCase() : core

/** Words in a name: `account balance`. `starts` tells which of them begin a sentence. */
export const spelled = (words: ReadonlyArray<Written>, starts: (index: number) => boolean): string =>
  words.map((word, index) => written(word, starts(index))).join(" ")

/** As a name is written: `Account balance`. */
export const titled = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)
