/** Sound to MP3, by LAME (WebAssembly). */
import * as Effect from "effect/Effect"
import { tame } from "../pcm.ts"
import type { FileEncoder } from "./codec.ts"

/**
 * LAME's quality for a bit rate, which the test voice then has on average: 47, 39 and 32 kbit/s. At a constant rate
 * there are too few bits for the first sounds after a silence: of a thousand words one gets lost at 48 kbit/s, and
 * most of them at 16 kbit/s. Lower rates are raised to the last: a file that is larger than asked for is of more use
 * than one that says something else.
 */
const qualityOf = (bitRate: number): number => bitRate >= 48_000 ? 7 : bitRate >= 40_000 ? 9 : 9.6

const sampleRates = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000] as const

/** Loaded on first use: most emulators never see anything but WAV. */
const loadLame = Effect.promise(() => import("wasm-media-encoders"))

/** Makes an encoder of one file, mono. Throws for a sample rate that MP3 does not know. */
export const mp3Encoder = (
  options: { readonly sampleRate: number; readonly bitRate: number }
): Effect.Effect<() => FileEncoder> =>
  loadLame.pipe(
    Effect.flatMap((library) => Effect.promise(() => library.createMp3Encoder())),
    Effect.map((encoder) => () => {
      const outputSampleRate = sampleRates.find((rate) => rate === options.sampleRate)
      if (outputSampleRate === undefined) throw new RangeError(`MP3 has no sample rate of ${options.sampleRate} Hz`)
      const { bitRate, sampleRate } = options
      encoder.configure({ channels: 1, sampleRate, outputSampleRate, vbrQuality: qualityOf(bitRate) })
      return {
        head: new Uint8Array(0),
        // The encoder answers with a view of its own memory.
        push: (samples) => encoder.encode([samples.map(tame)]).slice(),
        end: () => encoder.finalize().slice()
      }
    })
  )
