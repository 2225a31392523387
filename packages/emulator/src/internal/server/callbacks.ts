/** Results that are sent to the client's own server. */
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type { Account } from "./accounts.ts"
import { requestTo, send } from "./outbound.ts"
import { Settings } from "./settings.ts"
import { invalidQueryParameter, type VendorError } from "./vendorError.ts"

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

/** Sends `body` until the client's server takes it, or does not for the last time. */
export const deliver = Effect.fn("Emulator.callback")(function*(
  request: HttpClientRequest.HttpClientRequest,
  account: Account,
  body: unknown
) {
  const { callbackRetryDelay } = yield* Settings
  yield* request.pipe(
    HttpClientRequest.bodyJsonUnsafe(body),
    HttpClientRequest.setHeader("dg-token", account.apiKeyId),
    send,
    Effect.flatMap(HttpClientResponse.filterStatusOk),
    Effect.flatMap((response) => response.arrayBuffer),
    Effect.retry({ schedule: Schedule.spaced(callbackRetryDelay), times: attempts - 1 }),
    Effect.catchCause((cause) => Effect.logWarning("A callback was given up.", cause))
  )
})
