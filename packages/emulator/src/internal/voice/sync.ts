import { positionTone, preambleLength, preambleTone, symbolSize, voiceCount } from "./code.ts"
import { hopSize } from "./hop.ts"
import type { Spectrogram } from "./spectrogram.ts"
import { allPower, bandCount, measureBands, measureTone, slideBands, tonePower } from "./tones.ts"

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

/** Samples to either side that are tried at first, and every how many; then those that are tried one by one. */
const reach = 16
const stride = 4
const fineReach = 5

/** Finds the sample at which the preamble begins. */
export const refineOnset = (ring: Float32Array, mask: number, near: number, voice: number): number => {
  // The tones are loudest at the right place; the peak is flat, but the power of all other tones has a sharp dip there.
  let rough = near
  let loudest = -Infinity
  for (let start = near - reach; start <= near + reach; start += stride) {
    const power = preamblePower(ring, mask, start, voice)
    if (power > loudest) {
      loudest = power
      rough = start
    }
  }
  return purest(ring, mask, rough, voice)
}

const preamblePower = (ring: Float32Array, mask: number, start: number, voice: number): number => {
  let power = 0
  for (let index = 0; index < preambleLength; index++) {
    const at = start + index * symbolSize
    power += measureTone(ring, mask, at, positionTone(index, voice)) + measureTone(ring, mask, at, preambleTone(index))
  }
  return power
}

/** By sliding, shares come out as by measuring, but for rounding: less than this. Ties are decided by measuring. */
const slidingError = 1e-12

const powers = new Float64Array(bandCount)
const signal = new Float64Array(2 * fineReach + 1)
const total = new Float64Array(2 * fineReach + 1)

/** Where the share of the power that is in other tones than those of the preamble is smallest. */
const purest = (ring: Float32Array, mask: number, near: number, voice: number): number => {
  const first = near - fineReach
  signal.fill(0)
  total.fill(0)
  for (let index = 0; index < preambleLength; index++) {
    const low = positionTone(index, voice)
    const high = preambleTone(index)
    slideBands(ring, mask, first + index * symbolSize, signal.length, powers, (place) => {
      signal[place]! += tonePower(powers, low) + tonePower(powers, high)
      total[place]! += allPower(powers)
    })
  }
  let highest = -Infinity
  for (let place = 0; place < signal.length; place++) {
    highest = Math.max(highest, signal[place]! / total[place]!)
  }
  let best = near
  let purity = -Infinity
  for (let place = 0; place < signal.length; place++) {
    if (!(signal[place]! / total[place]! > highest - slidingError)) continue
    const exact = preamblePurity(ring, mask, first + place, voice)
    if (exact > purity) {
      purity = exact
      best = first + place
    }
  }
  return best
}

/** Share of the power that is in the tones of the preamble. */
const preamblePurity = (ring: Float32Array, mask: number, start: number, voice: number): number => {
  let signal = 0
  let total = 0
  for (let index = 0; index < preambleLength; index++) {
    measureBands(ring, mask, start + index * symbolSize, powers)
    signal += tonePower(powers, positionTone(index, voice)) + tonePower(powers, preambleTone(index))
    total += allPower(powers)
  }
  return signal / total - 1
}
