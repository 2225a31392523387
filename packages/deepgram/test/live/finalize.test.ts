import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { ListenV1 } from "effect-deepgram"
import { pass, watchSleeps } from "../support/clock.ts"
import { begin, failing, metadata, openV1, openV2, results, transports, turn, v1 } from "../support/live.ts"
import { accept, serveSockets } from "../support/sockets.ts"

/** A second of audio. */
const second = new Uint8Array(32_000)

/** A final result. */
const final = (rest: Partial<ListenV1.Results> = {}) => results("x", { is_final: true, ...rest })

describe.each(transports)("finalize over $name", (transport) => {
  it.effect("ends with the answer, and the session goes on", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      yield* connection.send(second)
      const finalizing = yield* begin(connection.finalize)
      assert.deepStrictEqual(yield* peer.message, { type: "Finalize" })
      yield* peer.send(results("interim"), final({ duration: 0.5 }), {
        type: "UtteranceEnd",
        channel: [0, 1],
        last_word_end: 1
      })
      yield* Stream.runDrain(Stream.take(connection.messages, 3))
      assert.isUndefined(finalizing.pollUnsafe())
      yield* peer.send(final({ start: 0.5, duration: 0.5, from_finalize: true }))
      assert.isTrue(yield* Fiber.join(finalizing))
      yield* connection.send(second)
      assert.isTrue(Buffer.isBuffer(yield* peer.next))
    }))

  it.effect("waits for every channel", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport, { channels: 2, multichannel: true })
      yield* connection.send(second)
      const finalizing = yield* begin(connection.finalize)
      yield* peer.message
      yield* peer.send(final({ channel_index: [1, 2], duration: 0.5, from_finalize: true }))
      yield* Stream.runHead(connection.messages)
      assert.isUndefined(finalizing.pollUnsafe())
      yield* peer.send(final({ channel_index: [0, 2], duration: 0.5, from_finalize: true }))
      assert.isTrue(yield* Fiber.join(finalizing))
    }))

  it.effect("does not wait for channels that have said everything", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport, { channels: 2, multichannel: true })
      yield* connection.send(second)
      const finalizing = yield* begin(connection.finalize)
      yield* peer.message
      yield* peer.send(
        final({ channel_index: [0, 2], duration: 0.5 }),
        final({ channel_index: [1, 2], duration: 0.5, from_finalize: true })
      )
      assert.isTrue(yield* Fiber.join(finalizing))
    }))

  it.effect("knows at once that there is nothing to flush", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      assert.isFalse(yield* connection.finalize)
      yield* connection.send(second)
      yield* peer.send(final({ duration: 0.6 }), final({ start: 0.6, duration: 0.4 }))
      yield* Stream.runDrain(Stream.take(connection.messages, 2))
      assert.deepStrictEqual(yield* connection.position, { sent: 1, acknowledged: 1 })
      assert.isFalse(yield* connection.finalize)
      yield* begin(connection.close)
      yield* peer.message
      assert.deepStrictEqual(peer.frames.length, 2)
    }))

  it.effect("does not take an interim result for the last word", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      yield* connection.send(second)
      yield* peer.send(results("interim", { is_final: false, duration: 1 }))
      yield* Stream.runHead(connection.messages)
      assert.deepStrictEqual(yield* connection.position, { sent: 1, acknowledged: 0 })
      yield* begin(connection.finalize)
      assert.deepStrictEqual(yield* peer.message, { type: "Finalize" })
    }))

  it.effect("flushes audio that is still on its way, although all that left is transcribed", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const connection = yield* ListenV1.connect({ ...v1, waitForOpen: false }).pipe(
        Effect.provide(transport.client(server))
      )
      yield* connection.send(second)
      const finalizing = yield* begin(connection.finalize)
      const peer = yield* server.peer(0)
      assert.deepStrictEqual(yield* peer.message, { type: "Finalize" })
      yield* peer.send(final({ from_finalize: true }))
      assert.isTrue(yield* Fiber.join(finalizing))
    }))

  it.effect.each([[undefined, 3000], ["500 millis", 500]] as const)(
    "takes silence for nothing to flush: finalizeTimeout %s",
    ([finalizeTimeout, millis]) =>
      Effect.gen(function*() {
        const sleeps = yield* watchSleeps
        const { connection, peer } = yield* openV1(transport, { finalizeTimeout, encoding: "opus" })
        const finalizing = yield* begin(sleeps.watch(connection.finalize))
        yield* peer.message
        yield* sleeps.until(millis)
        yield* pass(millis - 1)
        assert.isUndefined(finalizing.pollUnsafe())
        yield* pass(1)
        assert.isFalse(yield* Fiber.join(finalizing))
        const again = yield* begin(connection.finalize)
        yield* peer.message
        yield* peer.send(final({ from_finalize: true }))
        assert.isTrue(yield* Fiber.join(again))
      })
  )

  it.effect("is answered by a session that ends well, and fails with one that does not", () =>
    Effect.gen(function*() {
      const well = yield* openV1(transport)
      yield* well.connection.send(second)
      const flushed = yield* begin(well.connection.finalize)
      yield* begin(well.connection.close)
      yield* well.peer.message
      yield* well.peer.send(final({ duration: 0.5 }), metadata)
      yield* well.peer.close(1000)
      assert.isTrue(yield* Fiber.join(flushed))
      const badly = yield* openV1(transport)
      yield* badly.connection.send(second)
      const failed = yield* begin(badly.connection.finalize)
      yield* badly.peer.message
      yield* badly.peer.close(1011)
      yield* failing("ConnectionClosed", Fiber.join(failed))
    }))
})

describe.each(transports)("the position over $name", (transport) => {
  it.effect("is as far as every channel has come", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport, { channels: 2, multichannel: true })
      const position = (...messages: ReadonlyArray<object>) =>
        Effect.gen(function*() {
          yield* peer.send(...messages)
          yield* Stream.runDrain(Stream.take(connection.messages, messages.length))
          return yield* connection.position
        })
      yield* connection.send(new Uint8Array(64_000))
      assert.deepStrictEqual(yield* connection.position, { sent: 1, acknowledged: 0 })
      const first = yield* position(final({ channel_index: [0, 2], duration: 0.5 }))
      assert.deepStrictEqual(first, { sent: 1, acknowledged: 0 })
      const second = yield* position(final({ channel_index: [1, 2], duration: 0.25 }))
      assert.deepStrictEqual(second, { sent: 1, acknowledged: 0.25 })
    }))

  it.effect("of Flux is the end of the last turn, of audio of unknown length only that", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV2(transport, { encoding: "opus" })
      yield* connection.send(second)
      yield* peer.send(turn("Update"), turn("EndOfTurn", { audio_window_end: 2.5 }))
      yield* Stream.runDrain(Stream.take(connection.messages, 2))
      assert.deepStrictEqual(yield* connection.position, { sent: undefined, acknowledged: 2.5 })
    }))
})
