/** The way of a request: sign, send, retry, time, map failures. Every REST operation goes through {@link execute}. */
import type * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import { constTrue } from "effect/Function"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpMethod from "effect/http/HttpMethod"
import * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import type { Credential } from "../DeepgramAuth.ts"
import type { Hosts } from "../DeepgramConfig.ts"
import * as Errors from "../DeepgramError.ts"
import { Attempt, isSuccess, type Prepared, type Reader, type Received, type Success, valueOf } from "./attempt.ts"
import type { OpenBody, RequestBody } from "./body.ts"
import { Deepgram } from "./client.ts"
import { type Answer, type Direct, directOf } from "./direct.ts"
import { client as fetchClient, direct as fetchDirect } from "./fetch.ts"
import { CurrentCallOptions, CurrentResponseObserver } from "./options.ts"
import { addressOf, headersOf, parametersOf, type Query, signatureOf } from "./outgoing.ts"
import { retrying } from "./retry.ts"
import { withOwnScope } from "./scope.ts"
import { inSeconds } from "./seconds.ts"
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

/** What came of an attempt: an answer, or a failure of the caller's source. */
type Outcome<A, E> = Success<A> | { readonly sourceFailure: Cause.Cause<E> }

type Attempted<A, E, R> = Effect.Effect<Outcome<A, E>, Errors.RequestError, R>

type Send = (request: HttpClientRequest.HttpClientRequest) => Effect.Effect<Answer, HttpClientError.HttpClientError>

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

/** Deepgram's id of the request, as far as it is known at the end. */
const requestIdIn = (exit: Exit.Exit<Outcome<unknown, unknown>, Errors.RequestError>): string | undefined => {
  if (Exit.isFailure(exit)) {
    const [reason] = exit.cause.reasons
    return reason?._tag === "Fail" ? reason.error.requestId : undefined
  }
  return "requestId" in exit.value ? exit.value.requestId : undefined
}

/** Whatever came of it: Cloudflare's workers end a body whose stream fails as if it were complete. */
const unlessSourceFailed = <A, E>(
  body: OpenBody<E>,
  exit: Exit.Exit<Success<A>, Errors.RequestError>
): Exit.Exit<Outcome<A, E>, Errors.RequestError> => {
  const sourceFailure = body.failure()
  return sourceFailure === undefined ? exit : Exit.succeed({ sourceFailure })
}

/** One operation on its way. Of a short call most would be the steps of an effect: what suspends nowhere is none. */
class Sending<A, E, R> {
  readonly #outgoing: Outgoing<E, R>
  readonly #prepared: Prepared
  readonly #read: Reader<A>
  readonly #context: Context.Context<Deepgram>
  readonly #client: Deepgram["Service"]
  readonly #timeout: Duration.Duration
  readonly #clock: Clock.Clock
  readonly #deadline: number
  readonly #span: Tracer.Span | undefined
  #count = 0
  #last: Errors.RequestError | undefined

  constructor(outgoing: Outgoing<E, R>, prepared: Prepared, read: Reader<A>, context: Context.Context<Deepgram>) {
    this.#outgoing = outgoing
    this.#prepared = prepared
    this.#read = read
    this.#context = context
    this.#client = Context.get(context, Deepgram)
    this.#timeout = Duration.fromInputUnsafe(
      Context.get(context, CurrentCallOptions).timeout ?? this.#client.config.timeout
    )
    this.#clock = Context.get(context, Clock.Clock)
    this.#deadline = this.#clock.currentTimeMillisUnsafe() + Duration.toMillis(this.#timeout)
    this.#span = currentSpan(context)
  }

  /** Sends it on the shortest way there is. */
  run(): Effect.Effect<A, Errors.RequestError | E, R> {
    const { body: { ready }, needsKey, scope } = this.#outgoing
    const { auth, http } = this.#client
    const direct = http === undefined ? fetchDirect : directOf(http)
    const findCredential = needsKey ? auth.managementCredential ?? auth.credential : auth.credential
    const credential = auth.invalidate === undefined ? valueOf(findCredential) : undefined
    return direct !== undefined && ready !== undefined && credential !== undefined &&
        (scope === undefined || direct.answersHeads === true)
      ? this.#directly(direct, credential, ready)
      : this.#finished(this.#attempts(this.#counted(this.#attempt(findCredential)), findCredential))
  }

  #received(response: Answer, attempt: Attempt): Received<A> {
    return attempt.received(response, this.#read, Context.get(this.#context, CurrentResponseObserver))
  }

  /** An attempt, from its answer on. */
  #outcome(
    received: Received<A>,
    attempt: Attempt,
    credential: Credential,
    body: OpenBody<E>
  ): Effect.Effect<Outcome<A, E>, Errors.RequestError> {
    const { auth } = this.#client
    return Effect.matchCauseEffect(attempt.settled(received), {
      onSuccess: (answer) => unlessSourceFailed(body, Exit.succeed(answer)),
      onFailure: (cause) => {
        const outcome = unlessSourceFailed<A, E>(body, Exit.failCause(cause))
        const isRefused = cause.reasons.some((reason) => reason._tag === "Fail" && reason.error._tag === "Unauthorized")
        return isRefused && auth.invalidate !== undefined
          ? Effect.andThen(auth.invalidate(credential), outcome)
          : outcome
      }
    })
  }

  #attemptWith(send: Send, findCredential: Effect.Effect<Credential, Errors.RequestError>): Attempted<A, E, R> {
    return Effect.flatMap(findCredential, (credential): Attempted<A, E, R> => {
      const signature = signatureOf(this.#prepared.operation, credential)
      if (Exit.isFailure(signature)) return Exit.failCause(signature.cause)
      const sendBody = (body: OpenBody<E>) => {
        const attempt = new Attempt(this.#prepared, signature.value, body.body)
        const received = Effect.flatMap(send(attempt.request), (response) => this.#received(response, attempt))
        return this.#outcome(received, attempt, credential, body)
      }
      const { open, ready } = this.#outgoing.body
      if (ready !== undefined) return sendBody(ready)
      return Effect.matchCauseEffect(open, {
        onSuccess: sendBody,
        onFailure: (sourceFailure) => Effect.succeed({ sourceFailure })
      })
    })
  }

  /** On the general way, over whatever client. */
  #attempt(findCredential: Effect.Effect<Credential, Errors.RequestError>): Attempted<A, E, R> {
    const { context, http } = this.#client
    const { scope } = this.#outgoing
    const attemptOver = (http: HttpClient.HttpClient) => {
      const sending = sendingContext(context, this.#context)
      const inContext = Effect.updateContext<never, never>(() => sending)
      if (scope === undefined) {
        return this.#attemptWith((request) => inContext(http.execute(request)), findCredential)
      }
      const scoped = HttpClient.withScope(http)
      return withOwnScope(
        scope,
        (own) => this.#attemptWith((request) => inContext(Scope.provide(scoped.execute(request), own)), findCredential)
      )
    }
    return http === undefined ? Effect.flatMap(fetchClient, attemptOver) : attemptOver(http)
  }

  #counted(attempt: Attempted<A, E, R>): Attempted<A, E, R> {
    return Effect.suspend(() => {
      this.#count++
      return this.#remembered(attempt)
    })
  }

  #remembered(attempt: Attempted<A, E, R>): Attempted<A, E, R> {
    return Effect.tapError(attempt, (error) => Effect.sync(() => (this.#last = error)))
  }

  #late(): Effect.Effect<never, Errors.TimedOut> {
    return Effect.fail(timedOut(this.#prepared.operation, this.#timeout, this.#count, this.#last))
  }

  /** All attempts, within the time that is left; the first may be special. */
  #attempts(
    first: Attempted<A, E, R>,
    findCredential: Effect.Effect<Credential, Errors.RequestError>
  ): Attempted<A, E, R> {
    const { config } = this.#client
    const { retry } = Context.get(this.#context, CurrentCallOptions)
    const again = Effect.suspend(() => this.#counted(this.#attempt(findCredential)))
    return Effect.timeoutOrElse(
      this.#outgoing.body.replayable
        ? retrying(again, { schedule: retry ?? config.retry, deadline: this.#deadline, first })
        : first,
      {
        duration: Duration.millis(Math.max(0, this.#deadline - this.#clock.currentTimeMillisUnsafe())),
        orElse: () => this.#late()
      }
    )
  }

  #tell(attributes: Readonly<Record<string, unknown>>): void {
    if (this.#span === undefined) return
    for (const [name, value] of Object.entries(attributes)) this.#span.attribute(name, value)
  }

  #tellOutcome(requestId: string | undefined): void {
    this.#span?.attribute("deepgram.attempts", this.#count)
    if (requestId !== undefined) this.#span?.attribute("deepgram.request_id", requestId)
  }

  #finished(outcome: Attempted<A, E, R>): Effect.Effect<A, Errors.RequestError | E, R> {
    return outcome.pipe(
      Effect.onExit((exit) => {
        this.#tellOutcome(requestIdIn(exit))
        return Effect.void
      }),
      Effect.flatMap((outcome): Effect.Effect<A, E> => {
        if ("sourceFailure" in outcome) return Effect.failCause(outcome.sourceFailure)
        this.#tell(outcome.attributes ?? {})
        return Effect.succeed(outcome.value)
      })
    )
  }

  /** What comes of the answer on the short way. Of a success that is there nothing has to be waited for any more. */
  #answered(
    exit: Exit.Exit<Answer, HttpClientError.HttpClientError>,
    attempt: Attempt,
    credential: Credential,
    body: OpenBody<E>
  ): Effect.Effect<A, Errors.RequestError | E, R> {
    this.#count++
    this.#tellOutcome(undefined)
    const received = Exit.isSuccess(exit) ? this.#received(exit.value, attempt) : Exit.failCause(exit.cause)
    const answer = valueOf(received)
    if (answer !== undefined) {
      this.#tellOutcome(answer.requestId)
      if (answer.attributes !== undefined) this.#tell(answer.attributes)
      return Exit.succeed(answer.value)
    }
    const first = this.#remembered(this.#outcome(received, attempt, credential, body))
    const findCredential = Effect.succeed(credential)
    const isWhole = this.#outgoing.scope === undefined && Exit.isSuccess(exit) && isSuccess(exit.value)
    // It may break off.
    return this.#finished(
      isWhole
        ? Effect.catch(first, (error) => this.#attempts(Effect.fail(error), findCredential))
        : this.#attempts(first, findCredential)
    )
  }

  #directly(
    direct: Direct,
    credential: Credential,
    body: OpenBody<E>
  ): Effect.Effect<A, Errors.RequestError | E, R> {
    const signature = signatureOf(this.#prepared.operation, credential)
    if (Exit.isFailure(signature)) return this.#finished(this.#counted(Exit.failCause(signature.cause)))
    const attempt = new Attempt(this.#prepared, signature.value, body.body)
    const { scope } = this.#outgoing
    let end = () => {}
    const answer = Effect.callback<A, Errors.RequestError | E, R>((resume) => {
      let callOff: (() => void) | undefined
      let isSettled = false
      end = direct(attempt.request, merged(this.#client.context, this.#context), (exit) => {
        isSettled = true
        callOff?.()
        resume(Effect.suspend(() => this.#answered(exit, attempt, credential, body)))
      }, scope !== undefined)
      // It was not even sent.
      if (isSettled) return
      callOff = after(this.#clock, Duration.toMillis(this.#timeout), () => {
        isSettled = true
        end()
        this.#count++
        resume(this.#finished(this.#late()))
      })
      return Effect.sync(() => {
        end()
        // What comes behind it counts for itself.
        if (isSettled) return
        this.#count++
        this.#tellOutcome(undefined)
        callOff?.()
      })
    })
    // The scope may end before there is an answer, too.
    return scope === undefined ? answer : Effect.andThen(Scope.addFinalizer(scope, Effect.sync(() => end())), answer)
  }
}

/** Sends a request until it succeeds or fails for good, within its time. Interruption aborts it on the wire. */
export const execute = <A, E, R>(
  fiber: Fiber.Fiber<unknown, unknown>,
  outgoing: Outgoing<E, R>,
  read: Reader<A>
): Effect.Effect<A, Errors.RequestError | E, Deepgram | R> => {
  // The type of a fiber does not say what its effect needs.
  const context = fiber.context as Context.Context<Deepgram>
  const { config } = Context.get(context, Deepgram)
  const options = Context.get(context, CurrentCallOptions)
  const { method, operation, query } = outgoing
  currentSpan(context)?.attribute("deepgram.operation", operation)
  const headers = headersOf(operation, config, options)
  if (Exit.isFailure(headers)) return Exit.failCause(headers.cause)
  const url = addressOf(operation, config, outgoing)
  if (Exit.isFailure(url)) return Exit.failCause(url.cause)
  const prepared: Prepared = {
    operation,
    method,
    url: url.value,
    parameters: parametersOf(options.query === undefined ? query : { ...query, ...options.query }),
    accept: outgoing.accept ?? "application/json",
    headers: headers.value
  }
  return new Sending(outgoing, prepared, read, context).run()
}
