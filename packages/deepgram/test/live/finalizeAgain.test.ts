import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Stream } from "effect"
import { ListenV1 } from "effect-deepgram"
import { pass, type Sleeps, watchSleeps } from "../support/clock.ts"
import { begin, openV1, results, transports, v1 } from "../support/live.ts"
import { type Peer, serveSockets } from "../support/sockets.ts"

/** A second of audio, of one channel. */
const second = new Uint8Array(32_000)

/** Bytes that fill every buffer on the way to a server that does not read. */
const flood = new Uint8Array(32 * 1024 * 1024)

const timeout = 3000

const finalize = { type: "Finalize" }

/** The answer to a `Finalize`, about audio up to this second. */
const answer = (end: number, channel_index: readonly [number, number] = [0, 1]) =>
  results("x", { is_final: true, from_finalize: true, channel_index, start: end - 0.5, duration: 0.5 })

/** Lets the time of a finalize pass, which begins now. */
const passing = (sleeps: Sleeps, fiber: Fiber.Fiber<boolean, unknown>) =>
  Effect.gen(function*() {
    yield* sleeps.until(timeout)
    yield* pass(timeout - 1)
    assert.isUndefined(fiber.pollUnsafe())
    yield* pass(1)
    assert.isFalse(yield* Fiber.join(fiber))
  })

/** Has the server say something, and waits until the client has heard it. */
const saying = (connection: ListenV1.Connection, peer: Peer, ...messages: ReadonlyArray<object>) =>
  Effect.andThen(peer.send(...messages), Stream.runDrain(Stream.take(connection.messages, messages.length)))

const texts = (peer: Peer) => peer.frames.filter((frame) => typeof frame === "string").map((text) => JSON.parse(text))

describe.each(transports)("the time of finalize over $name", (transport) => {
  it.effect("begins when the audio before it has left", () =>
    Effect.gen(function*() {
      const sleeps = yield* watchSleeps
      const { connection, peer } = yield* openV1(transport, { keepAlive: false })
      yield* peer.pause
      yield* connection.send(flood)
      const sender = yield* begin(connection.send(second))
      const fiber = yield* begin(sleeps.watch(connection.finalize))
      assert.isUndefined(sender.pollUnsafe())
      yield* pass(60_000)
      assert.isUndefined(fiber.pollUnsafe())
      yield* peer.resume
      assert.deepStrictEqual(yield* peer.message, finalize)
      yield* passing(sleeps, fiber)
    }))

  it.effect("begins when the channel is open", () =>
    Effect.gen(function*() {
      const sleeps = yield* watchSleeps
      const gate = yield* Deferred.make<void>()
      const server = yield* serveSockets((dial) => Effect.andThen(Deferred.await(gate), dial.accept()))
      const options = { ...v1, keepAlive: false, waitForOpen: false, openTimeout: "10 minutes" } as const
      const connection = yield* ListenV1.connect(options).pipe(Effect.provide(transport.client(server)))
      yield* connection.send(second)
      const fiber = yield* begin(sleeps.watch(connection.finalize))
      yield* pass(60_000)
      assert.isUndefined(fiber.pollUnsafe())
      yield* Deferred.succeed(gate, undefined)
      const peer = yield* server.peer(0)
      assert.deepStrictEqual(yield* peer.message, finalize)
      yield* passing(sleeps, fiber)
    }))
})

describe.each(transports)("finalize, and again, over $name", (transport) => {
  /** A session in which a finalize about the first second was given up. */
  const givenUp = Effect.fnUntraced(function*(options: Partial<ListenV1.LiveOptions> = {}) {
    const sleeps = yield* watchSleeps
    const { connection, peer } = yield* openV1(transport, { keepAlive: false, ...options })
    const seconds = options.channels ?? 1
    yield* connection.send(new Uint8Array(second.length * seconds))
    const first = yield* begin(sleeps.watch(connection.finalize))
    yield* peer.message
    yield* passing(sleeps, first)
    const again = Effect.gen(function*() {
      yield* connection.send(new Uint8Array(second.length * seconds))
      const fiber = yield* begin(connection.finalize)
      assert.deepStrictEqual(yield* peer.message, finalize)
      return fiber
    })
    return { connection, peer, again }
  })

  it.effect("is not answered by what came too late for the first one", () =>
    Effect.gen(function*() {
      const { again, connection, peer } = yield* givenUp()
      const fiber = yield* again
      yield* saying(connection, peer, answer(1))
      assert.isUndefined(fiber.pollUnsafe())
      yield* saying(connection, peer, answer(2))
      assert.isTrue(yield* Fiber.join(fiber))
    }))

  it.effect("is answered also where the first one never was", () =>
    Effect.gen(function*() {
      const { again, connection, peer } = yield* givenUp()
      const fiber = yield* again
      yield* saying(connection, peer, answer(2))
      assert.isTrue(yield* Fiber.join(fiber))
      assert.isFalse(yield* connection.finalize)
      yield* connection.send(second)
      const third = yield* begin(connection.finalize)
      yield* peer.message
      yield* saying(connection, peer, answer(3))
      assert.isTrue(yield* Fiber.join(third))
    }))

  it.effect("is answered also where it is not known how far the audio is", () =>
    Effect.gen(function*() {
      const { again, connection, peer } = yield* givenUp({ encoding: "opus" })
      const fiber = yield* again
      yield* saying(connection, peer, answer(1))
      assert.isTrue(yield* Fiber.join(fiber))
    }))

  it.effect("is not answered by what came too late, on several channels", () =>
    Effect.gen(function*() {
      const { again, connection, peer } = yield* givenUp({ channels: 2, multichannel: true })
      yield* saying(connection, peer, answer(1, [1, 2]))
      const fiber = yield* again
      yield* saying(connection, peer, answer(1, [0, 2]), answer(2, [0, 2]))
      assert.isUndefined(fiber.pollUnsafe())
      yield* saying(connection, peer, answer(2, [1, 2]))
      assert.isTrue(yield* Fiber.join(fiber))
    }))

  it.effect("about the same audio does not ask again", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* givenUp()
      const fiber = yield* begin(connection.finalize)
      yield* saying(connection, peer, answer(1))
      assert.isTrue(yield* Fiber.join(fiber))
      yield* begin(connection.close)
      yield* peer.message
      assert.deepStrictEqual(texts(peer), [finalize, { type: "CloseStream" }])
    }))

  const shared: ReadonlyArray<readonly [channels: number, answers: ReadonlyArray<object>]> = [
    [1, [answer(1)]],
    [2, [answer(1, [1, 2]), answer(1, [0, 2])]]
  ]

  it.effect.each(shared)("at once is asked once, of %i channels", ([channels, answers]) =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport, { channels, multichannel: true, keepAlive: false })
      yield* connection.send(new Uint8Array(second.length * channels))
      const fibers = yield* Effect.all([begin(connection.finalize), begin(connection.finalize)])
      assert.deepStrictEqual(yield* peer.message, finalize)
      for (const one of answers) {
        for (const fiber of fibers) assert.isUndefined(fiber.pollUnsafe())
        yield* saying(connection, peer, one)
      }
      for (const fiber of fibers) assert.isTrue(yield* Fiber.join(fiber))
      yield* begin(connection.close)
      yield* peer.message
      assert.deepStrictEqual(texts(peer), [finalize, { type: "CloseStream" }])
    }))

  it.effect("goes on for the one when the other is interrupted", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport, { keepAlive: false })
      yield* connection.send(second)
      const [first, other] = yield* Effect.all([begin(connection.finalize), begin(connection.finalize)])
      yield* peer.message
      yield* Fiber.interrupt(first)
      yield* saying(connection, peer, answer(1))
      assert.isTrue(yield* Fiber.join(other))
    }))

  it.effect("about more audio at once: each is answered by its own", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport, { keepAlive: false })
      yield* connection.send(second)
      const first = yield* begin(connection.finalize)
      yield* connection.send(second)
      const other = yield* begin(connection.finalize)
      yield* peer.message
      yield* peer.message
      yield* saying(connection, peer, answer(1))
      assert.isTrue(yield* Fiber.join(first))
      assert.isUndefined(other.pollUnsafe())
      yield* saying(connection, peer, answer(2))
      assert.isTrue(yield* Fiber.join(other))
    }))
})

describe.each(transports)("what finalize waits for, over $name", (transport) => {
  it.effect("is silence, and not time, while results come nearer", () =>
    Effect.gen(function*() {
      const sleeps = yield* watchSleeps
      const { connection, peer } = yield* openV1(transport, { keepAlive: false })
      yield* connection.send(new Uint8Array(10 * second.length))
      const fiber = yield* begin(sleeps.watch(connection.finalize))
      yield* peer.message
      for (let end = 1; end < 10; end++) {
        yield* pass(2000)
        yield* saying(connection, peer, results("more", { is_final: true, start: end - 1 }))
      }
      assert.isUndefined(fiber.pollUnsafe())
      yield* saying(connection, peer, answer(10))
      assert.isTrue(yield* Fiber.join(fiber))
    }))

  it.effect("has reached the reader when it is over", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport, { keepAlive: false })
      const read: Array<string> = []
      yield* begin(Stream.runForEach(connection.messages, ({ type }) => Effect.sync(() => read.push(type))))
      yield* connection.send(second)
      const fiber = yield* begin(Effect.map(connection.finalize, () => read.length))
      yield* peer.message
      yield* peer.send(results("before", { is_final: true, duration: 0.5 }), answer(1))
      assert.strictEqual(yield* Fiber.join(fiber), 2)
    }))

  it.effect("is the same answer for two that ask before the opening", () =>
    Effect.gen(function*() {
      const gate = yield* Deferred.make<void>()
      const server = yield* serveSockets((dial) => Effect.andThen(Deferred.await(gate), dial.accept()))
      const connection = yield* ListenV1.connect({ ...v1, keepAlive: false, waitForOpen: false }).pipe(
        Effect.provide(transport.client(server))
      )
      yield* connection.send(second)
      const fibers = [yield* begin(connection.finalize), yield* begin(connection.finalize)]
      yield* Deferred.succeed(gate, undefined)
      const peer = yield* server.peer(0)
      yield* peer.message
      yield* peer.message
      yield* peer.send(answer(1))
      assert.deepStrictEqual(yield* Effect.forEach(fibers, (fiber) => Fiber.join(fiber)), [true, true])
    }))
})
