/** From a script to sound. */
import * as Stream from "effect/Stream"
import { silence, type SynthesisError, type Synthesizer } from "../../Synthesizer.ts"
import type { Part, Script } from "./script.ts"

/** How a script is spoken. */
export interface Manner {
  /** Hz. */
  readonly sampleRate: number
  /** Which of the test voices. */
  readonly voice: number
  readonly speed: number
}

/** Seconds of silence in one piece, at most. */
const pieceSeconds = 0.5

function* quiet(samples: number, sampleRate: number): Generator<Float32Array> {
  const piece = Math.ceil(pieceSeconds * sampleRate)
  for (let left = samples; left > 0; left -= piece) yield new Float32Array(Math.min(left, piece))
}

const loudLength = (samples: Float32Array): number => {
  let length = samples.length
  while (length > 0 && samples[length - 1] === 0) length--
  return length
}

/** Speech up to its last sound: a pause that was asked for takes the place of the natural one. */
const untilSilent = <E>(speech: Stream.Stream<Float32Array, E>, sampleRate: number) =>
  Stream.suspend(() => {
    let held = 0
    return Stream.flatMap(speech, (chunk) => {
      const length = loudLength(chunk)
      const before = held
      held = length === 0 ? held + chunk.length : chunk.length - length
      return length === 0
        ? Stream.empty
        : Stream.concat(Stream.fromIterable(quiet(before, sampleRate)), Stream.make(chunk.subarray(0, length)))
    })
  })

/** The sound of a script, mono, made as it is pulled. Can be run more than once. */
export const soundOf = (
  synthesizer: Synthesizer["Service"],
  { parts }: Script,
  manner: Manner
): Stream.Stream<Float32Array, SynthesisError> => {
  const soundOfPart = (part: Part, index: number): Stream.Stream<Float32Array, SynthesisError> => {
    if (part._tag === "Pause") {
      return Stream.suspend(() => Stream.make(silence(part.seconds, manner.sampleRate)))
    }
    const speech = synthesizer.speak(part.text, manner)
    return parts[index + 1]?._tag === "Pause" ? untilSilent(speech, manner.sampleRate) : speech
  }
  return Stream.flatMap(
    Stream.fromIterable(parts.map((part, index) => ({ part, index }))),
    ({ index, part }) => soundOfPart(part, index)
  )
}
