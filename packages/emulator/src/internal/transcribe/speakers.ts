import type { HeardWord, Token } from "./words.ts"

/** The speakers of a channel. */
export interface Speakers {
  /** Gives a number to the voices that were not heard before. */
  readonly meet: (words: ReadonlyArray<Pick<HeardWord, "voice">>) => void
  /** From 0, in the order in which they are first heard. */
  readonly numberOf: (token: Pick<Token, "voice"> | undefined) => number | undefined
}

/** Tells the speakers of a channel apart by their voices. */
export const makeSpeakers = (): Speakers => {
  const numbers = new Map<number, number>()
  return {
    meet: (words) => {
      for (const { voice } of words) if (!numbers.has(voice)) numbers.set(voice, numbers.size)
    },
    numberOf: (token) => token === undefined ? undefined : numbers.get(token.voice)
  }
}
