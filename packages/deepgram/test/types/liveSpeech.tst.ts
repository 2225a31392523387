/** What the compiler lets callers of live speech write, and what it says of the result. Nothing here runs. */
import { Context, type Effect, Schema, type Scope, Stream } from "effect"
import { type Deepgram, type DeepgramError, type Live, LiveAudio, SpeakV1, SpeakV2 } from "effect-deepgram"
import type { LiveQuery as AuraQuery } from "../../src/internal/contract/speakV1Live.ts"
import type { LiveQuery as FluxQuery } from "../../src/internal/contract/speakV2Live.ts"
import type { auraLiveFormats, fluxLiveFormats, SpeechFormat } from "../../src/internal/contract/speech.ts"
import { type Equal, expectType, type KeysOfUnion } from "./equal.ts"

type LiveError = DeepgramError.LiveError
type Client = Deepgram.Deepgram

class Wordless extends Schema.TaggedError<Wordless>()("Wordless", {}) {}
class Loud extends Schema.TaggedError<Loud>()("Loud", {}) {}
class Model extends Context.Service<Model, { readonly tokens: Stream.Stream<string, Wordless> }>()("test/Model") {}
class Ears extends Context.Service<Ears, { readonly barges: Stream.Stream<void, Loud> }>()("test/Ears") {}

/** None of the parameters is left out, and none invented. */
type Kept = Exclude<keyof Live.Options, "watchdog" | "capacity">
type Pacing = "charactersPerMinute" | "flushesPerMinute"
type Piped = "flushAfter" | "interruptions"
expectType<
  Equal<KeysOfUnion<SpeakV1.LiveOptions>, keyof typeof AuraQuery.Type | Kept | Pacing | "answerTimeout">
>()
expectType<Equal<KeysOfUnion<SpeakV2.LiveOptions>, keyof typeof FluxQuery.Type | Kept | "answerTimeout">>()

/** A pipe has all of them but the one that would do nothing, and its own. */
expectType<
  Equal<KeysOfUnion<SpeakV1.StreamOptions>, Exclude<KeysOfUnion<SpeakV1.LiveOptions>, "waitForOpen"> | Piped>
>()
expectType<
  Equal<KeysOfUnion<SpeakV2.StreamOptions>, Exclude<KeysOfUnion<SpeakV2.LiveOptions>, "waitForOpen"> | Piped>
>()

/** What a table lets be asked for. */
type Offered<Formats extends Readonly<Record<string, SpeechFormat>>> = {
  readonly [Encoding in keyof Formats]: Formats[Encoding]["sampleRates"][number]
}

/** What options let be written with an encoding. */
type RatesWith<Options, Encoding> = Options extends { readonly encoding?: infer Encodings }
  ? Encoding extends Encodings
    ? Options extends { readonly sample_rate?: infer Rates } ? Exclude<Rates, undefined> : never
  : never
  : never
type Written<Options extends { readonly encoding?: string | undefined }> = {
  readonly [Encoding in NonNullable<Options["encoding"]>]: RatesWith<Options, Encoding>
}

/** Every combination of the tables, and no other. */
expectType<Equal<Written<SpeakV1.LiveOptions>, Offered<typeof auraLiveFormats>>>()
expectType<Equal<Written<SpeakV2.LiveOptions>, Offered<typeof fluxLiveFormats>>>()

/** What options of Aura may be. */
export const aura: ReadonlyArray<SpeakV1.LiveOptions> = [
  { model: "aura-2-thalia-en" },
  { model: "tomorrow's", sample_rate: 48_000 },
  { model: "aura-2-thalia-en", encoding: "mulaw", sample_rate: 16_000, speed: 1.2, mip_opt_out: true },
  { model: "aura-2-thalia-en", encoding: undefined, sample_rate: undefined, speed: undefined },
  { model: "aura-2-thalia-en", charactersPerMinute: Infinity, flushesPerMinute: 60, answerTimeout: "5 seconds" },
  { model: "aura-2-thalia-en", openTimeout: 1000, drainTimeout: "1 minute", keepAlive: false, waitForOpen: false }
]

/** What they may not. */
export const auraRejected: ReadonlyArray<SpeakV1.LiveOptions> = [
  // @ts-expect-error: the voice is missing
  { encoding: "linear16" },
  // @ts-expect-error: a misspelled option
  { model: "aura-2-thalia-en", samplerate: 8000 },
  // @ts-expect-error: a rate that is none
  { model: "aura-2-thalia-en", encoding: "linear16", sample_rate: 44_100 },
  // @ts-expect-error: a rate that is none of telephony
  { model: "aura-2-thalia-en", encoding: "mulaw", sample_rate: 24_000 },
  // @ts-expect-error: an encoding of recordings
  { model: "aura-2-thalia-en", encoding: "mp3" },
  // @ts-expect-error: there are no containers
  { model: "aura-2-thalia-en", container: "none" },
  // @ts-expect-error: an option of Flux
  { model: "aura-2-thalia-en", tag: "a" },
  // @ts-expect-error: nobody sends audio
  { model: "aura-2-thalia-en", watchdog: "1 minute" },
  // @ts-expect-error: nothing is taken in before the opening
  { model: "aura-2-thalia-en", capacity: 1 },
  // @ts-expect-error: an option of pipes
  { model: "aura-2-thalia-en", interruptions: Stream.empty }
]

/** What options of Flux may be. */
export const flux: ReadonlyArray<SpeakV2.LiveOptions> = [
  { model: "flux-kit-en" },
  { model: "flux-kit-en", encoding: "linear16", sample_rate: 44_100, expressivity: -2, tag: ["a", "b"] },
  { model: "flux-kit-en", encoding: "alaw", sample_rate: 8000, speed: 0.85, tag: "a", mip_opt_out: false }
]

/** What they may not. */
export const fluxRejected: ReadonlyArray<SpeakV2.LiveOptions> = [
  // @ts-expect-error: the voice is missing
  {},
  // @ts-expect-error: a rate that is none of telephony
  { model: "flux-kit-en", encoding: "alaw", sample_rate: 44_100 },
  // @ts-expect-error: an expressivity that there is not
  { model: "flux-kit-en", expressivity: 3 },
  // @ts-expect-error: an option of requests
  { model: "flux-kit-en", priority: "low" },
  // @ts-expect-error: Flux has no such limits
  { model: "flux-kit-en", charactersPerMinute: 10 }
]

/** What options of a pipe may not be. */
export const pipedRejected: ReadonlyArray<SpeakV1.StreamOptions> = [
  // @ts-expect-error: a pipe never waits for the opening
  { model: "aura-2-thalia-en", waitForOpen: false },
  // @ts-expect-error: no duration
  { model: "aura-2-thalia-en", flushAfter: "soon" },
  // @ts-expect-error: interruptions that can fail have to be named by the type
  { model: "aura-2-thalia-en", interruptions: Stream.fail(new Loud()) }
]

declare const tokens: Stream.Stream<string, Wordless, Model>
declare const barges: Stream.Stream<void, Loud, Ears>
declare const offsets: Stream.Stream<SpeakV2.Interruption, Loud, Ears>

const opened = SpeakV1.connect({ model: "aura-2-thalia-en" })
expectType<Equal<typeof opened, Effect.Effect<SpeakV1.Connection, LiveError, Client | Scope.Scope>>>()
const openedFlux = SpeakV2.connect({ model: "flux-kit-en" })
expectType<Equal<typeof openedFlux, Effect.Effect<SpeakV2.Connection, LiveError, Client | Scope.Scope>>>()

/** A pipe has the failures and the needs of its text and its interruptions, and its own, and no scope. */
const plain = tokens.pipe(SpeakV1.speakStream({ model: "aura-2-thalia-en" }))
expectType<Equal<typeof plain, Stream.Stream<SpeakV1.ServerMessage, Wordless | LiveError, Client | Model>>>()
const barged = tokens.pipe(SpeakV1.speakStream({ model: "aura-2-thalia-en", interruptions: barges }))
expectType<
  Equal<typeof barged, Stream.Stream<SpeakV1.ServerMessage, Wordless | Loud | LiveError, Client | Model | Ears>>
>()
const played = tokens.pipe(SpeakV2.speakStream({ model: "flux-kit-en", interruptions: offsets }))
expectType<
  Equal<typeof played, Stream.Stream<SpeakV2.ServerMessage, Wordless | Loud | LiveError, Client | Model | Ears>>
>()
const bare = tokens.pipe(SpeakV2.speakStream({ model: "flux-kit-en", interruptions: barges }))
expectType<Equal<typeof bare, typeof played>>()
// @ts-expect-error: no offset
export const numbered = tokens.pipe(SpeakV2.speakStream({ model: "flux-kit-en", interruptions: Stream.make(7) }))
// @ts-expect-error: audio is no text
export const bytes = Stream.make(new Uint8Array(1)).pipe(SpeakV1.speakStream({ model: "aura-2-thalia-en" }))

/** Audio alone. */
const heard = LiveAudio.bytes(barged)
expectType<Equal<typeof heard, Stream.Stream<Uint8Array, Wordless | Loud | LiveError, Client | Model | Ears>>>()

declare const message: SpeakV1.ServerMessage | SpeakV2.ServerMessage

/** Messages are told apart by their type. */
if (message.type === "Audio") expectType<Equal<typeof message.audio, Uint8Array>>()
if (message.type === "SpeechMetadata") expectType<Equal<typeof message, SpeakV2.TurnMetadata>>()
if (message.type === "Cleared") expectType<Equal<typeof message, SpeakV1.Cleared>>()
if (message.type === "Unrecognized") expectType<Equal<typeof message.raw, unknown>>()
expectType<
  Equal<
    SpeakV1.ServerMessage["type"],
    "Audio" | "Cleared" | "Flushed" | "Metadata" | "Unrecognized" | "Warning"
  >
>()

declare const connection: SpeakV2.Connection
expectType<
  Equal<ReturnType<typeof connection.interrupt>, Effect.Effect<SpeakV2.SpeechInterrupted | undefined, LiveError>>
>()
expectType<Equal<typeof connection.flush, Effect.Effect<SpeakV2.TurnMetadata | undefined, LiveError>>>()
// @ts-expect-error: another unit
export const samples = connection.interrupt({ playback_offset: { type: "samples", value: 1 } })
