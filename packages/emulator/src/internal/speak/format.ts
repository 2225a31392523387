/** Which audio is asked for. */
import type { SpeechFormat } from "effect-deepgram/DeepgramApi"
import * as Result from "effect/Result"
import type { OutputFormat } from "../audio/encode.ts"
import type { OutputEncoding } from "../audio/pcm.ts"
import { unknownVariant, type VendorError } from "../vendorError.ts"
import { unsupportedAudioFormat } from "./refusals.ts"

// In the order in which Deepgram lists them.
const encodings = ["linear16", "mulaw", "alaw", "mp3", "opus", "flac", "aac"] as const
const liveEncodings = ["linear16", "mulaw", "alaw"] as const
const containers = ["wav", "ogg", "none"] as const

/** What the query says of the audio. */
export interface FormatQuery {
  readonly encoding?: string | undefined
  readonly container?: string | undefined
  readonly sample_rate?: number | undefined
  readonly bit_rate?: number | undefined
}

const variant = <Name extends string>(value: string, known: ReadonlyArray<Name>): Result.Result<Name, VendorError> => {
  const name = known.find((name) => name === value)
  return name === undefined ? Result.fail(unknownVariant(value, known)) : Result.succeed(name)
}

/** `1, 2, or 3`, `1 or 2`. */
const anyOf = (numbers: ReadonlyArray<number>): string => {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted.length < 3 ? sorted.join(" or ") : `${sorted.slice(0, -1).join(", ")}, or ${sorted.at(-1)}`
}

const chosenRate = (name: string, value: number | undefined, rates: ReadonlyArray<number>, encoding: string) => {
  const [first = 0] = rates
  if (value === undefined) return Result.succeed(first)
  if (rates.length === 1) {
    return Result.fail(unsupportedAudioFormat(`\`${name}\` is not applicable when \`encoding=${encoding}\``))
  }
  return rates.includes(value)
    ? Result.succeed(value)
    : Result.fail(unsupportedAudioFormat(`\`${name}\` must be ${anyOf(rates)} when \`encoding=${encoding}\``))
}

const chosenBitRate = (value: number | undefined, rates: SpeechFormat["bitRates"], encoding: string) => {
  if (rates !== undefined && "lowest" in rates) {
    const { highest, lowest } = rates
    return value === undefined
      ? Result.succeed(rates.default)
      : Number.isInteger(value) && value >= lowest && value <= highest
      ? Result.succeed(value)
      : Result.fail(
        unsupportedAudioFormat(
          `\`bit_rate\` must be a whole number from ${lowest} to ${highest} when \`encoding=${encoding}\``
        )
      )
  }
  if (rates !== undefined) return chosenRate("bit_rate", value, rates, encoding)
  return value === undefined
    ? Result.succeed(undefined)
    : Result.fail(unsupportedAudioFormat(`\`bit_rate\` is not applicable when \`encoding=${encoding}\``))
}

/** The audio that a query asks for, out of a table of what can be had. */
export const outputFormat = (
  query: FormatQuery,
  formats: Readonly<Record<string, SpeechFormat>>
): Result.Result<OutputFormat, VendorError> =>
  Result.gen(function*() {
    const encoding = yield* variant(query.encoding ?? "mp3", encodings)
    const asked = query.container === undefined ? undefined : yield* variant(query.container, containers)
    const format = formats[encoding] ?? { containers: [], sampleRates: [] }
    if (asked !== undefined && !format.containers.includes(asked)) {
      return yield* Result.fail(
        unsupportedAudioFormat(
          format.containers.length === 0
            ? `\`container\` is not applicable when \`encoding=${encoding}\``
            : `\`container=${asked}\` is invalid when \`encoding=${encoding}\``
        )
      )
    }
    return {
      encoding,
      container: asked ?? format.containers[0],
      sampleRate: yield* chosenRate("sample_rate", query.sample_rate, format.sampleRates, encoding),
      bitRate: yield* chosenBitRate(query.bit_rate, format.bitRates, encoding)
    }
  })

/** Raw samples, as they are sent while they are made. */
export interface LiveFormat {
  readonly encoding: OutputEncoding
  /** Hz. */
  readonly sampleRate: number
}

/** The audio that the query of a socket asks for, out of a table of what can be had. */
export const liveFormat = (
  query: Pick<FormatQuery, "encoding" | "sample_rate">,
  formats: Readonly<Record<OutputEncoding, SpeechFormat>>
): Result.Result<LiveFormat, VendorError> =>
  Result.gen(function*() {
    const encoding = yield* variant(query.encoding ?? "linear16", liveEncodings)
    const { sampleRates } = formats[encoding]
    return { encoding, sampleRate: yield* chosenRate("sample_rate", query.sample_rate, sampleRates, encoding) }
  })
