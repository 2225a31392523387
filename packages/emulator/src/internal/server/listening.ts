/** Audio in, hearings out: decoding, mixing, recognising. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Heard, Recognizer } from "../../Recognizer.ts"
import type { DecodedAudio } from "../audio/decode.ts"
import { mix } from "../audio/mix.ts"
import type { Hearing } from "../transcribe/words.ts"

/** Hears the audio to its end, at the pace at which it arrives. */
export const listen = Effect.fn("Emulator.listen")(function*<E>(
  audio: DecodedAudio<E>,
  options: { readonly multichannel: boolean }
) {
  const { sampleRate } = audio.format
  const recognizer = yield* Recognizer
  const count = options.multichannel ? audio.format.channels : 1
  const sessions = yield* Effect.replicateEffect(recognizer.open({ sampleRate }), count)
  const heard: ReadonlyArray<Array<Heard>> = sessions.map(() => [])
  let frames = 0
  yield* Stream.runForEach(audio.samples, (channels) => {
    frames += channels[0]?.length ?? 0
    const inputs = options.multichannel ? channels : [mix(channels)]
    return Effect.forEach(
      sessions,
      (session, i) => Effect.map(session.push(inputs[i] ?? new Float32Array(0)), (events) => heard[i]?.push(...events)),
      { discard: true }
    )
  })
  yield* Effect.forEach(
    sessions,
    (session, i) => Effect.map(session.finish, (events) => heard[i]?.push(...events)),
    { discard: true }
  )
  const hearings = heard.map((events): Hearing => ({
    words: events.filter((event) => event._tag === "Word"),
    activity: events.filter((event) => event._tag === "SpeechEnded")
  }))
  return { hearings, duration: frames / sampleRate }
})
