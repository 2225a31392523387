/** What is shown of a transcription. */
import { Console, Effect } from "effect"
import { Transcript } from "effect-deepgram"
import type { Job, Result } from "./jobs.ts"

const indent = (text: string): string => text.trimEnd().split("\n").map((line) => line === "" ? "" : `    ${line}`).join("\n")

const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`

/** Text, speaker turns, captions, and the facts. */
export const print = ({ requestId, transcription }: Result, reachedBy: string): Effect.Effect<void> => {
  const text = Transcript.toText(transcription)
  const turns = Transcript.speakerTurns(transcription).map(({ channel, speaker, start, text }) =>
    `${clock(start)}  ${speaker === undefined ? `Channel ${channel}` : `Speaker ${speaker}`}: ${text}`
  )
  const facts = `  ${transcription.metadata.duration.toFixed(1)} s of audio · ${reachedBy} · request ${requestId ?? "?"}`
  return Console.log(
    text === ""
      ? `  No words were heard.\n${facts}`
      : [
        "  Text",
        indent(text),
        "  Speakers",
        indent(turns.join("\n")),
        "  Captions (SubRip)",
        indent(Transcript.toSrt(transcription)),
        facts
      ].join("\n")
  )
}

/** One line. */
export const printFailure = (job: Job, error: { readonly message: string }): Effect.Effect<void> =>
  Console.error(`✗ ${job.title}: ${error.message}`)
