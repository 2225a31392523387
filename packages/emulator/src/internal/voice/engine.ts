import { makeActivity } from "./activity.ts"
import { symbolSize } from "./code.ts"
import { makeDecoder } from "./decoder.ts"
import type { Heard } from "./heard.ts"
import { makeIntake } from "./intake.ts"
import { hopSize, makeSpectrogram } from "./spectrogram.ts"
import { bandCount } from "./tones.ts"

/** Samples at the internal rate that are remembered: half a second. */
const ringSize = 4096

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

  const intake = makeIntake(sampleRate, (block) => {
    for (let i = 0; i < symbolSize; i++) ring[(written + i) & mask] = block === undefined ? 0 : block[i]!
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
