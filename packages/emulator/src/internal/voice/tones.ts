import { dataTone, dataTones, lowestTone, lowTones, symbolSize } from "./code.ts"

/** The tones that are measured: 300 to 3300 Hz in steps of 100 Hz. */
export const firstBand = 3
export const bandCount = 31

const half = symbolSize / 2
const cosines = new Float64Array(bandCount * (half + 1))
const sines = new Float64Array(bandCount * (half + 1))
for (let band = 0; band < bandCount; band++) {
  for (let n = 0; n <= half; n++) {
    const angle = (2 * Math.PI * (firstBand + band) * n) / symbolSize
    cosines[band * (half + 1) + n] = Math.cos(angle)
    sines[band * (half + 1) + n] = Math.sin(angle)
  }
}
const even = new Float64Array(half + 1)
const odd = new Float64Array(half + 1)

/** Power of every band over one symbol length from `start` of a ring buffer. */
export const measureBands = (ring: Float32Array, mask: number, start: number, powers: Float64Array): void => {
  // The symmetry of sine and cosine halves the work.
  even[0] = ring[start & mask]!
  even[half] = ring[(start + half) & mask]!
  for (let n = 1; n < half; n++) {
    const a = ring[(start + n) & mask]!
    const b = ring[(start + symbolSize - n) & mask]!
    even[n] = a + b
    odd[n] = a - b
  }
  for (let band = 0; band < bandCount; band++) {
    const row = band * (half + 1)
    let re = 0
    let im = 0
    for (let n = 0; n <= half; n++) {
      re += even[n]! * cosines[row + n]!
      im += odd[n]! * sines[row + n]!
    }
    powers[band] = re * re + im * im
  }
}

/** Power of one tone over one symbol length from `start` of a ring buffer. */
export const measureTone = (ring: Float32Array, mask: number, start: number, tone: number): number => {
  const row = (tone - firstBand) * (half + 1)
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
