/**
 * The parts of which windows of the spectrogram are made: for each band Σ x[n] cis(a n) over the samples of one hop, up to
 * a turn that all hops have in common, since of a window only the power matters.
 *
 * Two symmetries leave a quarter of the multiplications. Even samples lie around the 9th and odd ones around the 10th, at
 * the same odd distances: cosines go with the sums of what lies opposite, sines with the differences. And band 40 - k has
 * the terms of band k, with the other sign where a sample is odd.
 */
import { symbolSize } from "./code.ts"
import { bandCount, firstBand } from "./tones.ts"

/** Step of the spectrogram in samples at the internal rate: 2.5 ms. */
export const hopSize = 20

/** Hops that make a window of one symbol. */
export const hopsPerWindow = symbolSize / hopSize

const distances = [1, 3, 5, 7, 9] as const
const evenCentre = 9
const oddCentre = 10

/** The first bands have no counterpart: it would lie beyond the last one. */
const mirror = symbolSize / 2 - 2 * firstBand
const pairs = mirror / 2 + 1

const cosines = new Float64Array(pairs * distances.length)
const sines = new Float64Array(pairs * distances.length)
/** Of half the way from the even centre to the odd one. */
const halfCosine = new Float64Array(pairs)
const halfSine = new Float64Array(pairs)
for (let band = 0; band < pairs; band++) {
  const angle = (2 * Math.PI * (firstBand + band)) / symbolSize
  halfCosine[band] = Math.cos(angle / 2)
  halfSine[band] = Math.sin(angle / 2)
  for (const [i, distance] of distances.entries()) {
    cosines[band * distances.length + i] = Math.cos(angle * distance)
    sines[band * distances.length + i] = Math.sin(angle * distance)
  }
}

const turnRe = [1, 0, -1, 0] as const
const turnIm = [0, 1, 0, -1] as const

const length = distances.length
/** For each distance the sums and the differences of what lies opposite: of even and odd samples together, and apart. */
const sums = new Float64Array(length)
const sumsApart = new Float64Array(length)
const differences = new Float64Array(length)
const differencesApart = new Float64Array(length)

const fold = (samples: Float32Array, offset: number): void => {
  for (let i = 0; i < length; i++) {
    const distance = 2 * i + 1
    const evenLeft = samples[offset + evenCentre - distance]!
    const evenRight = samples[offset + evenCentre + distance]!
    const oddLeft = samples[offset + oddCentre - distance]!
    const oddRight = samples[offset + oddCentre + distance]!
    const evenSum = evenRight + evenLeft
    const oddSum = oddRight + oddLeft
    const evenDifference = evenRight - evenLeft
    const oddDifference = oddRight - oddLeft
    sums[i] = evenSum + oddSum
    sumsApart[i] = evenSum - oddSum
    differences[i] = evenDifference + oddDifference
    differencesApart[i] = evenDifference - oddDifference
  }
}

/** Writes the partial sums of the hop at `offset`, the `quarter`th of its symbol, from index `at` on. */
export const writeHop = (
  samples: Float32Array,
  offset: number,
  quarter: number,
  partialRe: Float64Array,
  partialIm: Float64Array,
  at: number
): void => {
  fold(samples, offset)
  for (let band = 0; band < pairs; band++) {
    let sum = 0
    let sumApart = 0
    let difference = 0
    let differenceApart = 0
    const row = band * length
    for (let i = 0; i < length; i++) {
      const cosine = cosines[row + i]!
      const sine = sines[row + i]!
      sum += sums[i]! * cosine
      sumApart += sumsApart[i]! * cosine
      difference += differences[i]! * sine
      differenceApart += differencesApart[i]! * sine
    }
    const cosine = halfCosine[band]!
    const sine = halfSine[band]!
    const turn = ((firstBand + band) * quarter) & 3
    const c = turnRe[turn]!
    const s = turnIm[turn]!
    const re = cosine * sum + sine * differenceApart
    const im = cosine * difference - sine * sumApart
    partialRe[at + band] = c * re - s * im
    partialIm[at + band] = s * re + c * im
    const other = mirror - band
    if (other >= bandCount) continue
    const otherRe = cosine * sumApart + sine * difference
    const otherIm = cosine * differenceApart - sine * sum
    partialRe[at + other] = c * otherRe - s * otherIm
    partialIm[at + other] = s * otherRe + c * otherIm
  }
}
