import * as Transcript from "../../Transcript.ts"
import type { Results } from "../contract/listenV1Live.ts"
import { allWords, channelOf, type Heard, heardIn, textOf } from "./heard.ts"
import type { TextOptions } from "./model.ts"

/** Everything that final results say. */
export const wholeText = (results: ReadonlyArray<Results>, { channel: wanted, ...options }: TextOptions): string => {
  const channels = new Map<number, Array<Heard>>()
  for (const result of results) {
    const channel = channelOf(result.channel_index)
    const heard = wanted === undefined || wanted === channel ? heardIn(result) : undefined
    if (heard === undefined) continue
    const known = channels.get(channel)
    if (known === undefined) channels.set(channel, [heard])
    else known.push(heard)
  }
  const [only, ...others] = channels.values()
  if (only === undefined) return ""
  const named = options.speakerLabels !== undefined && options.speakerLabels !== "none"
  return others.length === 0 && !named
    ? textOf(only)
    : Transcript.toText([...channels.values()].flatMap(allWords), options)
}
