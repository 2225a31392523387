/** A recording in the place of the microphone: the emulator understands no other voice than this. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Capture, capture, type MicrophoneError, notLoaded, preferredSampleRate } from "./capture.ts"

const load = (signal: AbortSignal) =>
  fetch("/voice.wav", { signal })
    .then((response) => response.arrayBuffer())
    .then((file) => new OfflineAudioContext(1, 1, preferredSampleRate).decodeAudioData(file))

/** Listens to the recording over and over until the scope closes. It is not heard. */
export const open: Effect.Effect<Capture, MicrophoneError, Scope.Scope> = Effect.gen(function*() {
  const recording = yield* Effect.tryPromise({ try: load, catch: notLoaded })
  return yield* capture((context) => {
    const source = new AudioBufferSourceNode(context, { buffer: recording, loop: true })
    source.start()
    return source
  })
})
