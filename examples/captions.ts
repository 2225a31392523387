/**
 * Captions for a recording: it is transcribed, and its words are laid out as WebVTT, or as SubRip for `.srt`.
 *
 *     node --conditions=@effect-deepgram/source examples/captions.ts call.wav            shows WebVTT
 *     node --conditions=@effect-deepgram/source examples/captions.ts call.wav call.srt   writes SubRip
 *
 * With `--multichannel` each channel is heard alone, and named: telephone calls have one for each side.
 */
import { NodeAudio, NodeDeepgram } from "@effect-deepgram/node"
import { Console, Effect, FileSystem, Option } from "effect"
import { Deepgram, ListenV1, Transcript } from "effect-deepgram"
import { Argument, Command, Flag } from "effect/cli"
import { checkWritable, runCommand } from "./command.ts"

const config = {
  recording: Argument.File("recording").pipe(Argument.withDescription("any audio or video that Deepgram reads")),
  captions: Argument.File("captions").pipe(
    Argument.withDescription("the file to write, .vtt or .srt; without it WebVTT is shown"),
    Argument.filter((path) => /\.(?:vtt|srt)$/i.test(path), () => "a name that ends in .vtt or .srt"),
    Argument.optional
  ),
  multichannel: Flag.Boolean("multichannel").pipe(
    Flag.withDescription("hear each channel alone, and name it"),
    Flag.withDefault(false)
  )
}

const captions = Command.make("captions", config, ({ captions, multichannel, recording }) =>
  Effect.gen(function*() {
    if (Option.isSome(captions)) yield* checkWritable(captions.value)
    const transcription = yield* ListenV1.transcribeFile(NodeAudio.file(recording), {
      model: "nova-3",
      smart_format: true,
      // Where one thought ends and the next begins: captions end there, too.
      utterances: true,
      multichannel
    }).pipe(Deepgram.withOptions({ timeout: "1 hour" })) // the upload counts; the default is 60 seconds

    if (Option.isNone(captions)) return yield* Console.log(Transcript.toVtt(transcription).trimEnd())
    const toText = captions.value.toLowerCase().endsWith(".srt") ? Transcript.toSrt : Transcript.toVtt
    const fs = yield* FileSystem.FileSystem
    yield* fs.writeFileString(captions.value, toText(transcription))
    yield* Console.log(`${Transcript.captions(transcription).length} captions are in ${captions.value}`)
  }).pipe(Effect.provide(NodeDeepgram.layerConfig()))).pipe(Command.withDescription("Makes captions for a recording"))

runCommand(captions)
