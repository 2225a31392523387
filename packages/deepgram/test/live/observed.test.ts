import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Metric, Option, Stream, type Tracer } from "effect"
import { ListenV1, ListenV2, Live } from "effect-deepgram"
import { channel } from "../../src/internal/contract/listenV1Live.ts"
import { open } from "../../src/internal/socket/session.ts"
import { apiKey, once } from "../support/client.ts"
import { pass } from "../support/clock.ts"
import { begin, connected, ending, requestId, results, transports, turn, v1, v2 } from "../support/live.ts"
import { observed } from "../support/observed.ts"
import { accept, refuse, type Script, serveSockets, serving, silent } from "../support/sockets.ts"

const audio = new Uint8Array(32_000)

/** Everything that the metrics of sessions say. */
const metrics = Effect.gen(function*() {
  const context = yield* Effect.context<never>()
  const registry = yield* Metric.MetricRegistry
  return [...registry.values()].map(({ attributes, hooks, id }) => {
    const { count, sum, value } = hooks.get(context) as Record<"count" | "sum" | "value", number | undefined>
    return [id, attributes, sum ?? value ?? count] as const
  })
})

/** Runs an effect with metrics of its own. */
const measured = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const { exit, seen } = yield* observed(effect)
    const session = seen.spans.find(({ name }) => name.endsWith(".session"))
    return { exit, seen, session, metrics: yield* metrics }
  }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))

const attributesOf = (span: Tracer.Span | undefined) => Object.fromEntries(span?.attributes ?? [])

const parentOf = (span: Tracer.Span | undefined) =>
  Option.getOrUndefined(span?.parent ?? Option.none<Tracer.AnySpan>()) as Tracer.Span | undefined

describe.each(transports)("a session over $name is observed", (transport) => {
  const { client } = transport

  it.effect("from its opening to its end", () =>
    Effect.gen(function*() {
      const script: Script = (dial) =>
        Effect.gen(function*() {
          yield* pass(250)
          const peer = yield* dial.accept()
          yield* peer.next
          yield* pass(1500)
          yield* peer.send(results("secret words"), results("more"))
          yield* ending()(peer)
        })
      const server = yield* serveSockets(script)
      const { exit, metrics, seen, session } = yield* measured(
        ListenV1.connect({ ...v1, keyterm: "private" }).pipe(
          Effect.tap((connection) => connection.send(audio)),
          Effect.tap((connection) => Stream.runHead(connection.messages)),
          Effect.flatMap((connection) => connection.close),
          Effect.scoped,
          Effect.provide(client(server))
        )
      )
      assert.isTrue(Exit.isSuccess(exit))
      assert.deepStrictEqual(attributesOf(session), {
        "deepgram.operation": "ListenV1.connect",
        "deepgram.model": "nova-3",
        "deepgram.reconnects": 0,
        "deepgram.time_to_open_ms": 250,
        "deepgram.time_to_first_result_ms": 1500,
        "deepgram.audio_seconds": 1,
        "deepgram.request_id": requestId,
        "deepgram.outcome": "closed"
      })
      assert.strictEqual(session?.name, "ListenV1.session")
      assert.strictEqual(parentOf(session)?.name, "ListenV1.connect")
      assert.isTrue(session?.status._tag === "Ended" && Exit.isSuccess(session.status.exit))
      const channel = { channel: "ListenV1" }
      assert.sameDeepMembers([...metrics], [
        ["deepgram_session_open_seconds", channel, 0.25],
        ["deepgram_sessions_active", channel, 0],
        ["deepgram_session_reconnects", channel, 0],
        ["deepgram_session_first_result_seconds", channel, 1.5],
        ["deepgram_session_audio_seconds", channel, 1],
        ["deepgram_sessions_ended", { ...channel, outcome: "closed" }, 1]
      ])
      for (const text of ["secret words", "more", "private", apiKey, server.url]) assert.notInclude(seen.text(), text)
      assert.deepStrictEqual(seen.logs, [])
    }))

  it.effect("when it fails", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(
        serving((peer) => Effect.andThen(peer.send(connected, turn("Update")), peer.close(1011, "NET-0001")))
      )
      const { metrics, session } = yield* measured(
        ListenV2.connect(v2).pipe(
          Effect.flatMap((connection) => Stream.runDrain(connection.messages)),
          Effect.scoped,
          Effect.provide(client(server))
        )
      )
      assert.deepStrictEqual(attributesOf(session), {
        "deepgram.operation": "ListenV2.connect",
        "deepgram.model": "flux-general-en",
        "deepgram.reconnects": 0,
        "deepgram.time_to_open_ms": 0,
        "deepgram.audio_seconds": 0,
        "deepgram.request_id": requestId,
        "deepgram.outcome": "IdleTimeout"
      })
      assert.isTrue(session?.status._tag === "Ended" && Exit.isFailure(session.status.exit))
      assert.deepInclude(metrics, ["deepgram_sessions_ended", { channel: "ListenV2", outcome: "IdleTimeout" }, 1])
      assert.deepInclude(metrics, ["deepgram_sessions_active", { channel: "ListenV2" }, 0])
    }))

  it.effect("when it is not opened", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(refuse({ status: 402 }))
      const { metrics, seen, session } = yield* measured(
        ListenV1.connect(v1).pipe(Effect.scoped, Effect.provide(client(server, { retry: once })))
      )
      assert.strictEqual(attributesOf(session)["deepgram.outcome"], "HandshakeRejected")
      assert.deepStrictEqual(metrics.map(([id]) => id), [
        "deepgram_sessions_ended"
      ])
      assert.notInclude(seen.text(), apiKey)
    }))

  it.effect.each([["dialled", silent], ["open", accept()]] as const)(
    "when it is interrupted while it is %s",
    ([, script]) =>
      Effect.gen(function*() {
        const server = yield* serveSockets(script)
        const { metrics, session } = yield* measured(Effect.gen(function*() {
          const fiber = yield* begin(
            Stream.make(audio).pipe(
              Stream.concat(Stream.never),
              ListenV1.transcribeStream(v1),
              Stream.runDrain,
              Effect.provide(client(server))
            )
          )
          if (script === silent) yield* server.dial(0)
          else yield* Effect.flatMap(server.peer(0), ({ next }) => next)
          yield* Fiber.interrupt(fiber)
        }))
        assert.strictEqual(attributesOf(session)["deepgram.outcome"], "interrupted")
        assert.deepInclude(metrics, ["deepgram_sessions_ended", { channel: "ListenV1", outcome: "interrupted" }, 1])
        const active = metrics.filter(([id]) => id === "deepgram_sessions_active").map(([, , value]) => value)
        assert.deepStrictEqual(active, script === silent ? [] : [0])
      })
  )

  it.effect("while it goes on: the audio is counted every 10 seconds", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const counts = yield* Effect.gen(function*() {
        const connection = yield* ListenV1.connect({ ...v1, keepAlive: false })
        const counts: Array<number> = []
        // A frame of a second every 3 seconds: it is looked at with each of them.
        for (let index = 0; index < 10; index++) {
          yield* connection.send(audio)
          counts.push((yield* Metric.value(Metric.withAttributes(Live.audioSeconds, { channel: "ListenV1" }))).count)
          yield* pass(3000)
        }
        yield* begin(Effect.flatMap(server.peer(0), ending()))
        yield* connection.close
        counts.push((yield* Metric.value(Metric.withAttributes(Live.audioSeconds, { channel: "ListenV1" }))).count)
        return counts
      }).pipe(
        Effect.scoped,
        Effect.provide(client(server)),
        Effect.provideService(Metric.MetricRegistry, new Map())
      )
      assert.deepStrictEqual(counts, [0, 0, 0, 0, 5, 5, 5, 5, 9, 9, 10])
    }))

  it.effect("as the one that it is, where it was opened before", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const { metrics, session } = yield* measured(
        open({
          operation: "ListenV1.connect",
          channel,
          rules: {
            requestId: () => undefined,
            complaint: () => undefined,
            acknowledged: () => undefined,
            isResult: () => false
          },
          query: {},
          format: {},
          options: {},
          reconnects: 3
        }).pipe(Effect.scoped, Effect.provide(client(server)))
      )
      assert.strictEqual(attributesOf(session)["deepgram.reconnects"], 3)
      // Once for each session that is not the first.
      assert.deepInclude(metrics, ["deepgram_session_reconnects", { channel: "ListenV1" }, 1])
    }))

  it.effect("once, and counted while it is open", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const active = yield* Effect.gen(function*() {
        const sessions = Metric.withAttributes(Live.activeSessions, { channel: "ListenV1" })
        yield* Effect.all([ListenV1.connect(v1), ListenV1.connect(v1)])
        const open = yield* Metric.value(sessions)
        yield* (yield* server.peer(0)).close(1011)
        return open.count
      }).pipe(
        Effect.scoped,
        Effect.provide(client(server)),
        Effect.provideService(Metric.MetricRegistry, new Map())
      )
      assert.strictEqual(active, 2)
    }))
})
