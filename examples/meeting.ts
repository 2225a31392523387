/**
 * A meeting as subtitles that say who speaks: voices are told apart by diarization, and named by `--names`, in the order
 * in which they speak first.
 *
 *     node --conditions=@effect-deepgram/source examples/meeting.ts meeting.wav meeting.srt --names "Ann,Ben"
 *
 * It also shows how long each of them spoke, and how they began: without names that tells which voice is whose.
 */
import { NodeAudio, NodeDeepgram } from "@effect-deepgram/node"
import { Console, Effect, FileSystem } from "effect"
import { Deepgram, ListenV1, Transcript } from "effect-deepgram"
import { Argument, Command, Flag } from "effect/cli"
import { checkWritable, runCommand } from "./command.ts"

const config = {
  recording: Argument.File("recording").pipe(Argument.withDescription("the meeting, on one channel")),
  subtitles: Argument.File("subtitles").pipe(
    Argument.withDescription("the SubRip file to write"),
    Argument.filter((path) => /\.srt$/i.test(path), () => "a name that ends in .srt")
  ),
  names: Flag.String("names").pipe(
    Flag.withDescription("who they are, in the order in which they speak first: \"Ann,Ben\""),
    Flag.map((names) => names.split(",").map((name) => name.trim()).filter((name) => name !== "")),
    Flag.withDefault([])
  )
}

/** What is to be known of a voice. */
interface Voice {
  seconds: number
  readonly first: string
}

const meeting = Command.make("meeting", config, ({ names, recording, subtitles }) =>
  Effect.gen(function*() {
    yield* checkWritable(subtitles)
    const transcription = yield* ListenV1.transcribeFile(NodeAudio.file(recording), {
      model: "nova-3",
      smart_format: true,
      diarize_model: "latest"
    }).pipe(Deepgram.withOptions({ timeout: "1 hour" })) // the upload counts; the default is 60 seconds

    const voices = new Map<number, Voice>()
    for (const { end, speaker = 0, start, text } of Transcript.speakerTurns(transcription)) {
      const voice = voices.get(speaker) ?? { seconds: 0, first: text }
      voice.seconds += end - start
      voices.set(speaker, voice)
    }
    // Deepgram numbers voices; whose they are is not known to it.
    const order = [...voices.keys()]
    const nameOf = (speaker: number): string => names[order.indexOf(speaker)] ?? `Speaker ${order.indexOf(speaker) + 1}`

    const text = Transcript.toSrt(transcription, { speakerLabels: ({ speaker = 0 }) => nameOf(speaker) })
    const fs = yield* FileSystem.FileSystem
    yield* fs.writeFileString(subtitles, text)
    for (const [speaker, { first, seconds }] of voices) {
      yield* Console.log(`${nameOf(speaker)}, ${seconds.toFixed(1)} s: “${first}”`)
    }
    if (names.length > voices.size) {
      yield* Console.error(`There are ${names.length} names, and ${voices.size} voices were told apart.`)
    }
  }).pipe(Effect.provide(NodeDeepgram.layerConfig()))).pipe(
    Command.withDescription("Makes subtitles of a meeting that say who speaks")
  )

runCommand(meeting)
