import type { Token, Tokens } from "./words.ts"

/** Words in a row. */
export interface Phrase {
  readonly keys: ReadonlyArray<string>
}

/** The tokens of the phrase, when it begins at `index` and one voice says it; punctuation in it does not matter. */
export const matchAt = (tokens: ReadonlyArray<Token>, index: number, { keys }: Phrase): Tokens | undefined => {
  const first = tokens[index]
  if (first === undefined) return undefined
  const said = keys.every((key, offset) => {
    const token = tokens[index + offset]
    return token?.key === key && token.voice === first.voice
  })
  return said ? [first, ...tokens.slice(index + 1, index + keys.length)] : undefined
}

/** What is written instead of a phrase. */
export interface Rewritten {
  readonly tokens: ReadonlyArray<Token>
  /** In place of the token before the phrase. */
  readonly previous?: Token
}

/**
 * Rewrites the tokens of each phrase, once: what was written is not read again. Longer phrases go first, then earlier
 * ones. Where `rewrite` answers nothing, the tokens stay.
 */
export const rewritePhrases = <P extends Phrase>(
  tokens: ReadonlyArray<Token>,
  phrases: ReadonlyArray<P>,
  rewrite: (phrase: P, matched: Tokens, previous: Token | undefined) => Rewritten | undefined
): ReadonlyArray<Token> => {
  if (phrases.length === 0) return tokens
  const byFirstKey = Map.groupBy(
    phrases.toSorted((a, b) => b.keys.length - a.keys.length),
    ({ keys }) => keys[0]
  )
  const written: Array<Token> = []
  const rewriteAt = (index: number, token: Token): number => {
    for (const phrase of byFirstKey.get(token.key) ?? []) {
      const matched = matchAt(tokens, index, phrase)
      const rewritten = matched && rewrite(phrase, matched, written.at(-1))
      if (rewritten === undefined) continue
      if (rewritten.previous !== undefined) written.splice(-1, 1, rewritten.previous)
      written.push(...rewritten.tokens)
      return phrase.keys.length
    }
    written.push(token)
    return 1
  }
  for (let index = 0; index < tokens.length;) {
    const token = tokens[index]
    if (token === undefined) break
    index += rewriteAt(index, token)
  }
  return written
}
