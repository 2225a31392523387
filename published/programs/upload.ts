import * as AudioSource from "effect-deepgram/AudioSource"
import * as ListenV1 from "effect-deepgram/ListenV1"
import * as Transcript from "effect-deepgram/Transcript"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { holds, same, type Suite } from "./program.ts"
import { hearing, recording } from "./voice.ts"

const text = "The train leaves at noon from the last platform."

const transcribed = (audio: AudioSource.Input) =>
  Effect.gen(function*() {
    const transcription = yield* ListenV1.transcribeFile(audio, hearing)
    yield* same("transcript", Transcript.toText(transcription), text)
  })

const cut = (audio: Uint8Array, size: number): ReadonlyArray<Uint8Array> =>
  Array.from({ length: Math.ceil(audio.length / size) }, (_, index) => audio.slice(index * size, (index + 1) * size))

const bytes = Effect.flatMap(recording(text), (audio) => transcribed(audio))

const blob = Effect.flatMap(recording(text), (audio) => transcribed(new Blob([audio.slice()], { type: "audio/wav" })))

const chunks = Effect.gen(function*() {
  const parts = cut(yield* recording(text), 512)
  yield* holds("there are many", parts.length > 100)
  // One after the other: each is made when the one before it was taken.
  yield* transcribed(Stream.mapEffect(Stream.fromIterable(parts), (part) => Effect.as(Effect.yieldNow, part)))
})

const source = Effect.gen(function*() {
  const audio = yield* recording(text)
  yield* transcribed(AudioSource.make(Effect.succeed({
    stream: Stream.fromIterable(cut(audio, 4096)),
    size: audio.length,
    contentType: "audio/wav"
  })))
})

class Unplugged extends Schema.TaggedError<Unplugged>()("Unplugged", { message: Schema.String }) {}

const failing = Effect.gen(function*() {
  const audio = yield* recording(text)
  const broken = Stream.concat(
    Stream.make(audio.slice(0, 4096)),
    Stream.fail(new Unplugged({ message: "The microphone is gone." }))
  )
  const { _tag } = yield* Effect.flip(ListenV1.transcribeFile(broken, hearing))
  yield* same("failure", _tag, "Unplugged")
})

export const upload: Suite = {
  name: "upload",
  programs: [
    { name: "sends bytes", run: bytes },
    { name: "sends a Blob", run: blob },
    { name: "sends a stream of many chunks", run: chunks },
    { name: "sends a source of known length", run: source },
    { name: "fails as the stream that is sent", run: failing }
  ]
}
