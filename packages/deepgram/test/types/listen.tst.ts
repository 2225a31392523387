/** What the compiler lets callers of `ListenV1` write, and what it says of the result. Nothing here runs. */
import { Context, type Duration, Effect, Schema, Stream } from "effect"
import { AudioSource, type Deepgram, type DeepgramError, ListenV1 } from "effect-deepgram"
import { type Equal, expectType } from "./equal.ts"

type RequestError = DeepgramError.RequestError
type Client = Deepgram.Deepgram

class Unplugged extends Schema.TaggedError<Unplugged>()("Unplugged", {}) {}
class Microphone extends Context.Service<Microphone, { readonly audio: Stream.Stream<Uint8Array, Unplugged> }>()(
  "test/Microphone"
) {}

const url = "https://example.com/a.wav"
const bytes = new Uint8Array(1)
const callback = "https://example.com/done"

/** What options may be. */
export const accepted: ReadonlyArray<ListenV1.TranscribeOptions> = [
  { model: "nova-3" },
  { model: "nova-3", keyterm: "term", diarize_model: "v2" },
  { model: "nova-3-medical", keyterm: ["a", "b"] },
  { model: "nova-2", keywords: ["a:2"] },
  { model: "a-custom-model", keyterm: ["a"] },
  { model: "nova-3", diarize: true, language: undefined },
  { model: "nova-3", redact: true, detect_language: ["en", "de"], summarize: "v2" },
  { model: "nova-3", encoding: "linear16", sample_rate: 16_000, extra: { call: "7" } },
  { model: "nova-3", encoding: "tomorrow's", redact: ["pci", "an entity"], custom_topic_mode: "wild" }
]

/** What they may not. */
export const rejected: ReadonlyArray<ListenV1.TranscribeOptions> = [
  // @ts-expect-error: the model is missing
  { smart_format: true },
  // @ts-expect-error: a misspelled option
  { model: "nova-3", smart_fromat: true },
  // @ts-expect-error: Nova-3 takes keyterm
  { model: "nova-3", keywords: ["a"] },
  // @ts-expect-error: a custom model takes keyterm
  { model: "a-custom-model", keywords: ["a"] },
  // @ts-expect-error: Nova-2 takes keywords
  { model: "nova-2" as const, keyterm: ["a"], keywords: ["a"] },
  // @ts-expect-error: both of two that exclude each other
  { model: "nova-3", diarize: true, diarize_model: "v2" },
  // @ts-expect-error: a callback changes the answer: that is submitUrl
  { model: "nova-3", callback },
  // @ts-expect-error: a word for a boolean
  { model: "nova-3", punctuate: "true" },
  // @ts-expect-error: null is not undefined
  { model: "nova-3", language: null },
  // @ts-expect-error: pairs are a record
  { model: "nova-3", extra: ["call:7"] },
  // @ts-expect-error: the one name of summaries
  { model: "nova-3", summarize: "v1" }
]

// @ts-expect-error: options are not optional
export const bare = ListenV1.transcribeUrl(url)

// @ts-expect-error: no callback
export const submitBare = ListenV1.submitUrl(url, { model: "nova-3" })

// @ts-expect-error: no callback for a file
export const submitFileBare = ListenV1.submitFile(bytes, { model: "nova-3" })

// @ts-expect-error: another method than POST and PUT
export const submitPatch = ListenV1.submitUrl(url, { model: "nova-3", callback, callback_method: "PATCH" })

// @ts-expect-error: text is no audio
export const text = ListenV1.transcribeFile("call.wav", { model: "nova-3" })

// @ts-expect-error: a stream of text is none either
export const textStream = ListenV1.transcribeFile(Stream.make("call.wav"), { model: "nova-3" })

/** The results, exactly. */
export const results = (): void => {
  const options = { model: "nova-3" } as const
  const submit = { ...options, callback }

  const fromUrl = ListenV1.transcribeUrl(url, options)
  expectType<Equal<typeof fromUrl, Effect.Effect<ListenV1.Transcription, RequestError, Client>>>()

  const fromBytes = ListenV1.transcribeFile(bytes, options)
  expectType<Equal<typeof fromBytes, Effect.Effect<ListenV1.Transcription, RequestError, Client>>>()

  const fromBlob = ListenV1.transcribeFile(new Blob([]), options)
  expectType<Equal<typeof fromBlob, Effect.Effect<ListenV1.Transcription, RequestError, Client>>>()

  const receipt = ListenV1.submitUrl(new URL(url), submit)
  expectType<Equal<typeof receipt, Effect.Effect<ListenV1.Receipt, RequestError, Client>>>()

  const quietReceipt = ListenV1.submitFile(bytes, submit)
  expectType<Equal<typeof quietReceipt, Effect.Effect<ListenV1.Receipt, RequestError, Client>>>()

  const microphone = Stream.unwrap(Effect.map(Microphone, ({ audio }) => audio))
  const fromStream = ListenV1.transcribeFile(microphone, options)
  expectType<
    Equal<typeof fromStream, Effect.Effect<ListenV1.Transcription, RequestError | Unplugged, Client | Microphone>>
  >()

  const source = AudioSource.make(Effect.as(Microphone, { stream: Stream.fail(new Unplugged()) }))
  expectType<Equal<typeof source, AudioSource.AudioSource<Unplugged, Microphone>>>()
  const fromSource = ListenV1.submitFile(source, submit)
  expectType<Equal<typeof fromSource, Effect.Effect<ListenV1.Receipt, RequestError | Unplugged, Client | Microphone>>>()
}

/** What a handler of one error gets, and what is left after it. */
export const handled = ListenV1.transcribeUrl(url, { model: "nova-3" }).pipe(
  Effect.catchTag("RateLimited", (error) => {
    expectType<Equal<typeof error, DeepgramError.RateLimited>>()
    expectType<Equal<typeof error.retryAfter, Duration.Duration | undefined>>()
    expectType<Equal<typeof error.requestId, string | undefined>>()
    return Effect.succeed(undefined)
  })
)
expectType<
  Equal<
    typeof handled,
    Effect.Effect<ListenV1.Transcription | undefined, Exclude<RequestError, DeepgramError.RateLimited>, Client>
  >
>()

// @ts-expect-error: no such error
export const mistagged = Effect.catchTag(handled, "RateLimit", () => Effect.void)

/** What a transcription holds. */
export const fields = (transcription: ListenV1.Transcription): void => {
  const { metadata, results } = transcription
  expectType<Equal<typeof metadata, ListenV1.TranscriptionMetadata>>()
  expectType<Equal<typeof metadata.duration, number>>()
  const channel = results.channels[0]
  expectType<Equal<typeof channel, ListenV1.Channel | undefined>>()
  const word = channel?.alternatives[0]?.words?.[0]
  expectType<Equal<typeof word, ListenV1.Word | undefined>>()
  // @ts-expect-error: models are not changed
  metadata.duration = 1
  // @ts-expect-error: no such field
  expectType<Equal<typeof metadata.durations, number>>()
}
