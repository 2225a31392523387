/** The client under test, pointed at a scripted server, and the smallest operation and answer. */
import { ConfigProvider, Effect, type Layer, Redacted } from "effect"
import { Deepgram, type DeepgramAuth, type DeepgramConfig, ListenV1 } from "effect-deepgram"
import { json } from "./answers.ts"
import type { Answer } from "./server.ts"

/** The API key of {@link client}: easy to search for. */
export const apiKey = "k3y-0f-th3-t3sts-5ecret"

/** A client over `fetch`. */
export const client = (
  server: { readonly url: string },
  options?: Omit<DeepgramConfig.Options, "baseUrl">,
  auth: DeepgramAuth.Options = { apiKey: Redacted.make(apiKey) }
): Layer.Layer<Deepgram.Deepgram> => Deepgram.layer({ ...auth, ...options, baseUrl: server.url })

/** One attempt only. */
export const once: Deepgram.RetrySchedule = Deepgram.retryPolicy({ times: 0 })

/** Gives an effect these environment variables and no others. */
export const withEnvironment = (env: Record<string, string>) =>
  Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord(env))

/** The smallest transcription. */
export const transcription = {
  metadata: {
    request_id: "0198c0de-0000-7000-8000-000000000001",
    created: "2026-11-20T00:00:00Z",
    duration: 1.5,
    channels: 1
  },
  results: { channels: [{ alternatives: [{ transcript: "hello world", confidence: 0.99 }] }] }
} satisfies ListenV1.Transcription

/** Answers with {@link transcription}. */
export const ok: Answer = json(transcription, { headers: { "dg-request-id": transcription.metadata.request_id } })

/** The smallest operation. */
export const transcribe = (options?: ListenV1.FeatureOptions) =>
  ListenV1.transcribeUrl("https://example.com/call.wav", { model: "nova-3", ...options })
