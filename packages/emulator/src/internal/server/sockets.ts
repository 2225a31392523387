/** The sockets of the API: requests that become sessions. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import { ParsedSearchParams } from "effect/http/HttpServerRequest"
import * as Scope from "effect/Scope"
import type { IncomingMessage, Server } from "node:http"
import type { Duplex } from "node:stream"
import { replyOfError } from "../faults/answers.ts"
import { disturbed } from "../faults/frames.ts"
import * as Disturbance from "../faults/handshakes.ts"
import { end } from "../faults/injection.ts"
import { Injector } from "../faults/injector.ts"
import { Recorder } from "../sessions/recorder.ts"
import type { AccessTokens } from "../state/accessTokens.ts"
import { projectId } from "../state/directory.ts"
import type { Ledger } from "../state/ledger.ts"
import { internalError, pathNotFound, VendorError } from "../vendorError.ts"
import { Accounts, CurrentAccount } from "./accounts.ts"
import { begin, type Exchange } from "./exchange.ts"
import { loggedSession } from "./logging.ts"
import { type Call, Monitor } from "./monitor.ts"
import { normalize, parametersOf, pathOf } from "./paths.ts"
import { RequestId } from "./requestContext.ts"
import { Settings } from "./settings.ts"
import type { SocketChannel } from "./socketChannel.ts"
import type { Connection } from "./socketConnection.ts"
import { accept, credentialOf, type Handshake, refuse } from "./socketHandshake.ts"

/** What is answered for a reason: the reason itself, if it is a refusal. */
const refusalOf = (cause: Cause.Cause<unknown>): VendorError => {
  const error = Cause.squash(cause)
  return error instanceof VendorError ? error : internalError
}

/** From the handshake to the end. */
const session = <R>(
  channels: ReadonlyArray<SocketChannel<R>>,
  handshake: Handshake,
  exchange: Exchange,
  call: Call,
  disturbance: Disturbance.Disturbance | undefined
) =>
  Effect.gen(function*() {
    const instead = disturbance === undefined ? undefined : yield* Disturbance.instead(disturbance, yield* Injector)
    if (instead !== undefined) {
      call.status = instead.status
      return yield* refuse(handshake, instead)
    }
    const { requestId } = exchange
    const headers = { "dg-request-id": requestId, "dg-project-id": projectId }
    let connection: Connection | undefined
    const target = normalize(exchange.target)
    const talk = Effect.gen(function*() {
      const channel = channels.find(({ path }) => path === pathOf(target))
      if (channel === undefined) return yield* pathNotFound
      const { authenticate } = yield* Accounts
      const { authorization, protocol } = credentialOf(handshake.request)
      const account = yield* authenticate(authorization)
      const { idleTimeout: idle = channel.idle, maxMessageBytes = channel.largestFrame } = yield* Settings
      const scope = yield* Effect.scope
      const query = parametersOf(target)
      return yield* loggedSession({ endpoint: channel.endpoint, query, target })((report) =>
        Effect.gen(function*() {
          const { pings } = channel
          const talk = yield* channel.open(report)
          const patience = { idle, pings }
          const accepted = accept(handshake, { headers, protocol, maxMessageBytes, patience, counts: call })
          // The socket is open longer than what the session holds.
          const open = disturbance === undefined
            ? accepted
            : Effect.flatMap(accepted, (open) => disturbed(open, disturbance.injection, disturbance.line))
          connection = yield* Effect.provideService(open, Scope.Scope, scope)
          call.status = 101
          return yield* talk(connection)
        })
      ).pipe(
        Effect.scoped,
        Effect.provideService(CurrentAccount, account),
        Effect.provideService(ParsedSearchParams, query)
      )
    })
    yield* talk.pipe(
      Effect.flatMap((ending) => connection === undefined ? Effect.void : connection.close(ending)),
      Effect.catchCauseIf((cause) => !Cause.hasInterrupts(cause), (cause) => {
        const refusal = refusalOf(cause)
        if (connection === undefined) call.status = refusal.status
        const answer = connection === undefined
          ? refuse(handshake, replyOfError(refusal, requestId))
          : connection.close({ code: 1011, reason: internalError.err_msg })
        return refusal === internalError ? Effect.andThen(Effect.logError(cause), answer) : answer
      }),
      Effect.provideService(RequestId, requestId)
    )
  }).pipe(
    Effect.scoped,
    Effect.ensuring(Effect.sync(() => {
      handshake.stream.destroy()
      if (disturbance !== undefined) end(disturbance.injection)
    }))
  )

/** Other upgrades than those to a socket are left to whoever else listens. */
export const isForSocket = ({ headers, method }: IncomingMessage): boolean =>
  method === "GET" && headers.upgrade?.toLowerCase() === "websocket"

/**
 * Answers every request for a socket, each session in its own fiber, until the scope closes. Takes the place of those
 * that listen for upgrades already.
 */
export const serve = Effect.fnUntraced(function*<R>(server: Server, channels: ReadonlyArray<SocketChannel<R>>) {
  const clock = yield* Clock.Clock
  const monitor = yield* Monitor
  const recorder = yield* Recorder
  const injector = yield* Injector
  const run = yield* FiberSet.makeRuntime<AccessTokens | Accounts | Injector | Ledger | Settings | R>()
  const others = server.listeners("upgrade")
  const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    if (isForSocket(request)) {
      // Clients go away at any moment; that a session hears by the end of its stream.
      stream.on("error", () => undefined)
      const exchange = begin(request, stream, "websocket", clock.currentTimeMillisUnsafe())
      const call = monitor.begin(exchange)
      stream.once("close", () => monitor.end(call, clock.currentTimeMillisUnsafe()))
      const disturbance = Disturbance.begin(injector, exchange, stream, head)
      const recording = recorder?.session(exchange)
      const handshake = { request, stream, head: disturbance?.head ?? head, recording }
      run(Effect.ensuring(
        session(channels, handshake, exchange, call, disturbance),
        // The connection may stay, if the other side is to be gone.
        Effect.sync(() => monitor.end(call, clock.currentTimeMillisUnsafe()))
      ))
    } else {
      for (const other of others) other.call(server, request, stream, head)
    }
  }
  yield* Effect.acquireRelease(
    Effect.sync(() => server.removeAllListeners("upgrade").on("upgrade", onUpgrade)),
    () => Effect.sync(() => server.off("upgrade", onUpgrade))
  )
})
