/** Results that are sent to the client's own server. */
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type * as Stream from "effect/Stream"
import { invalidQueryParameter, type VendorError } from "../vendorError.ts"
import type { Account } from "./accounts.ts"
import { requestTo, send } from "./outbound.ts"
import { Settings } from "./settings.ts"

/** How often Deepgram tries. */
const attempts = 10

/** The request that a callback is to be, without its body; Deepgram limits the ports, the emulator does not. */
export const fromQuery = (query: {
  readonly callback?: string | undefined
  readonly callback_method?: "POST" | "PUT" | undefined
}): Effect.Effect<HttpClientRequest.HttpClientRequest | undefined, VendorError> =>
  query.callback === undefined ? Effect.undefined : Option.match(
    requestTo(query.callback_method ?? "POST", query.callback),
    {
      onNone: () => Effect.fail(invalidQueryParameter("Invalid callback url.")),
      onSome: (request) => Effect.succeed(request)
    }
  )

/** What is sent to a callback. */
export interface Delivery {
  readonly body: HttpBody.HttpBody
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** A result as JSON. */
export const json = (body: unknown): Delivery => ({ body: HttpBody.jsonUnsafe(body) })

/** Audio, which is made anew for each attempt. */
export const audio = (
  body: Stream.Stream<Uint8Array, unknown>,
  options: { readonly contentType: string; readonly headers: Readonly<Record<string, string>> }
): Delivery => ({ body: HttpBody.stream(body, options.contentType), headers: options.headers })

/** Sends a delivery until the client's server takes it, or does not for the last time. */
export const deliver = Effect.fn("Emulator.callback")(function*(
  request: HttpClientRequest.HttpClientRequest,
  account: Account,
  { body, headers = {} }: Delivery
) {
  const { callbackRetryDelay } = yield* Settings
  yield* request.pipe(
    HttpClientRequest.setBody(body),
    HttpClientRequest.setHeaders({ ...headers, "dg-token": account.apiKeyId }),
    send,
    Effect.flatMap(HttpClientResponse.filterStatusOk),
    Effect.flatMap((response) => response.arrayBuffer),
    Effect.retry({ schedule: Schedule.spaced(callbackRetryDelay), times: attempts - 1 }),
    Effect.catchCause((cause) => Effect.logWarning("A callback was given up.", cause))
  )
})
