/** What the compiler lets callers of channels write, and what it says of the result. Nothing here runs. */
import { Context, type Effect, Schema, type Scope, Stream } from "effect"
import { type Deepgram, type DeepgramError, ListenV1, ListenV2, type Live } from "effect-deepgram"
import type { LiveQuery } from "../../src/internal/contract/listenV1Live.ts"
import type { LiveQuery as FluxQuery } from "../../src/internal/contract/listenV2.ts"
import { type Equal, expectType } from "./equal.ts"

type LiveError = DeepgramError.LiveError
type Client = Deepgram.Deepgram

class Unplugged extends Schema.TaggedError<Unplugged>()("Unplugged", {}) {}
class Microphone extends Context.Service<Microphone, { readonly audio: Stream.Stream<Uint8Array, Unplugged> }>()(
  "test/Microphone"
) {}

const raw = { encoding: "linear16", sample_rate: 16_000 } as const

/** None of the parameters is left out, and none invented. */
type KeysOf<T> = T extends unknown ? keyof T : never
expectType<
  Equal<KeysOf<ListenV1.LiveOptions>, keyof typeof LiveQuery.Type | keyof Live.Options | "finalizeTimeout">
>()
expectType<
  Equal<keyof ListenV2.LiveOptions, keyof typeof FluxQuery.Type | keyof Live.Options | "answerTimeout" | "fillSilence">
>()

/** A pipe has all of them but those that would do nothing. */
expectType<
  Equal<KeysOf<ListenV1.StreamOptions>, Exclude<KeysOf<ListenV1.LiveOptions>, "waitForOpen" | "finalizeTimeout">>
>()
expectType<
  Equal<keyof ListenV2.StreamOptions, Exclude<keyof ListenV2.LiveOptions, "waitForOpen"> | "endLastTurn">
>()

/** What options of listen v1 may be. */
export const accepted: ReadonlyArray<ListenV1.LiveOptions> = [
  { model: "nova-3" },
  { model: "nova-3", ...raw, channels: 2, multichannel: true },
  { model: "nova-3", encoding: "tomorrow's", sample_rate: 1 },
  { model: "nova-3", keyterm: ["a", "b"], diarize_model: "latest", language: undefined },
  { model: "nova-2", keywords: "a:2", diarize: true },
  { model: "nova-3", endpointing: false, interim_results: true, utterance_end_ms: 1000, vad_events: true },
  { model: "nova-3", endpointing: 300, redact: ["pci"], replace: "a:b", search: ["a"], tag: "t", extra: { a: "b" } },
  { model: "nova-3", callback: new URL("https://example.com"), callback_method: "DELETE" },
  {
    model: "nova-3",
    openTimeout: "5 seconds",
    drainTimeout: 1000,
    watchdog: "30 seconds",
    finalizeTimeout: "1 second"
  },
  { model: "nova-3", keepAlive: false, waitForOpen: false, capacity: 65_536 }
]

/** What they may not. */
export const rejected: ReadonlyArray<ListenV1.LiveOptions> = [
  // @ts-expect-error: the model is missing
  { ...raw },
  // @ts-expect-error: a misspelled option
  { model: "nova-3", interim_result: true },
  // @ts-expect-error: an option of recordings
  { model: "nova-3", utterances: true },
  // @ts-expect-error: another one
  { model: "nova-3", summarize: "v2" },
  // @ts-expect-error: Nova-3 takes keyterm
  { model: "nova-3", keywords: ["a"] },
  // @ts-expect-error: both of two that exclude each other
  { model: "nova-3", diarize: true, diarize_model: "v1" },
  // @ts-expect-error: null is not undefined
  { model: "nova-3", language: null },
  // @ts-expect-error: a word for a boolean
  { model: "nova-3", punctuate: "true" },
  // @ts-expect-error: no such method
  { model: "nova-3", callback: "https://example.com", callback_method: "PATCH" },
  // @ts-expect-error: no duration
  { model: "nova-3", openTimeout: "soon" }
]

/** What options of a pipe may be. */
export const piped: ReadonlyArray<ListenV1.StreamOptions> = [
  { model: "nova-3", ...raw, keyterm: "a", diarize: true, drainTimeout: 1000, capacity: 65_536 },
  // @ts-expect-error: it never waits for the opening
  { model: "nova-3", waitForOpen: true },
  // @ts-expect-error: it has no finalize
  { model: "nova-3", finalizeTimeout: "1 second" },
  // @ts-expect-error: both of two that exclude each other
  { model: "nova-3", diarize: true, diarize_model: "v1" },
  // @ts-expect-error: earlier models take keywords
  { model: "nova-3", keywords: "a" }
]

/** What options of Flux may be. */
export const flux: ReadonlyArray<ListenV2.StreamOptions> = [
  { model: "flux-general-en" },
  { model: "tomorrow's", ...raw, fillSilence: true, endLastTurn: false },
  { model: "flux-general-multi", language_hint: ["en", "es"], keyterm: "a", tag: ["a"], redact: "numbers" },
  { model: "flux-general-en", eager_eot_threshold: 0.4, eot_threshold: 0.8, eot_timeout_ms: 3000, numerals: true },
  // @ts-expect-error: the model is missing
  { ...raw },
  // @ts-expect-error: the audio is mono
  { model: "flux-general-en", channels: 2 },
  // @ts-expect-error: an option of listen v1
  { model: "flux-general-en", smart_format: true },
  // @ts-expect-error: there is no list of them
  { model: "flux-general-en", redact: ["numbers"] },
  // @ts-expect-error: it does not wait
  { model: "flux-general-en", finalizeTimeout: 1 },
  // @ts-expect-error: nor for the opening
  { model: "flux-general-en", waitForOpen: false }
]

/** What a session can be changed to. */
export const configurations: ReadonlyArray<ListenV2.ConfigureOptions> = [
  {},
  { thresholds: {}, keyterms: [], language_hints: [], numerals: false },
  { thresholds: { eot_threshold: 0.8 }, keyterms: "a" },
  // @ts-expect-error: an idea of listen v1
  { features: {} },
  // @ts-expect-error: a word for a boolean
  { numerals: "true" },
  // @ts-expect-error: the model stays
  { model: "flux-general-multi" }
]

/** Sessions, exactly. */
export const sessions = (): void => {
  const v1 = ListenV1.connect({ model: "nova-3" })
  expectType<Equal<typeof v1, Effect.Effect<ListenV1.Connection, LiveError, Client | Scope.Scope>>>()

  const v2 = ListenV2.connect({ model: "flux-general-en" })
  expectType<Equal<typeof v2, Effect.Effect<ListenV2.Connection, LiveError, Client | Scope.Scope>>>()
}

/** What a session of listen v1 can do. */
export const first = (connection: ListenV1.Connection): void => {
  expectType<Equal<typeof connection.messages, Stream.Stream<ListenV1.ServerMessage, LiveError>>>()
  expectType<Equal<typeof connection.send, (audio: Uint8Array) => Effect.Effect<void, LiveError>>>()
  expectType<Equal<typeof connection.close, Effect.Effect<void, LiveError>>>()
  expectType<Equal<typeof connection.finalize, Effect.Effect<boolean, LiveError>>>()
  expectType<Equal<typeof connection.position, Effect.Effect<Live.Position>>>()
  expectType<Equal<typeof connection.requestId, Effect.Effect<string | undefined>>>()
  // @ts-expect-error: audio is bytes
  void connection.send("audio")
  // @ts-expect-error: that is Flux
  void connection.configure
  // @ts-expect-error: what the modules build on is theirs
  void connection.control
}

/** What a session of Flux can do besides. */
export const second = (connection: ListenV2.Connection): void => {
  expectType<Equal<typeof connection.messages, Stream.Stream<ListenV2.ServerMessage, LiveError>>>()
  expectType<
    Equal<
      typeof connection.configure,
      (options: ListenV2.ConfigureOptions) => Effect.Effect<ListenV2.ConfigureSuccess, LiveError>
    >
  >()
  expectType<Equal<typeof connection.forceEndTurn, Effect.Effect<ListenV2.TurnInfo | undefined, LiveError>>>()
  // @ts-expect-error: that is listen v1
  void connection.finalize
}

/** Messages are told apart by their type. */
export const messages = (v1: ListenV1.ServerMessage, v2: ListenV2.ServerMessage): void => {
  expectType<
    Equal<typeof v1.type, "Results" | "Metadata" | "UtteranceEnd" | "SpeechStarted" | "Unrecognized">
  >()
  if (v1.type === "Results") expectType<Equal<typeof v1, ListenV1.Results>>()
  if (v1.type === "Unrecognized") expectType<Equal<typeof v1.raw, unknown>>()
  expectType<
    Equal<
      typeof v2.type,
      | "Connected"
      | "TurnInfo"
      | "ConfigureSuccess"
      | "ConfigureFailure"
      | "Warning"
      | "Error"
      | "Unrecognized"
    >
  >()
  if (v2.type === "Error") expectType<Equal<typeof v2, ListenV2.FatalError>>()
  // @ts-expect-error: not every message has it
  void v1.channel
}

/** Pipes keep the failures and needs of the audio. */
export const pipes = (): void => {
  const audio = Stream.unwrap(Microphone.useSync(({ audio }) => audio))
  const v1 = audio.pipe(ListenV1.transcribeStream({ model: "nova-3", ...raw }))
  expectType<Equal<typeof v1, Stream.Stream<ListenV1.ServerMessage, LiveError | Unplugged, Client | Microphone>>>()

  const v2 = audio.pipe(ListenV2.transcribeStream({ model: "flux-general-en", endLastTurn: false }))
  expectType<Equal<typeof v2, Stream.Stream<ListenV2.ServerMessage, LiveError | Unplugged, Client | Microphone>>>()

  // @ts-expect-error: text is no audio
  void Stream.make("audio").pipe(ListenV1.transcribeStream({ model: "nova-3" }))
}

/** Failures are those of channels and those of a credential that must be asked for. */
type ChannelTags =
  | "HandshakeRejected"
  | "ConnectionClosed"
  | "IdleTimeout"
  | "SendAfterClose"
  | "ProtocolError"
  | "SlowConsumer"
expectType<Equal<Exclude<LiveError["_tag"], DeepgramError.RequestError["_tag"]>, ChannelTags>>()
