/** Functions that an agent calls: by the client, or over HTTP (inventory 2.5, trap 17). */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as HttpMethod from "effect/http/HttpMethod"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { randomUUID } from "node:crypto"
import type { Call } from "../../Thinker.ts"
import { requestTo, send } from "../server/outbound.ts"
import { Settings } from "../server/settings.ts"
import { quoted } from "../vendorError.ts"
import type { CalledFunction, FunctionCallResponse, FunctionDefinition, ServerMessage } from "./messages.ts"
import { Fatal } from "./problem.ts"

/** A function that is to be called. */
export interface Request {
  readonly id: string
  readonly name: string
  /** JSON. */
  readonly arguments: string
  /** What comes back with the answer, where the provider wants that. */
  readonly signature: string | undefined
  /** Of the settings; a function that was made up has none, and is the client's to refuse. */
  readonly definition: FunctionDefinition | undefined
  readonly response: Deferred.Deferred<FunctionCallResponse>
}

/** A call of a provider, as it is sent. */
export const requestOf = (
  call: Call,
  options: { readonly functions: ReadonlyArray<FunctionDefinition> | undefined; readonly isSigned: boolean }
): Request => ({
  id: `call_${randomUUID()}`,
  name: call.name,
  arguments: JSON.stringify(call.arguments ?? {}),
  signature: options.isSigned ? `signature_${randomUUID()}` : undefined,
  definition: options.functions?.find(({ name }) => name === call.name),
  response: Deferred.makeUnsafe()
})

const isClientSide = ({ definition }: Request): boolean => definition?.endpoint === undefined

/** A call with its answer, as `History` has it. */
export const recordOf = (
  request: Request,
  { content, thought_signature }: FunctionCallResponse
): CalledFunction => ({
  id: request.id,
  name: request.name,
  client_side: isClientSide(request),
  arguments: request.arguments,
  response: content,
  ...(thought_signature === undefined ? undefined : { thought_signature })
})

type Endpoint = NonNullable<FunctionDefinition["endpoint"]>

/** Longest answer of a server, in bytes: no model reads more. */
const longestAnswer = 1_048_576

const valueOf = (value: string | Redacted.Redacted): string =>
  Redacted.isRedacted(value) ? Redacted.value(value) : value

/** The call of a server: arguments as JSON, or in the query where there is no body. */
const outgoing = (endpoint: Endpoint, json: string): Option.Option<HttpClientRequest.HttpClientRequest> => {
  const method = (endpoint.method ?? "POST").toUpperCase()
  if (!HttpMethod.isHttpMethod(method)) return Option.none()
  const headers = Object.entries(endpoint.headers ?? {}).map(([name, value]) => [name, valueOf(value)] as const)
  return Option.map(requestTo(method, endpoint.url ?? ""), (request) =>
    request.pipe(
      HttpMethod.hasBody(method)
        ? HttpClientRequest.bodyText(json, "application/json")
        : HttpClientRequest.appendUrlParams(queryOf(json)),
      headers.length === 0 ? identity : HttpClientRequest.setHeaders(headers)
    ))
}

const queryOf = (json: string): ReadonlyArray<readonly [string, string]> =>
  Object.entries(JSON.parse(json)).map(([name, value]) =>
    [name, typeof value === "string" ? value : JSON.stringify(value)] as const
  )

/** The text of an answer, unless it is too long. */
const textOf = Effect.fnUntraced(function*({ stream }: HttpClientResponse.HttpClientResponse) {
  const decoder = new TextDecoder()
  let text = ""
  let left = longestAnswer
  yield* Stream.runForEach(stream, (bytes) => {
    left -= bytes.length
    if (left < 0) return Effect.fail({ message: "its answer is too long." })
    text += decoder.decode(bytes, { stream: true })
    return Effect.void
  })
  return text + decoder.decode()
})

/** What a server answers. A model can do more with a failure than the client, so it is an answer, too. */
const callServer = Effect.fnUntraced(function*(endpoint: Endpoint, json: string) {
  const { remoteTimeout } = yield* Settings
  return yield* Effect.fromOption(outgoing(endpoint, json)).pipe(
    Effect.flatMap(send),
    // Headers with secrets and arguments are for this server, and not for the one that it names.
    Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }),
    Effect.flatMap(HttpClientResponse.filterStatusOk),
    Effect.flatMap(textOf),
    Effect.timeout(remoteTimeout),
    Effect.catch((error) => Effect.succeed(JSON.stringify({ error: `The function failed: ${error.message}` })))
  )
})

/** The functions of a session. */
export interface Functions {
  /** Asks for functions. */
  readonly request: (requests: ReadonlyArray<Request>) => Effect.Effect<void, never, HttpClient.HttpClient | Settings>
  /** The client has answered. */
  readonly respond: (response: FunctionCallResponse) => Effect.Effect<void, Fatal>
  /** Nobody needs the answers that have not come: the client is told. */
  readonly cancel: Effect.Effect<void>
}

const neverAsked = ({ id, name }: FunctionCallResponse): Fatal =>
  new Fatal({
    code: "NON_EXISTENT_FUNCTION_CALLED",
    description: `There was no call of ${quoted(name)}${id === undefined ? "" : ` with the id ${quoted(id)}`}.`
  })

/** `tell`: sends a message to the client. */
export const makeFunctions = (tell: (message: ServerMessage) => Effect.Effect<void>): Functions => {
  const pending = new Map<string, Request>()
  /** What comes for these is late, or comes twice: it is dropped. */
  const over = new Map<string, string>()

  const close = ({ id, name }: Request): void => {
    pending.delete(id)
    over.set(id, name)
  }

  /** An answer without an id is one to the first call of that name. */
  const find = ({ id, name }: FunctionCallResponse): Request | undefined => {
    const found = id === undefined ? [...pending.values()].find((call) => call.name === name) : pending.get(id)
    return found !== undefined && found.name === name && isClientSide(found) ? found : undefined
  }

  const callOut = Effect.fnUntraced(function*(call: Request, endpoint: Endpoint) {
    const content = yield* callServer(endpoint, call.arguments)
    close(call)
    const response: FunctionCallResponse = {
      type: "FunctionCallResponse",
      id: call.id,
      name: call.name,
      content,
      ...(call.signature === undefined ? undefined : { thought_signature: call.signature })
    }
    yield* tell(response)
    yield* Deferred.succeed(call.response, response)
  })

  return {
    request: Effect.fnUntraced(function*(requests) {
      if (requests.length === 0) return
      for (const call of requests) pending.set(call.id, call)
      yield* tell({
        type: "FunctionCallRequest",
        functions: requests.map((call) => ({
          id: call.id,
          name: call.name,
          arguments: call.arguments,
          client_side: isClientSide(call),
          ...(call.signature === undefined ? undefined : { thought_signature: call.signature })
        }))
      })
      for (const call of requests) {
        const endpoint = call.definition?.endpoint
        if (endpoint !== undefined) yield* Effect.forkChild(callOut(call, endpoint))
      }
    }),
    respond: (response) =>
      Effect.suspend(() => {
        const call = find(response)
        if (call !== undefined) {
          close(call)
          return Effect.asVoid(Deferred.succeed(call.response, response))
        }
        const isLate = response.id === undefined
          ? [...over.values()].includes(response.name)
          : over.get(response.id) === response.name
        return isLate ? Effect.void : Effect.fail(neverAsked(response))
      }),
    cancel: Effect.suspend(() => {
      const calls = [...pending.values()]
      if (calls.length === 0) return Effect.void
      for (const call of calls) close(call)
      return tell({ type: "FunctionCallCancelled", functions: calls.map(({ id, name }) => ({ id, name })) })
    })
  }
}
