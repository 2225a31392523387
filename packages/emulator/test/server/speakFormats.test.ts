/** Whatever can be asked for can be heard: from text to speech to text over sockets, through the SDK. */
import { Emulator } from "@effect-deepgram/emulator"
import { assert, layer } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { ListenV1, SpeakV1, SpeakV2 } from "effect-deepgram"
import { auraFormats, fluxFormats, type SpeechFormat } from "effect-deepgram/DeepgramApi"

const text = "Hello there, this is a test."

interface Format {
  readonly encoding: string
  readonly container?: string | undefined
  readonly sample_rate?: number | undefined
  readonly bit_rate?: number | undefined
}

/** What says so too, and nothing, which means what is first. */
const orNothing = <A>(values: ReadonlyArray<A>): ReadonlyArray<A | undefined> => [undefined, ...values]

const bitRatesOf = ({ bitRates = [] }: SpeechFormat): ReadonlyArray<number> =>
  "lowest" in bitRates ? [bitRates.lowest, 16_000, bitRates.highest] : bitRates

const formatsOf = (table: Readonly<Record<string, SpeechFormat>>): ReadonlyArray<Format> =>
  Object.entries(table).flatMap(([encoding, format]) =>
    orNothing(format.containers).flatMap((container) =>
      // A single rate cannot be asked for.
      orNothing(format.sampleRates.length > 1 ? format.sampleRates : []).flatMap((sample_rate) =>
        orNothing(bitRatesOf(format)).map((bit_rate) => ({ encoding, container, sample_rate, bit_rate }))
      )
    )
  )

const nameOf = (format: Format) => Object.values(format).filter((value) => value !== undefined).join(", ")

/** What a listener has to be told: raw samples do not say what they are. */
const told = (format: Format, defaultRate: number): Pick<ListenV1.FeatureOptions, "encoding" | "sample_rate"> =>
  format.container === "none"
    ? { encoding: format.encoding, sample_rate: format.sample_rate ?? defaultRate }
    : {}

const mediaTypes: Readonly<Record<string, RegExp>> = {
  mp3: /^audio\/mpeg$/,
  opus: /^audio\/ogg;codecs=opus$/,
  flac: /^audio\/flac$/,
  aac: /^audio\/aac$/,
  linear16: /^audio\/(wav|l16;rate=\d+)$/,
  mulaw: /^audio\/(wav|mulaw;rate=\d+)$/,
  alaw: /^audio\/(wav|alaw;rate=\d+)$/
}

const generations = [
  {
    name: "v1",
    table: auraFormats,
    generate: (format: Format) =>
      SpeakV1.generate(text, { model: "aura-2-thalia-en", ...format } as SpeakV1.GenerateOptions)
  },
  {
    name: "v2",
    table: fluxFormats,
    generate: (format: Format) =>
      SpeakV2.generate(text, { model: "flux-haley-en", ...format } as SpeakV2.GenerateOptions)
  }
]

layer(Emulator.layerSdk(), { excludeTestServices: true })("text, speech, text", (it) => {
  for (const { generate, name, table } of generations) {
    for (const format of formatsOf(table)) {
      it.effect(`${name}: ${nameOf(format)}`, () =>
        Effect.gen(function*() {
          const { audio, metadata } = yield* generate(format)
          assert.match(metadata.content_type ?? "", mediaTypes[format.encoding]!)
          const { results } = yield* ListenV1.transcribeFile(yield* Stream.mkUint8Array(audio), {
            model: "nova-3",
            punctuate: true,
            ...told(format, table[format.encoding]!.sampleRates[0]!)
          })
          assert.strictEqual(results.channels[0]?.alternatives[0]?.transcript, text)
        }).pipe(Effect.scoped))
    }
  }
})
