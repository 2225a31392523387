import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { type DeepgramError, ListenV1, ListenV2 } from "effect-deepgram"
import { bytesOf } from "../support/audio.ts"
import { begin, failing, metadata, openV1, openV2, transports, v1, v2 } from "../support/live.ts"
import { accept, type Frame, refuse, serveSockets } from "../support/sockets.ts"

/** A frame that says which one it is. */
const numbered = (index: number, length = 8): Uint8Array => {
  const frame = new Uint8Array(length)
  new DataView(frame.buffer).setUint32(0, index)
  return frame
}

/** Frames as they were sent: the number of audio, the type of the rest. */
const order = (frames: ReadonlyArray<Frame>): ReadonlyArray<unknown> =>
  frames.map((frame) => typeof frame === "string" ? JSON.parse(frame).type : frame.readUInt32BE(0))

/** More than the network takes in while nobody reads. */
const flood = 32 * 1024 * 1024

const control = { keepAlive: false } as const

describe.each(transports)("what is sent over $name", (transport) => {
  it.effect("comes in the order in which it was handed in, audio and control messages alike", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport, control)
      const expected: Array<unknown> = []
      for (let index = 0; index < 10_000; index++) {
        yield* connection.send(numbered(index, 8 + index % 700))
        expected.push(index)
        if (index % 500 === 499) {
          yield* begin(connection.finalize)
          expected.push("Finalize")
        }
      }
      const closing = yield* begin(connection.close)
      yield* Effect.whileLoop({
        while: () => order(peer.frames.slice(-1))[0] !== "CloseStream",
        body: () => peer.next,
        step: () => {}
      })
      yield* peer.send(metadata)
      yield* peer.close(1000)
      yield* Fiber.join(closing)
      assert.deepStrictEqual(order(peer.frames), [...expected, "CloseStream"])
    }))

  it.effect("nothing overtakes audio whose sender waits", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport, control)
      yield* peer.pause
      yield* connection.send(numbered(0, flood))
      const waiting = yield* Effect.all([
        begin(connection.send(numbered(1))),
        begin(connection.send(numbered(2, 100_000))),
        begin(connection.send(numbered(3)))
      ])
      const finalizing = yield* begin(connection.finalize)
      const closing = yield* begin(connection.close)
      assert.isTrue(waiting.every((fiber) => fiber.pollUnsafe() === undefined))
      yield* failing("SendAfterClose", connection.send(numbered(4)))
      yield* peer.resume
      yield* Effect.forEach(waiting, Fiber.join)
      for (let index = 0; index < 6; index++) yield* peer.next
      assert.deepStrictEqual(order(peer.frames), [0, 1, 2, 3, "Finalize", "CloseStream"])
      yield* peer.send(metadata)
      yield* peer.close(1000)
      yield* Fiber.join(closing)
      yield* Fiber.await(finalizing)
    }))

  it.effect("is sent once, also by a sender that closes as soon as it may go on", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport, control)
      yield* peer.pause
      yield* connection.send(numbered(0, flood))
      const closing = yield* begin(Effect.andThen(connection.send(numbered(1)), connection.close))
      const other = yield* begin(connection.send(numbered(2)))
      assert.isUndefined(closing.pollUnsafe())
      yield* peer.resume
      for (let index = 0; index < 4; index++) yield* peer.next
      yield* peer.send(metadata)
      yield* peer.close(1000)
      yield* Fiber.join(closing)
      yield* Fiber.join(other)
      assert.deepStrictEqual(order(peer.frames), [0, 1, 2, "CloseStream"])
    }))

  it.effect("has no empty frames in it, because they end the audio", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport, control)
      yield* connection.send(new Uint8Array(0))
      yield* connection.send(numbered(1))
      yield* connection.send(numbered(2).subarray(3, 3))
      yield* connection.send(numbered(3))
      yield* peer.pause
      yield* connection.send(numbered(4, flood))
      yield* connection.send(new Uint8Array(0))
      yield* peer.resume
      for (let index = 0; index < 3; index++) yield* peer.next
      assert.deepStrictEqual(order(peer.frames), [1, 3, 4])
    }))

  it.effect.each([1, 125, 126, 4096, 65_535, 65_536, 300_000])(
    "is what it was when it was handed in: %i bytes",
    (length) =>
      Effect.gen(function*() {
        const { connection, peer } = yield* openV1(transport, control)
        const expected = Buffer.from(bytesOf(length))
        const whole = new Uint8Array(length + 20)
        for (const [from, to] of [[0, length], [7, 7 + length]] as const) {
          const frame = whole.subarray(from, to)
          frame.set(expected)
          yield* connection.send(frame)
          whole.fill(255)
        }
        const came = [yield* peer.next, yield* peer.next]
        for (const frame of came) assert.isTrue(Buffer.isBuffer(frame) && frame.equals(expected))
      })
  )

  it.effect("is what it was when its sender was let go on", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport, control)
      yield* peer.pause
      const first = numbered(1, flood)
      yield* connection.send(first)
      first.fill(255)
      const second = numbered(2, 1000)
      const sender = yield* begin(Effect.tap(connection.send(second), () => Effect.sync(() => second.fill(255))))
      assert.isUndefined(sender.pollUnsafe())
      yield* peer.resume
      yield* Fiber.join(sender)
      const came = [yield* peer.next, yield* peer.next]
      assert.deepStrictEqual(order(came), [1, 2])
      assert.isTrue(Buffer.isBuffer(came[0]) && came[0].subarray(4).every((byte) => byte === 0))
      assert.isTrue(Buffer.isBuffer(came[1]) && came[1].equals(Buffer.from(numbered(2, 1000))))
    }))
})

/** A server that opens the socket, or does not, when the test says so. */
const gated = Effect.map(Deferred.make<boolean>(), (gate) => ({
  let: (opens: boolean) => Deferred.succeed(gate, opens),
  server: serveSockets((dial) =>
    Effect.flatMap(Deferred.await(gate), (opens) => (opens ? accept() : refuse({ status: 403 }))(dial))
  )
}))

describe.each(transports)("what is sent over $name before it is open", (transport) => {
  const dialling = Effect.fnUntraced(function*(options: Partial<ListenV1.LiveOptions>) {
    const gate = yield* gated
    const server = yield* gate.server
    const connection = yield* ListenV1.connect(
      { ...v1, ...control, waitForOpen: false, ...options } as ListenV1.LiveOptions
    ).pipe(Effect.provide(transport.client(server)))
    return { connection, gate, server }
  })

  it.effect("is taken in up to the capacity; the rest waits, and all of it comes in order", () =>
    Effect.gen(function*() {
      const { connection, gate, server } = yield* dialling({ capacity: 1000 })
      const frame = numbered(0, 100)
      for (let index = 0; index < 9; index++) {
        new DataView(frame.buffer).setUint32(0, index)
        yield* connection.send(frame)
        frame.fill(255)
      }
      const waiting: ReadonlyArray<Fiber.Fiber<unknown, DeepgramError.LiveError>> = yield* Effect.all([
        begin(connection.send(numbered(9, 200))),
        // It would fit, but not before the one that does not.
        begin(connection.send(numbered(10))),
        begin(connection.send(numbered(11))),
        begin(connection.finalize),
        begin(connection.send(numbered(12, 5000)))
      ])
      yield* connection.send(new Uint8Array(0))
      const closing = yield* begin(connection.close)
      assert.isTrue(waiting.every((fiber) => fiber.pollUnsafe() === undefined))
      yield* gate.let(true)
      const peer = yield* server.peer(0)
      for (let index = 0; index < 15; index++) yield* peer.next
      assert.deepStrictEqual(order(peer.frames), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, "Finalize", 12, "CloseStream"])
      yield* peer.send(metadata)
      yield* peer.close(1000)
      yield* Fiber.join(closing)
    }))

  it.effect("may be one frame that is larger than the capacity", () =>
    Effect.gen(function*() {
      const { connection, gate, server } = yield* dialling({ capacity: 10 })
      yield* connection.send(numbered(0, 1000))
      const second = yield* begin(connection.send(numbered(1)))
      assert.isUndefined(second.pollUnsafe())
      yield* gate.let(true)
      yield* Fiber.join(second)
      const peer = yield* server.peer(0)
      assert.deepStrictEqual(order([yield* peer.next, yield* peer.next]), [0, 1])
    }))

  it.effect("is 1 MiB at most, unless told otherwise", () =>
    Effect.gen(function*() {
      const { connection, gate } = yield* dialling({})
      for (let index = 0; index < 16; index++) yield* connection.send(numbered(index, 65_536))
      const waiting = yield* begin(connection.send(numbered(16)))
      assert.isUndefined(waiting.pollUnsafe())
      yield* gate.let(true)
      yield* Fiber.join(waiting)
    }))

  it.effect("fails with what the dial fails with", () =>
    Effect.gen(function*() {
      const { connection, gate } = yield* dialling({ capacity: 10 })
      yield* connection.send(numbered(0))
      const failures: ReadonlyArray<Effect.Effect<DeepgramError.LiveError, unknown>> = [
        Effect.flip(connection.send(numbered(1))),
        Effect.flip(connection.finalize),
        Effect.flip(connection.close)
      ]
      const waiting = yield* Effect.forEach(failures, begin)
      yield* gate.let(false)
      for (const fiber of waiting) {
        assert.strictEqual((yield* Fiber.join(fiber))._tag, "HandshakeRejected")
      }
      yield* failing("HandshakeRejected", connection.send(numbered(2)))
    }))

  it.effect("is not sent if its sender has given up", () =>
    Effect.gen(function*() {
      const { connection, gate, server } = yield* dialling({ capacity: 10 })
      yield* connection.send(numbered(0))
      const [given, kept] = yield* Effect.all([
        begin(connection.send(numbered(1))),
        begin(connection.send(numbered(2)))
      ])
      yield* Fiber.interrupt(given)
      yield* gate.let(true)
      yield* Fiber.join(kept)
      const peer = yield* server.peer(0)
      assert.deepStrictEqual(order([yield* peer.next, yield* peer.next]), [0, 2])
    }))

  it.effect("has the messages of Flux in its order, too", () =>
    Effect.gen(function*() {
      const gate = yield* gated
      const server = yield* gate.server
      const connection = yield* ListenV2.connect({ ...v2, waitForOpen: false }).pipe(
        Effect.provide(transport.client(server))
      )
      yield* connection.send(numbered(0))
      yield* begin(connection.configure({ numerals: true }))
      yield* connection.send(numbered(1))
      yield* begin(connection.forceEndTurn)
      yield* begin(connection.close)
      yield* gate.let(true)
      const peer = yield* server.peer(0)
      for (let index = 0; index < 5; index++) yield* peer.next
      assert.deepStrictEqual(order(peer.frames), [0, "Configure", 1, "ForceEndTurn", "CloseStream"])
      yield* peer.close()
    }))
})

describe.each(transports)("messages of Flux over $name", (transport) => {
  it.effect("go between audio", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV2(transport)
      for (let index = 0; index < 50; index++) {
        yield* connection.send(numbered(index))
        yield* begin(connection.configure({ thresholds: { eot_timeout_ms: 500 + index } }))
      }
      for (let index = 0; index < 100; index++) yield* peer.next
      assert.deepStrictEqual(
        order(peer.frames),
        Array.from({ length: 50 }).flatMap((_, index) => [index, "Configure"])
      )
      assert.deepStrictEqual(JSON.parse(String(peer.frames[99])), {
        type: "Configure",
        thresholds: { eot_timeout_ms: 549 }
      })
    }))
})
