/** Everything that was said, when it is over. */
import * as Transcript from "../../Transcript.ts"
import { allWords, append, channelOf, type Heard, heardIn, isFinal, textOf, transcriptOf } from "./heard.ts"
import type { Message, TextOptions } from "./model.ts"
import type { Reader } from "./stateful.ts"

/** Of one channel without speakers the text is enough: words would take many times as much memory. */
const makeTextOf = (channel: number): Reader<Message, string> => {
  let text = ""
  return {
    read(message) {
      if (isFinal(message) && channelOf(message.channel_index) === channel) text = append(text, transcriptOf(message))
      return []
    },
    end: () => [text]
  }
}

export const makeText = ({ channel: wanted, ...options }: TextOptions): Reader<Message, string> => {
  const named = options.speakerLabels !== undefined && options.speakerLabels !== "none"
  if (wanted !== undefined && !named) return makeTextOf(wanted)
  const channels = new Map<number, Array<Heard>>()
  return {
    read(message) {
      if (!isFinal(message)) return []
      const channel = channelOf(message.channel_index)
      const heard = wanted === undefined || wanted === channel ? heardIn(message) : undefined
      if (heard === undefined) return []
      const known = channels.get(channel)
      if (known === undefined) channels.set(channel, [heard])
      else known.push(heard)
      return []
    },
    end() {
      const [only = [], ...others] = channels.values()
      return [
        others.length === 0 && !named
          ? textOf(only)
          : Transcript.toText([...channels.values()].flatMap(allWords), options)
      ]
    }
  }
}
