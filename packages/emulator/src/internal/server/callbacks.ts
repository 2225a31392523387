/** Results that are sent to the client's own server. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as HttpBody from "effect/http/HttpBody"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as HttpMethod from "effect/http/HttpMethod"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { invalidQueryParameter, type VendorError } from "../vendorError.ts"
import type { Account } from "./accounts.ts"
import { requestTo, send } from "./outbound.ts"
import { Settings } from "./settings.ts"

/** How often Deepgram tries. */
const attempts = 10

/** The request that a callback is to be, without its body; Deepgram limits the ports, the emulator does not. */
export const fromQuery = (query: {
  readonly callback?: string | undefined
  readonly callback_method?: "POST" | "PUT" | "GET" | "DELETE" | undefined
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
  /** `onTaken`: what is to be done with each part that goes out. */
  readonly body: (onTaken: Effect.Effect<void>) => HttpBody.HttpBody
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** A result as JSON. */
export const json = (value: unknown): Delivery => {
  const body = HttpBody.jsonUnsafe(value)
  return { body: () => body }
}

/** Audio, which is made anew for each attempt. */
export const audio = (
  body: Stream.Stream<Uint8Array, unknown>,
  options: { readonly contentType: string; readonly headers: Readonly<Record<string, string>> }
): Delivery => ({
  body: (onTaken) => HttpBody.stream(Stream.tap(body, () => onTaken), options.contentType),
  headers: options.headers
})

/** Fails when a server has neither taken a part nor answered for so long. */
const attempt = Effect.fnUntraced(function*(
  request: HttpClientRequest.HttpClientRequest,
  body: Delivery["body"],
  patience: Duration.Duration
) {
  const clock = yield* Clock.Clock
  const now = () => clock.currentTimeMillisUnsafe()
  let deadline = 0
  const onTaken = Effect.sync(() => {
    deadline = now() + Duration.toMillis(patience)
  })
  const silence = Effect.gen(function*() {
    while (now() < deadline) yield* Effect.sleep(deadline - now())
    return yield* new Cause.TimeoutError(`Nothing came from the server of a callback for ${Duration.format(patience)}`)
  })
  yield* onTaken
  return yield* request.pipe(
    // A request with GET has no body: it says no more than that there is a result.
    HttpMethod.hasBody(request.method) ? HttpClientRequest.setBody(body(onTaken)) : identity,
    send,
    Effect.flatMap(HttpClientResponse.filterStatusOk),
    Effect.raceFirst(silence)
  )
})

/** Sends a delivery until the client's server takes it, or does not for the last time; answers whether it did. */
export const deliver = Effect.fn("Emulator.callback")(function*(
  request: HttpClientRequest.HttpClientRequest,
  account: Account,
  { body, headers = {} }: Delivery
) {
  const { callbackRetryDelay, remoteTimeout } = yield* Settings
  const ready = HttpClientRequest.setHeaders(request, { ...headers, "dg-token": account.apiKeyId })
  return yield* attempt(ready, body, remoteTimeout).pipe(
    Effect.retry({ schedule: Schedule.spaced(callbackRetryDelay), times: attempts - 1 }),
    // The status says that it was taken; what else it says is read for the sake of the connection, and not kept.
    Effect.flatMap(({ stream }) => Effect.ignore(Effect.timeout(Stream.runDrain(stream), remoteTimeout))),
    Effect.as(true),
    Effect.catchCause((cause) => Effect.as(Effect.logWarning("A callback was given up.", cause), false))
  )
})

/** What it takes to send something to a callback. */
export type Services = Settings | HttpClient.HttpClient

/**
 * Deliveries that may wait for the ones before them, some 15 MB: a server in order gets the results of hours of audio
 * that came as fast as it could be heard.
 */
const mostWaiting = 10_000

/**
 * Sends deliveries one after the other in the background; who has another one never waits. A server that did not take one
 * gets no more, and one that is too slow not all of them; a warning says so once. Deliveries that wait when the scope
 * closes are sent too.
 */
export const inOrder = Effect.fnUntraced(function*(
  request: HttpClientRequest.HttpClientRequest,
  account: Account,
  background: Scope.Scope
) {
  const queue = yield* Effect.acquireRelease(
    Queue.dropping<Delivery, Cause.Done>(mostWaiting),
    (queue) => Queue.end(queue)
  )
  let isTaken = true
  let isWarned = false
  const drop = Effect.suspend(() => {
    if (isWarned) return Effect.void
    isWarned = true
    return Effect.logWarning("Results were not sent to a callback: its server does not take them, or is too slow.")
  })
  yield* Effect.forkIn(
    Stream.runForEach(Stream.fromQueue(queue), (delivery) =>
      isTaken
        ? Effect.map(deliver(request, account, delivery), (taken) => {
          isTaken = taken
        })
        : drop),
    background
  )
  return (delivery: Delivery) =>
    Effect.suspend(() => isTaken && Queue.offerUnsafe(queue, delivery) ? Effect.void : drop)
})
