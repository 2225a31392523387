/** The audio that an agent makes (inventory 3.1). */
import type { SpeechFormat } from "effect-deepgram/DeepgramApi"
import * as Result from "effect/Result"
import type { OutputFormat } from "../audio/encode.ts"
import { outputFormat } from "../speak/format.ts"
import type { Settings } from "./messages.ts"
import { type Fatal, invalidSettings } from "./problem.ts"

/** Common rates; the first of each is the default. The inventory lists none, its examples have MP3 of 24,000 Hz. */
const sampleRates = [24_000, 8000, 16_000, 22_050, 32_000, 44_100, 48_000]

/** The rates that the emulator's codecs and its test voice have in common. */
const formats = {
  linear16: { containers: ["none", "wav"], sampleRates },
  mulaw: { containers: ["none", "wav"], sampleRates: [8000, 16_000, 24_000] },
  alaw: { containers: ["none", "wav"], sampleRates: [8000, 16_000, 24_000] },
  mp3: {
    containers: ["none"],
    sampleRates: [24_000, 16_000, 22_050, 32_000, 44_100, 48_000],
    bitRates: { lowest: 8000, highest: 320_000, default: 48_000 }
  },
  // Ogg, whether that is said or not: there are no frames without it.
  opus: {
    containers: ["ogg", "none"],
    sampleRates: [48_000, 24_000, 16_000],
    bitRates: { lowest: 4000, highest: 650_000, default: 12_000 }
  },
  flac: { containers: ["none"], sampleRates },
  aac: {
    containers: ["none"],
    sampleRates: [24_000, 16_000, 22_050, 32_000, 44_100, 48_000],
    bitRates: { lowest: 4000, highest: 192_000, default: 48_000 }
  }
} as const satisfies Readonly<Record<string, SpeechFormat>>

/** Whether the samples are sent as they are. */
export const isCompressed = ({ encoding }: OutputFormat): boolean =>
  encoding !== "linear16" && encoding !== "mulaw" && encoding !== "alaw"

/** The audio that settings ask for. */
export const formatOf = (
  { bitrate, container, encoding = "linear16", sample_rate }: NonNullable<Settings["audio"]["output"]> = {}
): Result.Result<OutputFormat, Fatal> =>
  Result.mapError(
    outputFormat({ encoding, container, sample_rate, bit_rate: bitrate }, formats),
    ({ err_msg }) => invalidSettings(`audio.output: ${err_msg}`)
  )
