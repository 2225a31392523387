import { burstLength, burstSymbols } from "./burst.ts"
import { symbolsPerSecond, toneSpacing } from "./code.ts"
import { pauseAfter } from "./prosody.ts"
import { wordBytes, words } from "./text.ts"

/** Peak amplitude of one of the two tones of a symbol. */
const amplitude = 0.35

/** Symbols per chunk: half a second, so that a word of any length needs little memory. */
const chunkSymbols = 50

/** How to speak. */
export interface Manner {
  readonly sampleRate: number
  readonly voice: number
  readonly speed: number
  /** Seconds of silence after the last word, in place of the natural pause. */
  readonly lastPause?: number | undefined
}

/** A text as sound: words and the pauses after them, in chunks of about half a second at most. */
export function* speech(text: string, manner: Manner): Generator<Float32Array> {
  let previous: string | undefined
  for (const word of words(text)) {
    if (previous !== undefined) yield silence(pauseAfter(previous, manner.speed), manner.sampleRate)
    yield* wordSound(word, manner.voice, manner.sampleRate)
    previous = word
  }
  const last = manner.lastPause ?? (previous === undefined ? 0 : pauseAfter(previous, manner.speed))
  if (last > 0) yield silence(last, manner.sampleRate)
}

/** Digital silence. */
export const silence = (seconds: number, sampleRate: number): Float32Array =>
  new Float32Array(pauseSamples(seconds, sampleRate))

/** Samples of a pause. */
export const pauseSamples = (seconds: number, sampleRate: number): number => Math.round(seconds * sampleRate)

/** The sound of one word, without a pause. */
export function* wordSound(word: string, voice: number, sampleRate: number): Generator<Float32Array> {
  const bytes = wordBytes(word)
  const total = burstLength(bytes.length)
  let index = 0
  let at = 0
  let base = 0
  let chunk = new Float32Array(0)
  for (const { low, high } of burstSymbols(bytes, voice)) {
    if (index % chunkSymbols === 0) {
      base = at
      chunk = new Float32Array(firstSample(Math.min(total, index + chunkSymbols), sampleRate) - at)
    }
    const next = firstSample(index + 1, sampleRate)
    // Symbols need not start on a sample.
    const offset = at - (index * sampleRate) / symbolsPerSecond
    addTone(chunk, at - base, next - base, (2 * Math.PI * toneSpacing * low) / sampleRate, offset)
    addTone(chunk, at - base, next - base, (2 * Math.PI * toneSpacing * high) / sampleRate, offset)
    at = next
    index++
    if (index % chunkSymbols === 0 || index === total) yield chunk
  }
}

/** The first sample of a symbol of a word. */
export const firstSample = (index: number, sampleRate: number): number =>
  Math.ceil((index * sampleRate) / symbolsPerSecond)

/** Adds `amplitude * sin(step * (offset + n))` for n = 0, 1, … by the sine recurrence. */
const addTone = (out: Float32Array, from: number, to: number, step: number, offset: number): void => {
  const factor = 2 * Math.cos(step)
  let previous = amplitude * Math.sin(step * (offset - 1))
  let current = amplitude * Math.sin(step * offset)
  for (let i = from; i < to; i++) {
    out[i]! += current
    const next = factor * current - previous
    previous = current
    current = next
  }
}
