/**
 * All recordings of a folder, a few at a time, with progress bars. The text of `call.wav` goes to `call.wav.txt` beside
 * it, or with `--format json` the whole transcription to `call.wav.json`.
 *
 *     node --conditions=@effect-deepgram/source examples/batch.ts recordings --concurrency 8
 *
 * A recording that fails stops no other one. Recordings that have their result are left out: run it again after a
 * failure, or after Ctrl-C, and it does what is left.
 */
import { NodeAudio, NodeDeepgram } from "@effect-deepgram/node"
import { Console, Effect, FileSystem, Path } from "effect"
import { Deepgram, ListenV1, Transcript } from "effect-deepgram"
import { Argument, Command, Flag } from "effect/cli"
import { makeBars } from "./batch/bars.ts"
import { Failed, runCommand } from "./command.ts"

const config = {
  folder: Argument.Directory("folder").pipe(Argument.withDescription("where the recordings are, and the results go")),
  concurrency: Flag.Int("concurrency").pipe(
    Flag.withDescription("how many at a time, 1 to 100"),
    Flag.filter((count) => count >= 1 && count <= 100, () => "a number from 1 to 100"),
    Flag.withDefault(4)
  ),
  format: Flag.Literals("format", ["txt", "json"]).pipe(
    Flag.withDescription("text, or the whole transcription"),
    Flag.withDefault("txt")
  )
}

const isRecording = (name: string): boolean => /\.(?:wav|mp3|m4a|mp4|aac|flac|ogg|opus|webm|amr|mov)$/i.test(name)

/** What would fail for the others, too. */
const isFatal = ({ _tag }: { readonly _tag: string }): boolean => _tag === "Unauthorized" || _tag === "PaymentRequired"

const batch = Command.make("batch", config, ({ concurrency, folder, format }) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const names = yield* Effect.mapError(
      fs.readDirectory(folder),
      () => new Failed({ message: `${folder} cannot be read, or is no folder` })
    )
    const all = names.filter(isRecording).toSorted()
    const present = new Set(names)
    const left = all.filter((name) => !present.has(`${name}.${format}`))
    if (all.length === 0) return yield* new Failed({ message: `there are no recordings in ${folder}` })
    if (left.length === 0) return yield* Console.log(`Each of ${all.length} recordings has its result.`)

    const bars = yield* makeBars(left.length)

    const transcribe = Effect.fnUntraced(function*(name: string) {
      const source = bars.watch(name, NodeAudio.file(path.join(folder, name)))
      const transcription = yield* ListenV1.transcribeFile(source, {
        model: "nova-3",
        smart_format: true,
        diarize_model: "latest"
      }).pipe(Deepgram.withOptions({ timeout: "1 hour" })) // the upload counts; the default is 60 seconds

      const result = path.join(folder, `${name}.${format}`)
      const text = format === "json"
        ? JSON.stringify(transcription, undefined, 2)
        : Transcript.toText(transcription, { speakerLabels: "auto" })
      // In one step, so that a result that is there is whole.
      yield* fs.writeFileString(`${result}.part`, `${text}\n`)
      yield* fs.rename(`${result}.part`, result)
      return transcription.metadata.duration
    })

    const seconds = yield* Effect.forEach(
      left,
      (name) =>
        transcribe(name).pipe(
          Effect.tap((duration) => bars.done(name, `${duration.toFixed(1)} s of audio`)),
          Effect.catch((error) => isFatal(error) ? Effect.fail(error) : Effect.as(bars.failed(name, error.message), 0))
        ),
      { concurrency }
    )

    const { done, failed } = bars.counts
    const sum = seconds.reduce((sum, duration) => sum + duration, 0)
    yield* Console.log(
      `${done} transcribed, ${sum.toFixed(1)} s of audio; ${failed} failed; ${
        all.length - left.length
      } had their result`
    )
    if (failed > 0) return yield* new Failed({ message: `${failed} of ${left.length} recordings failed` })
  }).pipe(Effect.scoped, Effect.provide(NodeDeepgram.layerConfig()))).pipe(
    Command.withDescription("Transcribes all recordings of a folder")
  )

runCommand(batch)
