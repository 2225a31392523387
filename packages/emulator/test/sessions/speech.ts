/** Sessions that speak: their formats, texts as they are written, and what is heard of them. */
import { Recognizer } from "@effect-deepgram/emulator"
import { type Duration, Effect, Stream } from "effect"
import { type Deepgram, type DeepgramError, ListenV1, LiveTranscript, SpeakV1, SpeakV2 } from "effect-deepgram"
import { speakV1Formats, speakV2Formats } from "effect-deepgram/DeepgramChannels"
import { integer, pick, type Random } from "../voice/support.ts"
import { turnOfLoop } from "./leaks.ts"
import { patiently } from "./support.ts"

/** Raw audio of sessions that speak. */
export interface Format {
  readonly encoding: "linear16" | "mulaw" | "alaw"
  readonly sample_rate: number
}

/** One for tests in which it matters little. */
export const format = { encoding: "linear16", sample_rate: 16_000 } as const satisfies Format

export type Message = SpeakV1.ServerMessage | SpeakV2.ServerMessage

interface VoiceOptions extends Format {
  readonly flushAfter?: Duration.Input
  readonly interruptions?: Stream.Stream<void>
}

/** Both channels that speak, as pipes. */
export interface Generation {
  readonly name: "Aura" | "Flux"
  /** Everything that its audio can be. */
  readonly formats: ReadonlyArray<Format>
  readonly speak: (
    options: VoiceOptions
  ) => (text: Stream.Stream<string>) => Stream.Stream<Message, DeepgramError.LiveError, Deepgram.Deepgram>
}

const formatsOf = (
  formats: Readonly<Record<Format["encoding"], { readonly sampleRates: ReadonlyArray<number> }>>
): ReadonlyArray<Format> =>
  (["linear16", "mulaw", "alaw"] as const).flatMap((encoding) =>
    formats[encoding].sampleRates.map((sample_rate) => ({ encoding, sample_rate }))
  )

export const generations: ReadonlyArray<Generation> = [
  {
    name: "Aura",
    formats: formatsOf(speakV1Formats),
    speak: (options) =>
      SpeakV1.speakStream({ model: "aura-2-thalia-en", ...patiently, ...options } as SpeakV1.StreamOptions)
  },
  {
    name: "Flux",
    formats: formatsOf(speakV2Formats),
    speak: (options) => SpeakV2.speakStream({ model: "flux-kit-en", ...patiently, ...options } as SpeakV2.StreamOptions)
  }
]

/** Has so many turns of the event loop go by, in which sockets are read. */
export const turnsOfLoop = (count: number): Effect.Effect<void> =>
  Effect.forEach(Array.from({ length: count }), () => turnOfLoop, { discard: true })

const vocabulary = "hello twenty five parcel arrives and one the may fifth order naïve well you tomorrow at three"
  .split(" ")

/** Sentences, of one to eight words each. */
export const randomText = (random: Random, fewest: number, most: number): string =>
  Array.from({ length: integer(random, fewest, most) }, () => {
    const words = Array.from(
      { length: integer(random, 1, 8) },
      () => `${pick(random, vocabulary)}${random() < 0.15 ? "," : ""}`
    )
    return `${words.join(" ").replace(/,$/, "")}${pick(random, [".", "?", "!"])}${pick(random, [" ", "  ", "\n"])}`
  }).join("")

/** A text as it is written: words, parts of words, white space, nothing, or whole sentences at a time. */
export const tokensOf = (text: string, random: Random): Array<string> => {
  const tokens: Array<string> = []
  for (let at = 0; at < text.length;) {
    const size = pick(random, [0, 1, 2, 3, 4, 5, 7, 40])
    tokens.push(text.slice(at, at + size))
    at += size
  }
  return tokens
}

export const audioOf = (messages: ReadonlyArray<Message>): ReadonlyArray<Uint8Array> =>
  messages.flatMap((message) => message.type === "Audio" ? [message.audio] : [])

/** The words that are heard in some audio. */
export const wordsOf = (audio: ReadonlyArray<Uint8Array>): ReadonlyArray<string> =>
  Recognizer.text(audio, { encoding: format.encoding, sampleRate: format.sample_rate }).split(" ")

/** What Deepgram hears, while it is spoken or afterwards. */
export const transcribed = (format: Format) => <E, R>(audio: Stream.Stream<Uint8Array, E, R>) =>
  audio.pipe(
    ListenV1.transcribeStream({ model: "nova-3", punctuate: true, ...patiently, ...format }),
    LiveTranscript.text()
  )

/** How a text reads when it was heard. */
export const written = (text: string): string => text.trim().replaceAll(/\s+/g, " ")
