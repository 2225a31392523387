import { type BurstReader, makeBurstReader } from "./burst.ts"
import { internalRate, positionTone, preambleLength, preambleTone, symbolSize } from "./code.ts"
import { hopSize } from "./hop.ts"
import type { Spectrogram } from "./spectrogram.ts"
import { findOnset, onsetWindows, refineOnset } from "./sync.ts"
import { bytesWord } from "./text.ts"
import { allPower, bandCount, dataPower, lowPower, measureBands, strongestDataTone, tonePower } from "./tones.ts"

/** What the decoder hears, in seconds since the start of the stream. */
export interface DecoderEvents {
  /** A preamble began at `start`: somebody speaks. */
  readonly onVoice: (start: number) => void
  /** The voice has gone on until `end`. */
  readonly onSound: (end: number) => void
  readonly onWord: (text: string, start: number, end: number, confidence: number, voice: number) => void
}

/**
 * Share of the low and of the data band that the right tone must hold. A symbol of which a frame replaced 5 ms keeps
 * at most two thirds; white noise at 10 dB leaves 0.9.
 */
const purity = 0.75

/** A symbol must have this share of the mean power of the preamble; the quiet around a burst must stay below. */
const presence = 0.25
const quietness = 0.4

/** The quiet before and after a burst is measured at this distance, in samples: 1 ms. */
const guard = 8

interface Burst {
  readonly start: number
  readonly voice: number
  readonly level: number
  readonly reader: BurstReader
  index: number
  done: boolean
  /** Power of the right tones, and of everything. */
  signal: number
  total: number
}

/** Decodes the words of one channel. `advance` is called after every block of samples. */
export const makeDecoder = (
  ring: Float32Array,
  mask: number,
  spectrogram: Spectrogram,
  events: DecoderEvents
): { readonly advance: (available: number) => void } => {
  const powers = new Float64Array(bandCount)
  let window = 0
  let burst: Burst | undefined

  const openBurst = (near: number, voice: number): Burst | undefined => {
    const start = refineOnset(ring, mask, near, voice)
    let signal = 0
    let total = 0
    let faintest = Infinity
    for (let index = 0; index < preambleLength; index++) {
      measureBands(ring, mask, start + index * symbolSize, powers)
      if (!isPure(powers, positionTone(index, voice), preambleTone(index))) return undefined
      signal += tonePower(powers, positionTone(index, voice)) + tonePower(powers, preambleTone(index))
      total += allPower(powers)
      faintest = Math.min(faintest, allPower(powers))
    }
    const level = total / preambleLength
    if (faintest < presence * level) return undefined
    measureBands(ring, mask, start - guard - symbolSize, powers)
    if (allPower(powers) > quietness * level) return undefined
    return {
      start,
      voice,
      level,
      reader: makeBurstReader(voice),
      index: preambleLength,
      done: false,
      signal,
      total
    }
  }

  /** Reads the next symbol; says whether the burst is still whole. */
  const takeSymbol = (burst: Burst): boolean => {
    measureBands(ring, mask, burst.start + burst.index * symbolSize, powers)
    const total = allPower(powers)
    const low = positionTone(burst.index, burst.voice)
    const high = strongestDataTone(powers)
    if (!(total > presence * burst.level) || !isPure(powers, low, high)) return false
    burst.signal += tonePower(powers, low) + tonePower(powers, high)
    burst.total += total
    const verdict = burst.reader.take(high, burst.index)
    burst.index++
    burst.done = verdict === "done"
    return verdict !== "bad"
  }

  /** The word of a complete burst, unless sound goes on after it: then a part of the burst was repeated. */
  const closeBurst = (burst: Burst): void => {
    const end = burst.start + burst.index * symbolSize
    measureBands(ring, mask, end + guard, powers)
    const text = allPower(powers) > quietness * burst.level ? undefined : bytesWord(burst.reader.bytes())
    if (text === undefined) return
    events.onWord(text, burst.start / internalRate, end / internalRate, confidenceOf(burst), burst.voice)
  }

  const search = (): boolean => {
    if (spectrogram.windows() < window + onsetWindows) return false
    const found = findOnset(spectrogram, window)
    window++
    if (found !== undefined) {
      burst = openBurst(found.window * hopSize, found.voice)
      if (burst !== undefined) events.onVoice(burst.start / internalRate)
    }
    return true
  }

  const read = (burst: Burst, available: number): boolean => {
    const symbol = burst.start + burst.index * symbolSize
    if (available < symbol + symbolSize + (burst.done ? guard : 0)) return false
    if (!burst.done && takeSymbol(burst)) {
      events.onSound((symbol + symbolSize) / internalRate)
      return true
    }
    if (burst.done) closeBurst(burst)
    stop(symbol)
    return true
  }

  /** Searches again from the last symbol that was heard. */
  const stop = (symbol: number): void => {
    burst = undefined
    window = Math.max(window, Math.floor((symbol - symbolSize) / hopSize))
  }

  return {
    advance(available) {
      while (burst === undefined ? search() : read(burst, available)) {
        // Every step reads one symbol or looks at one window.
      }
    }
  }
}

const isPure = (powers: Float64Array, low: number, high: number): boolean =>
  tonePower(powers, low) > purity * lowPower(powers) && tonePower(powers, high) > purity * dataPower(powers)

/** 1 for pure tones, 0.97 with white noise at 20 dB up to 4 kHz, 0.5 when noise holds a quarter of the power. */
const confidenceOf = (burst: Burst): number => burst.signal / (burst.signal + 3 * (burst.total - burst.signal))
