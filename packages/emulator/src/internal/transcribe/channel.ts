/** One channel: from what was heard to its transcript. */
import type { Alternative, Channel, Word } from "effect-deepgram/ListenV1"
import { applyDictation } from "./dictation.ts"
import { applyKeyterms } from "./keyterms.ts"
import { type Detection, detectLanguage } from "./language.ts"
import { applyMeasurements } from "./measurements.ts"
import { applyNumerals } from "./numerals.ts"
import { paragraphs } from "./paragraphs.ts"
import { isDiarized, isEnglish, isFormatted, type Query, values } from "./query.ts"
import { applyReplacements } from "./replace.ts"
import { search } from "./search.ts"
import { sentences } from "./sentences.ts"
import { makeSpeakers, type Speakers } from "./speakers.ts"
import { confidenceOf, type Hearing, join, textOf, type Token, tokens } from "./words.ts"

/** The transcript of a channel, and what it was made of. */
export interface Line {
  readonly channel: number
  readonly activity: Hearing["activity"]
  /** As heard. */
  readonly spoken: ReadonlyArray<Token>
  /** As written, one for each of `words`. */
  readonly tokens: ReadonlyArray<Token>
  readonly words: ReadonlyArray<Word>
  readonly speakers: Speakers | undefined
  /** With capitals and punctuation. */
  readonly formatted: boolean
  readonly detected: Detection | undefined
  /** As requested, else as detected; BCP-47. */
  readonly language: string
}

/**
 * Order matters. Key terms help to understand, so they go first; dictation commands, replacements and numbers are then
 * found among the words as they were spoken, so `replace=twenty five:many` works whether or not `numerals` is on, and
 * what a request spelled itself (key terms, replacements) is not turned into digits. Units follow numbers, and are
 * last. `search` looks at what was spoken, before all of this.
 */
const rewrite = (
  spoken: ReadonlyArray<Token>,
  query: Query,
  english: boolean,
  before: Token | undefined
): ReadonlyArray<Token> => {
  let tokens = applyKeyterms(spoken, values(query.keyterm))
  if (english && query.dictation === true) tokens = applyDictation(tokens, before)
  tokens = applyReplacements(tokens, values(query.replace))
  if (english && (query.numerals === true || query.smart_format === true)) {
    tokens = applyNumerals(tokens, query.smart_format === true)
  }
  return english && query.measurements === true ? applyMeasurements(tokens) : tokens
}

const plainText = (tokens: ReadonlyArray<Token>): string => tokens.map(textOf).join(" ")

/** The language of each token: that of its sentence, or of everything where a sentence says too little. */
const languagesOf = (tokens: ReadonlyArray<Token>, diarized: boolean): ReadonlyArray<string | undefined> => {
  const all = detectLanguage(plainText(tokens))?.language
  return sentences(tokens, diarized).flatMap((sentence) => {
    const detected = detectLanguage(plainText(sentence))
    const language = detected !== undefined && detected.confidence >= 0.5 ? detected.language : all
    return sentence.map(() => language)
  })
}

const detect = (spoken: ReadonlyArray<Token>, { detect_language }: Query): Detection | undefined => {
  if (detect_language === undefined || detect_language === false) return undefined
  const candidates = detect_language === true ? undefined : values(detect_language)
  return detectLanguage(plainText(spoken), candidates)
}

const toWord = (
  token: Token,
  speakers: Speakers | undefined,
  live: boolean,
  formatted: boolean,
  language: string | undefined
): Word => {
  const { confidence, end, start, word } = token
  const speaker = speakers?.numberOf(token)
  return {
    word,
    start,
    end,
    confidence,
    // Voices differ so much in pitch that who speaks is as sure as what is said.
    ...(speaker === undefined ? {} : live ? { speaker } : { speaker, speaker_confidence: confidence }),
    ...(formatted ? { punctuated_word: textOf(token) } : {}),
    ...(language === undefined ? {} : { language })
  }
}

/** What a result of live audio has of those before. */
export interface Before {
  readonly speakers: Speakers
  /** The last word that was written. */
  readonly last: Token | undefined
}

/**
 * What was said on a channel, as the query wants it written. `before`: the audio is live; how sure the speakers are is
 * said of recordings only (inventory 2.1).
 */
export const readChannel = (hearing: Hearing, query: Query, channel: number, before?: Before): Line => {
  const spoken = tokens(hearing.words)
  const detected = detect(spoken, query)
  const formatted = isFormatted(query)
  const speakers = isDiarized(query) ? before?.speakers ?? makeSpeakers() : undefined
  speakers?.meet(hearing.words)
  const language = query.language ?? detected?.language ?? "en"
  const written = rewrite(spoken, query, isEnglish(language), before?.last)
  const languages = query.language === "multi" ? languagesOf(written, speakers !== undefined) : []
  return {
    channel,
    activity: hearing.activity,
    spoken,
    tokens: written,
    words: written.map((token, index) => toWord(token, speakers, before !== undefined, formatted, languages[index])),
    speakers,
    formatted,
    detected,
    language
  }
}

/** Most frequent first. */
const languagesHeard = (words: ReadonlyArray<Word>): ReadonlyArray<string> => {
  const counts = new Map<string, number>()
  for (const { language } of words) if (language !== undefined) counts.set(language, (counts.get(language) ?? 0) + 1)
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([language]) => language)
}

/** What recordings and live audio have in common. */
export const toReading = (line: Line, query: Query) => ({
  transcript: join(line.tokens, line.formatted),
  confidence: confidenceOf(line.words),
  words: line.words,
  ...(query.language === "multi" ? { languages: languagesHeard(line.words) } : {})
})

const toAlternative = (line: Line, query: Query): Alternative => ({
  ...toReading(line, query),
  ...(query.paragraphs === true || query.smart_format === true
    ? { paragraphs: paragraphs(line.tokens, line.speakers) }
    : {})
})

/** The entry of a channel in the results. */
export const toChannel = (line: Line, query: Query): Channel => {
  const terms = values(query.search)
  return {
    ...(terms.length > 0 ? { search: search(line.spoken, terms) } : {}),
    alternatives: [toAlternative(line, query)],
    ...(line.detected === undefined
      ? {}
      : { detected_language: line.detected.language, language_confidence: line.detected.confidence })
  }
}
