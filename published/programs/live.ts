import * as ListenV1 from "effect-deepgram/ListenV1"
import * as ListenV2 from "effect-deepgram/ListenV2"
import * as LiveAudio from "effect-deepgram/LiveAudio"
import * as LiveTranscript from "effect-deepgram/LiveTranscript"
import * as SpeakV1 from "effect-deepgram/SpeakV1"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { holds, same, type Suite } from "./program.ts"
import { format, hearing, microphone, spoken, voice } from "./voice.ts"

const sentences = ["Your order is on its way.", "It comes on Friday!"]

const piped = Effect.gen(function*() {
  const text = yield* Stream.make(sentences.join(" ")).pipe(
    SpeakV1.speakStream(voice),
    LiveAudio.bytes,
    ListenV1.transcribeStream({ ...hearing, ...format }),
    LiveTranscript.text()
  )
  yield* same("text", text, sentences.join(" "))
})

const captions = Effect.gen(function*() {
  const shown = yield* microphone(yield* spoken(sentences.join(" "))).pipe(
    ListenV1.transcribeStream({ ...hearing, ...format, interim_results: true }),
    LiveTranscript.liveCaptions(),
    Stream.runCollect
  )
  yield* holds("captions grow", shown.some(({ interim }) => interim !== ""))
  yield* same("text", shown.flatMap(({ isFinal, text }) => isFinal ? [text] : []).join(" "), sentences.join(" "))
})

const connection = Effect.gen(function*() {
  const audio = yield* spoken(sentences[0] ?? "")
  const session = yield* ListenV1.connect({ ...hearing, ...format })
  const reader = yield* Effect.forkScoped(Stream.runCollect(session.messages))
  yield* session.send(audio)
  yield* same("there was something to flush", yield* session.finalize, true)
  const { acknowledged, sent } = yield* session.position
  yield* same("seconds that were sent", sent, audio.length / 32_000)
  yield* same("seconds that are final", acknowledged.toFixed(3), sent?.toFixed(3))
  yield* session.close
  const messages = yield* Fiber.join(reader)
  const results = messages.filter((message): message is ListenV1.Results => message.type === "Results")
  yield* same("last result", results.at(-1)?.from_finalize, true)
  yield* same("last message", messages.at(-1)?.type, "Metadata")
  yield* same("text", yield* LiveTranscript.text()(Stream.fromIterable(messages)), sentences[0])
  yield* same("request", yield* session.requestId, results[0]?.metadata?.request_id)
  const { _tag } = yield* Effect.flip(session.send(audio))
  yield* same("failure after the end", _tag, "SendAfterClose")
}).pipe(Effect.scoped)

const turns = Effect.gen(function*() {
  const said = yield* microphone(yield* spoken("When do you open?")).pipe(
    ListenV2.transcribeStream({ model: "flux-general-en", ...format }),
    LiveTranscript.endedTurns,
    Stream.map(({ text }) => text),
    Stream.runCollect
  )
  yield* same("turns", said, ["When do you open?"])
})

export const live: Suite = {
  name: "live transcription",
  programs: [
    { name: "hears every word that is spoken live", run: piped },
    { name: "shows captions that grow", run: captions },
    { name: "flushes and closes a session", run: connection },
    { name: "hears the turns of a conversation", run: turns }
  ]
}
