/** From an endpoint that answers with audio to a function. */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Pull from "effect/Pull"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Deepgram } from "../Deepgram.ts"
import * as Errors from "../DeepgramError.ts"
import type { Endpoint } from "./contract/endpoint.ts"
import { fromTransport, type Origin, requestIdOf, withId } from "./errors.ts"
import { type Call, makePrepare, unexpectedAnswer } from "./operation.ts"
import { isBrowser } from "./runtime.ts"
import { withOwnScope } from "./scope.ts"
import { inSeconds } from "./seconds.ts"
import { bytesOf, callTimeout, execute, type Reader, readErrorBody } from "./transport.ts"

/** The head of an answer, and its body as it arrives. */
export interface Incoming {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly requestId: string | undefined
  readonly audio: Stream.Stream<Uint8Array, Errors.RequestError>
}

type Response = HttpClientResponse.HttpClientResponse

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

const outOfScope = "the audio is read within the scope of the operation, which is over"

/** How many bytes there must be, where that is said. A browser checks it itself, and hides what is compressed. */
const lengthOf = ({ headers }: Response): number => {
  const { "content-encoding": encoding = "identity", "content-length": length = "" } = headers
  return encoding === "identity" && /^\d+$/.test(length) && !isBrowser() ? Number(length) : 0
}

/** Watches over a body: each wait has a limit, and all that was promised must come. */
const watched = (
  bytes: Stream.Stream<Uint8Array, Errors.RequestError>,
  expected: number,
  reading: Reading
): Stream.Stream<Uint8Array, Errors.RequestError> => {
  const { timeout } = reading
  const stalled = () =>
    new Errors.TimedOut({
      ...about(
        reading,
        `no more audio came within ${inSeconds(timeout)} (Deepgram.withOptions({ timeout }) allows more)`
      ),
      after: timeout
    })
  return Stream.transformPull(bytes, (pull) =>
    Effect.sync(() => {
      let received = 0
      return pull.pipe(
        Effect.timeoutOrElse({ duration: timeout, orElse: () => Effect.fail(stalled()) }),
        Effect.map((chunks) => {
          for (const chunk of chunks) received += chunk.byteLength
          return chunks
        }),
        Pull.catchDone((): Pull.Pull<never, Errors.TransportError> =>
          received < expected
            ? Effect.fail(brokeOff(reading, `${received} of ${expected} bytes came`))
            : Cause.done()
        )
      )
    }))
}

/** The body as it arrives, until its end or that of the scope; then the connection is given up. */
const audioOf = (response: Response, reading: Reading): Stream.Stream<Uint8Array, Errors.RequestError> => {
  const { origin, requestId, scope } = reading
  const isOver = () => scope.state._tag === "Closed"
  let taken = false
  let failure: Errors.RequestError | undefined
  return Stream.suspend(() => {
    // To say of broken audio that it has been read would make the failure look like the reader's.
    if (failure !== undefined) return Stream.fail(failure)
    if (taken) return Stream.fail(unreadable(reading, "the audio can be read once only, and it has been"))
    if (isOver()) return Stream.fail(unreadable(reading, outOfScope))
    taken = true
    const bytes = Stream.mapError(
      bytesOf(response),
      ({ reason }) => isOver() ? unreadable(reading, outOfScope) : fromTransport(reason, origin, requestId)
    )
    return watched(bytes, lengthOf(response), reading).pipe(
      Stream.tapError((error) => Effect.sync(() => (failure = error))),
      Stream.ensuring(Scope.close(scope, Exit.void))
    )
  })
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
  return Effect.fnUntraced(function*(
    operation: string,
    call: Call<Self>
  ): Effect.fn.Return<Incoming, Errors.RequestError, Deepgram | Scope.Scope> {
    const outgoing = yield* prepare(operation, call)
    const timeout = yield* callTimeout
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
    return yield* withOwnScope(
      yield* Scope.Scope,
      (scope) => execute({ ...outgoing, accept: "*/*", scope }, reader(scope))
    )
  })
}
