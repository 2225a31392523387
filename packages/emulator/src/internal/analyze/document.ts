/** A text while it is analysed: its words and sentences. */
import { endsSentence } from "../transcribe/sentences.ts"
import { keyOf, split, type Written } from "../transcribe/words.ts"
import { stem } from "./stem.ts"

/** Words in a row. */
export interface Span {
  /** Index of the first word. */
  readonly from: number
  /** Index after the last word. */
  readonly end: number
}

/** A text that is analysed. */
export interface Document {
  readonly words: ReadonlyArray<Written>
  /** The stem of each word. */
  readonly stems: ReadonlyArray<string>
  /** In order, none empty. All words are in one, except those that are not analysed. */
  readonly sentences: ReadonlyArray<Span>
  /** Where another part begins that has nothing to do with the one before, as another channel does. */
  readonly boundaries: ReadonlySet<number>
  /** The words of a span as they stand in the text. */
  readonly text: (span: Span) => string
}

/** Speech without punctuation has no end: what has more words is cut. */
const longestSentence = 60

const cut = ({ end, from }: Span): ReadonlyArray<Span> => {
  const parts = Math.ceil((end - from) / longestSentence)
  return Array.from({ length: parts }, (_, index) => ({
    from: from + Math.floor((end - from) * index / parts),
    end: from + Math.floor((end - from) * (index + 1) / parts)
  }))
}

/** A document of these words and sentences. */
export const makeDocument = ({ boundaries, sentences, text, words }: Omit<Document, "stems">): Document => {
  const stems = new Map<string, string>()
  const stemOf = (key: string): string => {
    const known = stems.get(key)
    if (known !== undefined) return known
    const found = stem(key)
    stems.set(key, found)
    return found
  }
  return { words, stems: words.map(({ key }) => stemOf(key)), sentences: sentences.flatMap(cut), boundaries, text }
}

interface Placed extends Written {
  /** Where it begins in the text. */
  readonly at: number
  /** Where it ends in the text. */
  readonly after: number
}

const blankLine = /\n\s*\n/u

const sentencesOf = (text: string, words: ReadonlyArray<Placed>): ReadonlyArray<Span> => {
  const result: Array<Span> = []
  let from = 0
  for (const [index, word] of words.entries()) {
    const next = words[index + 1]
    if (next !== undefined && !endsSentence(word, next) && !blankLine.test(text.slice(word.after, next.at))) continue
    result.push({ from, end: index + 1 })
    from = index + 1
  }
  return result
}

/**
 * The document of a text. A word is what stands between white space, as Deepgram counts. Sentences end as they do in
 * transcripts, and at blank lines.
 */
export const documentOf = (text: string): Document => {
  const words = Array.from(text.matchAll(/\S+/gu), (match): Placed => {
    const parts = split(match[0])
    return { ...parts, key: keyOf(parts.core), at: match.index, after: match.index + match[0].length }
  })
  return makeDocument({
    words,
    sentences: sentencesOf(text, words),
    boundaries: new Set(),
    text: ({ end, from }) => text.slice(words[from]?.at, words[end - 1]?.after)
  })
}

/** Whether something in the middle of a sentence ends between two words: there is punctuation, or the sentence ends. */
export const isBreak = (word: Written | undefined, next: Written | undefined): boolean =>
  word === undefined || next === undefined || word.suffix !== "" || next.prefix !== ""
