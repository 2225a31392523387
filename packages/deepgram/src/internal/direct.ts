/** The short way of a small request, for transports of this SDK. */
import type * as Context from "effect/Context"
import type * as Exit from "effect/Exit"
import type * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"

/** What of a response is looked at. */
export type Answer = Pick<
  HttpClientResponse.HttpClientResponse,
  "arrayBuffer" | "headers" | "status" | "stream" | "text"
>

/**
 * What a transport can do without an effect: sends a request whose body is at hand, and answers when there is the head
 * of a refusal, or the whole of a success. Gives up when what it returns is called. No spans, no fiber for the time
 * limit, one wait, and no response that has to be watched until somebody reads it: together they cost more than sending
 * a small request over a kept connection does.
 */
export interface Direct {
  (
    request: HttpClientRequest.HttpClientRequest,
    context: Context.Context<never>,
    answered: (exit: Exit.Exit<Answer, HttpClientError.HttpClientError>) => void,
    /** Whether the head of a success is to be answered too, for those that read the body as it arrives. */
    isHeadEnough?: boolean
  ): () => void
  /** Whether it can do that. */
  readonly answersHeads?: true
}

/** Where an `HttpClient` has it. By a text, as `@effect-deepgram/node` has one too; who wraps a client, loses it. */
const key = "effect-deepgram/direct"

export const withDirect = <Client extends HttpClient.HttpClient>(client: Client, direct: Direct): Client =>
  // Not copied with the others.
  Object.defineProperty(client, key, { value: direct })

export const directOf = (client: HttpClient.HttpClient): Direct | undefined =>
  Object.hasOwn(client, key) ? (client as { readonly [key]?: Direct })[key] : undefined
