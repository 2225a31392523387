/** What is known of a request before it is looked at. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import { randomBytes } from "node:crypto"
import { toResponse, VendorError } from "../vendorError.ts"

/** The id of the request that is being answered: `dg-request-id`, and `request_id` in bodies. */
export const RequestId = Context.Reference<string>("@effect-deepgram/emulator/RequestId", { defaultValue: () => "" })

/** A UUID of version 7, as Deepgram's request ids are: they sort by time; `now` is in milliseconds since 1970. */
export const requestIdAt = (now: number): string => {
  const hex = now.toString(16).padStart(12, "0") + randomBytes(10).toString("hex")
  const variant = (8 + (Number.parseInt(hex[16] ?? "0", 16) & 3)).toString(16)
  return [hex.slice(0, 8), hex.slice(8, 12), `7${hex.slice(13, 16)}`, variant + hex.slice(17, 20), hex.slice(20, 32)]
    .join("-")
}

/** Answers refusals in Deepgram's shape. */
export const answering = <A, E, R>(
  self: Effect.Effect<A, E, R>
): Effect.Effect<A | HttpServerResponse, Exclude<E, VendorError>, R> =>
  Effect.catch(self, (error) =>
    error instanceof VendorError
      ? Effect.map(RequestId, (requestId) => toResponse(error, requestId))
      : Effect.fail(error as Exclude<E, VendorError>))
