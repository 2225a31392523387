/** What the compiler lets callers of `Deepgram` and its parts write. Nothing here runs. */
import { Config, type Duration, Effect, type Exit, type Layer, Redacted, Schedule, Stream } from "effect"
import {
  Deepgram,
  DeepgramAuth,
  type DeepgramConfig,
  DeepgramError,
  ListenV1,
  Requests,
  SpeakV1
} from "effect-deepgram"
import type { HttpClient } from "effect/http"
import type { Socket } from "effect/socket"
import { type Equal, expectType } from "./equal.ts"

const key = Redacted.make("key")

const operation = ListenV1.transcribeUrl("https://example.com/a.wav", { model: "nova-3" })

/** Layers say what they need and how they fail. */
export const layers = (): void => {
  const given = Deepgram.layer({ apiKey: key, environment: "eu", timeout: "5 minutes" })
  expectType<Equal<typeof given, Layer.Layer<Deepgram.Deepgram>>>()

  const found = Deepgram.layerConfig({ apiKey: Config.Redacted("MY_KEY"), baseUrl: Config.URL("MY_URL") })
  expectType<Equal<typeof found, Layer.Layer<Deepgram.Deepgram, Config.ConfigError>>>()

  const withoutTransport = Deepgram.layerConfigNoDeps()
  expectType<
    Equal<
      typeof withoutTransport,
      Layer.Layer<Deepgram.Deepgram, Config.ConfigError, HttpClient.HttpClient | Socket.WebSocketConstructor>
    >
  >()

  expectType<
    Equal<
      Layer.Services<typeof Deepgram.layerNoDeps>,
      | DeepgramConfig.DeepgramConfig
      | DeepgramAuth.DeepgramAuth
      | HttpClient.HttpClient
      | Socket.WebSocketConstructor
    >
  >()

  const auth = DeepgramAuth.layerConfig()
  expectType<Equal<typeof auth, Layer.Layer<DeepgramAuth.DeepgramAuth, Config.ConfigError>>>()
}

/** Credentials that are said, and said once. */
export const credentials: ReadonlyArray<Deepgram.Options> = [
  { apiKey: key },
  { apiKey: key, allowInBrowser: true },
  { accessToken: key },
  { accessToken: Effect.succeed(key) },
  { credential: "none" },
  // @ts-expect-error: a bare string is not a secret
  { apiKey: "key" },
  // @ts-expect-error: none at all
  {},
  // @ts-expect-error: a misspelled option
  { apiKey: key, enviroment: "eu" },
  // @ts-expect-error: no such region
  { apiKey: key, environment: "us" },
  // @ts-expect-error: two of them
  { apiKey: key, accessToken: key },
  // @ts-expect-error: one and none
  { apiKey: key, credential: "none" },
  // @ts-expect-error: allowInBrowser is about keys
  { accessToken: key, allowInBrowser: true }
]

/** A token's effect may fail with anything, and needs nothing. */
type TokenEffect = Extract<NonNullable<Deepgram.Options["accessToken"]>, Effect.Effect<unknown, unknown>>
expectType<Equal<Effect.Effect<Redacted.Redacted, string> extends TokenEffect ? true : false, true>>()
expectType<Equal<Effect.Effect<Redacted.Redacted, never, "service"> extends TokenEffect ? true : false, false>>()

/** Options of a call. */
export const options: ReadonlyArray<Deepgram.CallOptions> = [
  {},
  { timeout: "5 minutes", retry: Deepgram.retryPolicy({ times: 0 }) },
  { retry: Schedule.recurs(5) },
  { retry: Schedule.exponential("1 second") },
  { headers: { "x-a": "1" }, query: { a: 1, b: true, c: ["d"] }, body: { any: { thing: [1] } } },
  // @ts-expect-error: a misspelled option
  { timeOut: "5 minutes" },
  // @ts-expect-error: no duration
  { timeout: "soon" },
  // @ts-expect-error: retries are schedules
  { retry: 5 },
  // @ts-expect-error: headers are text
  { headers: { "x-a": 1 } }
]

/** Neither changes an effect's types more than it says. */
export const wrapped = (): void => {
  const patient = operation.pipe(Deepgram.withOptions({ timeout: 1000 }))
  expectType<Equal<typeof patient, typeof operation>>()

  const paired = operation.pipe(Deepgram.withResponse)
  expectType<
    Equal<
      typeof paired,
      Effect.Effect<
        { readonly value: ListenV1.Transcription; readonly response: Deepgram.RawResponse },
        DeepgramError.RequestError,
        Deepgram.Deepgram
      >
    >
  >()
}

/** Options of streams, and of what is made of effects and streams, in pipes and out of them. */
export const streamed = (exit: Exit.Exit<number, string>): void => {
  const spoken = SpeakV1.generateStream("Hello.", { model: "aura-2-thalia-en" })
  const patient = spoken.pipe(Deepgram.withOptions({ timeout: "5 minutes" }))
  expectType<Equal<typeof patient, typeof spoken>>()

  const codes = Requests.stream("an-id").pipe(
    Deepgram.withOptions({ timeout: 1000 }),
    Stream.map(({ code }) => code),
    Deepgram.withOptions({ headers: { "x-a": "1" } })
  )
  expectType<
    Equal<
      typeof codes,
      Stream.Stream<number | undefined, DeepgramError.RequestError, Deepgram.Deepgram>
    >
  >()

  const texts = operation.pipe(
    Deepgram.withOptions({ timeout: 1000 }),
    Effect.map(({ metadata }) => metadata.request_id),
    Deepgram.withOptions({})
  )
  expectType<Equal<typeof texts, Effect.Effect<string, DeepgramError.RequestError, Deepgram.Deepgram>>>()

  // What is more than an effect does not stay so.
  const ended = Deepgram.withOptions({})(exit)
  expectType<Equal<typeof ended, Effect.Effect<number, string>>>()

  // @ts-expect-error: neither an effect nor a stream
  Deepgram.withOptions({})(1)
}

/** Options for effects and streams of any types. */
export const generic = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  stream: Stream.Stream<A, E, R>
): readonly [Effect.Effect<A, E, R>, Stream.Stream<A, E, R>] => {
  const each: (self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> = Deepgram.withOptions({})
  return [each(effect).pipe(Deepgram.withOptions({})), stream.pipe(Deepgram.withOptions({}))]
}

/** Errors narrow by their tags. */
export const errors = (error: DeepgramError.RequestError): void => {
  if (DeepgramError.isDeepgramError(error) && error._tag === "TimedOut") {
    expectType<Equal<typeof error.after, Duration.Duration>>()
  }
  if (error._tag === "DecodeError") expectType<Equal<typeof error.body, string>>()
  if (error._tag === "BadRequest") expectType<Equal<typeof error.origin, "server" | "client">>()
  expectType<
    Equal<
      DeepgramError.RequestError["_tag"],
      | "BadRequest"
      | "Unauthorized"
      | "PaymentRequired"
      | "PermissionDenied"
      | "NotFound"
      | "RequestTimeout"
      | "Conflict"
      | "PayloadTooLarge"
      | "UnsupportedMediaType"
      | "UnprocessableEntity"
      | "RateLimited"
      | "ServerError"
      | "UnexpectedStatus"
      | "TransportError"
      | "TimedOut"
      | "DecodeError"
    >
  >()
}
