import { positionTone, preambleLength, preambleTone, symbolSize, voiceCount } from "./code.ts"
import { hopSize, type Spectrogram } from "./spectrogram.ts"
import { allPower, bandCount, measureBands, measureTone, tonePower } from "./tones.ts"

const hopsPerSymbol = symbolSize / hopSize

/** Windows that must be complete, from the one asked for on, before {@link findOnset} can answer. */
export const onsetWindows = hopsPerSymbol * preambleLength + 1

// Half a hop beside the right place a tone still holds three quarters of its band.
const coarsePurity = 0.45

/** Looks for a preamble that begins about at `window`; the cheap part of the search. */
export const findOnset = (spectrogram: Spectrogram, window: number): { window: number; voice: number } | undefined => {
  let score = preambleScore(spectrogram, window)
  if (score === 0) return undefined
  let best = window
  for (let next = window + 1; next < window + hopsPerSymbol; next++) {
    const other = preambleScore(spectrogram, next)
    if (other > score) {
      score = other
      best = next
    }
  }
  for (let voice = 0; voice < voiceCount; voice++) {
    if (isVoice(spectrogram, best, voice)) return { window: best, voice }
  }
  return undefined
}

const preambleScore = (spectrogram: Spectrogram, window: number): number => {
  let score = 0
  for (let index = 0; index < preambleLength; index++) {
    const at = window + index * hopsPerSymbol
    const power = spectrogram.tone(at, preambleTone(index))
    if (!(power > coarsePurity * spectrogram.data(at))) return 0
    score += power
  }
  return score
}

const isVoice = (spectrogram: Spectrogram, window: number, voice: number): boolean => {
  for (let index = 0; index < preambleLength; index++) {
    const at = window + index * hopsPerSymbol
    if (!(spectrogram.tone(at, positionTone(index, voice)) > coarsePurity * spectrogram.low(at))) return false
  }
  return true
}

/** Finds the sample at which the preamble begins. */
export const refineOnset = (ring: Float32Array, mask: number, near: number, voice: number): number => {
  // The tones are loudest at the right place; the peak is flat, but the power of all other tones has a sharp dip there.
  const rough = best(near, 16, 4, (start) => preamblePower(ring, mask, start, voice))
  return best(rough, 5, 1, (start) => -preambleNoise(ring, mask, start, voice))
}

const best = (near: number, reach: number, step: number, score: (start: number) => number): number => {
  let place = near
  let highest = -Infinity
  for (let start = near - reach; start <= near + reach; start += step) {
    const value = score(start)
    if (value > highest) {
      highest = value
      place = start
    }
  }
  return place
}

const preamblePower = (ring: Float32Array, mask: number, start: number, voice: number): number => {
  let power = 0
  for (let index = 0; index < preambleLength; index++) {
    const at = start + index * symbolSize
    power += measureTone(ring, mask, at, positionTone(index, voice)) + measureTone(ring, mask, at, preambleTone(index))
  }
  return power
}

const powers = new Float64Array(bandCount)

/** Share of the power that is in other tones than those of the preamble. */
const preambleNoise = (ring: Float32Array, mask: number, start: number, voice: number): number => {
  let signal = 0
  let total = 0
  for (let index = 0; index < preambleLength; index++) {
    measureBands(ring, mask, start + index * symbolSize, powers)
    signal += tonePower(powers, positionTone(index, voice)) + tonePower(powers, preambleTone(index))
    total += allPower(powers)
  }
  return 1 - signal / total
}
