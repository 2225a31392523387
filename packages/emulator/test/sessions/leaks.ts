/** What sessions hold: on the SDK's side, on the emulator's, and in the process that both are in. */
import { Emulator, Recognizer, Synthesizer, Thinker } from "@effect-deepgram/emulator"
import { assert } from "@effect/vitest"
import { Clock, Context, Effect, Layer, Metric } from "effect"
import type { Deepgram } from "effect-deepgram"
import { FetchHttpClient } from "effect/http"
import type { ServeError } from "effect/http/HttpServerError"
import type { Transport } from "./support.ts"

/** What the emulator's recogniser does. */
export class Listening extends Context.Service<Listening, {
  /** Channels that are listened to: now, at most at a time, and altogether. */
  readonly now: () => number
  readonly most: () => number
  readonly total: () => number
}>()("test/Listening") {}

/** An emulator of which one can see for how many channels it listens. */
const watched = (options?: Emulator.Options): Layer.Layer<Emulator.Emulator | Listening, ServeError> => {
  let now = 0
  let most = 0
  let total = 0
  const counted = Layer.effect(
    Recognizer.Recognizer,
    Effect.map(Recognizer.Recognizer, ({ open }) => ({
      open: (options: { readonly sampleRate: number }) =>
        Effect.andThen(
          Effect.acquireRelease(
            Effect.sync(() => {
              total++
              most = Math.max(most, ++now)
            }),
            () => Effect.sync(() => now--)
          ),
          open(options)
        )
    }))
  )
  return Layer.merge(
    Layer.provide(Emulator.layerNoDeps(options), [
      Layer.provide(counted, Recognizer.layer),
      Synthesizer.layer,
      Thinker.layer,
      FetchHttpClient.layer
    ]),
    Layer.succeed(Listening, { now: () => now, most: () => most, total: () => total })
  )
}

/** What is open: sockets and timers of the process, fibers, channels that are listened to. */
interface Held {
  readonly sockets: number
  readonly timers: number
  readonly fibers: number
  readonly listening: number
}

/** Lets the event loop go round once. */
export const turnOfLoop: Effect.Effect<void> = Effect.callback((resume) => {
  setImmediate(() => resume(Effect.void))
})

/** Milliseconds that a process has to let everything go; it takes so long only where it does not. */
const patience = 15_000

/**
 * Runs sessions with an emulator of their own, and looks whether they leave anything behind in this process, which is
 * that of both; `afterwards` may open connections that are kept. Not for the test clock, whose sleeps are no timers.
 */
export const leavingNothing = <A, E, E2 = never>(
  transport: Transport,
  sessions: Effect.Effect<A, E, Deepgram.Deepgram | Emulator.Emulator | Listening>,
  afterwards: (result: A) => Effect.Effect<void, E2, Deepgram.Deepgram> = () => Effect.void
): Effect.Effect<void, E | E2 | ServeError> => {
  let fibers = 0
  const counting: Metric.FiberRuntimeMetricsService = {
    recordFiberStart: () => void fibers++,
    recordFiberEnd: () => void fibers--
  }
  return Effect.gen(function*() {
    const { now } = yield* Listening
    const held = (): Held => {
      const open = process.getActiveResourcesInfo()
      const count = (kind: string) => open.filter((name) => name === kind).length
      return { sockets: count("TCPSocketWrap"), timers: count("Timeout"), fibers, listening: now() }
    }
    const before = held()
    // What is there for other reasons may go meanwhile.
    const isMore = (after: Held) =>
      after.sockets > before.sockets || after.timers > before.timers || after.fibers > before.fibers ||
      after.listening > before.listening
    const result = yield* sessions
    const until = (yield* Clock.currentTimeMillis) + patience
    while (isMore(held()) && (yield* Clock.currentTimeMillis) < until) yield* turnOfLoop
    const after = held()
    if (isMore(after)) assert.deepStrictEqual(after, before)
    yield* afterwards(result)
  }).pipe(
    // Nobody is idle, however slow the machine.
    Effect.provide(Layer.provideMerge(transport.client(), watched({ idleTimeout: "10 minutes" }))),
    Effect.provideService(Metric.FiberRuntimeMetrics, counting)
  )
}
