/** From an address to an open socket: sign, dial, wait, and try again what may succeed the next time. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import type * as Socket from "effect/socket/Socket"
import type { Credential } from "../../DeepgramAuth.ts"
import type { Hosts } from "../../DeepgramConfig.ts"
import * as Errors from "../../DeepgramError.ts"
import { Deepgram } from "../client.ts"
import { describeCause, type Origin, quote, refused, requestIdOf } from "../errors.ts"
import { CurrentCallOptions } from "../options.ts"
import {
  addressOf,
  authorization,
  headersOf,
  type Parameters,
  parametersOf,
  type Query,
  type Signature,
  signatureOf
} from "../outgoing.ts"
import { retrying } from "../retry.ts"
import { takesSocketHeaders } from "../runtime.ts"
import { longestFirst, secretsOf, type Sent } from "../secrets.ts"
import { after } from "../timer.ts"
import { within } from "../within.ts"
import { fromHandshake, timedOut } from "./errors.ts"
import { globalWebSocket } from "./global.ts"
import { type End, listen, type Listener, type WebSocket } from "./webSocket.ts"

/** What is dialled. */
export interface Destination {
  readonly operation: string
  readonly host: keyof Hosts
  readonly path: string
  readonly query: Query
  /** How long the opening may take, retries and their waits included. */
  readonly openTimeout: Duration.Duration
  /** What no error may show, besides what is known of the request: as of now, there may be more later. */
  readonly secrets?: (() => Iterable<string>) | undefined
}

/** A socket that is open. */
export interface Dialled {
  readonly socket: WebSocket
  /** Where the runtime shows the answer to the handshake. */
  readonly requestId: string | undefined
  readonly origin: Origin
}

/** Browsers and workers have no headers for sockets: there the credential is offered as two subprotocols. */
const initOf = (
  signature: Signature | undefined,
  signed: Readonly<Record<string, string>>
): Socket.WebSocketConstructorOptions | undefined => {
  if (!takesSocketHeaders()) {
    return signature === undefined ? undefined : [signature.scheme.toLowerCase(), signature.secret]
  }
  return { headers: signed }
}

/** The end of a socket that was never open, or the headers of one that is. */
type Opening = { readonly end: End } | { readonly headers: Readonly<Record<string, string | undefined>> }

/** The last address that was made a URL: there are few, and to read one takes as long as to write a handshake. */
let last: { readonly address: string; readonly href: string } | undefined

/** As requests are addressed: what has no host is at that of the page. */
const hrefOf = (address: string): string | undefined => {
  if (last?.address === address) return last.href
  const { location } = globalThis as { readonly location?: Location }
  const absolute = URL.parse(address)
  if (absolute === null) return URL.parse(address, location?.href)?.href
  last = { address, href: absolute.href }
  return last.href
}

/** What is no URL, the constructor refuses. */
const urlOf = (address: string, parameters: Parameters): string => {
  const href = hrefOf(address)
  if (href === undefined || parameters.length === 0) return href ?? address
  const search = new URLSearchParams()
  for (const [name, value] of parameters) search.append(name, value)
  return `${href}?${search}`
}

/** Who hears of a socket: of messages and the end from its opening on. */
export interface Later {
  /** It is being dialled. Whoever closes it is waited for by nobody. */
  readonly onDialling: (socket: WebSocket) => void
  readonly onText: (text: string, origin: Origin) => void
  readonly onBytes: (bytes: Uint8Array) => void
  readonly onEnd: (end: End, origin: Origin) => void
}

/** What no error may show. */
interface Proofs extends Sent {
  readonly more: Destination["secrets"]
}

/** One handshake, and the socket that comes of it. */
class Attempt implements Listener, Origin {
  readonly operation: string
  readonly #sent: Proofs
  readonly #later: Later
  #isSettled = false
  #settled: Opening | undefined
  #waiter: ((how: Opening) => void) | undefined
  #secrets: ReadonlyArray<string> | undefined

  constructor(operation: string, sent: Proofs, later: Later) {
    this.operation = operation
    this.#sent = sent
    this.#later = later
  }

  get secrets(): ReadonlyArray<string> {
    this.#secrets ??= secretsOf(this.#sent)
    return longestFirst([...this.#secrets, ...this.#sent.more?.() ?? []])
  }

  /** Tells once how it went. */
  whenSettled(waiter: (how: Opening) => void): void {
    if (this.#settled === undefined) this.#waiter = waiter
    else waiter(this.#settled)
  }

  onOpen(headers: Readonly<Record<string, string | undefined>>): void {
    this.#settle({ headers })
  }

  onText(text: string): void {
    this.#later.onText(text, this)
  }

  onBytes(bytes: Uint8Array): void {
    this.#later.onBytes(bytes)
  }

  onEnd(end: End): void {
    if (this.#isSettled) this.#later.onEnd(end, this)
    else this.#settle({ end })
  }

  #settle(how: Opening): void {
    this.#isSettled = true
    const waiter = this.#waiter
    this.#waiter = undefined
    if (waiter === undefined) this.#settled = how
    else waiter(how)
  }
}

/** Nothing has to be done to find it. */
const isKnown = <A, E>(effect: Effect.Effect<A, E>): effect is Exit.Success<A, E> =>
  Exit.isExit(effect) && Exit.isSuccess(effect)

/**
 * Dials until the channel is open, or fails for good. `later` hears of it from its opening on, and closes it: of what does
 * not open nothing is left.
 */
export const dial = (
  destination: Destination,
  later: Later
): Effect.Effect<Dialled, Errors.LiveError, Deepgram> =>
  Effect.contextWith((context: Context.Context<Deepgram>): Effect.Effect<Dialled, Errors.LiveError> => {
    const { auth, config, webSocket = globalWebSocket } = Context.get(context, Deepgram)
    const options = Context.get(context, CurrentCallOptions)
    const clock = Context.get(context, Clock.Clock)
    const { openTimeout, operation, secrets } = destination
    const headers = headersOf(operation, config, options)
    if (Exit.isFailure(headers)) return Exit.failCause(headers.cause)
    const address = addressOf(operation, config, destination)
    if (Exit.isFailure(address)) return Exit.failCause(address.cause)
    const parameters = parametersOf(
      options.query === undefined ? destination.query : { ...destination.query, ...options.query }
    )
    const url = urlOf(address.value, parameters)
    const deadline = clock.currentTimeMillisUnsafe() + Duration.toMillis(openTimeout)

    const late = () =>
      Effect.fail(timedOut(operation, "the channel did not open", openTimeout, "openTimeout", undefined))

    /** Of an attempt alone, a limit costs no fiber. */
    const attempt = (credential: Credential, isLimited: boolean): Effect.Effect<Dialled, Errors.LiveError> => {
      const signature = signatureOf(operation, credential)
      if (Exit.isFailure(signature)) return Exit.failCause(signature.cause)
      const signed = { ...authorization(signature.value), ...headers.value }
      return Effect.callback((resume) => {
        const origin = new Attempt(operation, { url: address.value, parameters, headers: signed, more: secrets }, later)
        const constructed = Result.try(() => listen(webSocket(url, initOf(signature.value, signed)), origin))
        if (Result.isFailure(constructed)) {
          // A constructor that throws would do so again: it cannot use its options, the address, or headers.
          const cause = quote(describeCause(constructed.failure), origin)
          return resume(Effect.fail(refused(Errors.BadRequest, operation, `it cannot be dialled: ${cause}`)))
        }
        const socket = constructed.success
        const fail = (why: Effect.Effect<never, Errors.LiveError>) => resume(Effect.andThen(socket.release(), why))
        const callOff = isLimited ? after(clock, Duration.toMillis(openTimeout), () => fail(late())) : undefined
        origin.whenSettled((how) => {
          callOff?.()
          if ("end" in how) fail(Effect.fail(fromHandshake(how.end, origin, clock.currentTimeMillisUnsafe())))
          else resume(Effect.succeed({ socket, requestId: requestIdOf(how.headers, origin), origin }))
        })
        later.onDialling(socket)
        return Effect.suspend(() => {
          callOff?.()
          return socket.release()
        })
      })
    }

    const again = Effect.flatMap(
      Effect.suspend(() => auth.credential),
      (found) =>
        Effect.tapError(attempt(found, false), (error) =>
          error._tag === "HandshakeRejected" && error.status === 401
            ? auth.invalidate?.(found) ?? Effect.void
            : Effect.void)
    )
    const limited = (first?: Effect.Effect<never, Errors.LiveError>) =>
      retrying(again, { schedule: options.retry ?? config.retry, deadline, ...(first && { first }) }).pipe(
        within({ duration: Duration.millis(Math.max(0, deadline - clock.currentTimeMillisUnsafe())), orElse: late })
      )
    const { credential } = auth
    return auth.invalidate === undefined && isKnown(credential)
      ? Effect.catch(attempt(credential.value, true), (error) => limited(Effect.fail(error)))
      : limited()
  })
