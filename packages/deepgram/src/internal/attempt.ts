/** One request as it is sent, and what its answer is taken for. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Headers from "effect/http/Headers"
import type * as HttpBody from "effect/http/HttpBody"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpMethod from "effect/http/HttpMethod"
import * as UrlParams from "effect/http/UrlParams"
import * as Option from "effect/Option"
import type { RawResponse } from "../Deepgram.ts"
import type * as Errors from "../DeepgramError.ts"
import { readErrorBody } from "./answerBody.ts"
import type { Answer } from "./direct.ts"
import { fromStatus, fromTransport, type Origin, requestIdOf } from "./errors.ts"
import { authorization, type Parameters, type Signature } from "./outgoing.ts"
import { secretsOf } from "./secrets.ts"

/** What all attempts of an operation send. */
export interface Prepared {
  readonly operation: string
  readonly method: HttpMethod.HttpMethod
  /** Without its query. */
  readonly url: string
  readonly parameters: Parameters
  /** Media types of the answer. */
  readonly accept: string
  /** Those of the settings and of the call, which win over all others. */
  readonly headers: Readonly<Record<string, string>>
}

/** What an answer says. */
export interface Read<A> {
  readonly value: A
  readonly text?: string
  /** Deepgram's id of the request, where the body has it and the head has not. */
  readonly requestId?: string | undefined
  /** What those who watch are told of it. */
  readonly attributes?: Readonly<Record<string, unknown>> | undefined
}

/** How the answer of a successful request becomes a value. What suspends nowhere should be an `Exit`, which costs least. */
export type Reader<A> = (
  response: Answer,
  origin: Origin
) => Effect.Effect<Read<A>, Errors.RequestError | HttpClientError.HttpClientError>

/** What came of an attempt that succeeded. */
export interface Success<A> extends Pick<Read<A>, "attributes" | "value"> {
  readonly requestId: string | undefined
}

/** On the way to it: an `Exit`, where nothing has to be waited for. */
export type Received<A> = Effect.Effect<Success<A>, Errors.RequestError | HttpClientError.HttpClientError>

/** What an effect succeeds with, if nothing has to be done for it. */
export const valueOf = <A>(effect: Effect.Effect<A, unknown, never>): A | undefined =>
  Exit.isExit(effect) && Exit.isSuccess(effect) ? effect.value as A : undefined

/** Whether it is the answer of a request that did what it was to do. */
export const isSuccess = ({ status }: Answer): boolean => status >= 200 && status < 300

const jsonOf = ({ body }: HttpClientRequest.HttpClientRequest): string | undefined =>
  body._tag === "Uint8Array" && body.contentType === "application/json"
    ? new TextDecoder().decode(body.body)
    : undefined

const headersOf = (
  { accept, headers }: Prepared,
  signature: Signature | undefined,
  body: HttpBody.HttpBody
): Headers.Headers => {
  const all: Record<string, string> = { accept }
  if (body._tag !== "Empty" && body._tag !== "FormData") {
    const { contentLength, contentType } = body
    if (contentType !== undefined) all["content-type"] = contentType
    if (contentLength !== undefined) all["content-length"] = String(contentLength)
  }
  return Headers.fromRecordUnsafe(Object.assign(all, authorization(signature), headers))
}

/** As a class: a call has many of these steps, and functions of its own for each would cost more than they do. */
export class Attempt implements Origin {
  readonly operation: string
  readonly request: HttpClientRequest.HttpClientRequest
  readonly #parameters: Parameters
  #secrets: ReadonlyArray<string> | undefined
  #requestId: string | undefined

  constructor(prepared: Prepared, signature: Signature | undefined, body: HttpBody.HttpBody) {
    this.operation = prepared.operation
    this.#parameters = prepared.parameters
    this.request = HttpClientRequest.makeWith(
      prepared.method,
      prepared.url,
      UrlParams.make(prepared.parameters),
      Option.none(),
      headersOf(prepared, signature, body),
      body
    )
  }

  /** Looked for when something is to be kept only. */
  get secrets(): ReadonlyArray<string> {
    const { request } = this
    return this.#secrets ??= secretsOf({
      url: request.url,
      parameters: this.#parameters,
      headers: request.headers,
      json: jsonOf(request)
    })
  }

  #refused(response: Answer): Effect.Effect<never, Errors.RequestError> {
    return Effect.flatMap(
      Effect.all([readErrorBody(response, this), Clock.currentTimeMillis]),
      ([body, now]) => Effect.fail(fromStatus({ status: response.status, headers: response.headers, body }, this, now))
    )
  }

  /** What an answer becomes; at once, where nothing has to be waited for. */
  received<A>(
    response: Answer,
    read: Reader<A>,
    observer: ((response: RawResponse) => void) | undefined
  ): Received<A> {
    if (!isSuccess(response)) return this.#refused(response)
    const { headers, status } = response
    const requestId = this.#requestId = requestIdOf(headers, this)
    const succeed = (answer: Read<A>): Success<A> => {
      const known = requestId ?? answer.requestId
      observer?.({ status, headers, requestId: known, text: answer.text })
      return { value: answer.value, attributes: answer.attributes, requestId: known }
    }
    const reading = read(response, this)
    const answer = valueOf(reading)
    return answer === undefined ? Effect.map(reading, succeed) : Exit.succeed(succeed(answer))
  }

  /** The same with the failures of transports as those of the SDK. */
  settled<A>(received: Received<A>): Effect.Effect<Success<A>, Errors.RequestError> {
    return Effect.catch(received, (error) => {
      if (error._tag !== "HttpClientError") return Effect.fail(error)
      const { reason } = error
      return reason._tag === "StatusCodeError"
        ? this.#refused(reason.response)
        : Effect.fail(fromTransport(reason, this, this.#requestId))
    })
  }
}
