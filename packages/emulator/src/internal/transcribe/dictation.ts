import { type Phrase, rewritePhrases } from "./phrases.ts"
import { endsSentence } from "./sentences.ts"
import type { Token } from "./words.ts"

interface Command extends Phrase {
  readonly mark: string
}

const command = (mark: string, ...names: ReadonlyArray<string>): ReadonlyArray<Command> =>
  names.map((name) => ({ mark, keys: name.split(" ") }))

const commands: ReadonlyArray<Command> = [
  ...command(",", "comma"),
  ...command(".", "period", "full stop"),
  ...command("?", "question mark"),
  ...command("!", "exclamation mark", "exclamation point"),
  ...command(":", "colon"),
  ...command(";", "semicolon")
]

const capitalize = (token: Token, previous: Token): Token =>
  !token.fixed && previous.suffix !== "" && endsSentence(previous, token)
    ? { ...token, core: token.core.slice(0, 1).toUpperCase() + token.core.slice(1) }
    : token

/**
 * Obeys the English commands for punctuation marks: the mark goes to the word before, and a new sentence begins with a
 * capital. Commands for line breaks are not obeyed: they stay words. `before`: what was written before the tokens.
 */
export const applyDictation = (
  tokens: ReadonlyArray<Token>,
  before: Token | undefined
): ReadonlyArray<Token> => {
  const marked = rewritePhrases(
    tokens,
    commands,
    ({ mark }, matched, previous) =>
      previous === undefined || previous.voice !== matched[0].voice || matched.some(({ fixed }) => fixed)
        ? undefined
        : { tokens: [], previous: { ...previous, suffix: previous.suffix.replace(/[.,:;?!]+$/, "") + mark } }
  )
  return marked.map((token, index) => {
    const previous = index === 0 ? before : marked[index - 1]
    return previous === undefined ? token : capitalize(token, previous)
  })
}
