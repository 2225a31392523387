import { type Phrase, rewritePhrases, type Rewritten } from "./phrases.ts"
import { endsSentence } from "./sentences.ts"
import { keyOf, keysOf, originOf, pieces, split, spread, type Token, type Tokens } from "./words.ts"

interface Rule extends Phrase {
  /** As they must be spelled; a term without capitals is found in any spelling. */
  readonly cores: ReadonlyArray<string> | undefined
  readonly replacement: ReadonlyArray<string>
}

/** What a rule looks for. */
const findOf = (text: string): string => text.split(":", 1)[0] ?? ""

/** The keys of the words that a rule looks for. */
export const findKeys = (text: string): ReadonlyArray<string> => keysOf(findOf(text))

/** `find:replace`; without the colon or with nothing after it the term is removed. */
const rule = (text: string): Rule => {
  const colon = text.indexOf(":")
  const find = findOf(text)
  return {
    keys: findKeys(text),
    cores: find === find.toLowerCase() ? undefined : pieces(find).map((piece) => split(piece).core),
    replacement: colon < 0 ? [] : pieces(text.slice(colon + 1))
  }
}

/** A removed word hands the end of its sentence over to the one before. */
const remove = (matched: Tokens, previous: Token | undefined): Rewritten => {
  const last = matched.at(-1) ?? matched[0]
  return previous !== undefined && previous.voice === last.voice &&
      endsSentence(last, undefined) && !endsSentence(previous, undefined)
    ? { tokens: [], previous: { ...previous, suffix: last.suffix } }
    : { tokens: [] }
}

/** As many words as were found keep their times; others share the time. */
const write = (matched: Tokens, replacement: ReadonlyArray<string>): Rewritten => {
  const last = replacement.length - 1
  const origins = matched.length === replacement.length ? matched : spread(replacement, originOf(matched))
  return {
    tokens: replacement.map((text, index) => {
      const { confidence, end, start, voice } = origins[index] ?? matched[0]
      return {
        prefix: index === 0 ? matched[0].prefix : "",
        core: text,
        suffix: index === last ? matched.at(-1)?.suffix ?? "" : "",
        word: text,
        key: keyOf(split(text).core),
        fixed: true,
        start,
        end,
        confidence,
        voice
      }
    })
  }
}

/** Replaces terms by others, written as the rules write them. */
export const applyReplacements = (
  tokens: ReadonlyArray<Token>,
  rules: ReadonlyArray<string>
): ReadonlyArray<Token> =>
  rewritePhrases(
    tokens,
    rules.map(rule).filter(({ keys }) => keys.length > 0),
    ({ cores, replacement }, matched, previous) =>
      cores !== undefined && matched.some((token, index) => token.core !== cores[index])
        ? undefined
        : replacement.length === 0
        ? remove(matched, previous)
        : write(matched, replacement)
  )
