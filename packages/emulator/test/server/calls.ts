/** Calls of the voice API, for tests of what is known of them afterwards. */
import { Recording } from "@effect-deepgram/emulator"
import { Effect, Stream } from "effect"
import { ListenV1, ReadV1, SpeakV1 } from "effect-deepgram"

/** 2026-01-30T00:00:00Z. */
export const epoch = 1_769_731_200_000

/** A day in milliseconds. */
export const day = 86_400_000

export const recording = Recording.wav("Good morning.", { sampleRate: 8_000, encoding: "mulaw" })

/** On two channels. */
export const stereo = Recording.wav([{ text: "Good" }, { text: "morning.", channel: 1 }], { sampleRate: 8_000 })

/** Nobody listens there. */
export const callback = "http://me:s3cret@127.0.0.1:9/results?token=s3cret"

/** Transcribes the recording with Nova-3. */
export const listen = (
  options: Pick<ListenV1.FeatureOptions, "tag" | "punctuate" | "redact"> & {
    readonly diarize?: boolean
    readonly keyterm?: string
    readonly language?: string
  } = {}
) => ListenV1.transcribeFile(recording, { model: "nova-3", ...options })

/** What is spoken and analyzed. */
export const text = "Thank you for calling. The parcel arrives on Tuesday."

/** Has the text spoken; answers with the id of the request. */
export const speak = SpeakV1.generate(text, { model: "aura-2-thalia-en", encoding: "linear16", tag: "spoken" }).pipe(
  Effect.tap(({ audio }) => Stream.runDrain(audio)),
  Effect.map(({ metadata }) => metadata.request_id!),
  Effect.scoped
)

/** Has the text analyzed. */
export const read = ReadV1.analyze({ text }, { summarize: true, topics: true, tag: "read" })

/** The sum of one member of each. */
export const sumOf = <Name extends string>(
  all: ReadonlyArray<{ readonly [Member in Name]?: number | undefined }>,
  name: Name
): number => all.reduce((sum, one) => sum + (one[name] ?? 0), 0)
