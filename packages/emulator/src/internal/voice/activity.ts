import { symbolSize, symbolsPerSecond } from "./code.ts"
import { makeNoiseFloor } from "./noiseFloor.ts"
import { allPower, bandCount } from "./tones.ts"

/** Where somebody speaks, in seconds since the start of the stream. */
export interface ActivityEvents {
  readonly onStart: (at: number) => void
  readonly onEnd: (start: number, end: number) => void
}

/**
 * Finds out where somebody speaks.
 *
 * A block of 10 ms is sound when it is louder than the noise floor. It resembles speech when moreover its spectrum has
 * peaks (that of noise is even) and has changed shape during the last 150 ms (hum, dial tones and held notes do not).
 */
export interface Activity {
  /** Adds the powers of the bands of the next block; `undefined` for digital silence. */
  readonly add: (powers: Float64Array | undefined) => void
  /** A word of the test voice begins at `start`: no further evidence is needed. */
  readonly voiceFrom: (start: number) => void
  /** The word goes on until `end`. */
  readonly voiceUntil: (end: number) => void
  /** The stream ends at `end`. */
  readonly finish: (end: number) => void
}

/** Sound is louder than -60 dB of a sine of full scale and 6 dB above the noise floor. */
const quietest = 1e-6 * (symbolSize / 2) ** 2
const overFloor = 4

/** Below this ratio of the geometric mean of the bands to their mean a spectrum has peaks; white noise has 0.9. */
const flatness = 0.45

/** Spectra are compared with those of so many blocks before; 0 is the same shape, 1 nothing in common. */
const lags = [6, 15] as const
const historyLength = 15
const change = 0.06
const smoothing = 0.3

/** So many blocks like speech among the last 300 ms start an activity; 300 ms without any end it. */
const evidence = 5
const evidenceSpan = 30
const hangover = 30

/** Blocks of sound that still belong to the speech after the last one that resembles it: final consonants. */
const tail = 10

/** A run of sound may have gaps of so many blocks. */
const gap = 5

export const makeActivity = (events: ActivityEvents): Activity => {
  const floor = makeNoiseFloor()
  const smooth = new Float64Array(bandCount)
  const history = Array.from({ length: historyLength }, () => ({ loud: false, powers: new Float64Array(bandCount) }))
  const votes = new Uint8Array(evidenceSpan)
  let voteCount = 0
  let block = 0
  let lastVote = -Infinity
  let lastLoud = -Infinity
  let runStart = 0
  let started: number | undefined
  let end = 0

  const start = (at: number): void => {
    started = Math.max(at, end)
    end = started
    events.onStart(started)
  }

  const stop = (): void => {
    if (started === undefined) return
    events.onEnd(started, end)
    started = undefined
    voteCount = 0
    votes.fill(0)
  }

  const vote = (resembles: boolean): void => {
    const slot = block % evidenceSpan
    voteCount += (resembles ? 1 : 0) - votes[slot]!
    votes[slot] = resembles ? 1 : 0
    if (resembles) lastVote = block
  }

  const hasChanged = (): boolean =>
    lags.some((lag) => {
      // Before somebody speaks, only changes within one run of sound count: those from one dialled digit to the next
      // are none.
      if (started === undefined && block - lag < runStart) return false
      const past = history[(block + historyLength - lag) % historyLength]!
      return past.loud && distance(smooth, past.powers) > change
    })

  const addSound = (powers: Float64Array): void => {
    const power = allPower(powers)
    const loud = power > Math.max(quietest, overFloor * floor.add(power))
    const fresh = loud && block - lastLoud > gap
    if (fresh) runStart = block
    const weight = fresh ? 1 : smoothing
    for (let band = 0; band < bandCount; band++) smooth[band]! += weight * (powers[band]! - smooth[band]!)
    vote(loud && isPeaky(powers) && hasChanged())
    const entry = history[block % historyLength]!
    entry.loud = loud
    entry.powers.set(smooth)
    if (loud) lastLoud = block
  }

  const addSilence = (): void => {
    floor.add(0)
    vote(false)
    history[block % historyLength]!.loud = false
  }

  return {
    add(powers) {
      if (powers === undefined) addSilence()
      else addSound(powers)
      block++
      if (started === undefined && voteCount >= evidence) {
        start(Math.max(runStart, block - evidenceSpan - gap) / symbolsPerSecond)
      }
      if (started === undefined) return
      if (lastLoud === block - 1 && block - lastVote <= tail) end = Math.max(end, block / symbolsPerSecond)
      if (block - end * symbolsPerSecond >= hangover) stop()
    },
    voiceFrom(from) {
      if (started === undefined) start(from)
    },
    voiceUntil(until) {
      if (started !== undefined) end = Math.max(end, until)
    },
    finish(last) {
      end = Math.min(end, last)
      stop()
    }
  }
}

/** Whether the spectrum has peaks. */
const isPeaky = (powers: Float64Array): boolean => {
  let logs = 0
  let sum = 0
  for (let band = 0; band < bandCount; band++) {
    logs += Math.log(powers[band]! + 1e-12)
    sum += powers[band]!
  }
  return Math.exp(logs / bandCount) < (flatness * sum) / bandCount
}

/** How much the shapes of two spectra differ. */
const distance = (a: Float64Array, b: Float64Array): number => {
  let ab = 0
  let aa = 0
  let bb = 0
  for (let band = 0; band < bandCount; band++) {
    ab += Math.sqrt(a[band]! * b[band]!)
    aa += a[band]!
    bb += b[band]!
  }
  return 1 - ab / Math.sqrt(aa * bb)
}
