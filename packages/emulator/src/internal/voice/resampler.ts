import { internalRate } from "./code.ts"

/** Half the length of the filter in seconds. */
const reachSeconds = 0.001

const phases = 256
const cutoff = 4000
const kaiserBeta = 5

/**
 * Fills `out` with samples at the internal rate.
 *
 * `input` holds the samples from absolute index `base` on; `first` is the absolute index of `out[0]`. The input must
 * reach 1 ms to either side of the output.
 */
export type Resample = (out: Float32Array, first: number, input: Float32Array, base: number) => void

/** A windowed-sinc resampler from `sampleRate` (Hz, at least 8000) that keeps 0 to 3200 Hz. */
export const makeResampler = (sampleRate: number): Resample => {
  if (sampleRate === internalRate) {
    return (out, first, input, base) => {
      out.set(input.subarray(first - base, first - base + out.length))
    }
  }
  const half = Math.ceil(reachSeconds * sampleRate)
  if (sampleRate % internalRate !== 0) return makeFilter(sampleRate, half)
  // All sessions share one: its tables stay in the cache of the processor.
  const step = sampleRate / internalRate
  return decimators[step] ??= makeDecimator(step, half)
}

/** By the factor: there are 48, up to the highest rate. */
const decimators: Array<Resample | undefined> = []

/** Any rate. */
const makeFilter = (sampleRate: number, half: number): Resample => {
  // Rows are made when first needed: usual rates use few of the phases.
  const rows: Array<Float64Array | undefined> = Array.from({ length: phases })
  return (out, first, input, base) => {
    for (let i = 0; i < out.length; i++) {
      const position = ((first + i) * sampleRate) / internalRate
      const whole = Math.floor(position)
      const phase = Math.round((position - whole) * phases)
      const from = whole + (phase === phases ? 1 : 0) - half - base
      const row = rows[phase % phases] ??= filterRow(sampleRate, half, (phase % phases) / phases)
      const begin = Math.max(0, -from)
      let sum = 0
      for (let tap = begin; tap < row.length; tap++) sum += row[tap]! * input[from + tap]!
      out[i] = sum
    }
  }
}

/** Below this a tap is 0: where the sinc crosses it. */
const negligible = 1e-12

/** Every `step`th sample. One row is enough, it is symmetric, and a part of it is 0: a quarter of the work. */
const makeDecimator = (step: number, half: number): Resample => {
  const filter = makeFilter(step * internalRate, half)
  const row = filterRow(step * internalRate, half, 0)
  const centre = row[half]!
  const distances = Int32Array.from(row.subarray(half + 1), (tap, i) => Math.abs(tap) < negligible ? 0 : i + 1)
    .filter((distance) => distance > 0)
  const taps = Float64Array.from(distances, (distance) => row[half + distance]!)
  return (out, first, input, base) => {
    // The first samples have no neighbours.
    if (first * step - base < half) return filter(out, first, input, base)
    for (let i = 0, at = first * step - base; i < out.length; i++, at += step) {
      let sum = centre * input[at]!
      for (let tap = 0; tap < taps.length; tap++) {
        const distance = distances[tap]!
        sum += taps[tap]! * (input[at - distance]! + input[at + distance]!)
      }
      out[i] = sum
    }
  }
}

const filterRow = (sampleRate: number, half: number, fraction: number): Float64Array => {
  const row = new Float64Array(2 * half + 1)
  const reach = reachSeconds * sampleRate
  let sum = 0
  for (let i = 0; i < row.length; i++) {
    const distance = i - half - fraction
    const x = distance / reach
    if (Math.abs(x) < 1) {
      row[i] = sinc((2 * cutoff * distance) / sampleRate) * bessel(kaiserBeta * Math.sqrt(1 - x * x))
      sum += row[i]!
    }
  }
  for (let i = 0; i < row.length; i++) row[i]! /= sum
  return row
}

const sinc = (x: number): number => x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)

/** Modified Bessel function of the first kind, order zero. */
const bessel = (x: number): number => {
  let term = 1
  let sum = 1
  for (let k = 1; term > 1e-9 * sum; k++) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}
