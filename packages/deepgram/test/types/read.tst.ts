/** What the compiler lets callers of `ReadV1`, `Tokens` and `DeepgramAuth.layerGranted` write. Nothing here runs. */
import type { Config, Effect, Layer } from "effect"
import { Redacted } from "effect"
import {
  type Deepgram,
  DeepgramAuth,
  type DeepgramConfig,
  type DeepgramError,
  type ListenV1,
  ReadV1,
  Tokens
} from "effect-deepgram"
import type { HttpClient } from "effect/http"
import type { insightParameters } from "../../src/internal/contract/schemas.ts"
import { type Equal, expectType } from "./equal.ts"

type RequestError = DeepgramError.RequestError

/** The insights of speech and of text are the same. */
expectType<Equal<keyof ReadV1.InsightOptions, keyof typeof insightParameters | "tag">>()
expectType<
  Equal<
    Pick<ListenV1.FeatureOptions, keyof ReadV1.InsightOptions>,
    Pick<ReadV1.InsightOptions, keyof ReadV1.InsightOptions>
  >
>()
expectType<
  Equal<keyof ReadV1.SubmitOptions, keyof ReadV1.InsightOptions | "language" | "callback" | "callback_method">
>()

/** What sources may be. */
export const sources: ReadonlyArray<ReadV1.Source> = [
  { text: "Hello." },
  { url: "https://example.com/a.txt" },
  { url: new URL("https://example.com/a.txt") },
  // @ts-expect-error: either of them
  { text: "Hello.", url: "https://example.com/a.txt" },
  // @ts-expect-error: one of them
  {},
  // @ts-expect-error: a bare text may be either
  "Hello."
]

/** What options may be. */
export const options: ReadonlyArray<ReadV1.AnalyzeOptions> = [
  { sentiment: true, summarize: "v2", language: "en-GB", custom_topic: ["a"], custom_topic_mode: "strict" },
  // @ts-expect-error: a misspelled option
  { sentiments: true },
  // @ts-expect-error: a callback changes the answer: that is submit
  { sentiment: true, callback: "https://example.com" },
  // @ts-expect-error: for speech
  { sentiment: true, detect_entities: true }
]

// @ts-expect-error: no callback
export const submitBare = ReadV1.submit({ text: "Hello." }, { topics: true })

/** The results, exactly. */
export const results = (): void => {
  const analysis = ReadV1.analyze({ text: "Hello." }, { topics: true })
  expectType<Equal<typeof analysis, Effect.Effect<ReadV1.Analysis, RequestError, Deepgram.Deepgram>>>()

  const receipt = ReadV1.submit({ text: "Hello." }, { topics: true, callback: "https://example.com" })
  expectType<Equal<typeof receipt, Effect.Effect<ReadV1.Receipt, RequestError, Deepgram.Deepgram>>>()

  const token = Tokens.grant()
  expectType<Equal<typeof token, Effect.Effect<Tokens.GrantedToken, RequestError, Deepgram.Deepgram>>>()
  expectType<Equal<Tokens.GrantedToken["access_token"], Redacted.Redacted<string>>>()

  const granted = DeepgramAuth.layerGranted({ apiKey: Redacted.make("key"), ttl: "10 minutes" })
  type Needed = DeepgramConfig.DeepgramConfig | HttpClient.HttpClient
  expectType<Equal<typeof granted, Layer.Layer<DeepgramAuth.DeepgramAuth, never, Needed>>>()

  const found = DeepgramAuth.layerGrantedConfig()
  expectType<Equal<typeof found, Layer.Layer<DeepgramAuth.DeepgramAuth, Config.ConfigError, Needed>>>()
}

// @ts-expect-error: the name of the option
export const misnamed = Tokens.grant({ ttl: 60 })

// @ts-expect-error: a key is needed
export const keyless = DeepgramAuth.layerGranted({ ttl: "10 minutes" })
