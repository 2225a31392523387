/** Captions that are finished while the session goes on, and their files. */
import * as Transcript from "../../Transcript.ts"
import { roundSeconds } from "../transcript/time.ts"
import type { CaptionOptions, Utterance } from "./model.ts"
import type { Reader } from "./stateful.ts"

/**
 * A cue may stay on the screen when the next utterance begins, as nobody knew of that one when the cue was given. The
 * first cues of the next one then begin later, but do not end later: delays do not add up.
 */
export const makeCaptions = (
  { speakerLabels = "none", ...options }: CaptionOptions
): Reader<Utterance, Transcript.Caption> => {
  const ends = new Map<number, number>()
  return {
    read({ channel, words }) {
      const cues: Array<Transcript.Caption> = []
      for (const cue of Transcript.captions(words, { ...options, speakerLabels })) {
        const start = Math.max(cue.start, ends.get(channel) ?? 0)
        const end = Math.max(cue.end, roundSeconds(start + 0.001))
        ends.set(channel, end)
        cues.push({ ...cue, start, end })
      }
      return cues
    },
    end: () => []
  }
}

/** The text of a file, cue by cue. Cues without text are in no file. */
const makeFile = (header: string, blockOf: (cue: Transcript.Caption, index: number) => string) =>
(): Reader<
  Transcript.Caption,
  string
> => {
  let count = 0
  let begun = header === ""
  const begin = () => {
    if (begun) return []
    begun = true
    return [header]
  }
  return {
    read(cue) {
      const block = blockOf(cue, count)
      if (block === "") return begin()
      count++
      return [...begin(), block]
    },
    end: begin
  }
}

export const makeSrt = makeFile("", (cue, index) => {
  // The number of the only cue of a file is replaced.
  const block = Transcript.formatSrt([cue]).replace(/^1/, String(index + 1))
  return block === "" || index === 0 ? block : `\n${block}`
})

const vttHeader = "WEBVTT\n"

export const makeVtt = makeFile(vttHeader, (cue) => Transcript.formatVtt([cue]).slice(vttHeader.length))
