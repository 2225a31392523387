import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { ListenV1, ListenV2, LiveAudio } from "effect-deepgram"
import { pass, type Sleeps, watchSleeps } from "../support/clock.ts"
import {
  begin,
  ending,
  failing,
  globalSocket,
  hear,
  requestId,
  results,
  type Transport,
  transports,
  v1,
  v2,
  ws
} from "../support/live.ts"
import { accept, type Peer, type Script, serveSockets } from "../support/sockets.ts"

const audio = new Uint8Array(3200)

/** A session whose sleeps are watched, and the server's end of it. */
const open = <Connection, E, R>(
  connect: Effect.Effect<Connection, E, R>,
  { client }: Transport,
  script: Script = accept()
) =>
  Effect.gen(function*() {
    const sleeps = yield* watchSleeps
    const server = yield* serveSockets(script)
    const connection = yield* connect.pipe(Effect.provide(client(server)), sleeps.watch)
    return { connection, sleeps, peer: yield* server.peer(0) }
  })

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
      const { peer, sleeps } = yield* open(ListenV1.connect(v1), transport)
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
      const { connection, peer, sleeps } = yield* open(ListenV1.connect(v1), transport)
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
      const { connection, peer, sleeps } = yield* open(ListenV1.connect(v1), transport)
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
      const { connection, peer, sleeps } = yield* open(
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
      yield* peer.close(1000)
      yield* Fiber.join(closing)
      yield* peer.closed
      assert.deepStrictEqual(peer.frames.length, 2)
    }))

  it.effect("can be left out", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* open(ListenV1.connect({ ...v1, keepAlive: false }), transport)
      yield* pass(60_000)
      assert.deepStrictEqual(yield* until(peer, connection.send(audio)), [])
    }))
})

describe.each(transports)("keeping Flux open over $name", (transport) => {
  it.effect("is no text", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* open(ListenV2.connect(v2), transport)
      yield* sleepOut(sleeps, 20_000)
      yield* sleepOut(sleeps, 20_000)
      assert.deepStrictEqual(yield* until(peer, connection.send(audio)), [])
    }))

  it.effect("is silence after half a second, where that is wanted", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* open(
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

describe("keeping Flux open", () => {
  it.effect("is a ping after 20 seconds without audio, over ws", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* open(ListenV2.connect(v2), ws)
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
      const { connection, peer, sleeps } = yield* open(ListenV2.connect(v2), globalSocket)
      let pings = 0
      peer.socket.on("ping", () => pings++)
      yield* sleepOut(sleeps, 20_000)
      yield* sleepOut(sleeps, 20_000)
      assert.deepStrictEqual(yield* until(peer, connection.send(audio)), [])
      assert.strictEqual(pings, 0)
    }))
})

describe.each(transports)("the watchdog over $name", (transport) => {
  const watched = ListenV1.connect({ ...v1, keepAlive: false, watchdog: "7 seconds" })

  it.effect("ends a session whose audio is not answered, exactly then", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* open(watched, transport)
      yield* sleeps.until(7000)
      yield* pass(2000)
      yield* peer.send(results("before"))
      yield* Stream.runHead(connection.messages)
      yield* connection.send(audio)
      yield* pass(3000)
      yield* connection.send(audio)
      yield* pass(2000)
      yield* sleeps.until(2000)
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
      const { connection, peer } = yield* open(watched, transport)
      yield* pass(3_600_000)
      yield* connection.send(audio)
      yield* begin(ending()(peer))
      yield* connection.close
    }))

  it.effect("begins anew with each message", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* open(watched, transport)
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
      const { connection, peer } = yield* open(ListenV1.connect({ ...v1, keepAlive: false }), transport)
      yield* connection.send(audio)
      yield* pass(3_600_000)
      yield* begin(ending()(peer))
      yield* failing("SendAfterClose", Effect.andThen(connection.close, connection.send(audio)))
    }))
})
