import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { ListenV1, ListenV2, LiveAudio } from "effect-deepgram"
import { pass, type Sleeps } from "../support/clock.ts"
import { begin, globalSocket, metadata, openWatched, transports, v1, v2, ws } from "../support/live.ts"
import type { Peer } from "../support/sockets.ts"

const audio = new Uint8Array(3200)

/** Time passes for a keeper that sleeps for so long. */
const sleepOut = (sleeps: Sleeps, millis: number) => Effect.andThen(sleeps.until(millis), pass(millis))

const keepAlive = { type: "KeepAlive" }

/** What has come until a mark that is sent now. */
const until = (peer: Peer, mark: Effect.Effect<unknown, unknown>) =>
  Effect.gen(function*() {
    const before = peer.frames.length
    yield* Effect.orDie(mark)
    while (!Buffer.isBuffer(peer.frames.at(-1)) || peer.frames.length === before) yield* peer.next
    return peer.frames.slice(0, -1).map((frame) => typeof frame === "string" ? JSON.parse(frame) : "audio")
  })

describe.each(transports)("keeping listen v1 open over $name", (transport) => {
  it.effect("is a KeepAlive after 4 seconds without audio, and every 4 seconds", () =>
    Effect.gen(function*() {
      const { peer, sleeps } = yield* openWatched(ListenV1.connect(v1), transport)
      for (let index = 0; index < 3; index++) {
        yield* sleeps.until(4000)
        yield* pass(3999)
        assert.strictEqual(peer.frames.length, index)
        yield* pass(1)
        assert.deepStrictEqual(yield* peer.message, keepAlive)
      }
    }))

  it.effect("begins anew with each frame of audio", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(ListenV1.connect(v1), transport)
      yield* sleeps.until(4000)
      for (let index = 0; index < 3; index++) {
        yield* pass(3000)
        yield* connection.send(audio)
      }
      // The last audio was at 9 s; the sleeper has looked at 4, 7 and 10 s.
      yield* pass(3999)
      assert.deepStrictEqual(yield* until(peer, connection.send(audio)), ["audio", "audio", "audio"])
    }))

  it.effect("comes 4 seconds after the last audio, whenever that was", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(ListenV1.connect(v1), transport)
      yield* sleeps.until(4000)
      yield* pass(1500)
      yield* connection.send(audio)
      yield* pass(2500)
      yield* sleeps.until(1500)
      yield* pass(1499)
      assert.deepStrictEqual(yield* Effect.sync(() => peer.frames.filter((frame) => typeof frame === "string")), [])
      yield* pass(1)
      assert.deepStrictEqual(yield* peer.message, keepAlive)
    }))

  it.effect("is not done while it is dialled, nor after close", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(
        ListenV1.connect({ ...v1, waitForOpen: false, openTimeout: "1 minute", drainTimeout: "1 minute" }),
        transport,
        // The clock goes on before the server answers.
        (dial) => Effect.andThen(pass(30_000), dial.accept())
      )
      yield* sleepOut(sleeps, 4000)
      assert.deepStrictEqual(yield* peer.message, keepAlive)
      const closing = yield* begin(connection.close)
      assert.deepStrictEqual(yield* peer.message, { type: "CloseStream" })
      yield* pass(30_000)
      yield* peer.send(metadata)
      yield* peer.close(1000)
      yield* Fiber.join(closing)
      yield* peer.closed
      assert.deepStrictEqual(peer.frames.length, 2)
    }))

  it.effect("can be left out", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openWatched(ListenV1.connect({ ...v1, keepAlive: false }), transport)
      yield* pass(60_000)
      assert.deepStrictEqual(yield* until(peer, connection.send(audio)), [])
    }))
})

describe.each(transports)("keeping Flux open over $name", (transport) => {
  it.effect("is no text", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(ListenV2.connect(v2), transport)
      yield* sleepOut(sleeps, 20_000)
      yield* sleepOut(sleeps, 20_000)
      assert.deepStrictEqual(yield* until(peer, connection.send(audio)), [])
    }))

  it.effect("is silence after half a second, where that is wanted", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(
        ListenV2.connect({ ...v2, encoding: "mulaw", sample_rate: 8000, fillSilence: true }),
        transport
      )
      const silence = LiveAudio.silence({ encoding: "mulaw", sample_rate: 8000 }, "500 millis")
      assert.strictEqual(silence.byteLength, 4000)
      yield* sleepOut(sleeps, 500)
      yield* sleepOut(sleeps, 500)
      for (const frame of [yield* peer.next, yield* peer.next]) {
        assert.isTrue(Buffer.isBuffer(frame) && frame.equals(silence))
      }
      assert.strictEqual((yield* connection.position).sent, 1)
      yield* sleeps.until(500)
      yield* pass(250)
      yield* connection.send(audio)
      yield* pass(250)
      // The 400 milliseconds of it, and the half second behind them.
      yield* sleepOut(sleeps, 650)
      const next = [yield* peer.next, yield* peer.next].map((frame) => frame.length)
      assert.deepStrictEqual(next, [3200, 4000])
      yield* begin(connection.close)
      yield* peer.message
      yield* pass(5000)
      assert.strictEqual(peer.frames.length, 5)
    }))
})

describe.each(transports)("filling silence over $name", (transport) => {
  /** A second of audio is 8000 bytes, the filler 4000. */
  const filled = ListenV2.connect({ ...v2, encoding: "mulaw", sample_rate: 8000, fillSilence: true })

  it.effect("waits for the end of the audio that was sent, and half a second, and goes on without a gap", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(filled, transport)
      const long = new Uint8Array(8000).fill(1)
      yield* sleeps.until(500)
      for (let index = 0; index < 5; index++) {
        yield* connection.send(long)
        yield* pass(1000)
      }
      // The last of it has just been heard.
      yield* pass(499)
      yield* connection.send(new Uint8Array(8))
      const before = yield* Effect.forEach(Array.from({ length: 6 }), () => peer.next)
      assert.deepStrictEqual(before.map(({ length }) => length), [8000, 8000, 8000, 8000, 8000, 8])
      // The millisecond of that, and half a second.
      yield* pass(1)
      yield* sleepOut(sleeps, 500)
      const fillers: Array<number> = [(yield* peer.next).length]
      for (let index = 0; index < 3; index++) {
        yield* sleepOut(sleeps, 500)
        fillers.push((yield* peer.next).length)
      }
      assert.deepStrictEqual(fillers, [4000, 4000, 4000, 4000])
    }))

  it.effect("waits no longer than 5 seconds for audio that was sent all at once", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(filled, transport)
      yield* sleeps.until(500)
      yield* connection.send(new Uint8Array(80_000))
      yield* pass(500)
      yield* sleeps.until(5000)
      yield* pass(4999)
      assert.strictEqual((yield* peer.next).length, 80_000)
      assert.strictEqual(peer.frames.length, 1)
      yield* pass(1)
      assert.strictEqual((yield* peer.next).length, 4000)
    }))
})

describe("keeping Flux open", () => {
  it.effect("is a ping after 20 seconds without audio, over ws", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(ListenV2.connect(v2), ws)
      for (let index = 0; index < 3; index++) {
        yield* sleepOut(sleeps, 20_000)
        yield* peer.ping
      }
      yield* sleeps.until(20_000)
      yield* pass(15_000)
      yield* connection.send(audio)
      let pings = 0
      peer.socket.on("ping", () => pings++)
      yield* pass(15_000)
      yield* until(peer, connection.send(audio))
      assert.strictEqual(pings, 0)
    }))

  it.effect("is nothing over the global WebSocket", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(ListenV2.connect(v2), globalSocket)
      let pings = 0
      peer.socket.on("ping", () => pings++)
      yield* sleepOut(sleeps, 20_000)
      yield* sleepOut(sleeps, 20_000)
      assert.deepStrictEqual(yield* until(peer, connection.send(audio)), [])
      assert.strictEqual(pings, 0)
    }))
})

describe("silence for Flux", () => {
  it.effect("does not come within a sample", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(ListenV2.connect({ ...v2, fillSilence: true }), ws)
      yield* sleeps.until(500)
      yield* connection.send(new Uint8Array(641))
      yield* pass(10_000)
      yield* connection.send(new Uint8Array(639))
      yield* pass(10_000)
      const lengths = [yield* peer.next, yield* peer.next, yield* peer.next].map((frame) => frame.length)
      assert.deepStrictEqual(lengths, [641, 639, 16_000])
    }))
})
