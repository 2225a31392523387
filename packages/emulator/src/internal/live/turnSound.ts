import { makeNoiseFloor } from "../voice/noiseFloor.ts"

/** Sound is louder than -60 dB of a sine of full scale and 6 dB above the noise floor, as for the recogniser. */
const quietest = 5e-7
const overFloor = 4

/** What goes on evenly becomes the floor; it is sound still, unless it is 6 dB below what was loudest of late. */
const belowPeak = 0.25
const decay = 0.96

/** Seconds of quiet within one sound. */
const gap = 0.05

/**
 * Hears how long it has been quiet. The recogniser says that nobody speaks only after 300 ms: too late for who waits
 * for the end of a sentence.
 */
export interface Sound {
  /** The next samples; they end at `now`, in seconds. */
  readonly add: (samples: Float32Array, now: number) => void
  /** The last sound. */
  readonly last: () => Span
}

/** From when to when, in seconds. */
export interface Span {
  readonly start: number
  readonly end: number
}

const powerOf = (samples: Float32Array): number => {
  let energy = 0
  for (let i = 0; i < samples.length; i++) energy += samples[i]! * samples[i]!
  return energy / samples.length
}

export const makeSound = (): Sound => {
  const floor = makeNoiseFloor()
  let peak = 0
  let before = 0
  let last: Span = { start: 0, end: 0 }
  return {
    add: (samples, now) => {
      if (samples.length === 0) return
      const power = powerOf(samples)
      peak = Math.max(power, peak * decay)
      if (power > Math.max(quietest, Math.min(overFloor * floor.add(power), belowPeak * peak))) {
        last = { start: before - last.end > gap ? before : last.start, end: now }
      }
      before = now
    },
    last: () => last
  }
}
