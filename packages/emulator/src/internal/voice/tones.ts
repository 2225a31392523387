import { dataTone, dataTones, lowestTone, lowTones, symbolSize } from "./code.ts"

/** The tones that are measured: 300 to 3300 Hz in steps of 100 Hz. */
export const firstBand = 3
export const bandCount = 31

const half = symbolSize / 2
const rowSize = half + 1
/** Bands are measured in fours: one too many. */
const paddedCount = 4 * Math.ceil(bandCount / 4)
const cosines = new Float64Array(paddedCount * rowSize)
const sines = new Float64Array(paddedCount * rowSize)
for (let band = 0; band < bandCount; band++) {
  for (let n = 0; n <= half; n++) {
    const angle = (2 * Math.PI * (firstBand + band) * n) / symbolSize
    cosines[band * rowSize + n] = Math.cos(angle)
    sines[band * rowSize + n] = Math.sin(angle)
  }
}
const even = new Float64Array(rowSize)
const odd = new Float64Array(rowSize)
/** The spectrum that was measured last. */
const spectrumRe = new Float64Array(paddedCount)
const spectrumIm = new Float64Array(paddedCount)

const measure = (ring: Float32Array, mask: number, start: number): void => {
  // The symmetry of sine and cosine halves the work.
  even[0] = ring[start & mask]!
  even[half] = ring[(start + half) & mask]!
  for (let n = 1; n < half; n++) {
    const a = ring[(start + n) & mask]!
    const b = ring[(start + symbolSize - n) & mask]!
    even[n] = a + b
    odd[n] = a - b
  }
  // Four bands at once: additions that do not wait for each other.
  for (let band = 0; band < paddedCount; band += 4) {
    const a = band * rowSize
    const b = a + rowSize
    const c = b + rowSize
    const d = c + rowSize
    let reA = 0
    let imA = 0
    let reB = 0
    let imB = 0
    let reC = 0
    let imC = 0
    let reD = 0
    let imD = 0
    for (let n = 0; n < rowSize; n++) {
      const sum = even[n]!
      const difference = odd[n]!
      reA += sum * cosines[a + n]!
      imA += difference * sines[a + n]!
      reB += sum * cosines[b + n]!
      imB += difference * sines[b + n]!
      reC += sum * cosines[c + n]!
      imC += difference * sines[c + n]!
      reD += sum * cosines[d + n]!
      imD += difference * sines[d + n]!
    }
    spectrumRe[band] = reA
    spectrumIm[band] = imA
    spectrumRe[band + 1] = reB
    spectrumIm[band + 1] = imB
    spectrumRe[band + 2] = reC
    spectrumIm[band + 2] = imC
    spectrumRe[band + 3] = reD
    spectrumIm[band + 3] = imD
  }
}

const readPowers = (powers: Float64Array): void => {
  for (let band = 0; band < bandCount; band++) {
    powers[band] = spectrumRe[band]! * spectrumRe[band]! + spectrumIm[band]! * spectrumIm[band]!
  }
}

/** Power of every band over one symbol length from `start` of a ring buffer. */
export const measureBands = (ring: Float32Array, mask: number, start: number, powers: Float64Array): void => {
  measure(ring, mask, start)
  readPowers(powers)
}

/** The same from `start` and from each of the `count - 1` samples behind it: less than half a symbol. */
export const slideBands = (
  ring: Float32Array,
  mask: number,
  start: number,
  count: number,
  powers: Float64Array,
  onPowers: (index: number) => void
): void => {
  measure(ring, mask, start)
  for (let index = 0; index < count; index++) {
    readPowers(powers)
    onPowers(index)
    // One sample goes and one comes, a whole number of cycles of every band later.
    const change = ring[(start + index + symbolSize) & mask]! - ring[(start + index) & mask]!
    for (let band = 0; band < bandCount; band++) {
      spectrumRe[band]! += change * cosines[band * rowSize + index]!
      spectrumIm[band]! += change * sines[band * rowSize + index]!
    }
  }
}

/** Power of one tone over one symbol length from `start` of a ring buffer. */
export const measureTone = (ring: Float32Array, mask: number, start: number, tone: number): number => {
  const row = (tone - firstBand) * rowSize
  let re = ring[start & mask]! + ring[(start + half) & mask]! * cosines[row + half]!
  let im = 0
  for (let n = 1; n < half; n++) {
    const a = ring[(start + n) & mask]!
    const b = ring[(start + symbolSize - n) & mask]!
    re += (a + b) * cosines[row + n]!
    im += (a - b) * sines[row + n]!
  }
  return re * re + im * im
}

const sum = (powers: Float64Array, from: number, count: number): number => {
  let total = 0
  for (let i = from; i < from + count; i++) total += powers[i]!
  return total
}

/** Power of all bands. */
export const allPower = (powers: Float64Array): number => sum(powers, 0, bandCount)

/** Power of the tones that say where we are. */
export const lowPower = (powers: Float64Array): number => sum(powers, lowestTone - firstBand, lowTones)

/** Power of the tones that carry data. */
export const dataPower = (powers: Float64Array): number => sum(powers, dataTone - firstBand, dataTones)

/** Power of the tone with this number. */
export const tonePower = (powers: Float64Array, tone: number): number => powers[tone - firstBand]!

/** The strongest of the tones that carry data. */
export const strongestDataTone = (powers: Float64Array): number => {
  let best = dataTone
  for (let tone = dataTone + 1; tone < dataTone + dataTones; tone++) {
    if (powers[tone - firstBand]! > powers[best - firstBand]!) best = tone
  }
  return best
}
