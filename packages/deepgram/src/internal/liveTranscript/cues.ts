/** Captions that are finished while the session goes on, and their files. */
import * as Transcript from "../../Transcript.ts"
import { roundSeconds } from "../transcript/time.ts"
import type { CueOptions, Utterance } from "./model.ts"
import type { Reader } from "./stateful.ts"

/**
 * A cue may stay on the screen when the next utterance begins, as nobody knew of that one when the cue was given. The
 * first cues of the next one then begin later, but do not end later: delays do not add up.
 */
export const makeCues = ({ speakerLabels = "none", ...options }: CueOptions): Reader<Utterance, Transcript.Caption> => {
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

/** A SubRip file, cue by cue. */
export const makeSrt = (): Reader<Transcript.Caption, string> => {
  let count = 0
  return {
    read(cue) {
      const block = Transcript.formatSrt([cue])
      // The number of the only cue is replaced; a cue without text has no block.
      if (block === "") return []
      return [`${count++ === 0 ? "" : "\n"}${block.replace(/^1/, String(count))}`]
    },
    end: () => []
  }
}

/** A WebVTT file, cue by cue. */
export const makeVtt = (): Reader<Transcript.Caption, string> => {
  const header = Transcript.formatVtt([])
  let begun = false
  const begin = (): Array<string> => {
    if (begun) return []
    begun = true
    return [header]
  }
  return {
    read: (cue) => [...begin(), Transcript.formatVtt([cue]).slice(header.length)],
    end: begin
  }
}
