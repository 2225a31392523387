/** The way of a request: sign, send, retry, time, map failures. Every REST operation goes through {@link execute}. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { constTrue } from "effect/Function"
import * as Headers from "effect/http/Headers"
import type * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpMethod from "effect/http/HttpMethod"
import * as UrlParams from "effect/http/UrlParams"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import type { Credential } from "../DeepgramAuth.ts"
import type { Hosts } from "../DeepgramConfig.ts"
import * as Errors from "../DeepgramError.ts"
import { readErrorBody } from "./answerBody.ts"
import type { OpenBody, RequestBody } from "./body.ts"
import { Deepgram } from "./client.ts"
import { type Answer, type Direct, directOf } from "./direct.ts"
import { fromStatus, fromTransport, type Origin, requestIdOf } from "./errors.ts"
import { client as fetchClient, direct as fetchDirect } from "./fetch.ts"
import { CurrentCallOptions, CurrentResponseObserver } from "./options.ts"
import {
  addressOf,
  authorization,
  headersOf,
  parametersOf,
  type Query,
  type Signature,
  signatureOf
} from "./outgoing.ts"
import { retrying } from "./retry.ts"
import { withOwnScope } from "./scope.ts"
import { inSeconds } from "./seconds.ts"
import { secretsOf } from "./secrets.ts"
import { after } from "./timer.ts"

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
  /** What those who watch are told of it. */
  readonly attributes?: Readonly<Record<string, unknown>> | undefined
}

interface Success<A> extends Pick<Read<A>, "attributes" | "value"> {
  readonly requestId: string | undefined
}

/** What came of an attempt: an answer, or a failure of the caller's source. */
type Outcome<A, E> = Success<A> | { readonly sourceFailure: Cause.Cause<E> }

type Send = (request: HttpClientRequest.HttpClientRequest) => Effect.Effect<Answer, HttpClientError.HttpClientError>

/** How the answer of a successful request becomes a value. */
export type Reader<A> = (
  response: Answer,
  origin: Origin
) => Effect.Effect<Read<A>, Errors.RequestError | HttpClientError.HttpClientError>

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

/**
 * What an attempt runs with. The vendor is told nothing of our traces, and browsers would refuse the headers (inventory
 * 1.0.6). The attempts are not traced themselves: their URLs hold callback addresses; the operation's own span says what
 * matters.
 */
const sendingContext = (
  client: Context.Context<never>,
  caller: Context.Context<never>
): Context.Context<never> =>
  merged(client, caller).pipe(
    Context.add(HttpClient.TracerDisabledWhen, constTrue),
    Context.add(HttpClient.TracerPropagationEnabled, false)
  )

/** Merging copies everything, so it is left where there is nothing to merge. */
const merged = (client: Context.Context<never>, caller: Context.Context<never>): Context.Context<never> =>
  client === Context.empty() ? caller : Context.merge(client, caller)

const currentSpan = (context: Context.Context<never>): Tracer.Span | undefined => {
  const span = Context.getOrUndefined(context, Tracer.ParentSpan)
  return span?._tag === "Span" ? span : undefined
}

/** What an effect succeeds with, if nothing has to be done for it. */
const valueOf = <A>(effect: Effect.Effect<A, unknown>): A | undefined =>
  Exit.isExit(effect) && Exit.isSuccess(effect) ? effect.value as A : undefined

const headersOfBody = (body: HttpBody.HttpBody): Record<string, string> => {
  if (body._tag === "Empty" || body._tag === "FormData") return {}
  const { contentLength, contentType } = body
  return {
    ...(contentType === undefined ? undefined : { "content-type": contentType }),
    ...(contentLength === undefined ? undefined : { "content-length": String(contentLength) })
  }
}

/** Deepgram's id of the request, as far as it is known at the end. */
const requestIdIn = (exit: Exit.Exit<Outcome<unknown, unknown>, Errors.RequestError>): string | undefined => {
  if (Exit.isFailure(exit)) {
    const [reason] = exit.cause.reasons
    return reason?._tag === "Fail" ? reason.error.requestId : undefined
  }
  return "requestId" in exit.value ? exit.value.requestId : undefined
}

/**
 * Sends a request until it succeeds or fails for good, within its time. Interruption aborts it on the wire.
 *
 * Of a short call most would be the steps of an effect: what suspends and fails nowhere is done without.
 */
export const execute = <A, E, R>(
  outgoing: Outgoing<E, R>,
  read: Reader<A>
): Effect.Effect<A, Errors.RequestError | E, Deepgram | R> =>
  Effect.withFiber((fiber): Effect.Effect<A, Errors.RequestError | E, Deepgram | R> => {
    // The type of a fiber does not say what its effect needs.
    const context = fiber.context as Context.Context<Deepgram>
    const client = Context.get(context, Deepgram)
    const options = Context.get(context, CurrentCallOptions)
    const observer = Context.get(context, CurrentResponseObserver)
    const span = currentSpan(context)
    const { auth, config } = client
    const { operation } = outgoing
    span?.attribute("deepgram.operation", operation)

    const headers = headersOf(operation, config, options)
    if (Exit.isFailure(headers)) return Exit.failCause(headers.cause)
    const url = addressOf(operation, config, outgoing)
    if (Exit.isFailure(url)) return Exit.failCause(url.cause)
    const parameters = parametersOf(
      options.query === undefined ? outgoing.query : { ...outgoing.query, ...options.query }
    )
    const timeout = Duration.fromInputUnsafe(options.timeout ?? config.timeout)
    const findCredential = outgoing.needsKey ? auth.managementCredential ?? auth.credential : auth.credential

    const requestOf = (signature: Signature | undefined, body: HttpBody.HttpBody) =>
      HttpClientRequest.makeWith(
        outgoing.method,
        url.value,
        UrlParams.make(parameters),
        Option.none(),
        Headers.fromRecordUnsafe({
          accept: outgoing.accept ?? "application/json",
          ...headersOfBody(body),
          ...authorization(signature),
          ...headers.value
        }),
        body
      )

    const makeOrigin = (request: HttpClientRequest.HttpClientRequest): Origin => {
      let secrets: ReadonlyArray<string> | undefined
      return {
        operation,
        // Looked for when something is to be kept only.
        get secrets() {
          return secrets ??= secretsOf({ url: url.value, parameters, headers: request.headers, json: jsonOf(request) })
        }
      }
    }

    const refusal = (response: Answer, origin: Origin) =>
      Effect.flatMap(
        Effect.all([readErrorBody(response, origin), Clock.currentTimeMillis]),
        ([body, now]) =>
          Effect.fail(fromStatus({ status: response.status, headers: response.headers, body }, origin, now))
      )

    const exchange = (
      send: Send,
      request: HttpClientRequest.HttpClientRequest
    ): Effect.Effect<Success<A>, Errors.RequestError> => {
      const origin = makeOrigin(request)
      let requestId: string | undefined
      return send(request).pipe(
        Effect.flatMap((response): Effect.Effect<Read<A>, Errors.RequestError | HttpClientError.HttpClientError> => {
          const { headers, status } = response
          if (status < 200 || status > 299) return refusal(response, origin)
          requestId = requestIdOf(headers, origin)
          return Effect.map(read(response, origin), (answer) => {
            requestId ??= answer.requestId
            observer?.({ status, headers, requestId, text: answer.text })
            return answer
          })
        }),
        Effect.catch((error) => {
          if (error._tag !== "HttpClientError") return Effect.fail(error)
          const { reason } = error
          return reason._tag === "StatusCodeError"
            ? refusal(reason.response, origin)
            : Effect.fail(fromTransport(reason, origin, requestId))
        }),
        Effect.map(({ attributes, value }) => ({ value, attributes, requestId }))
      )
    }

    /** What came of an exchange, unless the caller's source failed: that is not tried again, and comes out as it is. */
    const settled = (
      body: OpenBody<E>,
      exit: Exit.Exit<Success<A>, Errors.RequestError>
    ): Exit.Exit<Outcome<A, E>, Errors.RequestError> => {
      // Whatever came of it: Cloudflare's workers end a body whose stream fails as if it were complete.
      const sourceFailure = body.failure()
      return sourceFailure === undefined ? exit : Exit.succeed({ sourceFailure })
    }

    /** An attempt, from its request on. */
    const attemptOf = (
      send: Send,
      request: HttpClientRequest.HttpClientRequest,
      credential: Credential,
      body: OpenBody<E>
    ): Effect.Effect<Outcome<A, E>, Errors.RequestError> =>
      Effect.matchCauseEffect(exchange(send, request), {
        onSuccess: (answer) => settled(body, Exit.succeed(answer)),
        onFailure: (cause) => {
          const outcome = settled(body, Exit.failCause(cause))
          const isRefused = cause.reasons.some((reason) =>
            reason._tag === "Fail" && reason.error._tag === "Unauthorized"
          )
          return isRefused && auth.invalidate !== undefined
            ? Effect.andThen(auth.invalidate(credential), outcome)
            : outcome
        }
      })

    const attemptWith = (send: Send) =>
      Effect.flatMap(findCredential, (credential): Effect.Effect<Outcome<A, E>, Errors.RequestError, R> => {
        const signature = signatureOf(operation, credential)
        if (Exit.isFailure(signature)) return Exit.failCause(signature.cause)
        const sendBody = (body: OpenBody<E>) => attemptOf(send, requestOf(signature.value, body.body), credential, body)
        const { open, ready } = outgoing.body
        if (ready !== undefined) return sendBody(ready)
        return Effect.matchCauseEffect(open, {
          onSuccess: sendBody,
          onFailure: (sourceFailure) => Effect.succeed({ sourceFailure })
        })
      })
    const attemptOver = (http: HttpClient.HttpClient) => {
      const sending = sendingContext(client.context, context)
      const inContext = Effect.updateContext<never, never>(() => sending)
      const send: Send = (request) => inContext(http.execute(request))
      const sendIn = (own: Scope.Scope): Send => (request) =>
        inContext(Scope.provide(HttpClient.withScope(http).execute(request), own))
      return outgoing.scope === undefined
        ? attemptWith(send)
        : withOwnScope(outgoing.scope, (own) => attemptWith(sendIn(own)))
    }
    // Made when it is needed: most requests go directly.
    const attempt = Effect.suspend(() =>
      client.http === undefined ? Effect.flatMap(fetchClient, attemptOver) : attemptOver(client.http)
    )

    let count = 0
    let last: Errors.RequestError | undefined
    const counted = (attempt: Effect.Effect<Outcome<A, E>, Errors.RequestError, R>) =>
      Effect.suspend(() => {
        count++
        return Effect.tapError(attempt, (error) => Effect.sync(() => (last = error)))
      })
    const late = () => Effect.fail(timedOut(operation, timeout, count, last))
    const clock = fiber.getRef(Clock.Clock)
    const deadline = clock.currentTimeMillisUnsafe() + Duration.toMillis(timeout)

    /** All attempts, within the time that is left; the first may be special. */
    const attempts = (first: typeof attempt = counted(attempt)): typeof attempt =>
      Effect.timeoutOrElse(
        outgoing.body.replayable
          ? retrying(counted(attempt), { schedule: options.retry ?? config.retry, deadline, first })
          : first,
        { duration: Duration.millis(Math.max(0, deadline - clock.currentTimeMillisUnsafe())), orElse: late }
      )

    const directly = (
      direct: Direct,
      credential: Credential,
      body: OpenBody<E>
    ): typeof attempt => {
      const signature = signatureOf(operation, credential)
      if (Exit.isFailure(signature)) return counted(Exit.failCause(signature.cause))
      const request = requestOf(signature.value, body.body)
      return Effect.callback((resume) => {
        let callOff = () => {}
        let isAnswered = false
        const end = direct(request, merged(client.context, context), (exit) => {
          isAnswered = true
          callOff()
          const first = counted(attemptOf(() => exit, request, credential, body))
          const isWhole = Exit.isSuccess(exit) && exit.value.status >= 200 && exit.value.status < 300
          // Of a success nothing has to be waited for any more, unless it breaks off.
          resume(isWhole ? Effect.catch(first, (error) => attempts(Effect.fail(error))) : attempts(first))
        })
        // It was not even sent.
        if (isAnswered) return
        callOff = after(clock, Duration.toMillis(timeout), () => {
          end()
          count++
          resume(late())
        })
        return Effect.sync(() => {
          count++
          callOff()
          end()
        })
      })
    }

    const direct = client.http === undefined ? fetchDirect : directOf(client.http)
    const { ready } = outgoing.body
    const credential = auth.invalidate === undefined ? valueOf(findCredential) : undefined
    const outcome = direct !== undefined && ready !== undefined && credential !== undefined &&
        outgoing.scope === undefined
      ? directly(direct, credential, ready)
      : attempts()

    return outcome.pipe(
      Effect.onExit((exit) => {
        span?.attribute("deepgram.attempts", count)
        const requestId = requestIdIn(exit)
        if (requestId !== undefined) span?.attribute("deepgram.request_id", requestId)
        return Effect.void
      }),
      Effect.flatMap((outcome): Effect.Effect<A, E> => {
        if ("sourceFailure" in outcome) return Effect.failCause(outcome.sourceFailure)
        for (const [name, value] of Object.entries(outcome.attributes ?? {})) span?.attribute(name, value)
        return Effect.succeed(outcome.value)
      })
    )
  })
