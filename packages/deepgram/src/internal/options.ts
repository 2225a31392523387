/** What a single call may change, carried by the fiber: no signature is doubled for it. */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type { RawResponse } from "../Deepgram.ts"
import type { RetrySchedule } from "./retry.ts"

/**
 * Changes for the operations within an effect. Channels over WebSocket are opened with `retry`, `query` and, where a socket
 * can have them, `headers`.
 */
export interface CallOptions {
  /**
   * How long the whole operation may take, body and retries included; of speech, up to its beginning, and then each wait
   * for more. `Duration.infinity` for no limit. Not of channels: see `openTimeout` of `Live.Options`.
   */
  readonly timeout?: Duration.Input | undefined
  /** When to try again what failed with 408, 429, 5xx or without an answer. */
  readonly retry?: RetrySchedule | undefined
  /** More request headers; they win over all others. Sockets have none in browsers and in Cloudflare's workers. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** More query parameters; they win over typed ones of the same name. A list repeats the name. */
  readonly query?: Readonly<Record<string, string | number | boolean | ReadonlyArray<string>>> | undefined
  /** More members of a JSON body; they win over typed ones. No effect on audio; of channels, on what sets them up or changes them. */
  readonly body?: Readonly<Record<string, unknown>> | undefined
}

/** The options of the fiber. */
export const CurrentCallOptions = Context.Reference<CallOptions>("effect-deepgram/CallOptions", {
  defaultValue: () => ({})
})

/** Is told of the response that an operation's value came from. */
type ResponseObserver = (response: RawResponse) => void

/** The observer of the fiber. */
export const CurrentResponseObserver = Context.Reference<ResponseObserver | undefined>(
  "effect-deepgram/ResponseObserver",
  { defaultValue: () => undefined }
)
