import type { TranscribeQuery } from "effect-deepgram/DeepgramApi"

/** What was asked for: the decoded query of `POST /v1/listen`. */
export type Query = Partial<TranscribeQuery>

/** The values of a parameter that may be repeated. */
export const values = (parameter: string | ReadonlyArray<string> | undefined): ReadonlyArray<string> =>
  parameter === undefined ? [] : typeof parameter === "string" ? [parameter] : parameter

/** Words come with capitals and punctuation. Paragraphs and dictation make no sense without. */
export const isFormatted = (query: Query): boolean =>
  query.punctuate === true || query.smart_format === true || query.paragraphs === true || query.dictation === true

/** Words come with speakers. */
export const isDiarized = (query: Query): boolean => query.diarize === true || query.diarize_model !== undefined

/** Number words, measurements, dictation commands and analysis are for English only; `multi` may well be English. */
export const isEnglish = (language: string): boolean => /^(?:en|multi)(?:-|$)/i.test(language)
