/** The way of a request: sign, send, retry, time, map failures. Every REST operation goes through {@link execute}. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { constTrue } from "effect/Function"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as HttpMethod from "effect/http/HttpMethod"
import { hasProperty } from "effect/Predicate"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Hosts } from "../DeepgramConfig.ts"
import * as Errors from "../DeepgramError.ts"
import type { RequestBody } from "./body.ts"
import { Deepgram } from "./client.ts"
import { fromStatus, fromTransport, type Origin, requestIdOf } from "./errors.ts"
import { client as fetchClient } from "./fetch.ts"
import { CurrentCallOptions, CurrentResponseObserver } from "./options.ts"
import { addressOf, authorization, headersOf, parametersOf, type Query, signatureOf } from "./outgoing.ts"
import { retrying } from "./retry.ts"
import { withOwnScope } from "./scope.ts"
import { inSeconds } from "./seconds.ts"
import { secretsOf, withoutCutSecret } from "./secrets.ts"

/** A request before it is signed. */
export interface Outgoing<E, R> {
  readonly operation: string
  readonly host: keyof Hosts
  readonly method: HttpMethod.HttpMethod
  readonly path: string
  readonly query: Query
  readonly body: RequestBody<E, R>
  /** Access tokens do not do: the operation is about the account. */
  readonly needsKey: boolean
  /** Media types of the answer. Default JSON. */
  readonly accept?: string
  /** The connection lives as long as this, for answers that are read after the operation. */
  readonly scope?: Scope.Scope
}

interface Read<A> {
  readonly value: A
  readonly text?: string
  /** Deepgram's id of the request, where the body has it and the head has not. */
  readonly requestId?: string | undefined
}

interface Answer<A> {
  readonly value: A
  readonly requestId: string | undefined
}

/** What is the caller's is not tried again, and comes out as it is. */
interface SourceFailure<E> {
  readonly sourceFailure: Cause.Cause<E>
}

/** How the answer of a successful request becomes a value. */
export type Reader<A> = (
  response: HttpClientResponse.HttpClientResponse,
  origin: Origin
) => Effect.Effect<Read<A>, Errors.RequestError | HttpClientError.HttpClientError>

// The vendor is told nothing of our traces, and browsers would refuse the headers (inventory 1.0.6). The attempts are
// not traced themselves: their URLs hold callback addresses; the operation's own span says what matters.
const untraced: Context.Context<never> = Context.empty().pipe(
  Context.add(HttpClient.TracerDisabledWhen, constTrue),
  Context.add(HttpClient.TracerPropagationEnabled, false)
)

/** Error bodies: what is kept of them, what is read to keep the connection, and how long that may take. */
const errorBody = { kept: 65_536, drained: 1_048_576, timeout: Duration.seconds(5) }

/** Some runtimes, React Native's among them, give a body as a whole only. */
export const bytesOf = (
  response: HttpClientResponse.HttpClientResponse
): Stream.Stream<Uint8Array, HttpClientError.HttpClientError> =>
  Stream.catchIf(
    response.stream,
    ({ reason }) => reason._tag === "EmptyBodyError",
    () =>
      Stream.filter(
        Stream.fromEffect(Effect.map(response.arrayBuffer, (buffer) => new Uint8Array(buffer))),
        ({ byteLength }) => byteLength > 0
      )
  )

/** The beginning of a body that is of no use but to explain a failure. It never fails, and never holds half a secret. */
export const readErrorBody = (
  response: HttpClientResponse.HttpClientResponse,
  origin: Origin
): Effect.Effect<string> =>
  Effect.suspend(() => {
    const decoder = new TextDecoder()
    let text = ""
    let size = 0
    return bytesOf(response).pipe(
      Stream.runForEachWhile((chunk) =>
        Effect.sync(() => {
          if (text.length < errorBody.kept) text += decoder.decode(chunk, { stream: true })
          size += chunk.byteLength
          return size < errorBody.drained
        })
      ),
      // The status is known: a body that breaks off or never ends must not hide it.
      Effect.timeoutOption(errorBody.timeout),
      Effect.exit,
      Effect.map(() =>
        text.length < errorBody.kept ? text : withoutCutSecret(text.slice(0, errorBody.kept), origin.secrets)
      )
    )
  })

const timedOut = (
  operation: string,
  after: Duration.Duration,
  attempts: number,
  last: Errors.RequestError | undefined
): Errors.TimedOut =>
  new Errors.TimedOut({
    operation,
    message: `${operation}: no complete answer within ${inSeconds(after)}, at attempt ${attempts}` +
      (last === undefined ? "" : `; the one before failed: ${last.message}`) +
      " (Deepgram.withOptions({ timeout }) allows more)",
    after,
    ...(last?.requestId === undefined ? undefined : { requestId: last.requestId })
  })

const jsonOf = ({ body }: HttpClientRequest.HttpClientRequest): string | undefined =>
  body._tag === "Uint8Array" && body.contentType === "application/json"
    ? new TextDecoder().decode(body.body)
    : undefined

const annotateRequestId = (id: string) => Effect.annotateCurrentSpan("deepgram.request_id", id)

const isFailureWithId = (error: unknown): error is { readonly requestId: string } =>
  hasProperty(error, "requestId") && typeof error.requestId === "string"

/** How long an operation may take. */
export const callTimeout: Effect.Effect<Duration.Duration, never, Deepgram> = Effect.map(
  Effect.all([Deepgram, CurrentCallOptions]),
  ([{ config }, { timeout }]) => Duration.fromInputUnsafe(timeout ?? config.timeout)
)

/**
 * Sends a request until it succeeds or fails for good, within its time. Interruption aborts it on the wire.
 */
export const execute = Effect.fnUntraced(function*<A, E, R>(
  outgoing: Outgoing<E, R>,
  read: Reader<A>
): Effect.fn.Return<A, Errors.RequestError | E, Deepgram | R> {
  const client = yield* Deepgram
  const { auth, config } = client
  const http = client.http ?? (yield* fetchClient)
  const options = yield* CurrentCallOptions
  const observer = yield* CurrentResponseObserver
  const { operation } = outgoing
  yield* Effect.annotateCurrentSpan("deepgram.operation", operation)

  const headers = yield* headersOf(operation, config, options)
  const url = yield* addressOf(operation, config, outgoing)
  const parameters = parametersOf({ ...outgoing.query, ...options.query })
  const unsigned = HttpClientRequest.make(outgoing.method)(url, {
    urlParams: parameters,
    accept: outgoing.accept ?? "application/json"
  })
  const findCredential = outgoing.needsKey ? auth.managementCredential ?? auth.credential : auth.credential

  const attemptWith = Effect.fnUntraced(function*(send: HttpClient.HttpClient["execute"]) {
    const credential = yield* findCredential
    const signature = yield* signatureOf(operation, credential)
    const opened = yield* Effect.exit(outgoing.body.open)
    if (Exit.isFailure(opened)) return { sourceFailure: opened.cause }
    const request = unsigned.pipe(
      HttpClientRequest.setBody(opened.value.body),
      HttpClientRequest.setHeaders({ ...authorization(signature), ...headers })
    )
    let secrets: ReadonlyArray<string> | undefined
    const origin: Origin = {
      operation,
      // Looked for when something is to be kept only.
      get secrets() {
        return secrets ??= secretsOf({ url, parameters, headers: request.headers, json: jsonOf(request) })
      }
    }
    const toTyped = (
      { reason }: HttpClientError.HttpClientError,
      requestId?: string
    ): Effect.Effect<never, Errors.RequestError> =>
      reason._tag === "StatusCodeError"
        ? fail(reason.response)
        : Effect.fail(fromTransport(reason, origin, requestId))
    const fail = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<never, Errors.RequestError> =>
      Effect.flatMap(
        Effect.all([readErrorBody(response, origin), Clock.currentTimeMillis]),
        ([body, now]) =>
          Effect.fail(fromStatus({ status: response.status, headers: response.headers, body }, origin, now))
      )
    const answer = send(request).pipe(
      Effect.updateContext((context: Context.Context<never>) =>
        Context.merge(Context.merge(client.context, context), untraced)
      ),
      Effect.catch((error) => toTyped(error)),
      Effect.flatMap((response) => {
        if (response.status < 200 || response.status > 299) return fail(response)
        const requestId = requestIdOf(response.headers, origin)
        return read(response, origin).pipe(
          Effect.catchTag("HttpClientError", (error) => toTyped(error, requestId)),
          Effect.map(({ requestId: idInBody, text, value }) => {
            const id = requestId ?? idInBody
            observer?.({ status: response.status, headers: response.headers, requestId: id, text })
            return { value, requestId: id }
          })
        )
      })
    )
    return yield* answer.pipe(
      Effect.tapErrorTag("Unauthorized", () => auth.invalidate?.(credential) ?? Effect.void),
      Effect.exit,
      // Whatever came of it: Cloudflare's workers end a body whose stream fails as if it were complete.
      Effect.flatMap((exit): Exit.Exit<Answer<A> | SourceFailure<E>, Errors.RequestError> => {
        const sourceFailure = opened.value.failure()
        return sourceFailure === undefined ? exit : Exit.succeed({ sourceFailure })
      })
    )
  })
  const inScope = (own: Scope.Scope) =>
    attemptWith((request) => Scope.provide(HttpClient.withScope(http).execute(request), own))
  const attempt = outgoing.scope === undefined ? attemptWith(http.execute) : withOwnScope(outgoing.scope, inScope)

  let count = 0
  let last: Errors.RequestError | undefined
  const counted = Effect.suspend(() => {
    count++
    return Effect.tapError(attempt, (error) => Effect.sync(() => (last = error)))
  })
  const timeout = yield* callTimeout
  const deadline = (yield* Clock.currentTimeMillis) + Duration.toMillis(timeout)
  const outcome = yield* (outgoing.body.replayable
    ? retrying(counted, { schedule: options.retry ?? config.retry, deadline })
    : counted).pipe(
      Effect.timeoutOrElse({
        duration: timeout,
        orElse: () => Effect.fail(timedOut(operation, timeout, count, last))
      }),
      Effect.onExit(() => Effect.annotateCurrentSpan("deepgram.attempts", count))
    )
  if ("sourceFailure" in outcome) return yield* Effect.failCause(outcome.sourceFailure as Cause.Cause<E>)
  if (outcome.requestId !== undefined) yield* annotateRequestId(outcome.requestId)
  return outcome.value
}, Effect.tapError((error) => isFailureWithId(error) ? annotateRequestId(error.requestId) : Effect.void))
