/**
 * Text to speech. The emulator's own voice is a *test voice*: a modem that keeps the time of a human speaker. A
 * `Recognizer` decodes its words out of the raw samples, so a lost, repeated or misplaced frame changes the transcript.
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { wordLimit } from "./internal/voice/burst.ts"
import { voiceCount } from "./internal/voice/code.ts"
import { rateProblem, spoken } from "./internal/voice/sampleRate.ts"
import * as Speech from "./internal/voice/speech.ts"
import { wordBytes, words } from "./internal/voice/text.ts"

/** How to speak. */
export interface SpeakOptions {
  /** Hz, from 8000 to 48000. */
  readonly sampleRate: number
  /** Whose voice, from 0 to 3: they differ in pitch. Default 0. */
  readonly voice?: number | undefined
  /** Default 1; 2 halves the pauses between words, which are never shorter than 30 ms. */
  readonly speed?: number | undefined
}

/** One turn of {@link converse}. */
export interface Utterance {
  readonly text: string
  /** Whose voice, from 0 to 3. Default 0. */
  readonly voice?: number | undefined
  /** Default 1; 2 halves the pauses between words. */
  readonly speed?: number | undefined
  /** Seconds of silence after the last word. Default: 0.1, after a comma 0.2, after a sentence 0.4, by `speed`. */
  readonly pause?: number | undefined
}

/** A text cannot be spoken. */
export class SynthesisError extends Schema.TaggedError<SynthesisError>()("SynthesisError", {
  /** `InvalidOptions`: rate, voice, speed or pause; `InvalidText`: a word is too long; `EngineFailure`: it broke. */
  reason: Schema.Literals(["InvalidOptions", "InvalidText", "EngineFailure"]),
  /** One line that says what to do. */
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {}

/** Turns text into speech. */
export class Synthesizer extends Context.Service<Synthesizer, {
  /**
   * Speaks a text as mono samples from -1 to 1. The stream is lazy: it makes about half a second of sound at a time.
   */
  readonly speak: (text: string, options: SpeakOptions) => Stream.Stream<Float32Array, SynthesisError>
}>()("@effect-deepgram/emulator/Synthesizer") {}

/**
 * The test voice.
 *
 * A word lasts 100 ms and 20 ms per UTF-8 byte (long words 60 ms more per 24 bytes); ordinary English comes to about
 * 190 words per minute. White space and control characters separate words and are not spoken. A word of more than
 * 65536 bytes is refused.
 */
export const layer: Layer.Layer<Synthesizer> = Layer.succeed(Synthesizer, {
  speak: (text, options) =>
    Stream.suspend((): Stream.Stream<Float32Array, SynthesisError> => {
      const problem = problemOf({ ...options, text }, options.sampleRate)
      return problem === undefined
        ? Stream.fromIteratorSucceed(Speech.speech(text, mannerOf(options, options.sampleRate)), 1)
        : Stream.fail(problem)
    })
})

/**
 * Speaks a text with the test voice, all at once: mono samples from -1 to 1.
 *
 * @throws {@link SynthesisError} when the options or the text are out of range
 *
 * @example
 * ```ts
 * import { Recognizer, Synthesizer } from "@effect-deepgram/emulator"
 *
 * const samples = Synthesizer.speak("Good morning.", { sampleRate: 16000 })
 * const words = Recognizer.recognize(samples, 16000).filter((heard) => heard._tag === "Word")
 * words.map((word) => word.text) // => ["Good", "morning."]
 * ```
 */
export const speak = (text: string, options: SpeakOptions): Float32Array =>
  converse([{ text, voice: options.voice, speed: options.speed }], options)

/**
 * Speaks several utterances one after another with the test voice: other speakers, other speeds, explicit pauses.
 *
 * @throws {@link SynthesisError} when the options or a text are out of range
 *
 * @example
 * ```ts
 * import { Synthesizer } from "@effect-deepgram/emulator"
 *
 * export const samples = Synthesizer.converse([
 *   { text: "How are you?", voice: 0, pause: 1.5 },
 *   { text: "Fine, thanks.", voice: 1 }
 * ], { sampleRate: 16000 })
 * ```
 */
export const converse = (
  utterances: ReadonlyArray<Utterance>,
  options: { readonly sampleRate: number }
): Float32Array => {
  const chunks: Array<Float32Array> = []
  for (const utterance of utterances) {
    const problem = problemOf(utterance, options.sampleRate)
    if (problem !== undefined) throw problem
    for (const chunk of Speech.speech(utterance.text, mannerOf(utterance, options.sampleRate))) chunks.push(chunk)
  }
  const samples = new Float32Array(chunks.reduce((length, chunk) => length + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    samples.set(chunk, at)
    at += chunk.length
  }
  return samples
}

/** Digital silence of so many seconds, at `sampleRate` Hz; none for a negative number. */
export const silence = (seconds: number, sampleRate: number): Float32Array =>
  Speech.silence(Math.max(0, seconds), sampleRate)

const mannerOf = (utterance: Omit<Utterance, "text">, sampleRate: number): Speech.Manner => ({
  sampleRate,
  voice: utterance.voice ?? 0,
  speed: utterance.speed ?? 1,
  lastPause: utterance.pause
})

const problemOf = (
  { pause = 0, speed = 1, text, voice = 0 }: Utterance,
  sampleRate: number
): SynthesisError | undefined => {
  const unfit = rateProblem(sampleRate, spoken)
  if (unfit !== undefined) return invalidOptions(unfit)
  if (!Number.isInteger(voice) || voice < 0 || voice >= voiceCount) {
    return invalidOptions(`There is no voice ${voice}: choose one from 0 to ${voiceCount - 1}`)
  }
  if (!(speed > 0 && speed < Infinity)) return invalidOptions(`The speed must be a positive number, not ${speed}`)
  if (!(pause >= 0 && pause < Infinity)) return invalidOptions(`The pause must be seconds from 0 on, not ${pause}`)
  for (const word of words(text)) {
    // A UTF-16 unit is at most three bytes of UTF-8.
    if (word.length * 3 > wordLimit && wordBytes(word).length > wordLimit) {
      return new SynthesisError({
        reason: "InvalidText",
        message: `A word is longer than ${wordLimit} bytes of UTF-8: split it by white space`
      })
    }
  }
  return undefined
}

const invalidOptions = (message: string) => new SynthesisError({ reason: "InvalidOptions", message })
