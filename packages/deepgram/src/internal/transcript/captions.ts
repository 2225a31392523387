import { cueStarts, layOut, type Limits, type Piece } from "./breaking.ts"
import { type Lane, lanes, mergeByStart } from "./collect.ts"
import { labeller, speakerId } from "./labels.ts"
import type { Caption, CaptionOptions, Input, SpeakerId, TimedWord } from "./model.ts"
import { breakPenalty, width } from "./text.ts"
import { toMs, toSeconds } from "./time.ts"
import { lengthen, separate, type Span } from "./timing.ts"

interface Settings extends Limits {
  /** Milliseconds. */
  readonly maxGap: number
}

interface Cue extends Span {
  readonly speaker: SpeakerId
  readonly label: string | undefined
  readonly pieces: ReadonlyArray<Piece>
}

const atLeast = (minimum: number, value: number | undefined, fallback: number): number =>
  Math.max(minimum, value === undefined || Number.isNaN(value) ? fallback : value)

const settings = (options: CaptionOptions): Settings => {
  const maxDuration = atLeast(1, Math.round(atLeast(0, options.maxDuration, 7) * 1000), 0)
  return {
    maxWidth: atLeast(1, options.maxCharsPerLine, 42),
    maxLines: Math.floor(atLeast(1, options.maxLines, 2)),
    maxDuration,
    minDuration: Math.min(maxDuration, Math.round(atLeast(0, options.minDuration, 1) * 1000)),
    maxGap: atLeast(0, options.maxGap, 1) * 1000
  }
}

/** Words of one speaker without a long silence. */
interface Run {
  readonly speaker: SpeakerId
  readonly pieces: Array<Piece>
  /** Somebody else, or nobody, spoke before. */
  readonly change: boolean
}

const runs = (segments: ReadonlyArray<ReadonlyArray<TimedWord>>, { maxGap }: Settings): Array<Run> => {
  const result: Array<Run> = []
  let start = 0
  let end = 0
  let speaker: SpeakerId | undefined
  for (const words of segments) {
    let run: Run | undefined
    for (const [index, word] of words.entries()) {
      // Some recordings have words whose times go back: a cue cannot.
      start = Math.max(start, toMs(word.start))
      const silence = start - end
      end = Math.max(end, start, toMs(word.end))
      if (run === undefined || silence > maxGap || run.speaker.speaker !== word.speaker) {
        run = {
          speaker: speakerId(word),
          pieces: [],
          change: speaker === undefined || speaker.speaker !== word.speaker
        }
        speaker = run.speaker
        result.push(run)
      }
      const next = words[index + 1]
      run.pieces.push({
        text: word.text,
        width: width(word.text),
        joined: word.joined === true,
        start,
        end: Math.max(start, toMs(word.end)),
        penalty: breakPenalty(word.text, next?.text, next === undefined ? 0 : toMs(next.start) - end)
      })
    }
  }
  return result
}

const named = (label: string): Piece => {
  const text = `${label}:`
  return { text, width: width(text), joined: false, start: 0, end: 0, penalty: 4 }
}

const withLabel = (label: string, [first, ...rest]: ReadonlyArray<Piece>): ReadonlyArray<Piece> => [
  named(label),
  ...(first === undefined ? [] : [{ ...first, joined: false }]),
  ...rest
]

const cuesOfLane = (
  segments: ReadonlyArray<ReadonlyArray<TimedWord>>,
  limits: Settings,
  label: (speaker: SpeakerId) => string | undefined,
  reserves: "always" | "on change" | "never"
): Array<Cue> => {
  const cues: Array<Cue> = []
  for (const { change, pieces, speaker } of runs(segments, limits)) {
    const name = label(speaker)
    const reserved = name === undefined ? 0 : named(name).width
    const starts = cueStarts(
      pieces,
      limits,
      (index) => reserves === "always" || reserves === "on change" && change && index === 0 ? reserved : 0
    )
    for (const [index, from] of starts.entries()) {
      const own = pieces.slice(from, starts[index + 1])
      const start = own[0]?.start ?? 0
      const end = Math.min(own.reduce((latest, piece) => Math.max(latest, piece.end), 0), start + limits.maxDuration)
      cues.push({ speaker, label: name, pieces: own, heard: start, start, end: Math.max(end, start + 1) })
    }
  }
  return cues
}

const segmentsOf = ({ utterances, words }: Lane, source: CaptionOptions["source"]) =>
  source === "words" || utterances === undefined ? [words] : utterances

const caption = ({ end, label, speaker, start }: Cue, lines: ReadonlyArray<string>): Caption => ({
  ...speaker,
  start: toSeconds(start),
  end: toSeconds(end),
  ...(label === undefined ? {} : { label }),
  lines
})

export const captions = (input: Input, options: CaptionOptions = {}): Array<Caption> => {
  const limits = settings(options)
  const inline = options.inlineLabels === true
  const heard = lanes(input).filter((lane) => lane.words.length > 0)
  const label = labeller(heard, options.speakerLabels ?? "auto")
  // With several channels any cue may come after one of another channel, and need its name.
  const reserves = !inline ? "never" : heard.length > 1 ? "always" : "on change"
  const byLane = heard.map((lane) => cuesOfLane(segmentsOf(lane, options.source), limits, label, reserves))
  const rivals = options.overlap === "avoid" ? [mergeByStart(byLane)] : byLane
  for (const cues of rivals) separate(cues, limits.minDuration)
  const cues = mergeByStart(rivals)
  lengthen(cues, limits.minDuration)
  return cues.map((cue, index) => {
    const { label } = cue
    const name = inline && label !== cues[index - 1]?.label ? label : undefined
    return caption(cue, layOut(name === undefined ? cue.pieces : withLabel(name, cue.pieces), limits.maxWidth))
  })
}
