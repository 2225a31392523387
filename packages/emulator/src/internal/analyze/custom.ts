import { keysOf } from "../transcribe/words.ts"
import type { Document, Span } from "./document.ts"
import { isFunctionWord } from "./grammar.ts"
import { stem } from "./stem.ts"

/** Something that a sentence is about. */
export interface Match {
  /** As the request or the text spells it. */
  readonly name: string
  /** The stems of its words. */
  readonly stems: ReadonlyArray<string>
  /** How much speaks for it. */
  readonly weight: number
}

/** Weight of its words in a row. Anywhere in a sentence they are as likely as not what is meant. */
const inRow = 3

const contentOf = (keys: ReadonlyArray<string>): ReadonlyArray<string> =>
  keys.filter((key) => !isFunctionWord(key)).map(stem)

/** How often the words are next to each other, whatever grammar puts in between. */
const rows = (stems: ReadonlyArray<string>, content: ReadonlyArray<string>): number => {
  let count = 0
  for (const [index, first] of content.entries()) {
    if (first === stems[0] && stems.every((stem, offset) => content[index + offset] === stem)) count++
  }
  return count
}

/**
 * Finds which of these names a sentence is about: all of their words are in it, in any form. Only words: `sport` is not
 * found in a sentence about football. A name without words of its own, like `about it`, is never found.
 */
export const makeFinder = (
  names: ReadonlyArray<string>
): (document: Document, sentence: Span) => ReadonlyArray<Match> => {
  const wanted = names.map((name) => ({ name, stems: contentOf(keysOf(name)) })).filter(({ stems }) => stems.length > 0)
  if (wanted.length === 0) return () => []
  const byFirst = Map.groupBy(wanted, ({ stems }) => stems[0])
  return ({ stems, words }, { end, from }) => {
    const content = stems.slice(from, end).filter((_, index) => !isFunctionWord(words[from + index]?.key ?? ""))
    const all = new Set(content)
    const found: Array<Match> = []
    for (const first of all) {
      for (const { name, stems } of byFirst.get(first) ?? []) {
        if (stems.every((stem) => all.has(stem))) found.push({ name, stems, weight: rows(stems, content) * inRow || 1 })
      }
    }
    return found
  }
}
