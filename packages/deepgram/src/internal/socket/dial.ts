/** From an address to an open socket: sign, dial, wait, and try again what may succeed the next time. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import type * as Socket from "effect/socket/Socket"
import type { Hosts } from "../../DeepgramConfig.ts"
import * as Errors from "../../DeepgramError.ts"
import { Deepgram } from "../client.ts"
import { describeCause, type Origin, quote, refused, requestIdOf } from "../errors.ts"
import { CurrentCallOptions } from "../options.ts"
import {
  addressOf,
  authorization,
  headersOf,
  parametersOf,
  type Query,
  type Signature,
  signatureOf
} from "../outgoing.ts"
import { retrying } from "../retry.ts"
import { takesSocketHeaders } from "../runtime.ts"
import { withOwnScope } from "../scope.ts"
import { longestFirst, secretsOf } from "../secrets.ts"
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

/** As requests are addressed: what has no host is at that of the page. What is no URL, the constructor refuses. */
const urlOf = (address: string, parameters: ReturnType<typeof parametersOf>): string => {
  const { location } = globalThis as { readonly location?: Location }
  const url = URL.parse(address) ?? URL.parse(address, location?.href)
  for (const [name, value] of parameters) url?.searchParams.append(name, value)
  return url?.href ?? address
}

/** Who hears of a socket that is open. */
export type Later = Omit<Listener, "onOpen">

/** A constructor that throws would do so again: it cannot use its options, the address, or headers. */
interface Unusable {
  readonly thrown: unknown
}

/** Waits until a socket is open, or has ended. What comes later goes to the listener. */
const open = (construct: () => Socket.WebSocketLike, listener: Later) => {
  let opening: Opening | undefined
  let waiter: ((opening: Effect.Effect<Opening>) => void) | undefined
  const settle = (how: Opening) => {
    opening = how
    waiter?.(Effect.succeed(how))
  }
  return Effect.acquireRelease(
    Effect.try({
      try: () =>
        listen(construct(), {
          ...listener,
          onOpen: (headers) => settle({ headers }),
          onEnd: (end) => opening === undefined ? settle({ end }) : listener.onEnd(end)
        }),
      catch: (thrown): Unusable => ({ thrown })
    }),
    ({ release }) => release
  ).pipe(
    Effect.flatMap((socket) =>
      Effect.map(
        Effect.callback<Opening>((resume) =>
          opening === undefined ? void (waiter = resume) : resume(Effect.succeed(opening))
        ),
        (opening) => ({ socket, opening })
      )
    )
  )
}

/**
 * Dials until the channel is open, or fails for good. The socket lives as long as the scope. `listener` hears of it
 * from its opening on.
 */
export const dial = Effect.fnUntraced(function*(
  destination: Destination,
  listener: (origin: Origin) => Later
): Effect.fn.Return<Dialled, Errors.LiveError, Deepgram | Scope.Scope> {
  const { auth, config, webSocket = globalWebSocket } = yield* Deepgram
  const options = yield* CurrentCallOptions
  const scope = yield* Effect.scope
  const { openTimeout, operation } = destination
  const headers = yield* headersOf(operation, config, options)
  const address = yield* addressOf(operation, config, destination)
  const parameters = parametersOf({ ...destination.query, ...options.query })
  const url = urlOf(address, parameters)

  const attempt = Effect.gen(function*() {
    const credential = yield* auth.credential
    const signature = yield* signatureOf(operation, credential)
    const signed = { ...authorization(signature), ...headers }
    let own: ReadonlyArray<string> | undefined
    const origin: Origin = {
      operation,
      get secrets() {
        own ??= secretsOf({ url: address, parameters, headers: signed })
        return longestFirst([...own, ...destination.secrets?.() ?? []])
      }
    }
    return yield* withOwnScope(scope, (own) =>
      Effect.gen(function*() {
        const { opening, socket } = yield* Scope.provide(
          open(() => webSocket(url, initOf(signature, signed)), listener(origin)),
          own
        ).pipe(
          Effect.mapError(({ thrown }) =>
            refused(Errors.BadRequest, operation, `it cannot be dialled: ${quote(describeCause(thrown), origin)}`)
          )
        )
        if ("end" in opening) {
          const error = fromHandshake(opening.end, origin, yield* Clock.currentTimeMillis)
          if (error._tag === "HandshakeRejected" && error.status === 401) {
            yield* auth.invalidate?.(credential) ?? Effect.void
          }
          return yield* error
        }
        return { socket, requestId: requestIdOf(opening.headers, origin), origin }
      }))
  })

  const deadline = (yield* Clock.currentTimeMillis) + Duration.toMillis(openTimeout)
  return yield* retrying(attempt, { schedule: options.retry ?? config.retry, deadline }).pipe(
    within({
      duration: openTimeout,
      orElse: () => Effect.fail(timedOut(operation, "the channel did not open", openTimeout, "openTimeout", undefined))
    })
  )
})
