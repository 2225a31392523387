/** Where live audio may be cut without tearing apart what is written together. */
import { atomsOf } from "./numberWords.ts"
import type { Phrase } from "./phrases.ts"
import { isEnglish, type Query, values } from "./query.ts"
import { findKeys } from "./replace.ts"
import { type HeardWord, keysOf, type Token, tokens } from "./words.ts"

/** Seconds of silence after which nothing is written together any more, as numbers are. */
export { numberPause as longestHold } from "./numerals.ts"

/** Whether the tokens end with the beginning of the phrase. */
const begins = (spoken: ReadonlyArray<Token>, { keys }: Phrase): boolean => {
  for (let length = 1; length < keys.length; length++) {
    const tail = spoken.slice(-length)
    if (tail.length === length && tail.every(({ key }, index) => key === keys[index])) return true
  }
  return false
}

/**
 * Says whether the next word may have to be written together with the last of these: in a number, a key term or a
 * replacement. Marks of dictation are not foreseen.
 */
export const makeGoesOn = (query: Query): (words: ReadonlyArray<HeardWord>) => boolean => {
  const phrases: ReadonlyArray<Phrase> = [
    ...values(query.keyterm).map(keysOf),
    ...values(query.replace).map(findKeys)
  ].map((keys) => ({ keys }))
  const numbers = isEnglish(query.language ?? "en") && (query.numerals === true || query.smart_format === true)
  return (words) => {
    const spoken = tokens(words)
    const last = spoken.at(-1)
    if (last === undefined) return false
    if (numbers && last.suffix === "" && atomsOf(last.key) !== undefined) return true
    return phrases.some((phrase) => begins(spoken, phrase))
  }
}
