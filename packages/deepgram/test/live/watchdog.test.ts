import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { ListenV1 } from "effect-deepgram"
import { pass } from "../support/clock.ts"
import {
  begin,
  ending,
  failing,
  hear,
  openWatched,
  requestId,
  results,
  settled,
  transports,
  v1,
  ws
} from "../support/live.ts"
import type { Peer } from "../support/sockets.ts"

const audio = new Uint8Array(3200)

const watched = ListenV1.connect({ ...v1, keepAlive: false, watchdog: "7 seconds" })

/** Sends audio each second, for so many milliseconds; nothing of it is answered, and the session goes on. */
const speaking = (connection: ListenV1.Connection, millis: number) =>
  Effect.forEach(
    Array.from({ length: millis / 1000 }),
    () => Effect.andThen(connection.send(audio), pass(1000)),
    { discard: true }
  )

describe.each(transports)("the watchdog over $name", (transport) => {
  it.effect("ends a session whose audio is not answered, exactly then", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(watched, transport)
      yield* sleeps.until(7000)
      yield* pass(2000)
      yield* peer.send(results("before"))
      yield* Stream.runHead(connection.messages)
      yield* connection.send(audio)
      yield* pass(3000)
      yield* connection.send(audio)
      yield* pass(2000)
      yield* sleeps.until(2000)
      yield* connection.send(audio)
      yield* pass(1999)
      yield* connection.send(audio)
      yield* pass(1)
      const { error } = yield* hear(connection.messages)
      if (error?._tag !== "TimedOut") return assert.fail(String(error))
      assert.strictEqual(
        error.message,
        "ListenV1.connect: no message came, although audio was sent, within 7s (the option watchdog allows more) " +
          `[request ${requestId}]`
      )
      assert.strictEqual(yield* Effect.flip(connection.send(audio)), error)
      assert.strictEqual(yield* Effect.flip(connection.close), error)
      assert.strictEqual((yield* peer.closed).code, 1000)
    }))

  it.effect("does nothing while no audio is sent", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openWatched(watched, transport)
      yield* pass(3_600_000)
      yield* connection.send(audio)
      yield* begin(ending()(peer))
      yield* connection.close
    }))

  it.effect("begins anew with each message", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openWatched(watched, transport)
      for (let index = 0; index < 10; index++) {
        yield* connection.send(audio)
        yield* pass(6000)
        yield* peer.send(results(String(index)))
        yield* Stream.runHead(connection.messages)
      }
      yield* pass(60_000)
      yield* begin(ending()(peer))
      yield* connection.close
    }))

  it.effect("is off unless it is asked for", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openWatched(ListenV1.connect({ ...v1, keepAlive: false }), transport)
      yield* connection.send(audio)
      yield* pass(3_600_000)
      yield* begin(ending()(peer))
      yield* failing("SendAfterClose", Effect.andThen(connection.close, connection.send(audio)))
    }))

  it.effect.each([6000, 3_600_000])(
    "does nothing after a single frame, and begins anew when audio flows again, after %i ms",
    (millis) =>
      Effect.gen(function*() {
        const { connection } = yield* openWatched(watched, transport)
        yield* connection.send(audio)
        yield* pass(millis)
        yield* speaking(connection, 6000)
        yield* pass(999)
        yield* connection.send(audio)
        yield* pass(1)
        yield* failing("TimedOut", connection.send(audio))
      })
  )

  it.effect("takes a short pause for audio that flows", () =>
    Effect.gen(function*() {
      const { connection } = yield* openWatched(watched, transport)
      yield* connection.send(audio)
      yield* pass(3500)
      yield* connection.send(audio)
      yield* pass(3499)
      yield* connection.send(audio)
      yield* pass(1)
      yield* failing("TimedOut", connection.send(audio))
    }))
})

describe("the watchdog over ws", () => {
  /** More than is taken in before the server has to wait. */
  const flood = Effect.fnUntraced(function*({ connection, peer }: {
    readonly connection: ListenV1.Connection
    readonly peer: Peer
  }, count: number) {
    const text = "x".repeat(65_536)
    for (let start = 0; start < count; start++) yield* peer.send(results(text, { is_final: true, start }))
    return yield* settled(() => Effect.runSync(connection.position).acknowledged)
  })

  it.effect("does nothing while the server waits because nobody reads", () =>
    Effect.gen(function*() {
      const opened = yield* openWatched(watched, ws)
      const { connection } = opened
      const heard = yield* flood(opened, 100)
      assert.isBelow(heard, 100)
      yield* speaking(connection, 60_000)
      yield* connection.send(audio)
      yield* Stream.runDrain(Stream.take(connection.messages, 100))
      yield* speaking(connection, 6000)
      yield* pass(1000)
      yield* failing("TimedOut", connection.send(audio))
    }))

  it.effect("begins anew when somebody reads, also if nothing comes at once", () =>
    Effect.gen(function*() {
      const opened = yield* openWatched(watched, ws)
      const { connection } = opened
      // The last one of these makes the server wait, so that there is nothing more to come.
      assert.strictEqual(yield* flood(opened, 4), 4)
      yield* speaking(connection, 6000)
      yield* Stream.runDrain(Stream.take(connection.messages, 4))
      yield* speaking(connection, 6000)
      yield* pass(999)
      yield* connection.send(audio)
      yield* pass(1)
      yield* failing("TimedOut", connection.send(audio))
    }))
})

describe.each(transports)("the watchdog of a sender that waits, over $name", (transport) => {
  it.effect("sees that nothing gets through, although nothing can be sent any more", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(watched, transport)
      yield* sleeps.until(7000)
      yield* peer.pause
      // It fills every buffer on the way, and the next sender waits.
      yield* connection.send(new Uint8Array(32 * 1024 * 1024))
      const sender = yield* begin(Effect.flip(connection.send(audio)))
      assert.isUndefined(sender.pollUnsafe())
      yield* pass(7000)
      const { error } = yield* hear(connection.messages)
      assert.strictEqual(error?._tag, "TimedOut")
      assert.strictEqual(yield* Effect.map(Fiber.join(sender), ({ _tag }) => _tag), "TimedOut")
    }))

  it.effect("sees it also when the last message came after the last audio", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(watched, transport)
      yield* sleeps.until(7000)
      yield* peer.pause
      yield* connection.send(new Uint8Array(32 * 1024 * 1024))
      const sender = yield* begin(Effect.flip(connection.send(audio)))
      yield* peer.send(results("late"))
      yield* Stream.runHead(connection.messages)
      yield* pass(7000)
      yield* sleeps.until(7000)
      yield* pass(7000)
      assert.strictEqual(yield* Effect.map(Fiber.join(sender), ({ _tag }) => _tag), "TimedOut")
    }))

  it.effect("and finalize does not take that for nothing to flush", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(
        ListenV1.connect({ ...v1, keepAlive: false, watchdog: "7 seconds", finalizeTimeout: "1 minute" }),
        transport
      )
      yield* sleeps.until(7000)
      yield* connection.send(audio)
      const finalizing = yield* begin(Effect.flip(connection.finalize))
      yield* peer.message
      yield* pass(3000)
      yield* connection.send(audio)
      yield* pass(2000)
      yield* connection.send(audio)
      yield* pass(2000)
      assert.strictEqual(yield* Effect.map(Fiber.join(finalizing), ({ _tag }) => _tag), "TimedOut")
    }))
})
