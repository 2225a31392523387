import * as SpeakV1 from "effect-deepgram/SpeakV1"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { meeting } from "./faults.ts"
import { holds, same, type Suite } from "./program.ts"
import { heardIn, spoken, voice } from "./voice.ts"

const text = "Every hour there is a tour, with somebody who has been in space."

const options = { ...voice, container: "none" } as const

const whole = Effect.gen(function*() {
  const { audio, metadata } = yield* SpeakV1.generate(text, options)
  yield* same("characters", metadata.char_count, text.length)
  const bytes = yield* Stream.mkUint8Array(audio)
  yield* holds("there are whole samples", bytes.length > 32_000 && bytes.length % 2 === 0)
  yield* same("what is said", yield* heardIn(bytes), text)
  yield* same("the same again", (yield* spoken(text)).length, bytes.length)
}).pipe(Effect.scoped)

/** Bytes after which nothing comes. */
const after = 20_000

const early = Effect.gen(function*() {
  const { audio } = yield* SpeakV1.generate(text, options)
  let received = 0
  yield* Stream.runForEachWhile(audio, (chunk) => Effect.sync(() => (received += chunk.length) < after))
  yield* same("bytes", received, after)
}).pipe(meeting({ type: "Stall", at: "body", after }), Effect.scoped)

const broken = Effect.gen(function*() {
  const { audio } = yield* SpeakV1.generate(text, options)
  const { _tag } = yield* Effect.flip(Stream.runDrain(audio))
  yield* same("failure", _tag, "TransportError")
}).pipe(meeting({ type: "Truncate", after }), Effect.scoped)

export const download: Suite = {
  name: "download",
  programs: [
    { name: "takes speech as a stream, all of it", run: whole },
    { name: "hands out what has come while more is to come", run: early },
    { name: "takes audio that breaks off for a failure", run: broken }
  ]
}
