import type { Alternative, Transcription, Utterance } from "../contract/listenV1Models.ts"
import type { Word } from "../contract/recognition.ts"
import type { Input, TimedWord } from "./model.ts"
import { clean, joints } from "./text.ts"
import { roundSeconds } from "./time.ts"

/** One channel of the recording. */
export interface Lane {
  readonly channel: number
  readonly words: ReadonlyArray<TimedWord>
  /** The same words by utterance, when the answer has utterances for all of them. */
  readonly utterances?: ReadonlyArray<ReadonlyArray<TimedWord>>
  readonly alternative?: Alternative
}

interface Stretch {
  readonly channel: number
  readonly text: string
  readonly start: number
  readonly end: number
  readonly confidence: number
  readonly speaker?: number | undefined
}

const timed = (words: ReadonlyArray<Word>, channel: number, transcript: string, speaker?: number): Array<TimedWord> => {
  const texts = words.map((word) => clean(word.punctuated_word ?? word.word))
  const joined = joints(texts, transcript)
  const result: Array<TimedWord> = []
  for (const [index, word] of words.entries()) {
    const text = texts[index] ?? ""
    if (text === "") continue
    const start = roundSeconds(word.start)
    result.push({
      ...(speaker === undefined ? {} : { speaker }),
      ...word,
      start,
      end: Math.max(start, roundSeconds(word.end)),
      channel,
      text,
      ...(joined[index] === true ? { joined: true } : {})
    })
  }
  return result
}

/** The words of a text of which only the beginning and the end are known: each gets time by its length. */
const estimate = ({ channel, confidence, end, speaker, start, text }: Stretch): Array<TimedWord> => {
  const texts = clean(text).split(" ").filter((text) => text !== "")
  const total = texts.reduce((sum, text) => sum + text.length, 0)
  const duration = Math.max(0, end - start)
  const result: Array<TimedWord> = []
  let from = roundSeconds(start)
  let before = 0
  for (const text of texts) {
    before += text.length
    const to = Math.max(from, roundSeconds(start + duration * before / total))
    result.push({
      word: text,
      text,
      start: from,
      end: to,
      confidence,
      channel,
      ...(speaker === undefined ? {} : { speaker }),
      estimated: true
    })
    from = to
  }
  return result
}

/** The words of an utterance, with a time each, however little is known of them. */
export const utteranceWords = (utterance: Utterance, channel: number): ReadonlyArray<TimedWord> =>
  utterance.words !== undefined && utterance.words.length > 0
    ? timed(utterance.words, channel, utterance.transcript, utterance.speaker)
    : estimate({ ...utterance, confidence: utterance.confidence ?? 0, channel, text: utterance.transcript })

const sentenceWords = (alternative: Alternative, channel: number): ReadonlyArray<TimedWord> => {
  const { confidence = 0, paragraphs, transcript } = alternative
  const words = (paragraphs?.paragraphs ?? []).flatMap(({ sentences, speaker }) =>
    sentences.flatMap(({ end, start, text }) => estimate({ channel, confidence, end, speaker, start, text }))
  )
  const joined = joints(words.map((word) => word.text), transcript)
  const spaceless = (word: TimedWord): TimedWord => ({ ...word, joined: true })
  return words.map((word, index) => joined[index] === true ? spaceless(word) : word)
}

/** The words are all of the transcript, spaces aside. */
const covers = (words: ReadonlyArray<TimedWord>, transcript: string): boolean => {
  const letters = transcript.replace(/\s/g, "")
  return letters === "" || letters === words.map((word) => word.text.replace(/\s/g, "")).join("")
}

const laneWords = (
  alternative: Alternative | undefined,
  channel: number,
  utterances: ReadonlyArray<TimedWord>,
  duration: number
): ReadonlyArray<TimedWord> => {
  if (alternative === undefined) return utterances
  const { confidence = 0, transcript, words } = alternative
  if (words !== undefined && words.length > 0) return timed(words, channel, transcript)
  if (covers(utterances, transcript)) return utterances
  const sentences = sentenceWords(alternative, channel)
  return covers(sentences, transcript)
    ? sentences
    : estimate({ channel, confidence, text: transcript, start: 0, end: duration })
}

/** The words of the lane by utterance; nothing when the utterances do not hold them all. */
const byUtterance = (
  words: ReadonlyArray<TimedWord>,
  utterances: ReadonlyArray<ReadonlyArray<TimedWord>>,
  heard: ReadonlyArray<TimedWord>
): ReadonlyArray<ReadonlyArray<TimedWord>> | undefined => {
  if (heard === words || heard.length >= words.length && heard.every((word) => word.estimated !== true)) {
    return utterances
  }
  // Utterances without words: those of the channel have the times.
  if (heard.length !== words.length || heard.some((word, index) => word.text !== words[index]?.text)) return undefined
  let from = 0
  return utterances.map(({ length }) => words.slice(from, from += length))
}

const lanesOfTranscription = ({ metadata, results }: Transcription): Array<Lane> => {
  const byChannel = new Map<number, Array<ReadonlyArray<TimedWord>>>(results.channels.map((_, index) => [index, []]))
  for (const utterance of results.utterances ?? []) {
    const channel = utterance.channel ?? 0
    const words = utteranceWords(utterance, channel)
    const known = byChannel.get(channel)
    if (known === undefined) byChannel.set(channel, [words])
    else known.push(words)
  }
  const result: Array<Lane> = []
  for (const [channel, utterances] of [...byChannel].toSorted(([a], [b]) => a - b)) {
    const alternative = results.channels[channel]?.alternatives[0]
    const heard = utterances.flat()
    const words = laneWords(alternative, channel, heard, metadata.duration)
    const divided = byUtterance(words, utterances, heard)
    result.push({
      channel,
      words,
      ...(divided === undefined ? {} : { utterances: divided }),
      ...(alternative === undefined ? {} : { alternative })
    })
  }
  return result
}

const lanesOfWords = (words: ReadonlyArray<TimedWord>): Array<Lane> => {
  const byChannel = new Map<number, Array<TimedWord>>()
  for (const word of words) {
    const text = clean(word.text)
    if (text === "") continue
    const start = roundSeconds(word.start)
    const known = byChannel.get(word.channel)
    const rounded = { ...word, text, start, end: Math.max(start, roundSeconds(word.end)) }
    if (known === undefined) byChannel.set(word.channel, [rounded])
    else known.push(rounded)
  }
  return [...byChannel].toSorted(([a], [b]) => a - b).map(([channel, words]) => ({ channel, words }))
}

/** The channels in which something may have been said, by number. */
export const lanes = (input: Input): Array<Lane> =>
  "results" in input ? lanesOfTranscription(input) : lanesOfWords(input)

/** Merges by start. The order within a lane stays even where its times go back; the lower lane goes first in a tie. */
export const mergeByStart = <A extends { readonly start: number }>(
  lanes: ReadonlyArray<ReadonlyArray<A>>
): Array<A> => {
  const merged: Array<A> = []
  const heads = lanes.map(() => 0)
  for (;;) {
    let earliest: { readonly item: A; readonly lane: number } | undefined
    for (const [lane, items] of lanes.entries()) {
      const item = items[heads[lane] ?? 0]
      if (item !== undefined && (earliest === undefined || item.start < earliest.item.start)) earliest = { item, lane }
    }
    if (earliest === undefined) return merged
    merged.push(earliest.item)
    heads[earliest.lane] = (heads[earliest.lane] ?? 0) + 1
  }
}
