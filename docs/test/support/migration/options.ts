/** What stands for the options and the errors of the vendor's SDK, as Markdown; typed by its declarations. */
import type { BaseRequestOptions, CustomDeepgramClientOptions, DeepgramClient, DeepgramError } from "@deepgram/sdk"

type Texts<Keys extends string> = { readonly [_ in Keys]: string }

type KeysOf<T> = T extends unknown ? keyof T & string : never

/** Options of `new DeepgramClient`. */
export const client: Texts<KeysOf<CustomDeepgramClientOptions>> = {
  apiKey: "`apiKey` of `Deepgram.layer`, `Redacted`; `Deepgram.layerConfig` reads `DEEPGRAM_API_KEY`",
  accessToken:
    "`accessToken` of `Deepgram.layer`, or an effect that finds one; `DeepgramAuth.layerGranted` mints and renews",
  auth: "a `DeepgramAuth` of your own, with `Deepgram.layerNoDeps`",
  environment: "`environment`: `default`, `eu`, `au`, `in`; single servers are `hosts`",
  baseUrl: "`baseUrl`, or `DEEPGRAM_BASE_URL`",
  headers: "`headers`",
  timeoutInSeconds: "`timeout`, of everything, retries included",
  maxRetries: "`retry: Deepgram.retryPolicy({ times })`, or any `Schedule`",
  fetch: "`FetchHttpClient.Fetch` of Effect, or another `HttpClient`",
  fetcher: "another `HttpClient`, with `Deepgram.layerNoDeps`",
  agent: "`proxy`, `tls` and `localAddress` of `NodeDeepgram.layer`",
  logging: "spans and metrics; nothing is logged",
  stream: "no operation answers with server-sent events",
  transportFactory: "another `Socket.WebSocketConstructor`, with `Deepgram.layerNoDeps`",
  reconnect:
    "`retry` opens again what could not be opened; a session that ended fails with what ended it, and whoever holds the audio dials again"
}

/** Options of a call. */
export const request: Texts<keyof BaseRequestOptions> = {
  timeoutInSeconds: "`Deepgram.withOptions({ timeout })`",
  maxRetries: "`Deepgram.withOptions({ retry })`",
  abortSignal: "interruption; `Effect.runPromise(effect, { signal })` outside Effect",
  queryParams: "`Deepgram.withOptions({ query })`",
  additionalBodyParameters: "`Deepgram.withOptions({ body })`",
  headers: "`Deepgram.withOptions({ headers })`",
  stream: "no operation answers with server-sent events"
}

type ConnectArgs = NonNullable<Parameters<DeepgramClient["listen"]["v1"]["connect"]>[0]>

/** Those of Deepgram's own parameters begin with a small letter, have underscores, and are the same here. */
type Parameter =
  | `${string}_${string}`
  | "callback"
  | "channels"
  | "diarize"
  | "dictation"
  | "encoding"
  | "endpointing"
  | "extra"
  | "keyterm"
  | "keywords"
  | "language"
  | "model"
  | "multichannel"
  | "numerals"
  | "punctuate"
  | "redact"
  | "replace"
  | "search"
  | "tag"
  | "version"

/** Arguments of `connect` that are no parameters of Deepgram. */
export const connect: Texts<Exclude<keyof ConnectArgs & string, Parameter>> = {
  Authorization: "the credential of the `Deepgram` layer",
  protocols: "none: where a socket has no headers, the credential goes as a subprotocol by itself",
  queryParams: "`Deepgram.withOptions({ query })`",
  headers: "`Deepgram.withOptions({ headers })`",
  agent: "`proxy`, `tls` and `localAddress` of `NodeDeepgram.layer`",
  debug: "a span for each session",
  reconnectAttempts: "`Deepgram.withOptions({ retry })` for the opening",
  connectionTimeoutInSeconds: "`openTimeout`",
  abortSignal: "interruption: leaving the scope closes the session",
  shouldReconnect: "`Effect.retry`, or `Stream.retry`, around the session"
}

/** Members of `DeepgramError`. */
export const error: Texts<Exclude<keyof DeepgramError, keyof Error> | "cause"> = {
  statusCode: "the tag: `RateLimited`, `Unauthorized`, …; `status` where one tag has several",
  body: "`code` and `detail` of the errors of requests, `body` of `DecodeError`",
  rawResponse: "the request id and the words of Deepgram; a success is shown by `Deepgram.withResponse`",
  requestId: "`requestId`",
  cause: "`cause` of `TransportError`"
}
