/** Results that are sent to the client's own server. */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Schedule from "effect/Schedule"
import type { Account } from "./accounts.ts"
import { Settings } from "./settings.ts"
import { invalidQueryParameter, type VendorError } from "./vendorError.ts"

/** How often Deepgram tries. */
const attempts = 10

/** A callback as a request names it. */
export interface Callback {
  readonly url: string
  readonly method: "POST" | "PUT"
}

/** Reads the query; Deepgram takes only absolute HTTP URLs. The ports are not limited, as its own are. */
export const fromQuery = (query: {
  readonly callback?: string | undefined
  readonly callback_method?: "POST" | "PUT" | undefined
}): Effect.Effect<Callback | undefined, VendorError> => {
  if (query.callback === undefined) return Effect.undefined
  return /^https?:$/.test(URL.parse(query.callback)?.protocol ?? "")
    ? Effect.succeed({ url: query.callback, method: query.callback_method ?? "POST" })
    : Effect.fail(invalidQueryParameter("Invalid callback url."))
}

/** Sends `body` until the client's server takes it, or does not for the last time. */
export const deliver = Effect.fn("Emulator.callback")(function*(callback: Callback, account: Account, body: unknown) {
  const { callbackRetryDelay } = yield* Settings
  const client = HttpClient.filterStatusOk(yield* HttpClient.HttpClient)
  const { password, username } = new URL(callback.url)
  const address = new URL(callback.url)
  address.username = ""
  address.password = ""
  const request = HttpClientRequest.make(callback.method)(address).pipe(
    HttpClientRequest.bodyJsonUnsafe(body),
    HttpClientRequest.setHeader("dg-token", account.apiKeyId),
    username === ""
      ? (self) => self
      : HttpClientRequest.basicAuth(decodeURIComponent(username), decodeURIComponent(password))
  )
  yield* client.execute(request).pipe(
    Effect.flatMap((response) => response.arrayBuffer),
    Effect.scoped,
    Effect.retry({ schedule: Schedule.spaced(callbackRetryDelay), times: attempts - 1 }),
    Effect.catch((error) => Effect.logWarning(`callback given up: ${error.message}`))
  )
})
