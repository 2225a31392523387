import { symbolSize, symbolsPerSecond } from "./code.ts"
import { makeResampler } from "./resampler.ts"

/** Mean square below which a block counts as silence: -70 dB of full scale. */
const silence = 1e-7

/** Cuts samples of any rate and chunking into blocks of 10 ms at the internal rate. */
export interface Intake {
  /** Blocks come out 10 ms late. A block is only valid during the call; `undefined` stands for silence. */
  readonly push: (samples: Float32Array) => void
  /** Seconds received. */
  readonly duration: () => number
}

export const makeIntake = (sampleRate: number, onBlock: (block: Float32Array | undefined) => void): Intake => {
  const firstSample = (block: number): number => Math.ceil((block * sampleRate) / symbolsPerSecond)
  const resample = makeResampler(sampleRate)
  const out = new Float32Array(symbolSize)
  // The filter reaches into the neighbours of a block, so three blocks are kept.
  const buffer = new Float32Array(3 * Math.ceil(sampleRate / symbolsPerSecond))
  let base = 0
  let total = 0
  let block = 0
  let blockStart = 0
  let blockEnd = firstSample(1)
  let loud = false
  let loudBefore = false

  const endBlock = (): void => {
    const loudNow = isLoud(buffer, blockStart - base, blockEnd - base)
    if (block > 0) {
      if (loudBefore || loud || loudNow) {
        resample(out, (block - 1) * symbolSize, buffer, base)
        onBlock(out)
      } else {
        onBlock(undefined)
      }
      const keep = firstSample(block - 1)
      buffer.copyWithin(0, keep - base, blockEnd - base)
      base = keep
    }
    loudBefore = loud
    loud = loudNow
    block++
    blockStart = blockEnd
    blockEnd = firstSample(block + 1)
  }

  return {
    push(samples) {
      let at = 0
      while (at < samples.length) {
        const count = Math.min(samples.length - at, blockEnd - total)
        buffer.set(count === samples.length ? samples : samples.subarray(at, at + count), total - base)
        at += count
        total += count
        if (total === blockEnd) endBlock()
      }
    },
    duration: () => total / sampleRate
  }
}

const isLoud = (samples: Float32Array, from: number, to: number): boolean => {
  const energy = energyOf(samples, from, to)
  if (energy < Number.POSITIVE_INFINITY) return energy > silence * (to - from)
  // Not a number, or infinite: no sound.
  for (let i = from; i < to; i++) {
    if (!Number.isFinite(samples[i])) samples[i] = 0
  }
  return energyOf(samples, from, to) > silence * (to - from)
}

const energyOf = (samples: Float32Array, from: number, to: number): number => {
  // Four sums: the additions do not wait for each other.
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let i = from
  for (; i + 3 < to; i += 4) {
    a += samples[i]! * samples[i]!
    b += samples[i + 1]! * samples[i + 1]!
    c += samples[i + 2]! * samples[i + 2]!
    d += samples[i + 3]! * samples[i + 3]!
  }
  for (; i < to; i++) a += samples[i]! * samples[i]!
  return a + b + c + d
}
