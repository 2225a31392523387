/** Final results, joined to what was said between two pauses. */
import { allWords } from "./heard.ts"
import { type Line, makeLines } from "./lines.ts"
import type { Message, Utterance, UtteranceOptions } from "./model.ts"
import type { Reader } from "./stateful.ts"

const utterance = ({ channel, heard, text }: Line): Utterance => {
  const words = allWords(heard)
  const speakers = [...new Set(words.flatMap(({ speaker }) => speaker ?? []))]
  const [speaker] = speakers
  const isOne = words.every((word) => word.speaker === speaker)
  return {
    channel,
    ...(isOne && speaker !== undefined ? { speaker } : undefined),
    ...(speakers.length === 0 ? undefined : { speakers }),
    start: words[0]?.start ?? 0,
    end: Math.max(...words.map((word) => word.end)),
    text,
    confidence: words.reduce((sum, word) => sum + word.confidence, 0) / words.length,
    words
  }
}

export const makeUtterances = (options: UtteranceOptions): Reader<Message, Utterance> => {
  const lines = makeLines(options)
  return {
    read(message) {
      const ended = lines.read(message)?.ended
      return ended === undefined ? [] : [utterance(ended)]
    },
    end: () => lines.rest().filter(({ heard }) => heard.length > 0).map(utterance)
  }
}
