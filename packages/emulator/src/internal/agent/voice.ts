/** How an agent speaks: with one voice after the other, until one of them does (inventory 3.5). */
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { SynthesisError, Synthesizer } from "../../Synthesizer.ts"
import { encode, type OutputFormat } from "../audio/encode.ts"
import { begun } from "../begun.ts"
import { Fatal } from "./problem.ts"
import type { Speaker } from "./speaker.ts"
import type { Warn } from "./thinking.ts"

/** Bytes of a frame, at most: a sixth of a second of linear16 of 24,000 Hz. */
const frameBytes = 8000

function* framesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += frameBytes) yield bytes.subarray(at, at + frameBytes)
}

/** Speaks a text; `started` is run before the first of the audio, which is made as fast as it can be sent. */
export const speak = Effect.fnUntraced(function*(
  text: string,
  { format, send, speakers, started, warn }: {
    readonly speakers: NonEmptyReadonlyArray<Speaker>
    readonly format: OutputFormat
    readonly started: Effect.Effect<void>
    readonly send: (bytes: Uint8Array) => Effect.Effect<void>
    readonly warn: Warn
  }
): Effect.fn.Return<void, Fatal, Synthesizer> {
  const synthesizer = yield* Synthesizer
  let isBegun = false

  const attempt = Effect.fnUntraced(function*({ problem, speed, testVoice }: Speaker) {
    if (problem !== undefined) return yield* new SynthesisError({ reason: "InvalidOptions", message: problem })
    const { sampleRate } = format
    // The first bytes may be no more than a header: the sound has to begin too.
    const samples = yield* begun(synthesizer.speak(text, { sampleRate, voice: testVoice, speed }))
    const audio = yield* begun(encode(samples, format))
    isBegun = true
    yield* started
    yield* Stream.runForEach(audio, (bytes) => Effect.forEach(framesOf(bytes), send, { discard: true }))
  }, Effect.scoped)

  for (const [index, speaker] of speakers.entries()) {
    const problem = yield* attempt(speaker).pipe(
      Effect.as(undefined),
      Effect.catch(({ message }) => Effect.succeed(`${speaker.name} failed to speak: ${message}`)),
      Effect.catchDefect((defect) =>
        Effect.as(Effect.logError("A voice failed.", defect), `${speaker.name} failed to speak: ${String(defect)}`)
      )
    )
    if (problem === undefined) return
    // What was said already would be said again.
    if (isBegun || index === speakers.length - 1) {
      return yield* new Fatal({ code: "FAILED_TO_SPEAK", description: problem })
    }
    yield* warn("SPEAK_REQUEST_FAILED", problem)
  }
})
