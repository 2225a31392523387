import { Schema } from "effect"
import { aLaw, type Law, muLaw } from "../../src/internal/audio/g711.ts"
import { makeEngine } from "../../src/internal/voice/engine.ts"
import type { Heard, HeardWord, SpeechEnded } from "../../src/Recognizer.ts"

/** Pseudo-random numbers from 0 to 1, the same in every run. */
export type Random = () => number

export const makeRandom = (seed: number): Random => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const integer = (random: Random, from: number, to: number): number =>
  from + Math.floor(random() * (to - from + 1))

export const pick = <A>(random: Random, items: ReadonlyArray<A>): A => items[integer(random, 0, items.length - 1)]!

export const gaussian = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** Root mean square of the test voice while it speaks. */
export const voiceLevel = 0.35

/** Adds white noise; `level` is its root mean square. */
export const withNoise = (samples: Float32Array, level: number, random: Random): Float32Array =>
  samples.map((sample) => sample + level * gaussian(random))

export const scaled = (samples: Float32Array, factor: number): Float32Array => samples.map((sample) => sample * factor)

export const joined = (...parts: ReadonlyArray<Float32Array>): Float32Array => {
  const samples = new Float32Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    samples.set(part, at)
    at += part.length
  }
  return samples
}

const companded = (law: Law) => (samples: Float32Array): Float32Array =>
  Float32Array.from(law.encodeFloat(samples), (code) => law.toFloat[code]!)

/** What encoding and decoding does to samples. */
export const encodings = {
  none: (samples: Float32Array): Float32Array => samples,
  linear16: (samples: Float32Array): Float32Array =>
    samples.map((sample) => Math.max(-32768, Math.min(32767, Math.round(sample * 32768))) / 32768),
  mulaw: companded(muLaw),
  alaw: companded(aLaw)
}

export const usualRates = [8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000] as const

export const AnyRate = Schema.Union([
  Schema.Literals(usualRates),
  Schema.Int.check(Schema.isBetween({ minimum: 8000, maximum: 48000 }))
])

export const AnyVoice = Schema.Literals([0, 1, 2, 3])

export const Seed = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 ** 31 }))

/** Pushes the samples in chunks of the lengths that `next` says. */
export const recognizeInChunks = (samples: Float32Array, sampleRate: number, next: () => number): Array<Heard> => {
  const engine = makeEngine(sampleRate)
  const heard: Array<Heard> = []
  for (let at = 0; at < samples.length;) {
    const length = next()
    // A copy that is wiped afterwards: nobody may keep it.
    const chunk = samples.slice(at, at + length)
    heard.push(...engine.push(chunk))
    chunk.fill(1)
    at += length
  }
  return [...heard, ...engine.finish()]
}

export const wordsOf = (heard: ReadonlyArray<Heard>): Array<HeardWord> => heard.filter((event) => event._tag === "Word")

export const textOf = (heard: ReadonlyArray<Heard>): string => wordsOf(heard).map((word) => word.text).join(" ")

export const activityOf = (heard: ReadonlyArray<Heard>): Array<SpeechEnded> =>
  heard.filter((event) => event._tag === "SpeechEnded")

/** Text with one space between words, as it is expected back. */
export const normalized = (text: string): string =>
  text.toWellFormed().split(/[\s\p{Cc}]+/u).filter((word) => word !== "").join(" ")

/** Where there is sound in samples that are zero elsewhere: runs that are at least 20 ms apart, in seconds. */
export const soundsIn = (
  samples: Float32Array,
  sampleRate: number
): Array<{ readonly start: number; readonly end: number }> => {
  const runs: Array<{ start: number; end: number }> = []
  for (let i = 0; i < samples.length; i++) {
    if (Math.abs(samples[i]!) < 1e-6) continue
    const last = runs.at(-1)
    if (last !== undefined && i / sampleRate - last.end < 0.02) last.end = (i + 1) / sampleRate
    else runs.push({ start: i / sampleRate, end: (i + 1) / sampleRate })
  }
  return runs
}

/** A random character that is printed: most often ASCII, also any other Unicode character. */
const character = (random: Random): string => {
  const kind = random()
  const code = kind < 0.7
    ? integer(random, 0x21, 0x7e)
    : kind < 0.85
    ? integer(random, 0xa1, 0x6ff)
    : integer(random, 0xa1, kind < 0.95 ? 0xffff : 0x10ffff)
  const text = String.fromCodePoint(code)
  return normalized(text) === text ? text : character(random)
}

/** A random word: most often short, sometimes up to `longest` characters. */
export const randomWord = (random: Random, longest: number): string =>
  Array.from({ length: integer(random, 1, random() < 0.85 ? 9 : longest) }, () => character(random)).join("")
