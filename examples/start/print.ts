/** What is shown of a transcription. */
import { Console, Effect } from "effect"
import { type ListenV1, Transcript } from "effect-deepgram"
import type { Job, Result } from "./jobs.ts"

/** A text as a part of something. */
export const indent = (text: string): string =>
  text.trimEnd().split("\n").map((line) => line === "" ? "" : `    ${line}`).join("\n")

const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`

const speakers = (transcription: ListenV1.Transcription): string => {
  const turns = Transcript.speakerTurns(transcription)
  const alone = new Set(turns.map(({ channel, speaker }) => `${channel} ${speaker}`)).size < 2
  const who = ({ channel, speaker }: Transcript.SpeakerId) =>
    alone ? "" : speaker === undefined ? `Channel ${channel}: ` : `Speaker ${speaker}: `
  return turns.map((turn) => `${clock(turn.start)}  ${who(turn)}${turn.text}`).join("\n")
}

/** Text, speaker turns, captions, and the facts. */
export const print = ({ requestId, transcription }: Result, reachedBy: string): Effect.Effect<void> => {
  const text = Transcript.toText(transcription)
  const duration = transcription.metadata.duration.toFixed(1)
  const facts = `  ${duration} s of audio · ${reachedBy} · request ${requestId ?? "without an id"}`
  const sections: ReadonlyArray<string> = text === "" ? ["  No words were heard."] : [
    "  Text",
    indent(text),
    "  Speakers",
    indent(speakers(transcription)),
    "  Captions (SubRip)",
    indent(Transcript.toSrt(transcription))
  ]
  return Console.log([...sections, facts].join("\n"))
}

/** One line. */
export const printFailure = (job: Job, error: { readonly message: string }): Effect.Effect<void> =>
  Console.error(`✗ ${job.title}: ${error.message}`)
