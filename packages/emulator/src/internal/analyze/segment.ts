import type { Document, Span } from "./document.ts"

/** A part of a text, as answers tell it. */
export interface Segment {
  readonly text: string
  /** Index of the first word. */
  readonly start_word: number
  /** Index of the last word: in Deepgram's answers 0 and 8 are nine words, and the next segment begins with 9. */
  readonly end_word: number
}

/** The part of the text that a span is. */
export const segment = (document: Document, span: Span): Segment => ({
  text: document.text(span),
  start_word: span.from,
  end_word: span.end - 1
})

/** Whether a sentence follows another, in the same part of the text. */
export const areNeighbours = ({ boundaries }: Document, sentence: Span, next: Span): boolean =>
  sentence.end === next.from && !boundaries.has(next.from)
