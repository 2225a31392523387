import * as LiveAudio from "effect-deepgram/LiveAudio"
import * as SpeakV1 from "effect-deepgram/SpeakV1"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { holds, same, type Suite } from "./program.ts"
import { heardIn, joined, voice } from "./voice.ts"

const pieces = Effect.gen(function*() {
  // As a model writes: words are cut anywhere.
  const text = "Good morning. How can I help you today? Please tell me."
  const audio = yield* Stream.fromIterable(text.match(/.{1,7}/g) ?? []).pipe(
    SpeakV1.speakStream(voice),
    LiveAudio.bytes,
    Stream.mkUint8Array
  )
  yield* same("what is said", yield* heardIn(audio), text)
})

const connection = Effect.gen(function*() {
  const session = yield* SpeakV1.connect(voice)
  const reader = yield* Effect.forkScoped(Stream.runCollect(session.messages))
  yield* session.speak("Your order is on its way.")
  yield* holds("it is flushed", (yield* session.flush) !== undefined)
  yield* session.close
  const messages = yield* Fiber.join(reader)
  yield* same(
    "messages",
    [...new Set(messages.map(({ type }) => type))],
    ["Metadata", "Audio", "Flushed"]
  )
  const audio = messages.flatMap((message) => message.type === "Audio" ? [message.audio] : [])
  yield* same("what is said", yield* heardIn(joined(audio)), "Your order is on its way.")
}).pipe(Effect.scoped)

const interrupted = Effect.gen(function*() {
  const begun = yield* Deferred.make<void>()
  const silenced = yield* Deferred.make<void>()
  const long = "There is the hall of balloons, with the basket of the first crossing. ".repeat(5)
  const messages = yield* Stream.make(long).pipe(
    Stream.concat(Stream.fromEffect(Effect.as(Deferred.await(silenced), "I am listening."))),
    SpeakV1.speakStream({ ...voice, interruptions: Stream.fromEffect(Deferred.await(begun)) }),
    Stream.tap(({ type }) =>
      type === "Audio"
        ? Deferred.succeed(begun, undefined)
        : type === "Cleared"
        ? Deferred.succeed(silenced, undefined)
        : Effect.void
    ),
    Stream.runCollect
  )
  const cleared = messages.findIndex(({ type }) => type === "Cleared")
  yield* holds("it was interrupted", cleared > 0)
  const rest = messages.slice(cleared).flatMap((message) => message.type === "Audio" ? [message.audio] : [])
  yield* same("what is said afterwards", yield* heardIn(joined(rest)), "I am listening.")
})

export const speech: Suite = {
  name: "speech",
  programs: [
    { name: "speaks a text that is being written", run: pieces },
    { name: "flushes and closes a session", run: connection },
    { name: "drops what is interrupted, and speaks on", run: interrupted }
  ]
}
