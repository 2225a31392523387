/**
 * From an endpoint of the contract to a function. `HttpApiClient` could be derived from the same endpoints, but sends
 * neither `Blob`s nor lengths, decodes through a second walk of the body and weighs 18 kB (docs/architecture.md).
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import type * as HttpMethod from "effect/http/HttpMethod"
import * as Option from "effect/Option"
import { hasProperty } from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Deepgram } from "../Deepgram.ts"
import * as Errors from "../DeepgramError.ts"
import { type RequestBody, whole } from "./body.ts"
import { Host } from "./contract/schemas.ts"
import { makeDecoder } from "./decode.ts"
import { cutBody, type Origin, quote, refused, requestIdOf, withId } from "./errors.ts"
import { parseJson } from "./json.ts"
import { CurrentCallOptions } from "./options.ts"
import { execute, type Reader } from "./transport.ts"

interface Endpoint<Query> {
  readonly method: HttpMethod.HttpMethod
  readonly path: string
  readonly "~Query": { readonly Type: Query }
  readonly query: Schema.Top | undefined
  readonly annotations: Context.Context<never>
}

/** One call of an operation. */
export interface Call<Query, E, R> {
  /** As errors and spans name it. */
  readonly operation: string
  readonly query: Query
  /** A JSON value, or a body that is sent as it is. */
  readonly body: { readonly json: unknown } | { readonly raw: RequestBody<E, R> }
  /** Brings variants of the wire's shape into the one that is typed, before validation. */
  readonly normalize?: (json: unknown) => unknown
}

type Encoded = Readonly<Record<string, string | ReadonlyArray<string> | undefined>>

const jsonBody = Effect.fnUntraced(function*(operation: string, value: unknown) {
  const { body: extra } = yield* CurrentCallOptions
  const body = yield* Effect.mapError(
    HttpBody.json(extra === undefined ? value : { ...value as object, ...extra }),
    () => refused(Errors.BadRequest, operation, "the body cannot be written as JSON")
  )
  return whole(body)
})

/** Where answers hold the id of their request (a proxy may have dropped the header). */
const idIn = (json: unknown): string | undefined => {
  if (!hasProperty(json, "request_id")) return hasProperty(json, "metadata") ? idIn(json.metadata) : undefined
  return typeof json.request_id === "string" ? json.request_id : undefined
}

const idInText = (text: string, origin: Origin): string | undefined => {
  const id = Option.match(parseJson(text), { onNone: () => undefined, onSome: idIn })
  return id === undefined ? undefined : quote(id, origin)
}

/** An operation that answers with JSON. */
export const jsonOperation = <Query, A>(endpoint: Endpoint<Query>, success: Schema.Codec<A, unknown>) => {
  let encodeQuery: (query: unknown) => Effect.Effect<unknown, Schema.SchemaError>
  let decode: (text: string, normalize: Call<Query, never, never>["normalize"]) => Result.Result<A, string>
  // Schemas are compiled by the first call: importing a module must cost nothing.
  const compile = () => {
    encodeQuery = Schema.encodeUnknownEffect(endpoint.query as Schema.Codec<unknown, unknown>)
    decode = makeDecoder(success)
  }

  return Effect.fnUntraced(function*<E, R>(
    call: Call<Query, E, R>
  ): Effect.fn.Return<A, Errors.RequestError | E, Deepgram | R> {
    const { normalize, operation } = call
    if (encodeQuery === undefined) compile()
    const query = yield* Effect.mapError(
      encodeQuery(call.query),
      (error) => refused(Errors.BadRequest, operation, error.message.replace(/\s+/g, " "))
    )
    const body = "raw" in call.body ? call.body.raw : yield* jsonBody(operation, call.body.json)

    const read: Reader<A> = (response, origin) =>
      Effect.flatMap(response.text, (text) => {
        const decoded = decode(text, normalize)
        if (Result.isSuccess(decoded)) {
          return Effect.succeed({ value: decoded.success, text, requestId: idIn(decoded.success) })
        }
        const requestId = requestIdOf(response.headers, origin) ?? idInText(text, origin)
        const issue = quote(decoded.failure, origin)
        return Effect.fail(
          new Errors.DecodeError({
            operation,
            message: withId(
              `${operation}: the answer (status ${response.status}) is not what the operation promises: ${issue}`,
              requestId
            ),
            status: response.status,
            issue,
            body: cutBody(text, origin),
            ...(requestId === undefined ? undefined : { requestId })
          })
        )
      })
    return yield* execute({
      operation,
      host: Context.get(endpoint.annotations, Host),
      method: endpoint.method,
      path: endpoint.path,
      query: query as Encoded,
      body
    }, read)
  })
}
