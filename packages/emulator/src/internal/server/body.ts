/** Bodies of requests, as far as they come and as long as they may be. */
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Stream from "effect/Stream"
import { badRequest, slowUpload, type VendorError } from "../vendorError.ts"
import { Settings } from "./settings.ts"

/** The bytes of a body. Fails with 408 when none come for too long, with 400 when the connection breaks. */
export const bodyOf = (
  request: HttpServerRequest
): Effect.Effect<Stream.Stream<Uint8Array, VendorError>, never, Settings> =>
  Effect.map(Settings, ({ uploadTimeout }) =>
    request.stream.pipe(
      Stream.mapError(() => badRequest("Bad Request: the upload broke off.")),
      Stream.timeoutOrElse({ duration: uploadTimeout, orElse: () => Stream.fail(slowUpload) })
    ))

/** Everything, if it is not too much. */
export const collected = Effect.fnUntraced(function*<E, R, E2>(
  stream: Stream.Stream<Uint8Array, E, R>,
  maxBytes: number,
  tooLarge: E2
) {
  const chunks: Array<Uint8Array> = []
  let size = 0
  yield* Stream.runForEach(stream, (chunk) => {
    chunks.push(chunk)
    size += chunk.length
    return size > maxBytes ? Effect.fail(tooLarge) : Effect.void
  })
  return Buffer.concat(chunks)
})
