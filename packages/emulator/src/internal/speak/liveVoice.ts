/** Speech that is sent while it is made. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { SynthesisError, Synthesizer } from "../../Synthesizer.ts"
import { encodeSamples, sampleBytes } from "../audio/pcm.ts"
import { isBlank } from "../blank.ts"
import type { LiveFormat } from "./format.ts"

/** Seconds of sound in one frame, at most. */
const frameSeconds = 0.05

/** Whose voice it is, and how it is sent. */
export interface LiveVoice {
  readonly synthesizer: Synthesizer["Service"]
  readonly format: LiveFormat
  /** Which of the test voices. */
  readonly testVoice: number
  /** Sends a frame, and waits while the client does not read. */
  readonly send: (frame: Uint8Array) => Effect.Effect<void>
}

function* piecesOf(samples: Float32Array, length: number): Generator<Float32Array> {
  for (let at = 0; at < samples.length; at += length) yield samples.subarray(at, at + length)
}

/** Speaks a text, as it is pulled by who listens: what the client does not take is not made. */
export const utter = (
  { format, send, synthesizer, testVoice }: LiveVoice,
  text: string,
  speed: number
): Effect.Effect<void, SynthesisError> =>
  isBlank(text)
    ? Effect.void
    : synthesizer.speak(text, { sampleRate: format.sampleRate, voice: testVoice, speed }).pipe(
      Stream.flatMap((samples) =>
        Stream.fromIteratorSucceed(piecesOf(samples, Math.ceil(frameSeconds * format.sampleRate)), 1)
      ),
      // Between two frames it is heard what the client has to say.
      Stream.runForEach((piece) =>
        Effect.andThen(Effect.suspend(() => send(encodeSamples(piece, format.encoding))), Effect.yieldNow)
      )
    )

/** How many milliseconds of sound are in a frame. */
export const millisOf = (frame: Uint8Array, { encoding, sampleRate }: LiveFormat): number =>
  frame.length / sampleBytes[encoding] / sampleRate * 1000
