/** What the compiler lets callers of `SpeakV1` and `SpeakV2` write, and what it says of the result. Nothing here runs. */
import type { Effect, Scope, Stream } from "effect"
import { type Deepgram, type DeepgramError, SpeakV1, SpeakV2 } from "effect-deepgram"
import type { auraFormats, fluxFormats, SpeechFormat } from "../../src/internal/contract/speech.ts"
import type { auraVoices, fluxVoices } from "../../src/internal/contract/voices.ts"
import { type Equal, expectType, type KeysOfUnion } from "./equal.ts"

type RequestError = DeepgramError.RequestError

/** What a table lets be asked for. */
type Offered<Formats extends Readonly<Record<string, SpeechFormat>>> = {
  readonly [Encoding in keyof Formats]: {
    readonly container: Formats[Encoding]["containers"][number]
    // A single rate cannot be asked for.
    readonly sample_rate: Formats[Encoding]["sampleRates"] extends readonly [number] ? never
      : Formats[Encoding]["sampleRates"][number]
    readonly bit_rate: Formats[Encoding] extends { readonly bitRates: infer BitRates }
      ? BitRates extends ReadonlyArray<infer BitRate> ? BitRate : number
      : never
  }
}

/** What options let be written with an encoding. */
type WrittenWith<Format, Encoding> = Format extends { readonly encoding?: infer Encodings }
  ? Encoding extends Encodings ? Format : never
  : never

type Value<Format, Name extends string> = Format extends { readonly [K in Name]?: infer A } ? Exclude<A, undefined>
  : never

/** What options let be written. */
type Written<Format extends { readonly encoding?: string | undefined }> = {
  readonly [Encoding in NonNullable<Format["encoding"]>]: {
    readonly container: Value<WrittenWith<Format, Encoding>, "container">
    readonly sample_rate: Value<WrittenWith<Format, Encoding>, "sample_rate">
    readonly bit_rate: Value<WrittenWith<Format, Encoding>, "bit_rate">
  }
}

/** Every combination of the tables, and no other. */
expectType<Equal<Written<SpeakV1.Format>, Offered<typeof auraFormats>>>()
expectType<Equal<Written<SpeakV2.Format>, Offered<typeof fluxFormats>>>()

/** Without an encoding it is MP3. */
type Unencoded<Format> = Format extends { readonly encoding: string } ? never : Format
expectType<Equal<Unencoded<SpeakV1.Format>, WrittenWith<SpeakV1.Format, "mp3">>>()
expectType<Equal<Unencoded<SpeakV2.Format>, WrittenWith<SpeakV2.Format, "mp3">>>()

expectType<Equal<SpeakV1.Voice, (typeof auraVoices)[number]>>()
expectType<Equal<SpeakV2.Voice, (typeof fluxVoices)[number]>>()

/** Every parameter has an option. */
type Common = "bit_rate" | "container" | "encoding" | "mip_opt_out" | "model" | "sample_rate" | "speed" | "tag"
type Callback = "callback" | "callback_method"
expectType<Equal<KeysOfUnion<SpeakV1.SubmitOptions>, Common | Callback>>()
expectType<Equal<KeysOfUnion<SpeakV2.SubmitOptions>, Common | Callback | "expressivity" | "priority">>()

/** What options may be. */
export const aura: ReadonlyArray<SpeakV1.GenerateOptions> = [
  { model: "aura-2-thalia-en" },
  { model: "a voice of mine", speed: 0.7, tag: ["a", "b"], mip_opt_out: true },
  { model: "aura-2-thalia-en", bit_rate: 32_000 },
  { model: "aura-2-thalia-en", encoding: "mp3", bit_rate: 48_000 },
  { model: "aura-2-thalia-en", encoding: undefined, bit_rate: undefined, speed: undefined, tag: undefined },
  { model: "aura-2-thalia-en", encoding: "linear16", container: "none", sample_rate: 32_000 },
  { model: "aura-2-thalia-en", encoding: "alaw", container: "wav", sample_rate: 8000 },
  { model: "aura-2-thalia-en", encoding: "opus", container: "ogg", bit_rate: 4001 },
  { model: "aura-2-thalia-en", encoding: "flac", sample_rate: 22_050 },
  { model: "aura-2-thalia-en", encoding: "aac", bit_rate: 191_999 }
]

/** What they may not. */
export const notAura: ReadonlyArray<SpeakV1.GenerateOptions> = [
  // @ts-expect-error: the model is missing
  { encoding: "mp3" },
  // @ts-expect-error: a misspelled option
  { model: "aura-2-thalia-en", enconding: "mp3" },
  // @ts-expect-error: no such encoding
  { model: "aura-2-thalia-en", encoding: "wav" },
  // @ts-expect-error: MP3 has no container
  { model: "aura-2-thalia-en", container: "wav" },
  // @ts-expect-error: MP3 has one sample rate
  { model: "aura-2-thalia-en", sample_rate: 22_050 },
  // @ts-expect-error: MP3 has one sample rate, also if it is named
  { model: "aura-2-thalia-en", encoding: "mp3", sample_rate: 24_000 },
  // @ts-expect-error: a bit rate of Flux
  { model: "aura-2-thalia-en", bit_rate: 40_000 },
  // @ts-expect-error: a sample rate of Flux
  { model: "aura-2-thalia-en", encoding: "linear16", sample_rate: 44_100 },
  // @ts-expect-error: samples have no bit rate
  { model: "aura-2-thalia-en", encoding: "linear16", bit_rate: 48_000 },
  // @ts-expect-error: the container of Opus
  { model: "aura-2-thalia-en", encoding: "linear16", container: "ogg" },
  // @ts-expect-error: telephony has two sample rates
  { model: "aura-2-thalia-en", encoding: "mulaw", sample_rate: 24_000 },
  // @ts-expect-error: Opus without a container
  { model: "aura-2-thalia-en", encoding: "opus", container: "none" },
  // @ts-expect-error: Opus has one sample rate
  { model: "aura-2-thalia-en", encoding: "opus", sample_rate: 48_000 },
  // @ts-expect-error: FLAC has no container
  { model: "aura-2-thalia-en", encoding: "flac", container: "wav" },
  // @ts-expect-error: not a sample rate of FLAC
  { model: "aura-2-thalia-en", encoding: "flac", sample_rate: 24_000 },
  // @ts-expect-error: FLAC has no bit rate
  { model: "aura-2-thalia-en", encoding: "flac", bit_rate: 48_000 },
  // @ts-expect-error: AAC has one sample rate
  { model: "aura-2-thalia-en", encoding: "aac", sample_rate: 22_050 },
  // @ts-expect-error: numbers are numbers
  { model: "aura-2-thalia-en", bit_rate: "32000" },
  // @ts-expect-error: for Flux
  { model: "aura-2-thalia-en", expressivity: 1 },
  // @ts-expect-error: a callback changes the answer: that is submit
  { model: "aura-2-thalia-en", callback: "https://example.com" },
  // @ts-expect-error: null is not undefined
  { model: "aura-2-thalia-en", encoding: null }
]

/** What options of the other generation may be. */
export const flux: ReadonlyArray<SpeakV2.GenerateOptions> = [
  { model: "flux-haley-en" },
  { model: "flux-of-mine", speed: 1.05, expressivity: -2, tag: "a" },
  { model: "flux-haley-en", bit_rate: 8000 },
  { model: "flux-haley-en", encoding: "linear16", sample_rate: 44_100 }
]

/** What they may not. */
export const notFlux: ReadonlyArray<SpeakV2.GenerateOptions> = [
  // @ts-expect-error: the model is missing
  { speed: 1 },
  // @ts-expect-error: more than animated
  { model: "flux-haley-en", expressivity: 3 },
  // @ts-expect-error: whole steps
  { model: "flux-haley-en", expressivity: 0.5 },
  // @ts-expect-error: a bit rate of nobody
  { model: "flux-haley-en", bit_rate: 64_000 },
  // @ts-expect-error: only who does not wait can let others go first
  { model: "flux-haley-en", priority: "low" }
]

const callback = "https://example.com"

// @ts-expect-error: no callback
export const submitBare = SpeakV1.submit("Hello.", { model: "aura-2-thalia-en" })

// @ts-expect-error: options are not optional
export const bare = SpeakV1.generate("Hello.")

// @ts-expect-error: a combination that is not offered
export const submitMp3 = SpeakV2.submit("Hello.", { model: "flux-haley-en", callback, container: "wav" })

// @ts-expect-error: the one priority
export const submitHigh = SpeakV2.submit("Hello.", { model: "flux-haley-en", callback, priority: "high" })

/** An encoding that is known only when the program runs. */
export const chosen = (encoding: "mp3" | "flac" | undefined) =>
  SpeakV1.generateStream("Hello.", { model: "aura-2-thalia-en", encoding })

/** The results, exactly. */
export const results = (): void => {
  const generated = SpeakV1.generate("Hello.", { model: "aura-2-thalia-en" })
  expectType<
    Equal<typeof generated, Effect.Effect<SpeakV1.Speech, RequestError, Deepgram.Deepgram | Scope.Scope>>
  >()
  const generatedByFlux = SpeakV2.generate("Hello.", { model: "flux-haley-en" })
  expectType<Equal<typeof generatedByFlux, typeof generated>>()

  const stream = SpeakV2.generateStream("Hello.", { model: "flux-haley-en" })
  expectType<Equal<typeof stream, Stream.Stream<Uint8Array, RequestError, Deepgram.Deepgram>>>()

  const receipt = SpeakV2.submit("Hello.", { model: "flux-haley-en", callback: new URL(callback), priority: "low" })
  expectType<Equal<typeof receipt, Effect.Effect<SpeakV2.Receipt, RequestError, Deepgram.Deepgram>>>()

  expectType<Equal<SpeakV1.Speech["audio"], Stream.Stream<Uint8Array, RequestError>>>()
  expectType<
    Equal<SpeakV1.SpeechMetadata, {
      readonly request_id?: string
      readonly model_name?: string
      readonly model_uuid?: string
      readonly additional_model_uuids?: ReadonlyArray<string>
      readonly char_count?: number
      readonly project_id?: string
      readonly breaks_applied?: number
      readonly pronunciations_applied?: number
      readonly pronunciation_warnings?: string
      readonly warnings?: string
      readonly content_type?: string
    }>
  >()
}
