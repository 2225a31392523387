/** The JSON bodies of the management API. */
import * as Effect from "effect/Effect"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Schema from "effect/Schema"
import { invalidJson, payloadTooLarge, type VendorError } from "../vendorError.ts"
import { bodyOf, collected } from "./body.ts"
import { Settings } from "./settings.ts"

interface Endpoint {
  readonly "~Payload": Schema.Constraint
  readonly payload: HttpApiEndpoint.PayloadMap
}

/** How deep objects and arrays may be nested: what is stored is written again, by functions that call themselves. */
const maxDepth = 200

const nested = (values: ReadonlyArray<unknown>): ReadonlyArray<object> =>
  values.filter((value) => typeof value === "object" && value !== null)

/** Fails with 400 if a JSON value is nested too deeply. */
export const refuseDeep = (json: unknown): Effect.Effect<void, VendorError> =>
  Effect.suspend(() => {
    let level = nested([json])
    for (let depth = 0; level.length > 0; depth++) {
      if (depth === maxDepth) return Effect.fail(invalidJson(`Json deserialize error: deeper than ${maxDepth} levels`))
      level = nested(level.flatMap((value) => Object.values(value)))
    }
    return Effect.void
  })

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const parse = (body: Uint8Array) =>
  Effect.try({
    try: (): unknown => {
      const text = decoder.decode(body)
      // No body is an empty object: where nothing is required, clients leave it out.
      return text.trim() === "" ? {} : JSON.parse(text)
    },
    catch: (cause) => invalidJson(`Json deserialize error: ${String(cause)}`)
  })

/**
 * Reads the body of a request by the schema of its endpoint, whatever its content type says. The framework would do so
 * too, but answer a mistake in its own words.
 */
export const payloadOf = Effect.fnUntraced(function*<Self extends Endpoint>(
  { endpoint, request }: { readonly endpoint: Self; readonly request: HttpServerRequest }
): Effect.fn.Return<Self["~Payload"]["Type"], VendorError, Settings> {
  const { maxJsonBytes } = yield* Settings
  const tooLarge = payloadTooLarge(`The body is larger than ${maxJsonBytes} bytes.`)
  const body = yield* collected(yield* bodyOf(request), maxJsonBytes, tooLarge)
  const schema = endpoint.payload.get("application/json")?.schemas[0] as Schema.Codec<Self["~Payload"]["Type"], unknown>
  const json = yield* parse(body)
  yield* refuseDeep(json)
  return yield* Effect.mapError(
    Schema.decodeUnknownEffect(schema)(json),
    ({ message }) => invalidJson(`Json deserialize error: ${message.replace(/\s+/g, " ")}`)
  )
})
