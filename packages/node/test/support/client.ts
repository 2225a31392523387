/** The client under test, and the smallest operations. */
import { NodeDeepgram } from "@effect-deepgram/node"
import { ConfigProvider, Effect, type Layer, Redacted } from "effect"
import { type AudioSource, Deepgram, ListenV1 } from "effect-deepgram"

/** The API key of {@link client}. */
export const apiKey = "k3y-0f-th3-n0d3-t3sts"

/** A client of a server; without proxies unless they are asked for, whatever the environment of the tests holds. */
export const client = (
  server: { readonly url: string },
  options: NodeDeepgram.NodeOptions = {}
): Layer.Layer<Deepgram.Deepgram> =>
  NodeDeepgram.layer({ apiKey: Redacted.make(apiKey), baseUrl: server.url, proxy: false, ...options })

/** One attempt only. */
export const once = Deepgram.withOptions({ retry: Deepgram.retryPolicy({ times: 0 }) })

/** Tries again at once. */
export const impatient = Deepgram.withOptions({ retry: Deepgram.retryPolicy({ initialDelay: "1 millis" }) })

const options = { model: "nova-3", callback: "https://example.com/hook" } as const

/** An upload with the smallest answer. */
export const upload = <E = never, R = never>(audio: AudioSource.Input<E, R>) => ListenV1.submitFile(audio, options)

/** The smallest request. */
export const request = ListenV1.submitUrl("https://example.com/call.wav", options)

/** Gives an effect these environment variables and no others. */
export const withEnvironment = (env: Record<string, string>) =>
  Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord(env))
