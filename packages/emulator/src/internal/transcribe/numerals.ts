import { type Atom, atomsOf, type Numeral, parseNumber } from "./numberWords.ts"
import { pauseBetween } from "./sentences.ts"
import { merge, type Token } from "./words.ts"

/** Seconds of silence that a number does not span. */
export const numberPause = 0.8

const months = new Set(
  ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november"]
    .concat("december")
)
/** `no one`, `this one`: no numbers. */
const beforePronoun = new Set(
  ["no", "any", "some", "every", "each", "which", "this", "that", "another", "other", "the", "only"]
)
/** `one of them`, `one another`. */
const afterPronoun = new Set(["of", "another"])
/** `half a million`, `many a thousand`. */
const beforeArticle = new Set(["half", "quarter", "third", "many", "such", "quite", "what"])
/** `two thirds` stay words. */
const fractions = new Set([
  ..."half halves third thirds quarter quarters fourth fourths fifth fifths sixth sixths seventh sevenths".split(" "),
  ..."eighth eighths ninth ninths tenth tenths hundredth hundredths thousandth thousandths".split(" ")
])

const isMonth = (token: Token | undefined): boolean =>
  // May and March are months with a capital only.
  token !== undefined && months.has(token.key) && (!/^ma(?:y|rch)$/.test(token.key) || token.core !== token.key)

/** Tokens that may be one number: no punctuation, no pause and no other voice between them. */
const runs = (tokens: ReadonlyArray<Token>): Array<Array<Token>> => {
  const result: Array<Array<Token>> = []
  let last: Token | undefined
  for (const token of tokens) {
    const goesOn = last !== undefined && last.suffix === "" && token.prefix === "" && last.voice === token.voice &&
      pauseBetween(last, token) < numberPause
    if (goesOn) result.at(-1)?.push(token)
    else result.push([token])
    last = token
  }
  return result
}

interface Span {
  readonly text: string
  readonly from: number
  readonly end: number
}

/** The atoms of a run, and which of them begin a word. */
const layOut = (run: ReadonlyArray<Token>) => {
  const atoms: Array<Atom | undefined> = []
  const starts = new Map<number, number>()
  for (const [index, token] of run.entries()) {
    starts.set(atoms.length, index)
    atoms.push(...(token.fixed ? undefined : atomsOf(token.key)) ?? [undefined])
  }
  starts.set(atoms.length, run.length)
  return { atoms, starts, firstAtoms: [...starts.keys()] }
}

/** `undefined` when a number would begin or end inside a word. */
const toSpans = (numerals: ReadonlyArray<Numeral>, starts: ReadonlyMap<number, number>): Array<Span> | undefined => {
  const spans: Array<Span> = []
  for (const { end, from, text } of numerals) {
    const first = starts.get(from)
    const next = starts.get(end)
    if (first === undefined || next === undefined) return undefined
    spans.push({ text, from: first, end: next })
  }
  return spans
}

/** Words that could be a number, but are not meant as one. */
const staysWords = (run: ReadonlyArray<Token>, { end, from, text }: Span): boolean => {
  const previous = run[from - 1]
  const first = run[from]
  const next = run[end]
  const single = end - from === 1
  if (next !== undefined && fractions.has(next.key) && !/\D$/.test(text)) return true
  if (previous !== undefined && /^an?$/.test(first?.key ?? "") && beforeArticle.has(previous.key)) return true
  if (single && first?.key === "one") {
    return beforePronoun.has(previous?.key ?? "") || afterPronoun.has(next?.key ?? "")
  }
  return single && /^\d\D/.test(text) && !isMonth(previous) && !(next?.key === "of" && isMonth(run[end + 1]))
}

const convert = (run: ReadonlyArray<Token>, joinDigits: boolean): ReadonlyArray<Token> => {
  const { atoms, firstAtoms, starts } = layOut(run)
  const result: Array<Token> = []
  for (let index = 0; index < run.length;) {
    const spans = toSpans(parseNumber(atoms, firstAtoms[index] ?? 0, joinDigits), starts) ?? []
    const end = spans.at(-1)?.end ?? index + 1
    const words = run.slice(index, end)
    const [span] = spans
    if (span === undefined || (spans.length === 1 && staysWords(run, span))) {
      result.push(...words)
    } else {
      for (const { end, from, text } of spans) {
        const [first, ...others] = run.slice(from, end)
        if (first !== undefined) result.push(merge([first, ...others], text))
      }
    }
    index = end
  }
  return result
}

/**
 * Writes English number words as digits: `twenty five` as 25, `three point one four` as 3.14, `two thousand twenty six`
 * and `twenty twenty six` as 2026, `twenty first` as 21st, without separators. Digits said one by one stay apart, as
 * Deepgram documents for `numerals`; with `joinDigits` three or more are written as one number.
 *
 * Words stay where they are no number (`no one`, `one of them`, `two thirds`), and so do `first` to `ninth` other than
 * in a date (`May fifth`, `the fifth of May`).
 */
export const applyNumerals = (tokens: ReadonlyArray<Token>, joinDigits: boolean): ReadonlyArray<Token> =>
  runs(tokens).flatMap((run) => convert(run, joinDigits))
