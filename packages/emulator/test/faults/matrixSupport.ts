/** An operation with an emulator of its own where things go wrong, and what is left of both in the process. */
import { Emulator, type Faults } from "@effect-deepgram/emulator"
import { assert } from "@effect/vitest"
import { Clock, Effect, type Exit, Fiber, Layer, Metric, type Scope } from "effect"
import { Deepgram, type DeepgramError, Tokens } from "effect-deepgram"
import { subscribe, unsubscribe } from "node:diagnostics_channel"
import type { Socket } from "node:net"
import { turnOfLoop } from "../sessions/leaks.ts"
import type { Transport } from "../sessions/support.ts"
import type { Kind, Limits, Outcome } from "./kinds.ts"

/** Times for what is not about time, on machines of any speed. */
export const patient: Limits = { open: 20_000, silence: 20_000 }

/** Tries again twice, at once. */
export const retry = Deepgram.retryPolicy({ times: 2, initialDelay: 1, maxDelay: 1 })

/** The options of the operations under test. A connection that `fetch` keeps would be no leak, but look like one. */
const optionsFor = (kind: Kind, { open }: Limits): Parameters<typeof Deepgram.withOptions>[0] => ({
  timeout: open,
  retry,
  ...(kind.answer === "session" ? undefined : { headers: { connection: "close" } })
})

/** What became of an operation, and which faults it met. */
export interface Result {
  readonly exit: Exit.Exit<Outcome, DeepgramError.LiveError>
  readonly injected: ReadonlyArray<Faults.Injected>
  /** It was over only long after its limits. */
  readonly isLate: boolean
}

/** Milliseconds that a process has to let everything go; it takes so long only where it does not. */
const patience = 15_000

/** Waits until something is as it should be; fails with what it is instead. */
const eventually = <A>(what: () => A, isGood: (value: A) => boolean, expected: A): Effect.Effect<void> =>
  Effect.gen(function*() {
    const until = (yield* Clock.currentTimeMillis) + patience
    while (!isGood(what()) && (yield* Clock.currentTimeMillis) < until) {
      yield* Effect.sleep(2)
      // A timer that goes off is still there.
      yield* turnOfLoop
    }
    if (!isGood(what())) assert.deepStrictEqual(what(), expected)
  })

/** The sockets that clients in this process have open. */
const dialled = new Set<Socket>()

const onDial = (message: unknown) => {
  const { socket } = message as { readonly socket: Socket }
  dialled.add(socket)
  socket.once("close", () => dialled.delete(socket))
}

/** Keeps account of the sockets of clients, to tell them from those of the emulator. */
const watchingDials = Effect.acquireRelease(
  Effect.sync(() => subscribe("net.client.socket", onDial)),
  () => Effect.sync(() => unsubscribe("net.client.socket", onDial))
)

/** Waits until no client has a connection to this server any more. */
export const allHungUp = (url: string): Effect.Effect<void> => {
  const port = Number(new URL(url).port)
  const open = () => [...dialled].filter(({ remotePort }) => remotePort === port).length
  return eventually(open, (count) => count === 0, 0)
}

/** Milliseconds that the server has to say goodbye, when a session is closed. */
const goodbye = 1000

/**
 * Runs an operation, and tells whether it took longer than its limits allow. The timer is of the same loop as theirs,
 * begins with them and is longer, so that it goes off behind them.
 */
const timed = <A, E, R>(self: Effect.Effect<A, E, R>, kind: Kind, { open, silence }: Limits) =>
  Effect.gen(function*() {
    // A session may first be opened, and then be silent.
    const allowed = 3 * Math.min(open, silence) + (kind.answer === "session" ? goodbye : 0)
    let isLate = false
    const alarm = Effect.andThen(Effect.sleep(allowed), Effect.sync(() => (isLate = true)))
    const waiting = yield* Effect.forkChild(alarm, { startImmediately: true })
    const exit = yield* Effect.exit(self)
    yield* Fiber.interrupt(waiting)
    return { exit, isLate }
  })

/** An access token instead of the key. */
export const granted = (transport: Transport) =>
  Tokens.grant({ ttl_seconds: 3600 }).pipe(
    Effect.map(({ access_token }) => ({ accessToken: access_token })),
    Deepgram.withOptions({ headers: { connection: "close" } }),
    Effect.provide(transport.client())
  )

/** Runs an operation with an emulator of its own; when its client is gone, it must have no connection any more. */
export const undergo = (
  kind: Kind,
  transport: Transport,
  plan: Faults.Plan,
  limits: Limits,
  hasToken = false
): Effect.Effect<Result> =>
  Effect.gen(function*() {
    const emulator = yield* Layer.build(Emulator.layer({ faults: plan, idleTimeout: "10 minutes" }))
    return yield* Effect.gen(function*() {
      const { faults, url } = yield* Emulator.Emulator
      const auth = hasToken ? yield* granted(transport) : undefined
      const run = Deepgram.withOptions(optionsFor(kind, limits))(kind.run(limits))
      const ended = yield* timed(run, kind, limits).pipe(Effect.provide(transport.client(auth)))
      yield* allHungUp(url)
      return { ...ended, injected: yield* faults.injected }
    }).pipe(Effect.provideContext(emulator))
  }).pipe(Effect.scoped, Effect.orDie)

interface Held {
  readonly sockets: number
  readonly timers: number
  readonly fibers: number
}

/** Failures that nobody handled. */
const unhandled: Array<unknown> = []
const onUnhandled = (reason: unknown) => void unhandled.push(reason)

const watchingUnhandled = Effect.acquireRelease(
  Effect.sync(() => process.on("unhandledRejection", onUnhandled).on("uncaughtExceptionMonitor", onUnhandled)),
  () => Effect.sync(() => process.off("unhandledRejection", onUnhandled).off("uncaughtExceptionMonitor", onUnhandled))
)

/** Runs something, after which there must be no socket, timer or fiber in this process that was not there before. */
export const leavingNothing = <A, E>(run: Effect.Effect<A, E, Scope.Scope>): Effect.Effect<A, E> => {
  let fibers = 0
  const counting: Metric.FiberRuntimeMetricsService = {
    recordFiberStart: () => void fibers++,
    recordFiberEnd: () => void fibers--
  }
  return Effect.gen(function*() {
    const held = (): Held => {
      const open = process.getActiveResourcesInfo()
      const count = (kind: string) => open.filter((name) => name === kind).length
      return { sockets: count("TCPSocketWrap"), timers: count("Timeout"), fibers }
    }
    yield* watchingUnhandled
    yield* watchingDials
    const before = held()
    const result = yield* Effect.scoped(run)
    // What was there for other reasons may go meanwhile.
    yield* eventually(
      held,
      ({ fibers, sockets, timers }) => fibers <= before.fibers && sockets <= before.sockets && timers <= before.timers,
      before
    )
    assert.deepStrictEqual(unhandled, [])
    return result
  }).pipe(Effect.scoped, Effect.provideService(Metric.FiberRuntimeMetrics, counting))
}
