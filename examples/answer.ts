/**
 * An answer of a language model, spoken while it is still being written: the first sentence is heard while the model
 * thinks of the next one.
 *
 *     node --conditions=@effect-deepgram/source examples/answer.ts "Why is the sky blue?"              to the loudspeaker
 *     node --conditions=@effect-deepgram/source examples/answer.ts "Why is the sky blue?" answer.wav   to a file
 *
 * The model is a stand-in that always gives the same answer, a word at a time. A real one takes its place in one line,
 * where the layer is provided: any `LanguageModel` of Effect AI. What asks it, `LanguageModel.streamText`, stays as it is.
 */
import { NodeAudio, NodeDeepgram } from "@effect-deepgram/node"
import { Clock, Console, Effect, FileSystem, Layer, Option, Stream } from "effect"
import { LiveAudio, SpeakV1 } from "effect-deepgram"
import { LanguageModel } from "effect/ai"
import { Argument, Command } from "effect/cli"
import { stdout } from "node:process"
import { checkWritable, runCommand } from "./command.ts"
import { wav } from "./start/wav.ts"

const format = { encoding: "linear16", sample_rate: 24_000 } as const

const standIn = Layer.effect(
  LanguageModel.LanguageModel,
  LanguageModel.make({
    generateText: () => Effect.succeed([]),
    streamText: () =>
      Stream.fromIterable(
        "The light of the sun has all colours. Air scatters the blue ones most, and so they reach us from everywhere. "
          .match(/\S+ /g) ?? []
      ).pipe(
        Stream.mapEffect((delta) =>
          Effect.delay(Effect.succeed({ type: "text-delta", id: "1", delta } as const), "60 millis")
        )
      )
  })
)

/** The tokens of an answer, as they come. */
const think = (question: string) =>
  LanguageModel.streamText({ prompt: `Answer in two short sentences, which will be spoken: ${question}` }).pipe(
    Stream.filter((part) => part.type === "text-delta"),
    Stream.map(({ delta }) => delta)
  )

const config = {
  question: Argument.String("question").pipe(
    Argument.withDescription("in quotation marks"),
    Argument.filter((question) => question.trim() !== "", () => "a question")
  ),
  file: Argument.File("file").pipe(
    Argument.withDescription("the WAV file to write; without it the loudspeaker speaks"),
    Argument.optional
  )
}

const answer = Command.make("answer", config, ({ file, question }) =>
  Effect.gen(function*() {
    if (Option.isSome(file)) yield* checkWritable(file.value)
    const began = yield* Clock.currentTimeMillis
    const since = Effect.map(Clock.currentTimeMillis, (now) => ((now - began) / 1000).toFixed(2))
    let lastWord = ""
    let firstSound: string | undefined

    const speech = think(question).pipe(
      Stream.tap((token) =>
        Effect.map(since, (seconds) => {
          lastWord = seconds
          stdout.write(token)
        })
      ),
      SpeakV1.speakStream({ model: "aura-2-thalia-en", ...format }),
      Stream.tap((message) =>
        Effect.map(since, (seconds) => {
          if (message.type === "Audio") firstSound ??= seconds
        })
      )
    )

    if (Option.isNone(file)) yield* NodeAudio.play(format)(speech)
    else {
      const samples = yield* speech.pipe(LiveAudio.bytes, Stream.mkUint8Array)
      const fs = yield* FileSystem.FileSystem
      yield* fs.writeFile(file.value, wav(samples, format.sample_rate))
    }
    yield* Console.log(`\nThe first sound came after ${firstSound} s, the last word after ${lastWord} s.`)
  }).pipe(
    // For a real answer, in place of the stand-in: the layer of a model, from the package of Effect AI for its provider.
    Effect.provide([standIn, NodeDeepgram.layerConfig()])
  )).pipe(Command.withDescription("Speaks the answer of a language model while it is written"))

runCommand(answer)
