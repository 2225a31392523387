/** A text that is spoken while it is written, and heard while it is spoken, is the same text. */
import { assert, layer } from "@effect/vitest"
import { Effect, Stream } from "effect"
import {
  type Deepgram,
  type DeepgramError,
  ListenV1,
  LiveAudio,
  LiveTranscript,
  SpeakV1,
  SpeakV2
} from "effect-deepgram"
import { speakV1Formats, speakV2Formats } from "effect-deepgram/DeepgramChannels"
import { makeRandom } from "../voice/support.ts"
import { randomText, tokensOf } from "./speech.ts"
import { patiently, served, transports } from "./support.ts"

type Format = Pick<SpeakV2.StreamOptions, "encoding" | "sample_rate">

type Voice = (
  format: Format
) => (text: Stream.Stream<string>) => Stream.Stream<Message, DeepgramError.LiveError, Deepgram.Deepgram>

type Message = SpeakV1.ServerMessage | SpeakV2.ServerMessage

type Formats = Readonly<Record<string, { readonly sampleRates: ReadonlyArray<number> }>>

const formatsOf = (formats: Formats) =>
  Object.entries(formats).flatMap(([encoding, { sampleRates }]) =>
    sampleRates.map((sampleRate) => [encoding, sampleRate] as const)
  )

const generations: ReadonlyArray<{ readonly name: string; readonly formats: Formats; readonly speak: Voice }> = [
  {
    name: "Aura",
    formats: speakV1Formats,
    speak: (format) =>
      SpeakV1.speakStream({ model: "aura-2-thalia-en", ...patiently, ...format } as SpeakV1.StreamOptions)
  },
  {
    name: "Flux",
    formats: speakV2Formats,
    speak: (format) => SpeakV2.speakStream({ model: "flux-kit-en", ...patiently, ...format } as SpeakV2.StreamOptions)
  }
]

for (const transport of transports) {
  layer(served(transport))(`over ${transport.name}`, (it) => {
    for (const { formats, name, speak } of generations) {
      it.effect.each(formatsOf(formats))(
        `text is spoken and heard: ${name}, %s, %s Hz`,
        ([encoding, sample_rate]) =>
          Effect.gen(function*() {
            const format = { encoding, sample_rate } as Format & { readonly encoding: string }
            for (let round = 0; round < 2; round++) {
              const random = makeRandom(sample_rate + 31 * encoding.length + round)
              const written = randomText(random, 1, 8)
              // Its end may be seen, or not.
              const text = round % 2 === 0 ? written : written.trimEnd()
              const heard = yield* Stream.fromIterable(tokensOf(text, random)).pipe(
                Stream.rechunk(1),
                speak(format),
                LiveAudio.bytes,
                ListenV1.transcribeStream({ model: "nova-3", punctuate: true, ...patiently, ...format }),
                LiveTranscript.text()
              )
              assert.strictEqual(heard, text.trim().replaceAll(/\s+/g, " "))
            }
          })
      )
    }
  })
}
