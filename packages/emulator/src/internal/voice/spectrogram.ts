import { dataTone, dataTones, lowestTone, lowTones } from "./code.ts"
import { hopsPerWindow, writeHop } from "./hop.ts"
import { bandCount, firstBand } from "./tones.ts"

/** Windows that are remembered: 80 ms. Whoever looks for a preamble is 24 windows behind at most. */
const slots = 32

/** Powers of all bands over a window of one symbol, every 2.5 ms. Window `w` starts at hop `w`. */
export interface Spectrogram {
  /** Adds one hop of samples, found at `offset`. */
  readonly add: (samples: Float32Array, offset: number) => void
  /** Adds one hop of digital silence. */
  readonly addSilence: () => void
  /** Number of complete windows; the last 32 can be asked for. */
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
    if (quiet >= hopsPerWindow) {
      lows[slot] = 0
      datas[slot] = 0
      powers.fill(0, row, row + bandCount)
      return
    }
    for (let band = 0; band < bandCount; band++) {
      const second = band + bandCount
      const third = second + bandCount
      const fourth = third + bandCount
      const re = partialRe[band]! + partialRe[second]! + partialRe[third]! + partialRe[fourth]!
      const im = partialIm[band]! + partialIm[second]! + partialIm[third]! + partialIm[fourth]!
      powers[row + band] = re * re + im * im
    }
    let low = 0
    for (let i = row + lowestTone - firstBand; i < row + lowestTone - firstBand + lowTones; i++) low += powers[i]!
    let data = 0
    for (let i = row + dataTone - firstBand; i < row + dataTone - firstBand + dataTones; i++) data += powers[i]!
    lows[slot] = low
    datas[slot] = data
  }

  return {
    add(samples, offset) {
      const quarter = hops % hopsPerWindow
      writeHop(samples, offset, quarter, partialRe, partialIm, quarter * bandCount)
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
