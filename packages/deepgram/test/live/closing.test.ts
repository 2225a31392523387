import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Scope, Stream } from "effect"
import { ListenV1, ListenV2 } from "effect-deepgram"
import { pass, watchSleeps } from "../support/clock.ts"
import {
  begin,
  connected,
  ending,
  failing,
  hear,
  metadata,
  openV1,
  openV2,
  requestId,
  results,
  settled,
  textOf,
  transports,
  turn,
  v1,
  v2
} from "../support/live.ts"
import { accept, refuse, serveSockets, serving, silent } from "../support/sockets.ts"

const audio = new Uint8Array(3200)

describe.each(transports)("closing over $name", (transport) => {
  it.effect("waits for everything that the server still has to say", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      yield* connection.send(audio)
      const closing = yield* begin(connection.close)
      yield* peer.message
      yield* peer.send(results("one"), results("two"))
      yield* peer.send(metadata)
      assert.isUndefined(closing.pollUnsafe())
      yield* peer.close(1000)
      yield* Fiber.join(closing)
      assert.deepStrictEqual(peer.frames.map((frame) => typeof frame === "string" ? frame : "audio"), [
        "audio",
        `{"type":"CloseStream"}`
      ])
      const { error, messages } = yield* hear(connection.messages)
      assert.isUndefined(error)
      assert.deepStrictEqual(messages.map(({ type }) => type), ["Results", "Results", "Metadata"])
      assert.deepStrictEqual(textOf(messages), ["one", "two"])
      assert.deepStrictEqual(yield* peer.closed, { code: 1000, reason: "" })
    }))

  it.effect("hears the end also where so much is waiting that the server was made to wait", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      const text = "x".repeat(65_536)
      for (let start = 0; start < 100; start++) yield* peer.send(results(text, { is_final: true, start }))
      yield* settled(() => Effect.runSync(connection.position).acknowledged)
      yield* begin(ending()(peer))
      yield* connection.close
      assert.strictEqual((yield* hear(connection.messages)).messages.length, 101)
    }))

  it.effect.each([1005, 1000])("of Flux ends with %i", (code) =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV2(transport)
      yield* peer.send(connected)
      yield* begin(ending([turn("Update")], code === 1005 ? undefined : code)(peer))
      yield* connection.close
      const { error, messages } = yield* hear(connection.messages)
      assert.isUndefined(error)
      assert.deepStrictEqual(messages.map(({ type }) => type), ["Connected", "TurnInfo"])
    }))

  it.effect("of listen v1 does not end with 1005", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      yield* begin(Effect.andThen(peer.message, peer.close()))
      const error = yield* failing("ConnectionClosed", connection.close)
      assert.strictEqual(error.code, 1005)
    }))

  it.effect("fails when the server ends it before its last message: something may be missing", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      yield* begin(ending([results("one")])(peer))
      const error = yield* failing("ConnectionClosed", connection.close)
      assert.strictEqual(error.code, 1000)
      assert.include(error.message, "before it had said everything")
      const heard = yield* hear(connection.messages)
      assert.deepStrictEqual(textOf(heard.messages), ["one"])
      assert.strictEqual(heard.error, error)
    }))

  it.effect("fails with what the server closes with instead", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      yield* begin(ending([results("one")], 1011)(peer))
      const error = yield* failing("ConnectionClosed", connection.close)
      assert.deepStrictEqual([error.code, error.requestId], [1011, requestId])
      const heard = yield* hear(connection.messages)
      assert.deepStrictEqual(textOf(heard.messages), ["one"])
      assert.strictEqual(heard.error, error)
    }))

  it.effect("is bounded, each message beginning the time anew; then the socket is gone", () =>
    Effect.gen(function*() {
      const sleeps = yield* watchSleeps
      const server = yield* serveSockets(accept())
      const { closing, connection } = yield* Effect.gen(function*() {
        const connection = yield* ListenV1.connect({ ...v1, drainTimeout: "7 seconds", keepAlive: false })
        return { connection, closing: yield* begin(connection.close) }
      }).pipe(Effect.provide(transport.client(server)), sleeps.watch)
      const peer = yield* server.peer(0)
      yield* sleeps.until(7000)
      yield* pass(5000)
      const reading = yield* begin(Stream.runHead(connection.messages))
      yield* peer.send(results("late"))
      yield* Fiber.join(reading)
      yield* pass(2000)
      yield* sleeps.until(5000)
      yield* pass(4999)
      assert.isUndefined(closing.pollUnsafe())
      yield* pass(1)
      const error = yield* failing("TimedOut", Fiber.join(closing))
      assert.strictEqual(
        error.message,
        "ListenV1.connect: the server did not end the session within 7s (the option drainTimeout allows more) " +
          `[request ${requestId}]`
      )
      assert.strictEqual((yield* hear(connection.messages)).error, error)
      assert.strictEqual((yield* peer.closed).code, 1000)
    }))

  it.effect("of a server that does not read is bounded, too", () =>
    Effect.gen(function*() {
      const sleeps = yield* watchSleeps
      const server = yield* serveSockets(accept())
      const { closing, sender } = yield* Effect.gen(function*() {
        const connection = yield* ListenV1.connect({ ...v1, keepAlive: false })
        yield* Effect.flatMap(server.peer(0), (peer) => peer.pause)
        yield* connection.send(new Uint8Array(32 * 1024 * 1024))
        const sender = yield* begin(connection.send(audio))
        return { closing: yield* begin(connection.close), sender }
      }).pipe(Effect.provide(transport.client(server)), sleeps.watch)
      assert.isUndefined(sender.pollUnsafe())
      yield* sleeps.until(10_000)
      yield* pass(10_000)
      const error = yield* failing("TimedOut", Fiber.join(closing))
      assert.strictEqual(yield* Effect.flip(Fiber.join(sender)), error)
    }))

  it.effect("twice is closing once", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      const closings = yield* Effect.all([begin(connection.close), begin(connection.close)])
      yield* peer.message
      yield* peer.send(metadata)
      yield* peer.close(1000)
      yield* Effect.forEach(closings, (fiber) => Fiber.join(fiber))
      yield* connection.close
      assert.strictEqual(peer.frames.length, 1)
    }))

  it.effect("goes on after an interruption", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      const closing = yield* begin(connection.close)
      yield* peer.message
      yield* Fiber.interrupt(closing)
      yield* failing("SendAfterClose", connection.send(audio))
      yield* peer.send(metadata)
      yield* peer.close(1000)
      yield* connection.close
      assert.strictEqual(peer.frames.length, 1)
    }))

  it.effect("lets nothing be sent afterwards", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      yield* peer.send(results("one"))
      yield* Stream.runHead(connection.messages)
      const closing = yield* begin(connection.close)
      const expected = `ListenV1.connect: not sent: the session was closed here before [request ${requestId}]`
      const refused = Effect.gen(function*() {
        assert.strictEqual((yield* failing("SendAfterClose", connection.send(audio))).message, expected)
        assert.strictEqual((yield* failing("SendAfterClose", connection.send(new Uint8Array(0)))).message, expected)
        assert.strictEqual((yield* failing("SendAfterClose", connection.finalize)).message, expected)
      })
      yield* refused
      yield* ending()(peer)
      yield* Fiber.join(closing)
      yield* refused
      assert.strictEqual(peer.frames.length, 1)
    }))

  it.effect("lets nothing be asked afterwards", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV2(transport)
      const closing = yield* begin(connection.close)
      const refused = Effect.gen(function*() {
        yield* failing("SendAfterClose", connection.configure({ numerals: true }))
        yield* failing("SendAfterClose", connection.forceEndTurn)
      })
      yield* refused
      yield* ending([], undefined)(peer)
      yield* Fiber.join(closing)
      yield* refused
    }))

  it.effect("while it is dialled sends everything first", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(serving(ending([results("one"), metadata])))
      const connection = yield* ListenV1.connect({ ...v1, waitForOpen: false }).pipe(
        Effect.provide(transport.client(server))
      )
      yield* connection.send(audio)
      yield* connection.close
      assert.deepStrictEqual(textOf((yield* hear(connection.messages)).messages), ["one"])
      const { frames } = yield* server.peer(0)
      assert.strictEqual(frames.length, 2)
    }))

  it.effect("while it is dialled fails with what the dial fails with", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(refuse({ status: 402 }))
      const connection = yield* ListenV1.connect({ ...v1, waitForOpen: false }).pipe(
        Effect.provide(transport.client(server))
      )
      yield* failing("HandshakeRejected", connection.close)
    }))
})

describe.each(transports)("the end of the scope over $name", (transport) => {
  it.effect("closes at once, and whoever still waits is told", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const scope = yield* Scope.make()
      const connection = yield* ListenV1.connect(v1).pipe(
        Effect.provide(transport.client(server)),
        Scope.provide(scope)
      )
      const peer = yield* server.peer(0)
      yield* peer.pause
      yield* connection.send(new Uint8Array(32 * 1024 * 1024))
      const sender = yield* begin(connection.send(audio))
      const reader = yield* begin(hear(connection.messages))
      const closing = yield* begin(Effect.flip(connection.close))
      assert.isUndefined(sender.pollUnsafe())
      yield* peer.resume
      yield* Scope.close(scope, Exit.void)
      assert.isDefined((yield* Fiber.join(reader)).error)
      yield* Fiber.join(closing)
      yield* Fiber.await(sender)
      yield* Effect.flip(connection.send(audio))
      yield* peer.closed
    }))

  it.effect("ended by another fiber than the one that dials, closes at once", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(silent)
      const scope = yield* Scope.make()
      const dialling = yield* begin(
        ListenV1.connect(v1).pipe(
          Effect.provide(transport.client(server)),
          Scope.provide(scope)
        )
      )
      const dial = yield* server.dial(0)
      yield* Scope.close(scope, Exit.void)
      yield* dial.gone
      yield* Fiber.interrupt(dialling)
    }))

  it.effect("while it is dialled closes at once, and whoever waits is told", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(silent)
      const scope = yield* Scope.make()
      const connection = yield* ListenV2.connect({ ...v2, waitForOpen: false, capacity: 1 }).pipe(
        Effect.provide(transport.client(server)),
        Scope.provide(scope)
      )
      yield* connection.send(audio)
      const waiting: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
        Effect.flip(connection.send(audio)),
        Effect.flip(connection.configure({ numerals: true })),
        Effect.map(hear(connection.messages), ({ error }) => assert.isDefined(error)),
        Effect.flip(connection.close)
      ]
      const fibers = yield* Effect.forEach(waiting, begin)
      const dial = yield* server.dial(0)
      yield* Scope.close(scope, Exit.void)
      yield* Effect.forEach(fibers, (fiber) => Fiber.join(fiber))
      yield* Effect.flip(connection.send(audio))
      yield* dial.gone
    }))
})
