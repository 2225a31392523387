import { exact } from "../seconds.ts"
import { textOf, type Token, type Written } from "./words.ts"

const finalMark = /[.!?\u2026\u3002\uff01\uff1f\u0964\u061f]["'\u201d\u2019\u00bb)\]]*$/u
const ellipsis = /(?:\.\.|\u2026)["'\u201d\u2019\u00bb)\]]*$/u
const period = /\.["'\u201d\u2019\u00bb)\]]*$/u

// A name or a number follows.
const titles = new Set(["mr", "mrs", "ms", "mx", "dr", "prof", "st", "mt", "vs", "cf", "e.g", "i.e"])
// May stand at the end of a sentence: the next word tells.
const abbreviations = new Set(["etc", "inc", "ltd", "co", "corp", "jr", "sr", "dept", "approx"])

const isInitial = (core: string): boolean => /^\p{Lu}$/u.test(core) && core !== "I"
const isInitials = (key: string): boolean => /^\p{L}(?:\.\p{L})+$/u.test(key)

/** Begins as a sentence does; scripts without capitals cannot tell. */
const beginsSentence = ({ core }: Written): boolean => !/^\p{Ll}/u.test(core)

/** Whether a sentence ends with the word. */
export const endsSentence = (token: Written, next: Written | undefined): boolean => {
  const text = textOf(token)
  if (!finalMark.test(text)) return false
  if (next === undefined) return true
  if (ellipsis.test(text)) return beginsSentence(next)
  if (!period.test(text)) return true
  if (titles.has(token.key) || isInitial(token.core)) return false
  return abbreviations.has(token.key) || isInitials(token.key) ? beginsSentence(next) : true
}

/** Seconds of silence. */
export const pauseBetween = (before: { readonly end: number }, next: { readonly start: number }): number =>
  exact(next.start - before.end)

/** Seconds of silence that end a sentence, whatever the punctuation. */
const longPause = 2

/** The sentences of what was said; with `diarized` none has two speakers. */
export const sentences = (tokens: ReadonlyArray<Token>, diarized: boolean): ReadonlyArray<ReadonlyArray<Token>> => {
  const result: Array<Array<Token>> = []
  let current: Array<Token> = []
  for (const [index, token] of tokens.entries()) {
    current.push(token)
    const next = tokens[index + 1]
    if (
      next === undefined || endsSentence(token, next) || pauseBetween(token, next) >= longPause ||
      (diarized && token.voice !== next.voice)
    ) {
      result.push(current)
      current = []
    }
  }
  return result
}
