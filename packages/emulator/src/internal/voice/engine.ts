import { makeActivity } from "./activity.ts"
import { symbolSize } from "./code.ts"
import { makeDecoder } from "./decoder.ts"
import type { Heard } from "./heard.ts"
import { hopSize } from "./hop.ts"
import { makeIntake } from "./intake.ts"
import { makeSpectrogram } from "./spectrogram.ts"
import { bandCount } from "./tones.ts"

/** Samples at the internal rate that are remembered: 128 ms. The quiet before a preamble is 700 samples back at most. */
const ringSize = 1024

/** Seconds of silence that bring everything out that is still under way. */
const drainSeconds = 0.1

const hopsPerBlock = symbolSize / hopSize

/** Recognises the test voice on one channel. Everything it returns depends on the samples, not on their chunking. */
export interface Engine {
  readonly push: (samples: Float32Array) => ReadonlyArray<Heard>
  /** The stream has ended. */
  readonly finish: () => ReadonlyArray<Heard>
}

export const makeEngine = (sampleRate: number): Engine => {
  const ring = new Float32Array(ringSize)
  const mask = ringSize - 1
  const spectrogram = makeSpectrogram()
  const powers = new Float64Array(bandCount)
  let heard: Array<Heard> = []
  let written = 0
  // The time at which the stream ended: a last word may seem to end a fraction of a millisecond later.
  let last = Infinity

  const activity = makeActivity({
    onStart: (at) => heard.push({ _tag: "SpeechStarted", at }),
    onEnd: (start, end) => heard.push({ _tag: "SpeechEnded", start, end })
  })
  const decoder = makeDecoder(ring, mask, spectrogram, {
    onVoice: activity.voiceFrom,
    onSound: activity.voiceUntil,
    onWord: (text, start, end, confidence, voice) =>
      heard.push({ _tag: "Word", text, start, end: Math.min(end, last), confidence, voice })
  })

  const writeRing = (block: Float32Array | undefined): void => {
    const at = written & mask
    const fits = Math.min(symbolSize, ringSize - at)
    if (block === undefined) {
      ring.fill(0, at, at + fits)
      ring.fill(0, 0, symbolSize - fits)
    } else {
      for (let i = 0; i < fits; i++) ring[at + i] = block[i]!
      for (let i = fits; i < symbolSize; i++) ring[i - fits] = block[i]!
    }
  }

  const intake = makeIntake(sampleRate, (block) => {
    writeRing(block)
    written += symbolSize
    for (let hop = 0; hop < hopsPerBlock; hop++) {
      if (block === undefined) spectrogram.addSilence()
      else spectrogram.add(block, hop * hopSize)
    }
    decoder.advance(written)
    if (block !== undefined) spectrogram.readLatest(powers)
    activity.add(block === undefined ? undefined : powers)
  })

  const flush = (): ReadonlyArray<Heard> => {
    const result = heard
    heard = []
    return result
  }

  return {
    push(samples) {
      intake.push(samples)
      return flush()
    },
    finish() {
      last = intake.duration()
      intake.push(new Float32Array(Math.ceil(drainSeconds * sampleRate)))
      activity.finish(last)
      return flush()
    }
  }
}
