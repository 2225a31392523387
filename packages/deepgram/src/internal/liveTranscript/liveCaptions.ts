/** What is to be shown while somebody speaks. */
import { type Line, makeLines, noTail } from "./lines.ts"
import type { LiveCaption, Message, UtteranceOptions } from "./model.ts"
import type { Reader } from "./stateful.ts"

/** @param at where it is when nothing is shown, in seconds */
const caption = ({ channel, heard, tail, text }: Line, isFinal: boolean, at: number): LiveCaption => {
  const first = heard[0]?.words[0] ?? tail.words[0]
  const start = first?.start ?? at
  const ends = [...(heard.at(-1)?.words ?? []), ...tail.words].map((word) => word.end)
  return { channel, text, interim: tail.text, isFinal, start, end: Math.max(start, ...ends) }
}

/** What is shown of a channel, and has not ended. */
interface Shown {
  readonly text: string
  readonly interim: string
  readonly end: number
}

const nothing: Shown = { text: "", interim: "", end: 0 }

export const makeLiveCaptions = (options: UtteranceOptions): Reader<Message, LiveCaption> => {
  const lines = makeLines(options)
  const shown = new Map<number, Shown>()
  const show = (line: Line): Array<LiveCaption> => {
    const before = shown.get(line.channel) ?? nothing
    if (line.text === before.text && line.tail.text === before.interim) return []
    const made = caption(line, false, before.end)
    shown.set(line.channel, made)
    return [made]
  }
  const finish = (line: Line): LiveCaption => {
    const made = caption(line, true, 0)
    shown.set(line.channel, { ...nothing, end: made.end })
    return made
  }
  return {
    read(message) {
      const step = lines.read(message)
      if (step === undefined) return []
      return step.ended === undefined ? show(step.line) : [finish(step.ended), ...show(step.line)]
    },
    // What was not final is taken back: nobody will say more of it.
    end: () =>
      lines.rest().flatMap((line) => {
        const left = { ...line, tail: noTail }
        return line.text === "" ? show(left) : [finish(left)]
      })
  }
}
