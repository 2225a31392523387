/**
 * From an endpoint of the contract to a function. `HttpApiClient` could be derived from the same endpoints, but sends
 * neither `Blob`s nor lengths, decodes through a second walk of the body and weighs 18 kB (docs/architecture.md).
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpBody from "effect/http/HttpBody"
import * as Option from "effect/Option"
import { hasProperty } from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Deepgram } from "../Deepgram.ts"
import type { Hosts } from "../DeepgramConfig.ts"
import * as Errors from "../DeepgramError.ts"
import { type Reader, valueOf } from "./attempt.ts"
import { none, type RequestBody, whole } from "./body.ts"
import { type Endpoint, isJsonBody } from "./contract/endpoint.ts"
import { makeDecoder } from "./decode.ts"
import type { Answer } from "./direct.ts"
import { makeEncoder, refusedOptions } from "./encode.ts"
import { cutBody, type Origin, quote, refused, requestIdOf, withId, withReceived } from "./errors.ts"
import { parseJson } from "./json.ts"
import { named } from "./named.ts"
import { isJson } from "./normalize.ts"
import { type CallOptions, CurrentCallOptions } from "./options.ts"
import { execute, type Outgoing } from "./transport.ts"

type Part<Name extends string, Fields> = [Exclude<Fields, undefined>] extends [never] ? unknown
  : { readonly [_ in Name]: Schema.Struct.Type<Extract<Fields, Schema.Struct.Fields>> }

type PayloadOf<Self extends Endpoint> = Exclude<Self["payload"], undefined>[number]

/** What of an endpoint one call fills in; a body may also be sent as it is. */
export type Call<Self extends Endpoint, E = never, R = never> =
  & Part<"params", Self["params"]>
  & Part<"query", Self["query"]>
  & ([PayloadOf<Self>] extends [never] ? unknown : {
    readonly body:
      | { readonly json: Extract<PayloadOf<Self>, Schema.Top>["Type"] }
      | { readonly raw: RequestBody<E, R> }
  })

interface Parts<E, R> {
  readonly params?: object
  readonly query?: object
  readonly body?: { readonly json: object } | { readonly raw: RequestBody<E, R> }
}

/** Brings variants of the wire's shape into the one that is typed, before validation. */
export type Normalize = (json: unknown) => unknown

/** By path, because the contract says nothing else of hosts (inventory 1.0.1). */
export const hostOf = (path: string): keyof Hosts =>
  path.startsWith("/v1/projects") ? "management" : path.startsWith("/v1/agent/") ? "agent" : "api"

/** Access tokens are for speech and text, and grant no others (inventory trap 22). */
const takesToken = (path: string): boolean => /^\/v\d+\/(?:listen|speak|read|agent)(?:\/|$)/.test(path)

const structOf = (fields: Schema.Struct.Fields | undefined): Schema.Top | undefined => fields && Schema.Struct(fields)

const payloadOf = (payload: Endpoint["payload"]): Schema.Top | undefined => {
  const schemas = payload?.filter(isJsonBody) ?? []
  return schemas.length > 1 ? Schema.Union(schemas) : schemas[0]
}

/**
 * Prepares the requests of an endpoint: checks what the caller passes against the contract, and makes path, query and
 * body of it.
 */
export const makePrepare = <Self extends Endpoint>(endpoint: Self) => {
  const encode = {
    params: makeEncoder(() => structOf(endpoint.params), "query", Schema.toCodecStringTree),
    query: makeEncoder(() => structOf(endpoint.query), "query", Schema.toCodecStringTree),
    body: makeEncoder(() => payloadOf(endpoint.payload), "body", Schema.toCodecJson)
  }

  const bodyOf = (operation: string, json: object, { body: extra }: CallOptions) => {
    const encoded = encode.body(operation, json)
    if (Exit.isFailure(encoded)) return Exit.failCause(encoded.cause)
    const written = Result.try(() =>
      HttpBody.jsonUnsafe(extra === undefined ? encoded.value : { ...encoded.value, ...extra })
    )
    return Result.isSuccess(written)
      ? Exit.succeed(whole(written.success))
      : Exit.fail(refused(Errors.BadRequest, operation, "the body cannot be written as JSON"))
  }

  let known: Pick<Outgoing<never, never>, "host" | "needsKey"> | undefined

  return <E, R>(
    operation: string,
    call: Call<Self, E, R>,
    options: CallOptions
  ): Exit.Exit<Outgoing<E, R>, Errors.BadRequest> => {
    const { body: given, params: ids, query: filters = {} } = call as Parts<E, R>
    const params = ids === undefined ? Exit.succeed({}) : encode.params(operation, ids)
    if (Exit.isFailure(params)) return Exit.failCause(params.cause)
    const query = encode.query(operation, filters)
    if (Exit.isFailure(query)) return Exit.failCause(query.cause)
    const body = given === undefined
      ? Exit.succeed(none)
      : "raw" in given
      ? Exit.succeed(given.raw)
      : bodyOf(operation, given.json, options)
    if (Exit.isFailure(body)) return Exit.failCause(body.cause)
    const { path } = endpoint
    known ??= { host: hostOf(path), needsKey: !takesToken(path) }
    return Exit.succeed({
      operation,
      host: known.host,
      needsKey: known.needsKey,
      method: endpoint.method,
      path: ids === undefined ? path : pathOf(path, params.value as Readonly<Record<string, string>>),
      query: query.value,
      body: body.value
    })
  }
}

const pathOf = (template: string, params: Readonly<Record<string, string>>): string =>
  template.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ""))

/** Where answers hold the id of their request (a proxy may have dropped the header). */
const idIn = (json: unknown): string | undefined => {
  if (!hasProperty(json, "request_id")) return hasProperty(json, "metadata") ? idIn(json.metadata) : undefined
  return typeof json.request_id === "string" ? json.request_id : undefined
}

const idInText = (text: string, origin: Origin): string | undefined => {
  const id = Option.match(parseJson(text), { onNone: () => undefined, onSome: idIn })
  return id === undefined ? undefined : quote(id, origin)
}

/** A success that is none. */
export const unexpectedAnswer = Effect.fnUntraced(function*(
  operation: string,
  status: number,
  headers: Readonly<Record<string, string | undefined>>,
  text: string,
  why: string,
  sender: Origin
) {
  const origin = withReceived(sender, text)
  const requestId = requestIdOf(headers, origin) ?? idInText(text, origin)
  const issue = quote(why, origin)
  return yield* new Errors.DecodeError({
    operation,
    message: withId(
      `${operation}: the answer (status ${status}) is not what the operation promises: ${issue}`,
      requestId
    ),
    status,
    issue,
    body: cutBody(text, origin),
    ...(requestId === undefined ? undefined : { requestId })
  })
})

/** An operation that answers with JSON. */
export const jsonOperation = <Self extends Endpoint, A>(
  endpoint: Self,
  success: Schema.Codec<A, unknown>,
  normalize?: Normalize,
  lists?: Parameters<typeof makeDecoder>[1]
) => {
  const prepare = makePrepare(endpoint)
  let decode: ReturnType<typeof makeDecoder<A>> | undefined

  return <E, R>(
    operation: string,
    call: Call<Self, E, R>,
    /** What is to be known of it by those who watch. */
    attributesOf?: (value: A) => Readonly<Record<string, unknown>>
  ): Effect.Effect<A, Errors.RequestError | E, Deepgram | R> => {
    const readText = (text: string, response: Answer, origin: Origin): ReturnType<Reader<A>> => {
      const decoded = (decode ??= makeDecoder(success, lists))(text, normalize)
      if (Result.isFailure(decoded)) {
        return unexpectedAnswer(operation, response.status, response.headers, text, decoded.failure, origin)
      }
      const value = decoded.success
      return Effect.succeed({ value, text, requestId: idIn(value), attributes: attributesOf?.(value) })
    }
    const read: Reader<A> = (response, origin) => {
      const received = response.text
      const text = valueOf(received)
      return text === undefined
        ? Effect.flatMap(received, (text) => readText(text, response, origin))
        : readText(text, response, origin)
    }
    return Effect.withFiber((fiber) => {
      const outgoing = prepare(operation, call, fiber.getRef(CurrentCallOptions))
      return Exit.isFailure(outgoing) ? Exit.failCause(outgoing.cause) : execute(fiber, outgoing.value, read)
    })
  }
}

/**
 * A public function of an endpoint that answers with JSON: `toCall` says where its arguments go. The name is that of
 * its span and of its errors.
 */
export const jsonFunction = <Self extends Endpoint, A, Args extends ReadonlyArray<unknown>>(
  name: string,
  endpoint: Self,
  success: Schema.Codec<A, unknown>,
  toCall: (...args: Args) => Call<Self>,
  normalize?: Normalize
): (...args: Args) => Effect.Effect<A, Errors.RequestError, Deepgram> => {
  const send = jsonOperation(endpoint, success, normalize)
  // The options come after the ids of the path, and may be left out; `toCall` takes them apart.
  const position = endpoint.path.split(":").length - 1
  return named(name)((...args: Args) => {
    const options = args[position]
    return options === undefined || isJson(options)
      ? send<never, never>(name, toCall(...args))
      : Effect.fail(refusedOptions(name))
  })
}
