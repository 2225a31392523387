import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Metric, Schedule, Scope, Stream } from "effect"
import { Deepgram, type DeepgramAuth, ListenV1, ListenV2, Live } from "effect-deepgram"
import { once } from "../support/client.ts"
import { pass, watchSleeps } from "../support/clock.ts"
import { begin, settled, type Transport, transports, v1, v2, ws } from "../support/live.ts"
import { observed } from "../support/observed.ts"
import { accept, refuse, type Script, serveSockets, silent } from "../support/sockets.ts"
import { untyped } from "../support/untyped.ts"

const audio = new Uint8Array(3200)

const bug = new Error("a bug of the application")

/** Something that dies while a channel is dialled. */
interface Case {
  readonly name: string
  readonly transport: Transport
  readonly script?: Script
  readonly auth?: DeepgramAuth.Options
  readonly retry?: Deepgram.RetrySchedule
  readonly options?: ListenV1.StreamOptions
  readonly says: string
}

const cases: ReadonlyArray<Case> = [
  ...transports.flatMap((transport): ReadonlyArray<Case> => [
    {
      name: `a credential, over ${transport.name}`,
      transport,
      auth: { accessToken: Effect.die(bug) },
      says: bug.message
    },
    {
      name: `a duration that is none, over ${transport.name}`,
      transport,
      options: { ...v1, openTimeout: untyped<"1 second">("soon") },
      says: "Invalid Input: soon"
    }
  ]),
  {
    // Only `ws` tells what may be tried again.
    name: "a schedule, over ws",
    transport: ws,
    script: refuse({ status: 503 }),
    retry: Schedule.forever.pipe(Schedule.modifyDelay(() => Effect.die(bug))),
    says: bug.message
  }
]

const defectsOf = <A, E>(exit: Exit.Exit<A, E>): ReadonlyArray<string> =>
  Exit.isSuccess(exit)
    ? assert.fail("it ended well")
    : exit.cause.reasons.map((reason) => Cause.isDieReason(reason) ? String(reason.defect) : reason._tag)

describe("a defect while a channel is dialled", () => {
  const layerOf = ({ auth, script = accept(), transport }: Case) =>
    Effect.map(serveSockets(script), (server) => transport.client(server, {}, auth))

  const retrying = ({ retry = once }: Case) => Deepgram.withOptions({ retry })

  it.effect.each(cases)("is that of the pipe: $name", (one) =>
    Effect.gen(function*() {
      const layer = yield* layerOf(one)
      const exit = yield* Stream.concat(Stream.make(audio), Stream.never).pipe(
        ListenV1.transcribeStream(one.options ?? v1),
        Stream.runDrain,
        retrying(one),
        Effect.provide(layer),
        Effect.exit
      )
      const [defect, ...others] = defectsOf(exit)
      assert.include(defect, one.says)
      assert.deepStrictEqual(others, [])
    }))

  it.effect.each(cases)("is that of whoever uses the connection: $name", (one) =>
    Effect.gen(function*() {
      const layer = yield* layerOf(one)
      const connection = yield* ListenV1.connect({ ...v1, ...one.options, waitForOpen: false, capacity: 1 }).pipe(
        retrying(one),
        Effect.provide(layer)
      )
      const uses: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
        Stream.runDrain(connection.messages),
        // The first one is taken in, the second one waits.
        Effect.andThen(connection.send(audio), connection.send(audio)),
        connection.finalize,
        connection.close
      ]
      const waiting = yield* Effect.forEach(uses, (use) => begin(Effect.exit(use)))
      for (const fiber of waiting) assert.include(defectsOf(yield* Fiber.join(fiber)).join(), one.says)
      for (const use of uses) assert.include(defectsOf(yield* Effect.exit(use)).join(), one.says)
    }))

  it.effect.each(cases)("is that of connect: $name", (one) =>
    Effect.gen(function*() {
      const layer = yield* layerOf(one)
      const exit = yield* Effect.exit(
        ListenV1.connect({ ...v1, ...one.options }).pipe(retrying(one), Effect.provide(layer))
      )
      assert.include(defectsOf(exit).join(), one.says)
    }))
})

describe("a time limit that is none", () => {
  const options = [
    { drainTimeout: untyped<"1 second">("soon") },
    { watchdog: untyped<"1 second">("soon") }
  ]

  it.effect.each(options)("is said before anything is dialled: %o", (option) =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const { exit, seen } = yield* ListenV1.connect({ ...v1, ...option }).pipe(
        Effect.provide(ws.client(server)),
        observed
      )
      assert.deepStrictEqual(defectsOf(exit), ["Error: Invalid Input: soon"])
      assert.strictEqual(server.dials.length, 0)
      assert.isTrue(seen.spans.every(({ name, status }) => name === "test" || status._tag === "Ended"))
    }))
})

describe.each(transports)("a dial that comes to nothing over $name", ({ client }) => {
  const finalizersOf = ({ state }: Scope.Scope): number => state._tag === "Open" ? state.finalizers?.size ?? 1 : 0

  const endings: ReadonlyArray<readonly [name: string, script: Script, auth: DeepgramAuth.Options | undefined]> = [
    ["refused", refuse({ status: 402 }), undefined],
    ["that dies", accept(), { accessToken: Effect.die(bug) }]
  ]

  it.effect.each(endings)("leaves nothing in its scope, %s", ([, script, auth]) =>
    Effect.gen(function*() {
      const server = yield* serveSockets(script)
      const scope = yield* Scope.make()
      for (let index = 0; index < 10; index++) {
        yield* ListenV1.connect(v1).pipe(
          Effect.provide(client(server, { retry: once }, auth)),
          Effect.exit,
          Scope.provide(scope)
        )
        const connection = yield* ListenV2.connect({ ...v2, waitForOpen: false }).pipe(
          Effect.provide(client(server, { retry: once }, auth)),
          Scope.provide(scope)
        )
        yield* Effect.exit(connection.close)
      }
      // Whoever waited goes on before the last of it is gone.
      assert.strictEqual(yield* settled(() => finalizersOf(scope)), 0)
    }))

  it.effect("because the caller gave it up ends at once, in a scope that goes on", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(silent)
      const scope = yield* Scope.make()
      const sleeps = yield* watchSleeps
      const { exit, seen } = yield* observed(
        Effect.gen(function*() {
          const fiber = yield* begin(
            ListenV1.connect(v1).pipe(
              Effect.provide(client(server)),
              Effect.timeoutOption("2 seconds"),
              sleeps.watch,
              Scope.provide(scope)
            )
          )
          const dial = yield* server.dial(0)
          yield* sleeps.until(2000)
          yield* pass(2000)
          assert.strictEqual((yield* Fiber.join(fiber))._tag, "None")
          yield* dial.gone
          return yield* Metric.value(
            Metric.withAttributes(Live.endedSessions, { channel: "ListenV1", outcome: "interrupted" })
          )
        }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))
      )
      assert.strictEqual(Exit.isSuccess(exit) ? exit.value.count : undefined, 1)
      const session = seen.spans.find(({ name }) => name === "ListenV1.session")
      assert.strictEqual(session?.status._tag, "Ended")
      assert.strictEqual(session?.attributes.get("deepgram.outcome"), "interrupted")
      assert.strictEqual(finalizersOf(scope), 0)
      yield* Scope.close(scope, Exit.void)
    }))
})
