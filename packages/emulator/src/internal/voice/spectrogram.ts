import { dataTone, dataTones, lowestTone, lowTones, symbolSize } from "./code.ts"
import { bandCount, firstBand } from "./tones.ts"

/** Step of the spectrogram in samples at the internal rate: 2.5 ms. */
export const hopSize = 20

/** Windows that are remembered: 320 ms. */
const slots = 128
const hopsPerWindow = symbolSize / hopSize

// Phases are counted from the start of the stream and repeat after one symbol, so four partial sums make a window.
const cosines = new Float64Array(hopsPerWindow * bandCount * hopSize)
const sines = new Float64Array(hopsPerWindow * bandCount * hopSize)
for (let quarter = 0; quarter < hopsPerWindow; quarter++) {
  for (let band = 0; band < bandCount; band++) {
    for (let n = 0; n < hopSize; n++) {
      const angle = (2 * Math.PI * (firstBand + band) * (quarter * hopSize + n)) / symbolSize
      cosines[(quarter * bandCount + band) * hopSize + n] = Math.cos(angle)
      sines[(quarter * bandCount + band) * hopSize + n] = Math.sin(angle)
    }
  }
}

/** Powers of all bands over a window of one symbol, every 2.5 ms. Window `w` starts at hop `w`. */
export interface Spectrogram {
  /** Adds one hop of samples, found at `offset`. */
  readonly add: (samples: Float32Array, offset: number) => void
  /** Adds one hop of digital silence. */
  readonly addSilence: () => void
  /** Number of complete windows; the last 128 can be asked for. */
  readonly windows: () => number
  readonly tone: (window: number, tone: number) => number
  /** Power of all tones that say where we are. */
  readonly low: (window: number) => number
  /** Power of all tones that carry data. */
  readonly data: (window: number) => number
  /** Writes the powers of all bands, as a mean of the latest four windows. */
  readonly readLatest: (powers: Float64Array) => void
}

export const makeSpectrogram = (): Spectrogram => {
  const partialRe = new Float64Array(hopsPerWindow * bandCount)
  const partialIm = new Float64Array(hopsPerWindow * bandCount)
  const powers = new Float64Array(slots * bandCount)
  const lows = new Float64Array(slots)
  const datas = new Float64Array(slots)
  let hops = 0
  let quiet = hopsPerWindow

  const endHop = (): void => {
    hops++
    const slot = (hops - hopsPerWindow) & (slots - 1)
    const row = slot * bandCount
    lows[slot] = 0
    datas[slot] = 0
    if (quiet >= hopsPerWindow) {
      powers.fill(0, row, row + bandCount)
      return
    }
    for (let band = 0; band < bandCount; band++) {
      let re = 0
      let im = 0
      for (let at = band; at < partialRe.length; at += bandCount) {
        re += partialRe[at]!
        im += partialIm[at]!
      }
      powers[row + band] = re * re + im * im
    }
    for (let i = 0; i < lowTones; i++) lows[slot]! += powers[row + lowestTone - firstBand + i]!
    for (let i = 0; i < dataTones; i++) datas[slot]! += powers[row + dataTone - firstBand + i]!
  }

  return {
    add(samples, offset) {
      const quarter = (hops % hopsPerWindow) * bandCount
      for (let band = 0; band < bandCount; band++) {
        const row = (quarter + band) * hopSize
        let re = 0
        let im = 0
        for (let n = 0; n < hopSize; n++) {
          const sample = samples[offset + n]!
          re += sample * cosines[row + n]!
          im += sample * sines[row + n]!
        }
        partialRe[quarter + band] = re
        partialIm[quarter + band] = im
      }
      quiet = 0
      endHop()
    },
    addSilence() {
      const quarter = (hops % hopsPerWindow) * bandCount
      partialRe.fill(0, quarter, quarter + bandCount)
      partialIm.fill(0, quarter, quarter + bandCount)
      quiet++
      endHop()
    },
    windows: () => hops - hopsPerWindow + 1,
    tone: (window, tone) => powers[(window & (slots - 1)) * bandCount + tone - firstBand]!,
    low: (window) => lows[window & (slots - 1)]!,
    data: (window) => datas[window & (slots - 1)]!,
    readLatest(out) {
      out.fill(0)
      for (let hop = hops - 2 * hopsPerWindow + 1; hop <= hops - hopsPerWindow; hop++) {
        const row = (hop & (slots - 1)) * bandCount
        for (let band = 0; band < bandCount; band++) out[band]! += powers[row + band]! / hopsPerWindow
      }
    }
  }
}
