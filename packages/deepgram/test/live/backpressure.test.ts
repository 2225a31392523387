import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { begin, ending, failing, openV1, settled, transports } from "../support/live.ts"

const frame = new Uint8Array(65_536)

const mebibyte = 1024 * 1024

/** What network, runtimes and SDK may hold together while nobody reads. */
const allowed = 16 * mebibyte

const total = 64 * mebibyte

const control = { keepAlive: false } as const

const sizeOf = (frames: ReadonlyArray<string | Buffer>): number =>
  frames.reduce((sum, frame) => sum + (typeof frame === "string" ? 0 : frame.byteLength), 0)

describe.each(transports)("a server that does not read, over $name", (transport) => {
  /** A producer that sends as fast as it may, and how many bytes it got rid of. */
  const producing = Effect.gen(function*() {
    const { connection, peer } = yield* openV1(transport, control)
    yield* peer.pause
    let accepted = 0
    const producer = yield* begin(Effect.whileLoop({
      while: () => accepted < total,
      body: () => connection.send(frame),
      step: () => {
        accepted += frame.byteLength
      }
    }))
    yield* settled(() => accepted)
    assert.isUndefined(producer.pollUnsafe())
    assert.isAtLeast(accepted, frame.byteLength)
    assert.isBelow(accepted, allowed)
    return { connection, peer, producer, accepted: () => accepted }
  })

  it.effect("makes the sender wait, and lets it go on when it reads", () =>
    Effect.gen(function*() {
      const { connection, peer, producer } = yield* producing
      yield* peer.resume
      yield* Fiber.join(producer)
      yield* begin(ending()(peer))
      yield* connection.close
      assert.strictEqual(sizeOf(peer.frames), total)
    }))

  it.effect("lets go of a sender that is interrupted, whose frame is not sent", () =>
    Effect.gen(function*() {
      const { accepted, connection, peer, producer } = yield* producing
      yield* Fiber.interrupt(producer)
      yield* peer.resume
      yield* begin(ending()(peer))
      yield* connection.close
      assert.strictEqual(sizeOf(peer.frames), accepted())
    }))

  it.effect("lets go of senders when it resets the connection", () =>
    Effect.gen(function*() {
      const { peer, producer } = yield* producing
      yield* peer.reset
      const error = yield* failing("ConnectionClosed", Fiber.join(producer))
      assert.strictEqual(error.code, 1006)
    }))

  it.effect("lets go of senders when it closes instead", () =>
    Effect.gen(function*() {
      const { peer, producer } = yield* producing
      yield* peer.close(1011, "NET-0000")
      yield* peer.resume
      const error = yield* failing("ConnectionClosed", Fiber.join(producer))
      assert.strictEqual(error.code, 1011)
    }))

  it.effect("holds several senders at once, in order", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport, control)
      yield* peer.pause
      yield* connection.send(new Uint8Array(allowed))
      const senders = yield* Effect.forEach(
        Array.from({ length: 20 }, (_, index) => index),
        (index) =>
          begin(Effect.forEach(
            Array.from({ length: 20 }, (_, round) => round),
            (round) => connection.send(Uint8Array.of(index, round)),
            { discard: true }
          ))
      )
      assert.isTrue(senders.every((fiber) => fiber.pollUnsafe() === undefined))
      yield* peer.resume
      yield* Effect.forEach(senders, (fiber) => Fiber.join(fiber))
      yield* begin(ending()(peer))
      yield* connection.close
      const [, ...frames] = peer.frames.filter((frame) => Buffer.isBuffer(frame))
      assert.strictEqual(frames.length, 400)
      assert.deepStrictEqual(
        frames.slice(0, 20).map(([index]) => index),
        Array.from({ length: 20 }, (_, index) => index)
      )
      for (let index = 0; index < 20; index++) {
        assert.deepStrictEqual(
          frames.filter(([sender]) => sender === index).map(([, round]) => round),
          Array.from({ length: 20 }, (_, round) => round)
        )
      }
    }))
})
