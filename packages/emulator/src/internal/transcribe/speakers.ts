import type { HeardWord, Token } from "./words.ts"

/** The speakers of a channel. */
export interface Speakers {
  /** From 0, in the order in which they are first heard. */
  readonly numberOf: (token: Pick<Token, "voice"> | undefined) => number | undefined
}

/** Tells the speakers of a channel apart by their voices. */
export const makeSpeakers = (words: ReadonlyArray<HeardWord>): Speakers => {
  const numbers = new Map<number, number>()
  for (const { voice } of words) if (!numbers.has(voice)) numbers.set(voice, numbers.size)
  return { numberOf: (token) => token === undefined ? undefined : numbers.get(token.voice) }
}
