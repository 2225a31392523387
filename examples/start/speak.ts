/** Speaks a text into a file. */
import { NodeAudio } from "@effect-deepgram/node"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { Console, Effect, FileSystem, type PlatformError, Schema, Stream } from "effect"
import { type Deepgram, type DeepgramError, ListenV1, LiveAudio, SpeakV1, Transcript } from "effect-deepgram"
import { dirname } from "node:path"
import { pathOf } from "./arguments.ts"
import { indent } from "./print.ts"
import { wav } from "./wav.ts"

/** There cannot be such a file. */
export class NotWritten extends Schema.TaggedError<NotWritten>()("NotWritten", { message: Schema.String }) {}

const voice = "aura-2-thalia-en"
const format = { encoding: "linear16", sample_rate: 24_000 } as const

/** Speaks a text into a WAV file; `isTestVoice`: and shows what is heard in the file, because people hear no words. */
export const speak = Effect.fnUntraced(
  function*(
    { file, text }: { readonly text: string; readonly file: string },
    isTestVoice: boolean
  ): Effect.fn.Return<
    void,
    DeepgramError.RequestError | DeepgramError.LiveError | NodeAudio.AudioFileError | NotWritten,
    Deepgram.Deepgram | FileSystem.FileSystem
  > {
    const path = pathOf(file)
    const fs = yield* FileSystem.FileSystem
    const notWritten = ({ reason }: PlatformError.PlatformError) => {
      const why = reason._tag === "NotFound"
        ? `there is no folder ${dirname(path)}`
        : reason.cause instanceof Error
        ? reason.cause.message
        : reason.message
      return new NotWritten({ message: `${file} cannot be written: ${why}` })
    }
    // Before anything is spoken, which costs money.
    yield* Effect.mapError(fs.access(dirname(path), { writable: true }), notWritten)
    yield* Console.log(`\n▶ ${file}`)
    let requestId: string | undefined
    // As one that is still being written: then it may have more than the 2000 characters of a request.
    const samples = yield* Stream.make(text).pipe(
      SpeakV1.speakStream({ model: voice, ...format }),
      Stream.tap((message) =>
        Effect.sync(() => {
          if (message.type === "Metadata") requestId = message.request_id
        })
      ),
      LiveAudio.bytes,
      Stream.mkUint8Array
    )
    yield* Effect.mapError(fs.writeFile(path, wav(samples, format.sample_rate)), notWritten)
    const seconds = (samples.byteLength / 2 / format.sample_rate).toFixed(1)
    yield* Console.log(`  ${seconds} s of audio · voice ${voice} · request ${requestId ?? "without an id"}`)
    if (!isTestVoice) return
    const transcription = yield* ListenV1.transcribeFile(NodeAudio.file(path), { model: "nova-3", punctuate: true })
    yield* Console.log(`  A transcription of it says\n${indent(Transcript.toText(transcription))}`)
  },
  Effect.provide(NodeFileSystem.layer)
)
