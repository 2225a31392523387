/** Words while they are worked on. */

/** A word that the recogniser understood. */
export interface HeardWord {
  /** Exactly as spoken, for example `Hello,`. */
  readonly text: string
  /** Seconds from the start of the audio. */
  readonly start: number
  /** Seconds from the start of the audio. */
  readonly end: number
  /** 0 to 1. */
  readonly confidence: number
  /** Which voice said it. */
  readonly voice: number
}

/** What was heard on one channel, in order of time. */
export interface Hearing {
  readonly words: ReadonlyArray<HeardWord>
  /** Where somebody spoke, in seconds, also where no word was understood. */
  readonly activity: ReadonlyArray<{ readonly start: number; readonly end: number }>
}

/** A word as it is written, apart from the punctuation around it. */
export interface Written {
  readonly prefix: string
  /** Never empty: of a word that is nothing but punctuation, all of it. */
  readonly core: string
  readonly suffix: string
  /** What is compared: no case, one kind of apostrophe. */
  readonly key: string
}

/** A word that was heard. */
export interface Token extends Written {
  /** Without formatting. */
  readonly word: string
  /** The request spelled it: it is not reformatted. */
  readonly fixed: boolean
  readonly start: number
  readonly end: number
  readonly confidence: number
  readonly voice: number
}

/** Where a token comes from. */
type Origin = Pick<Token, "start" | "end" | "confidence" | "voice">

// Punctuation, but not what is spoken or belongs to a name: 50%, #1, @home, R&B.
const mark = String.raw`[^\P{P}%‰#@&*_/\\§]`

// The dash of -5 and the point of .5 belong to the number.
const leading = new RegExp(String.raw`^(?:(?!-?\.?\d)${mark})+`, "u")
// Only from the first mark of a row: from each of them would take the square of its length.
const trailing = new RegExp(`(?<!${mark})${mark}+$`, "u")

/** Splits a word from the punctuation around it. */
export const split = (text: string): Omit<Written, "key"> => {
  const prefix = leading.exec(text)?.[0] ?? ""
  const rest = text.slice(prefix.length)
  const suffix = trailing.exec(rest)?.[0] ?? ""
  const core = rest.slice(0, rest.length - suffix.length)
  return core === "" ? { prefix: "", core: text, suffix: "" } : { prefix, core, suffix }
}

/** The form in which words are compared. */
export const keyOf = (core: string): string => core.normalize("NFC").toLowerCase().replaceAll("\u2019", "'")

/** The keys of the words of a text. */
export const keysOf = (text: string): ReadonlyArray<string> => pieces(text).map((piece) => keyOf(split(piece).core))

/** The words of a text, with their punctuation. */
export const pieces = (text: string): ReadonlyArray<string> => text.split(/\s+/u).filter((piece) => piece !== "")

/** Whether it is nothing but punctuation. */
export const isPunctuation = (token: Token): boolean => /^\p{P}+$/u.test(token.core)

const token = (text: string, { confidence, end, start, voice }: Origin): Token => {
  const parts = split(text)
  return {
    ...parts,
    word: parts.core.toLowerCase(),
    key: keyOf(parts.core),
    fixed: false,
    start,
    end,
    confidence,
    voice
  }
}

/** Gives each text the part of the time that its length asks for. */
export const spread = (texts: ReadonlyArray<string>, origin: Origin): ReadonlyArray<Origin> => {
  const total = texts.reduce((sum, text) => sum + text.length, 0)
  const duration = origin.end - origin.start
  let before = 0
  let start = origin.start
  return texts.map((text, index) => {
    before += text.length
    const end = index === texts.length - 1 ? origin.end : origin.start + duration * before / total
    const part = { ...origin, start, end }
    start = end
    return part
  })
}

/** The tokens of what was heard. */
export const tokens = (words: ReadonlyArray<HeardWord>): ReadonlyArray<Token> =>
  words.flatMap((word) => {
    const texts = pieces(word.text)
    const origins = spread(texts, word)
    return texts.map((text, index) => token(text, origins[index] ?? word))
  })

/** The token as it was spoken or spelled by the request, with its punctuation. */
export const textOf = ({ core, prefix, suffix }: Written): string => prefix + core + suffix

/** What is shown of the token. */
export const shown = (token: Token, formatted: boolean): string => formatted ? textOf(token) : token.word

/** The tokens as a text. */
export const join = (tokens: ReadonlyArray<Token>, formatted: boolean): string =>
  tokens.map((token) => shown(token, formatted)).join(" ")

/** Mean confidence; 0 when there is nothing to be confident of. */
export const confidenceOf = (tokens: ReadonlyArray<Pick<Token, "confidence">>): number =>
  tokens.length === 0 ? 0 : tokens.reduce((sum, { confidence }) => sum + confidence, 0) / tokens.length

/** At least one token. */
export type Tokens = readonly [Token, ...ReadonlyArray<Token>]

/** From the first of the tokens to the last. */
export const originOf = (tokens: Tokens): Origin => ({
  start: tokens[0].start,
  end: tokens.at(-1)?.end ?? tokens[0].end,
  confidence: confidenceOf(tokens),
  voice: tokens[0].voice
})

/** One token in place of several, written as `core`; the punctuation around them stays. */
export const merge = (tokens: Tokens, core: string): Token => ({
  ...originOf(tokens),
  prefix: tokens[0].prefix,
  core,
  suffix: tokens.at(-1)?.suffix ?? "",
  word: core,
  key: keyOf(core),
  fixed: true
})
