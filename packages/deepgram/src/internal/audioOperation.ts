/** From an endpoint that answers with audio to a function. */
import * as Cause from "effect/Cause"
import * as Channel from "effect/Channel"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as Pull from "effect/Pull"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Errors from "../DeepgramError.ts"
import { bytesOf, readErrorBody } from "./answerBody.ts"
import { type Arrived, type Arriving, arrivingOf, type Chunks } from "./arriving.ts"
import type { Reader } from "./attempt.ts"
import { Deepgram } from "./client.ts"
import type { Endpoint } from "./contract/endpoint.ts"
import type { Answer } from "./direct.ts"
import { fromTransport, type Origin, requestIdOf, withId } from "./errors.ts"
import { type Call, makePrepare, unexpectedAnswer } from "./operation.ts"
import { CurrentCallOptions } from "./options.ts"
import { isBrowser } from "./runtime.ts"
import { withOwnScope } from "./scope.ts"
import { inSeconds } from "./seconds.ts"
import { after } from "./timer.ts"
import { execute } from "./transport.ts"
import { within } from "./within.ts"

/** The head of an answer, and its body as it arrives. */
export interface Incoming {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly requestId: string | undefined
  readonly audio: Stream.Stream<Uint8Array, Errors.RequestError>
}

/** What is known of one answer when its body is read. */
interface Reading {
  readonly origin: Origin
  readonly requestId: string | undefined
  /** The connection's. */
  readonly scope: Scope.Closeable
  /** For each wait. */
  readonly timeout: Duration.Duration
}

const about = ({ origin: { operation }, requestId }: Reading, what: string) => ({
  operation,
  message: withId(`${operation}: ${what}`, requestId),
  ...(requestId === undefined ? undefined : { requestId })
})

const brokeOff = (reading: Reading, why: string) =>
  new Errors.TransportError({ ...about(reading, `the answer broke off: ${why}`), cause: why })

/** The caller's mistake: trying again would change nothing. */
const unreadable = (reading: Reading, detail: string) =>
  new Errors.BadRequest({ ...about(reading, detail), origin: "client", detail })

const isOver = (scope: Scope.Closeable): boolean => scope.state._tag === "Closed"

const outOfScope = "the audio is read within the scope of the operation, which is over"

/** How many bytes there must be, where that is said. A browser checks it itself, and hides what is compressed. */
const lengthOf = ({ headers }: Answer): number => {
  const { "content-encoding": encoding = "identity", "content-length": length = "" } = headers
  return encoding === "identity" && /^\d+$/.test(length) && !isBrowser() ? Number(length) : 0
}

/** Watches over a body: each wait has a limit, and all that was promised must come. */
class Watched {
  readonly #reading: Reading
  readonly #expected: number
  readonly #onFailure: (error: Errors.RequestError) => void
  #received = 0

  constructor(reading: Reading, expected: number, onFailure: (error: Errors.RequestError) => void) {
    this.#reading = reading
    this.#expected = expected
    this.#onFailure = onFailure
  }

  readonly #stalled = (): Errors.TimedOut => {
    const { timeout } = this.#reading
    return new Errors.TimedOut({
      ...about(
        this.#reading,
        `no more audio came within ${inSeconds(timeout)} (Deepgram.withOptions({ timeout }) allows more)`
      ),
      after: timeout
    })
  }

  #failed(error: Errors.RequestError): Pull.Pull<never, Errors.RequestError> {
    this.#onFailure(error)
    // Whoever reads goes on in a scope of his own, which may last: the connection is given up now.
    return Effect.andThen(Scope.close(this.#reading.scope, Exit.void), Effect.fail(error))
  }

  #came(chunks: Chunks): Pull.Pull<Chunks> {
    for (const { byteLength } of chunks) this.#received += byteLength
    return Effect.succeed(chunks)
  }

  #ended(): Pull.Pull<never, Errors.RequestError> {
    return this.#received < this.#expected
      ? this.#failed(brokeOff(this.#reading, `${this.#received} of ${this.#expected} bytes came`))
      : Cause.done()
  }

  #broken({ reason }: HttpClientError.HttpClientError): Pull.Pull<never, Errors.RequestError> {
    const { origin, requestId, scope } = this.#reading
    return this.#failed(
      isOver(scope) ? unreadable(this.#reading, outOfScope) : fromTransport(reason, origin, requestId)
    )
  }

  /** Of any stream. */
  pulling(pull: Pull.Pull<Chunks, HttpClientError.HttpClientError>): Pull.Pull<Chunks, Errors.RequestError> {
    const orElse = () => Effect.fail(this.#stalled())
    return Effect.matchEffect(within({ duration: this.#reading.timeout, orElse })(pull), {
      onSuccess: (chunks) => this.#came(chunks),
      onFailure: (error): Pull.Pull<never, Errors.RequestError> =>
        Cause.isDone(error)
          ? this.#ended()
          : error._tag === "HttpClientError"
          ? this.#broken(error)
          : this.#failed(error)
    })
  }

  #taken(arrived: Arrived): Pull.Pull<Chunks, Errors.RequestError> {
    return arrived === "ended" ? this.#ended() : "reason" in arrived ? this.#broken(arrived) : this.#came(arrived)
  }

  /** Of a body that says by itself when there is more: no fiber for each wait. */
  taking(arriving: Arriving): Pull.Pull<Chunks, Errors.RequestError> {
    const millis = Duration.toMillis(this.#reading.timeout)
    return Effect.withFiber((fiber) => {
      const there = arriving.take()
      if (there !== undefined) return this.#taken(there)
      return Effect.callback((resume) => {
        const callOff = after(fiber.getRef(Clock.Clock), millis, () => {
          arriving.onArrival(undefined)
          resume(this.#failed(this.#stalled()))
        })
        arriving.onArrival((arrived) => {
          callOff()
          resume(Effect.suspend(() => this.#taken(arrived)))
        })
        return Effect.sync(() => {
          callOff()
          arriving.onArrival(undefined)
        })
      })
    })
  }
}

/**
 * The body as it arrives, until its end or that of the scope; then the connection is given up. In one step, because each
 * layer of a stream costs its reader a microsecond and the first chunk several.
 */
const audioOf = (response: Answer, reading: Reading): Stream.Stream<Uint8Array, Errors.RequestError> => {
  const { scope } = reading
  let taken = false
  let failure: Errors.RequestError | undefined
  return Stream.fromChannel(Channel.fromTransform((_, streamScope) =>
    Effect.suspend(() => {
      // To say of broken audio that it has been read would make the failure look like the reader's.
      if (failure !== undefined) return Effect.fail(failure)
      if (taken) return Effect.fail(unreadable(reading, "the audio can be read once only, and it has been"))
      if (isOver(scope)) return Effect.fail(unreadable(reading, outOfScope))
      taken = true
      const watched = new Watched(reading, lengthOf(response), (error) => {
        failure = error
      })
      const arriving = arrivingOf(response)
      const pulling = arriving === undefined
        ? Effect.map(Channel.toPullScoped(bytesOf(response).channel, streamScope), (pull) => watched.pulling(pull))
        : Effect.succeed(watched.taking(arriving))
      return Effect.andThen(Scope.addFinalizer(streamScope, Scope.close(scope, Exit.void)), pulling)
    })
  ))
}

/** What stands where audio should: the receipt of a callback (trap 1), or the page of a proxy. */
const isText = (contentType: string): boolean =>
  /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml)\b)/i.test(contentType)

/**
 * An operation that answers with audio. The time limit covers everything up to the head of the answer, and then each
 * wait for more; how long the audio takes as a whole is the reader's business (inventory trap 27).
 */
export const audioOperation = <Self extends Endpoint>(endpoint: Self) => {
  const prepare = makePrepare(endpoint)
  return (
    operation: string,
    call: Call<Self>
  ): Effect.Effect<Incoming, Errors.RequestError, Deepgram | Scope.Scope> =>
    Effect.withFiber((fiber) => {
      // The type of a fiber does not say what its effect needs.
      const context = fiber.context as Context.Context<Deepgram | Scope.Scope>
      const options = Context.get(context, CurrentCallOptions)
      const outgoing = prepare(operation, call, options)
      if (Exit.isFailure(outgoing)) return Exit.failCause(outgoing.cause)
      const timeout = Duration.fromInputUnsafe(options.timeout ?? Context.get(context, Deepgram).config.timeout)
      const reader = (scope: Scope.Closeable): Reader<Incoming> => (response, origin) => {
        const { headers } = response
        const contentType = headers["content-type"] ?? ""
        if (isText(contentType)) {
          return Effect.flatMap(
            readErrorBody(response, origin),
            (text) =>
              unexpectedAnswer(operation, response.status, headers, text, `Expected audio, got ${contentType}`, origin)
          )
        }
        const requestId = requestIdOf(headers, origin)
        const audio = audioOf(response, { origin, requestId, scope, timeout })
        return Effect.succeed({ value: { headers, requestId, audio } })
      }
      return withOwnScope(
        Context.get(context, Scope.Scope),
        (own) => execute(fiber, { ...outgoing.value, accept: "*/*", scope: own }, reader(own))
      )
    })
}
