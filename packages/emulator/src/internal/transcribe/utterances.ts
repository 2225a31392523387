import type { Utterance } from "effect-deepgram/ListenV1"
import { uuidOf } from "../uuid.ts"
import type { Line } from "./channel.ts"
import { pauseBetween } from "./sentences.ts"
import { confidenceOf, join } from "./words.ts"

/** Seconds of silence that end an utterance. */
const defaultSplit = 0.8

/** Seconds: less is the edge of a word. */
const shortestActivity = 0.3

interface Span {
  readonly start: number
  readonly end: number
}

/** How utterances are cut. */
interface UtteranceOptions {
  /** Seconds; default 0.8. */
  readonly split: number | undefined
  readonly requestId: string
}

const ranges = ({ speakers, tokens }: Line, split: number): ReadonlyArray<readonly [from: number, end: number]> => {
  const result: Array<readonly [number, number]> = []
  let from = 0
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1]
    if (
      next !== undefined && pauseBetween(token, next) < split &&
      (speakers === undefined || next.voice === token.voice)
    ) continue
    result.push([from, index + 1])
    from = index + 1
  }
  return result
}

const spoken = (line: Line, from: number, end: number): Utterance => {
  const tokens = line.tokens.slice(from, end)
  const words = line.words.slice(from, end)
  const speaker = line.speakers?.numberOf(tokens[0])
  return {
    start: words[0]?.start ?? 0,
    end: words.at(-1)?.end ?? 0,
    confidence: confidenceOf(words),
    channel: line.channel,
    transcript: join(tokens, line.formatted),
    words,
    ...(speaker === undefined ? {} : { speaker })
  }
}

/** What is left of a span outside of others, which are in order. */
const subtract = (span: Span, others: ReadonlyArray<Span>): ReadonlyArray<Span> => {
  const result: Array<Span> = []
  let start = span.start
  for (const other of others) {
    if (other.end <= start || other.start >= span.end) continue
    if (other.start > start) result.push({ start, end: other.start })
    start = other.end
  }
  if (start < span.end) result.push({ start, end: span.end })
  return result
}

/** Where somebody spoke and no word was understood: nothing is said about what it was, so the confidence is 0. */
const unintelligible = (line: Line, split: number, utterances: ReadonlyArray<Utterance>): ReadonlyArray<Utterance> => {
  const known = utterances.toSorted((a, b) => a.start - b.start)
  const spans: Array<Span> = []
  for (const span of line.activity.flatMap((activity) => subtract(activity, known))) {
    if (span.end - span.start < shortestActivity) continue
    const last = spans.at(-1)
    const apart = last === undefined || pauseBetween(last, span) >= split ||
      known.some(({ start }) => start >= last.end && start <= span.start)
    if (apart) spans.push(span)
    else spans.splice(-1, 1, { start: last.start, end: span.end })
  }
  return spans.map(({ end, start }) => ({
    start,
    end,
    confidence: 0,
    channel: line.channel,
    transcript: "",
    words: []
  }))
}

const withId = (utterance: Utterance, id: string): Utterance => ({ ...utterance, id })

/**
 * The utterances of all channels in order of time. They end at pauses, and where the speaker changes. Speech that was
 * not understood is an utterance without words.
 */
export const utterances = (
  lines: ReadonlyArray<Line>,
  { requestId, split = defaultSplit }: UtteranceOptions
): ReadonlyArray<Utterance> =>
  lines.flatMap((line) => {
    const understood = ranges(line, split).map(([from, end]) => spoken(line, from, end))
    return [...understood, ...unintelligible(line, split, understood)]
  })
    .toSorted((a, b) => a.start - b.start || (a.channel ?? 0) - (b.channel ?? 0))
    .map((utterance, index) => withId(utterance, uuidOf("utterance", requestId, index)))
