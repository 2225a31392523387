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

/** More do not come in one answer for one segment: long texts with many names would have answers of gigabytes. */
const perSegment = 10

/** The ones that most speaks for, of those of the same weight the first. */
export const strongest = (found: ReadonlyArray<Match>): ReadonlyArray<Match> =>
  found.toSorted((a, b) => b.weight - a.weight).slice(0, perSegment)

/** Weight of its words in a row. Anywhere in a sentence they are as likely as not what is meant. */
const inRow = 3

const contentOf = (keys: ReadonlyArray<string>): ReadonlyArray<string> =>
  keys.filter((key) => !isFunctionWord(key)).map(stem)

/** How often the words are next to each other, whatever grammar puts in between. */
const rows = (stems: ReadonlyArray<string>, content: ReadonlyArray<string>): number => {
  let count = 0
  for (let index = 0; index + stems.length <= content.length; index++) {
    if (stems.every((stem, offset) => content[index + offset] === stem)) count++
  }
  return count
}

/**
 * Finds which of these names a sentence is about, ten at most: all of their words are in it, in any form. Only words:
 * `sport` is not found in a sentence about football. A name without words of its own, like `about it`, is never found.
 */
export const makeFinder = (
  names: ReadonlyArray<string>
): (document: Document, sentence: Span) => ReadonlyArray<Match> => {
  const wanted = [...new Set(names)].flatMap((name) => {
    const stems = contentOf(keysOf(name))
    return stems.length === 0 ? [] : [{ name, stems, needed: [...new Set(stems)] }]
  })
  if (wanted.length === 0) return () => []
  const byFirst = Map.groupBy(wanted, ({ stems }) => stems[0])
  return ({ stems, words }, { end, from }) => {
    const content = stems.slice(from, end).filter((_, index) => !isFunctionWord(words[from + index]?.key ?? ""))
    const all = new Set(content)
    const found: Array<Match> = []
    for (const first of all) {
      for (const { name, needed, stems } of byFirst.get(first) ?? []) {
        if (needed.every((stem) => all.has(stem))) {
          found.push({ name, stems, weight: rows(stems, content) * inRow || 1 })
        }
      }
    }
    return strongest(found)
  }
}
