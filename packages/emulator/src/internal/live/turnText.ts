import { readChannel } from "../transcribe/channel.ts"
import { detectLanguage } from "../transcribe/language.ts"
import { endsSentence, sentences } from "../transcribe/sentences.ts"
import { type HeardWord, join, textOf, type Token } from "../transcribe/words.ts"
import type { TurnWord } from "./turnMessages.ts"
import type { Settings } from "./turnSettings.ts"

/** A turn as it is written: always with capitals and punctuation. */
export interface Reading {
  readonly transcript: string
  readonly words: ReadonlyArray<TurnWord>
  /** Most frequent first, none where nothing is said; of `flux-general-multi` only. */
  readonly languages: ReadonlyArray<string> | undefined
  readonly sentenceEnded: boolean
}

const languageOf = (tokens: ReadonlyArray<Token>, hints: ReadonlyArray<string>): string | undefined =>
  detectLanguage(join(tokens, true), hints.length === 0 ? undefined : hints)?.language

/** Each word counts for the language of its sentence; with hints it is one of these. */
const languagesOf = (tokens: ReadonlyArray<Token>, hints: ReadonlyArray<string>): ReadonlyArray<string> => {
  const counts = new Map<string, number>()
  for (const sentence of sentences(tokens, false)) {
    const language = languageOf(sentence, hints)
    if (language !== undefined) counts.set(language, (counts.get(language) ?? 0) + sentence.length)
  }
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([language]) => language)
}

const toWord = (token: Token): TurnWord => ({
  word: textOf(token),
  confidence: token.confidence,
  start: token.start,
  end: token.end
})

/** The words of a turn, by the rules for recordings. */
export const readTurn = (heard: ReadonlyArray<HeardWord>, settings: Settings): Reading => {
  const { keyterms, languageHints, multilingual, numerals } = settings
  const { tokens } = readChannel({ words: heard, activity: [] }, { keyterm: keyterms, numerals }, 0)
  const last = tokens.at(-1)
  return {
    transcript: join(tokens, true),
    words: tokens.map(toWord),
    languages: multilingual ? languagesOf(tokens, languageHints) : undefined,
    sentenceEnded: last !== undefined && endsSentence(last, undefined)
  }
}
