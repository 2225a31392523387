/** Which final results belong together. */
import type { TimedWord } from "../../Transcript.ts"
import type { Results, UtteranceEnd } from "../contract/listenV1Live.ts"
import { roundSeconds } from "../transcript/time.ts"
import { append, channelOf, type Heard, heardIn, textOf, transcriptOf, wordsOf } from "./heard.ts"
import type { Message, UtteranceOptions } from "./model.ts"

/** What was heard of what is not final yet. */
interface Tail {
  readonly text: string
  readonly words: ReadonlyArray<TimedWord>
}

export const noTail: Tail = { text: "", words: [] }

/** What was said on a channel since the last end of an utterance. */
export interface Line {
  readonly channel: number
  readonly heard: ReadonlyArray<Heard>
  /** Of what was heard. */
  readonly text: string
  readonly tail: Tail
  /** The line ends with the words up to here, in seconds, as soon as they are final. */
  readonly due: number | undefined
}

/** What a message did. */
export interface Step {
  /** What has ended, if anything has. */
  readonly ended: Line | undefined
  /** What goes on. */
  readonly line: Line
}

const emptyLine = (channel: number): Line => ({ channel, heard: [], text: "", tail: noTail, due: undefined })

const beginsUpTo = (words: ReadonlyArray<TimedWord>, seconds: number): boolean => {
  const start = words[0]?.start
  return start !== undefined && start <= seconds
}

/** Ends a line after so many results. */
const cut = (line: Line, count: number): Step => {
  const open = { ...line, due: undefined }
  if (count === 0) return { ended: undefined, line: open }
  const [ended, left] = [line.heard.slice(0, count), line.heard.slice(count)]
  return {
    ended: { ...open, heard: ended, text: textOf(ended), tail: noTail },
    line: { ...open, heard: left, text: textOf(left) }
  }
}

/**
 * Ends a line where an utterance has ended. That may be said late, when the next words are final already: those that
 * begin behind it are not meant. Ends of words do not tell: they differ a little between interim and final results.
 */
const cutAt = (line: Line, seconds: number): Step =>
  cut(line, line.heard.findLastIndex(({ words }) => (words.at(-1)?.start ?? 0) <= seconds) + 1)

const readResults = (line: Line, message: Results, endsAt: UtteranceOptions["endsAt"]): Step => {
  const { due } = line
  if (message.is_final !== true) {
    const tail = { text: transcriptOf(message), words: wordsOf(message) }
    const next = { ...line, tail }
    return due === undefined || beginsUpTo(tail.words, due) ? { ended: undefined, line: next } : cutAt(next, due)
  }
  const heard = heardIn(message)
  const next = heard === undefined
    ? { ...line, tail: noTail }
    : { ...line, tail: noTail, heard: [...line.heard, heard], text: append(line.text, heard.text) }
  if (message.speech_final === true && endsAt !== "UtteranceEnd") return cut(next, next.heard.length)
  return due === undefined || roundSeconds(message.start + message.duration) < due
    ? { ended: undefined, line: next }
    : cutAt(next, due)
}

const readUtteranceEnd = (line: Line, { last_word_end }: UtteranceEnd): Step => {
  // After -1 nothing was heard: it is about nothing.
  if (last_word_end < 0) return { ended: undefined, line }
  const seconds = roundSeconds(last_word_end)
  // Its last words may not be final yet.
  return beginsUpTo(line.tail.words, seconds)
    ? { ended: undefined, line: { ...line, due: seconds } }
    : cutAt(line, seconds)
}

const startOf = ({ heard }: Line): number => heard[0]?.words[0]?.start ?? 0

/** Collects lines, one for each channel. */
export const makeLines = ({ endsAt = "either" }: UtteranceOptions) => {
  const lines = new Map<number, Line>()
  const change = (channel: number, f: (line: Line) => Step): Step => {
    const step = f(lines.get(channel) ?? emptyLine(channel))
    lines.set(channel, step.line)
    return step
  }
  return {
    /** `undefined` for a message that is not about lines. */
    read(message: Message): Step | undefined {
      if (message.type === "Results") {
        return change(channelOf(message.channel_index), (line) => readResults(line, message, endsAt))
      }
      return message.type === "UtteranceEnd" && endsAt !== "speech_final"
        ? change(channelOf(message.channel), (line) => readUtteranceEnd(line, message))
        : undefined
    },
    /** What goes on, in order of time. */
    rest: (): Array<Line> => [...lines.values()].toSorted((a, b) => startOf(a) - startOf(b))
  }
}
