/** Summaries, topics, intents and sentiments of what was said. */
import type { Summary, TranscriptionResults, Word } from "effect-deepgram/ListenV1"
import { type AnalysisInfo, analyzeDocument } from "../analyze/analyze.ts"
import { type Document, makeDocument, type Span } from "../analyze/document.ts"
import { isAnalyzed, isSummarized } from "../analyze/query.ts"
import type { Sentiment } from "../analyze/sentiment.ts"
import type { Line } from "./channel.ts"
import { isEnglish, type Query } from "./query.ts"
import { sentences } from "./sentences.ts"
import { join } from "./words.ts"

/** What was understood. */
export interface Understanding {
  /** With the sentiment of each word, if it was asked for. */
  readonly lines: ReadonlyArray<Line>
  readonly results: Omit<TranscriptionResults, "channels" | "utterances">
  readonly info: AnalysisInfo
}

/** Where the words of each line begin, counted over all of them. */
const offsets = (lines: ReadonlyArray<Line>): ReadonlyArray<number> => {
  let next = 0
  return lines.map(({ words }) => {
    const offset = next
    next += words.length
    return offset
  })
}

const spansOf = (line: Line, offset: number): ReadonlyArray<Span> => {
  let end = offset
  return sentences(line.tokens, line.speakers !== undefined).map((sentence) => {
    const from = end
    end += sentence.length
    return { from, end }
  })
}

/** All channels, one after the other: their words are counted through. Only what is English is analysed. */
const documentOf = (lines: ReadonlyArray<Line>, starts: ReadonlyArray<number>): Document => {
  const words = lines.flatMap(({ tokens }) => tokens)
  const formatted = lines.some((line) => line.formatted)
  return makeDocument({
    words,
    sentences: lines.flatMap((line, index) => isEnglish(line.language) ? spansOf(line, starts[index] ?? 0) : []),
    boundaries: new Set(starts),
    text: ({ end, from }) => join(words.slice(from, end), formatted)
  })
}

const withSentiment = (word: Word, sentiment: Sentiment | undefined): Word =>
  sentiment === undefined ? word : { ...word, ...sentiment }

const withSentiments = (line: Line, offset: number, sentiments: ReadonlyArray<Sentiment | undefined>): Line => ({
  ...line,
  words: line.words.map((word, index) => withSentiment(word, sentiments[offset + index]))
})

const failed: Summary = { result: "failure", short: "" }

/** Analyses the transcripts of all channels together. */
export const understand = (lines: ReadonlyArray<Line>, query: Query): Understanding => {
  if (!isAnalyzed(query)) return { lines, results: {}, info: {} }
  if (lines.length > 0 && !lines.some(({ language }) => isEnglish(language))) {
    return { lines, results: isSummarized(query) ? { summary: failed } : {}, info: {} }
  }
  const starts = offsets(lines)
  const document = documentOf(lines, starts)
  const { info, results: { summary, ...results }, sentiments } = analyzeDocument(document, query)
  return {
    lines: query.sentiment === true
      ? lines.map((line, index) => withSentiments(line, starts[index] ?? 0, sentiments))
      : lines,
    results: {
      ...(summary === undefined
        ? {}
        : { summary: summary.text === "" ? failed : { result: "success", short: summary.text } }),
      ...results
    },
    info
  }
}
