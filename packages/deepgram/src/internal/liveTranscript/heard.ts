/** What final results say, in the words of `Transcript`. */
import type { TimedWord } from "../../Transcript.ts"
import type { Results } from "../contract/listenV1Live.ts"
import { utteranceWords } from "../transcript/collect.ts"
import type { Message } from "./model.ts"

/** A final result that says something. */
export interface Heard {
  readonly text: string
  /** Never empty. */
  readonly words: ReadonlyArray<TimedWord>
}

/** The number of a channel. */
export const channelOf = ([channel = 0]: ReadonlyArray<number>): number => channel

/** A result that will not change. */
export const isFinal = (message: Message): message is Results => message.type === "Results" && message.is_final === true

/** What a result says, trimmed; empty when nothing was said. */
export const transcriptOf = ({ channel }: Results): string => channel.alternatives[0]?.transcript.trim() ?? ""

/** The words of a result as those of an utterance of a recording: with a time each, however little the result says. */
export const wordsOf = ({ channel, channel_index, duration, start }: Results): ReadonlyArray<TimedWord> => {
  const [alternative] = channel.alternatives
  return alternative === undefined
    ? []
    : utteranceWords({ ...alternative, start, end: start + duration }, channelOf(channel_index))
}

/** What a final result says; `undefined` when it says nothing. */
export const heardIn = (results: Results): Heard | undefined => {
  const text = transcriptOf(results)
  const words = text === "" ? [] : wordsOf(results)
  return words.length === 0 ? undefined : { text, words }
}

// Scripts that are written without spaces, and their punctuation.
const spaceless = String
  .raw`[\p{sc=Hani}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}、。！？，：；]`
const ends = new RegExp(`${spaceless}$`, "u")
const begins = new RegExp(`^${spaceless}`, "u")

/** Whether a text follows another one without a space. */
const isJoined = (text: string, next: string): boolean => ends.test(text.slice(-2)) && begins.test(next)

/** One text after the other. */
export const append = (text: string, next: string): string =>
  text === "" || next === "" || isJoined(text, next) ? text + next : `${text} ${next}`

/** The text of several results. */
export const textOf = (heard: ReadonlyArray<Heard>): string => heard.reduce((text, next) => append(text, next.text), "")

/** The words of several results, so that they read like their text. */
export const allWords = (heard: ReadonlyArray<Heard>): Array<TimedWord> =>
  heard.flatMap(({ text, words: [first, ...rest] }, index) => {
    const before = heard[index - 1]
    if (first === undefined) return rest
    return [before !== undefined && isJoined(before.text, text) ? { ...first, joined: true } : first, ...rest]
  })
