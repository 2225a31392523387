/** From an endpoint that answers with audio to a function. */
import * as Cause from "effect/Cause"
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
import { Deepgram } from "./client.ts"
import type { Endpoint } from "./contract/endpoint.ts"
import type { Answer } from "./direct.ts"
import { fromTransport, type Origin, requestIdOf, withId } from "./errors.ts"
import { type Call, makePrepare, unexpectedAnswer } from "./operation.ts"
import { CurrentCallOptions } from "./options.ts"
import { isBrowser } from "./runtime.ts"
import { withOwnScope } from "./scope.ts"
import { inSeconds } from "./seconds.ts"
import { execute, type Reader } from "./transport.ts"
import { within } from "./within.ts"

/** The head of an answer, and its body as it arrives. */
export interface Incoming {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly requestId: string | undefined
  readonly audio: Stream.Stream<Uint8Array, Errors.RequestError>
}

type Chunks = readonly [Uint8Array, ...Array<Uint8Array>]

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
const watched = (
  pull: Pull.Pull<Chunks, HttpClientError.HttpClientError>,
  expected: number,
  reading: Reading,
  onFailure: (error: Errors.RequestError) => void
): Pull.Pull<Chunks, Errors.RequestError> => {
  const { origin, requestId, scope, timeout } = reading
  const stalled = () =>
    Effect.fail(
      new Errors.TimedOut({
        ...about(
          reading,
          `no more audio came within ${inSeconds(timeout)} (Deepgram.withOptions({ timeout }) allows more)`
        ),
        after: timeout
      })
    )
  const failed = (error: Errors.RequestError) => {
    onFailure(error)
    // Whoever reads goes on in a scope of his own, which may last: the connection is given up now.
    return Effect.andThen(Scope.close(scope, Exit.void), Effect.fail(error))
  }
  let received = 0
  return Effect.matchEffect(within({ duration: timeout, orElse: stalled })(pull), {
    onSuccess: (chunks) => {
      for (const { byteLength } of chunks) received += byteLength
      return Effect.succeed(chunks)
    },
    onFailure: (error): Pull.Pull<never, Errors.RequestError> => {
      if (Cause.isDone(error)) {
        return received < expected
          ? failed(brokeOff(reading, `${received} of ${expected} bytes came`))
          : Cause.done()
      }
      if (error._tag !== "HttpClientError") return failed(error)
      return failed(isOver(scope) ? unreadable(reading, outOfScope) : fromTransport(error.reason, origin, requestId))
    }
  })
}

/**
 * The body as it arrives, until its end or that of the scope; then the connection is given up. In one step, because each
 * layer of a stream costs its reader a microsecond and the first chunk several.
 */
const audioOf = (response: Answer, reading: Reading): Stream.Stream<Uint8Array, Errors.RequestError> => {
  const { scope } = reading
  let taken = false
  let failure: Errors.RequestError | undefined
  return Stream.suspend(() => {
    // To say of broken audio that it has been read would make the failure look like the reader's.
    if (failure !== undefined) return Stream.fail(failure)
    if (taken) return Stream.fail(unreadable(reading, "the audio can be read once only, and it has been"))
    if (isOver(scope)) return Stream.fail(unreadable(reading, outOfScope))
    taken = true
    const expected = lengthOf(response)
    return Stream.transformPull(bytesOf(response), (pull, streamScope) =>
      Effect.as(
        Scope.addFinalizer(streamScope, Scope.close(scope, Exit.void)),
        watched(pull, expected, reading, (error) => {
          failure = error
        })
      ))
  })
}

/** What stands where audio should: the receipt of a callback (trap 1), or the page of a proxy. */
const isText = (contentType: string): boolean =>
  /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml)\b)/i.test(contentType)

/** What the fiber says of a call. */
const callOf = Effect.contextWith((context: Context.Context<Deepgram | Scope.Scope>) => {
  const options = Context.get(context, CurrentCallOptions)
  const { config } = Context.get(context, Deepgram)
  return Effect.succeed({
    options,
    scope: Context.get(context, Scope.Scope),
    timeout: Duration.fromInputUnsafe(options.timeout ?? config.timeout)
  })
})

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
    Effect.flatMap(callOf, ({ options, scope, timeout }) => {
      const outgoing = prepare(operation, call, options)
      if (Exit.isFailure(outgoing)) return Exit.failCause(outgoing.cause)
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
      return withOwnScope(scope, (own) => execute({ ...outgoing.value, accept: "*/*", scope: own }, reader(own)))
    })
}
