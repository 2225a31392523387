/** What is known of a request before it is looked at. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import { randomUUID } from "node:crypto"
import { toResponse, VendorError } from "../vendorError.ts"

/** The id of the request that is being answered: `dg-request-id`, and `request_id` in bodies. */
export const RequestId = Context.Reference<string>("@effect-deepgram/emulator/RequestId", { defaultValue: () => "" })

/** A UUID of version 7, as Deepgram's request ids are: they sort by time; `now` is in milliseconds since 1970. */
export const requestIdAt = (now: number): string => {
  const time = now.toString(16).padStart(12, "0")
  // What a UUID of version 4 has behind its version is the same, and Node makes those from a supply of random bytes.
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${randomUUID().slice(15)}`
}

/** Answers refusals in Deepgram's shape. */
export const answering = <A, E, R>(
  self: Effect.Effect<A, E, R>
): Effect.Effect<A | HttpServerResponse, Exclude<E, VendorError>, R> =>
  Effect.catch(self, (error) =>
    error instanceof VendorError
      ? Effect.map(RequestId, (requestId) => toResponse(error, requestId))
      : Effect.fail(error as Exclude<E, VendorError>))
