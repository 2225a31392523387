import { assert, describe, it } from "@effect/vitest"
import { Data, Deferred, Effect, Fiber, Queue, Stream } from "effect"
import { ListenV1, ListenV2 } from "effect-deepgram"
import { bytesOf, pieces } from "../support/audio.ts"
import { once } from "../support/client.ts"
import {
  begin,
  connected,
  ending,
  hear,
  metadata,
  requestId,
  results,
  textOf,
  transports,
  turn,
  v1,
  v2
} from "../support/live.ts"
import { run } from "../support/process.ts"
import { accept, refuse, type Script, serveSockets, serving, silent } from "../support/sockets.ts"

class Unplugged extends Data.TaggedError("Unplugged")<{}> {}

const audio = bytesOf(320_000)

const frames = pieces(audio, 640, 3200, 1)

/** Says how many bytes each frame had, and the rest at the end. */
const measuring: Script = serving((peer) => {
  const loop: Effect.Effect<void> = Effect.flatMap(peer.next, (frame) =>
    typeof frame === "string"
      ? Effect.andThen(peer.send(results("last"), metadata), peer.close(1000))
      : Effect.andThen(peer.send(results(String(frame.length))), loop))
  return loop
})

const endless = Stream.fromEffectRepeat(Effect.sync(() => new Uint8Array(640)))

describe.each(transports)("transcribeStream over $name", (transport) => {
  const { client } = transport

  it.effect("delivers every message, of the last frame too, and sends every byte", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(measuring)
      const { error, messages } = yield* hear(
        Stream.fromIterable(frames).pipe(ListenV1.transcribeStream(v1), Stream.provide(client(server)))
      )
      assert.isUndefined(error)
      assert.deepStrictEqual(textOf(messages), [...frames.map(({ length }) => String(length)), "last"])
      assert.strictEqual(messages.at(-1)?.type, "Metadata")
      const peer = yield* server.peer(0)
      const sent = peer.frames.filter((frame) => Buffer.isBuffer(frame))
      assert.isTrue(Buffer.concat(sent).equals(Buffer.from(audio)))
      assert.strictEqual(peer.frames.at(-1), `{"type":"CloseStream"}`)
    }))

  it.effect("takes audio while it is dialled", () =>
    Effect.gen(function*() {
      const gate = yield* Deferred.make<void>()
      const server = yield* serveSockets((dial) => Effect.andThen(Deferred.await(gate), measuring(dial)))
      const all = Effect.forkChild(
        hear(
          Stream.fromIterable(frames).pipe(
            Stream.tap(() => Effect.sync(() => taken++)),
            Stream.onEnd(Deferred.succeed(gate, undefined)),
            ListenV1.transcribeStream(v1),
            Stream.provide(client(server))
          )
        )
      )
      let taken = 0
      const { error, messages } = yield* Fiber.join(yield* all)
      assert.isUndefined(error)
      assert.strictEqual(taken, frames.length)
      assert.strictEqual(messages.length, frames.length + 2)
    }))

  it.effect("fails at once with what the audio fails with, and closes without a word", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const sent = yield* Deferred.make<void>()
      const microphone = Stream.concat(
        Stream.fromIterable(frames.slice(0, 3)),
        Stream.fromEffect(Effect.andThen(Deferred.await(sent), Effect.fail(new Unplugged())))
      )
      const fiber = yield* begin(hear(
        microphone.pipe(ListenV1.transcribeStream(v1), Stream.provide(client(server)))
      ))
      const peer = yield* server.peer(0)
      for (let index = 0; index < 3; index++) yield* peer.next
      yield* Deferred.succeed(sent, undefined)
      const { error } = yield* Fiber.join(fiber)
      assert.instanceOf(error, Unplugged)
      assert.strictEqual((yield* peer.closed).code, 1000)
      assert.isTrue(peer.frames.every((frame) => Buffer.isBuffer(frame)))
    }))

  it.effect("leaves what the audio acquires to the scope of whoever asked for it", () =>
    Effect.gen(function*() {
      const events: Array<string> = []
      const microphone = Stream.flatMap(
        Stream.fromEffect(Effect.acquireRelease(Effect.void, () => Effect.sync(() => events.push("released")))),
        () => Stream.fromIterable(frames)
      )
      const server = yield* serveSockets(measuring)
      yield* hear(microphone.pipe(ListenV1.transcribeStream(v1), Stream.provide(client(server)))).pipe(
        Effect.andThen(Effect.sync(() => events.push("over"))),
        Effect.scoped
      )
      assert.deepStrictEqual(events, ["over", "released"])
    }))

  it.effect("fails with what ends the session, behind all messages, and lets go of the audio", () =>
    Effect.gen(function*() {
      const released = yield* Deferred.make<void>()
      const server = yield* serveSockets(serving((peer) =>
        Effect.gen(function*() {
          yield* peer.next
          yield* peer.send(results("one"), results("two"))
          yield* peer.close(1011, "NET-0000")
        })
      ))
      const { error, messages } = yield* hear(
        endless.pipe(
          Stream.ensuring(Deferred.succeed(released, undefined)),
          ListenV1.transcribeStream(v1),
          Stream.provide(client(server))
        )
      )
      assert.deepStrictEqual(textOf(messages), ["one", "two"])
      assert.strictEqual(error?._tag, "ConnectionClosed")
      yield* Deferred.await(released)
    }))

  it.effect("fails with what the dial fails with", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(refuse({ status: 402, headers: { "dg-request-id": requestId } }))
      const { error, messages } = yield* hear(
        endless.pipe(ListenV1.transcribeStream(v1), Stream.provide(client(server, { retry: once })))
      )
      assert.deepStrictEqual(messages, [])
      if (error?._tag !== "HandshakeRejected") return assert.fail(String(error))
      assert.strictEqual(error.operation, "ListenV1.transcribeStream")
      assert.strictEqual(error.requestId, transport.isWs ? requestId : undefined)
    }))

  it.effect("closes when enough was taken, and lets go of the audio", () =>
    Effect.gen(function*() {
      const released = yield* Deferred.make<void>()
      const server = yield* serveSockets(measuring)
      const messages = yield* endless.pipe(
        Stream.ensuring(Deferred.succeed(released, undefined)),
        ListenV1.transcribeStream(v1),
        Stream.take(3),
        Stream.runCollect,
        Effect.provide(client(server))
      )
      assert.deepStrictEqual(textOf(messages), ["640", "640", "640"])
      yield* Deferred.await(released)
      assert.strictEqual((yield* (yield* server.peer(0)).closed).code, 1000)
    }))

  it.effect("is interrupted while it is dialled", () =>
    Effect.gen(function*() {
      const released = yield* Deferred.make<void>()
      const server = yield* serveSockets(silent)
      const fiber = yield* begin(
        endless.pipe(
          Stream.ensuring(Deferred.succeed(released, undefined)),
          ListenV1.transcribeStream(v1),
          Stream.runDrain,
          Effect.provide(client(server))
        )
      )
      const dial = yield* server.dial(0)
      yield* Fiber.interrupt(fiber)
      yield* Deferred.await(released)
      yield* dial.gone
    }))

  it.effect("is interrupted while the server says its last", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const fiber = yield* begin(
        Stream.fromIterable(frames).pipe(ListenV1.transcribeStream(v1), Stream.runDrain, Effect.provide(client(server)))
      )
      const peer = yield* server.peer(0)
      yield* peer.message
      yield* Fiber.interrupt(fiber)
      assert.strictEqual((yield* peer.closed).code, 1000)
    }))

  it.effect("ends the last turn of Flux before the session", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(serving((peer) =>
        Effect.gen(function*() {
          yield* peer.send(connected, turn("StartOfTurn"))
          assert.deepStrictEqual(yield* peer.message, { type: "ForceEndTurn" })
          yield* peer.send(turn("EndOfTurn", { trigger: "manual" }))
          yield* ending([], undefined)(peer)
        })
      ))
      const { error, messages } = yield* hear(
        Stream.fromIterable(frames).pipe(ListenV2.transcribeStream(v2), Stream.provide(client(server)))
      )
      assert.isUndefined(error)
      assert.deepStrictEqual(
        messages.map((message) => message.type === "TurnInfo" ? message.event : message.type),
        ["Connected", "StartOfTurn", "EndOfTurn"]
      )
    }))

  it.effect("leaves the last turn of Flux as it is, if that is wanted", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(serving(ending([turn("Update")], undefined)))
      const { error, messages } = yield* hear(
        Stream.fromIterable(frames).pipe(
          ListenV2.transcribeStream({ ...v2, endLastTurn: false }),
          Stream.provide(client(server))
        )
      )
      assert.isUndefined(error)
      assert.strictEqual(messages.length, 1)
    }))

  it.effect("can be run again: each run is a session", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(measuring)
      const stream = Stream.fromIterable(frames).pipe(ListenV1.transcribeStream(v1), Stream.provide(client(server)))
      const [first, second] = yield* Effect.all([hear(stream), hear(stream)], { concurrency: 2 })
      assert.deepStrictEqual(first.messages, second.messages)
      assert.strictEqual(server.dials.length, 2)
    }))

  it.effect("gives messages one by one as they come", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(measuring)
      const microphone = yield* Queue.unbounded<Uint8Array>()
      const heard = yield* Queue.unbounded<ListenV1.ServerMessage>()
      yield* begin(
        Stream.fromQueue(microphone).pipe(
          ListenV1.transcribeStream(v1),
          Stream.runForEach((message) => Queue.offer(heard, message)),
          Effect.provide(client(server))
        )
      )
      for (const length of [2, 4, 6]) {
        yield* Queue.offer(microphone, new Uint8Array(length))
        assert.deepStrictEqual(textOf([yield* Queue.take(heard)]), [String(length)])
      }
    }))
})

describe("a process that interrupts pipes 200 times", () => {
  /** Dials are answered in turn: never, at once, with messages, with an end. */
  const varied: Script = (dial) =>
    [
      silent,
      accept(),
      measuring,
      serving((peer) => Effect.andThen(peer.send(connected, turn("Update")), ending([], undefined)(peer)))
    ][dial.index % 4]!(dial)

  it.live.each([["ws", "1"], ["ws", "2"], ["global", "3"]])(
    "has nothing left over %s, seed %s",
    ([transport, seed]) =>
      Effect.gen(function*() {
        const server = yield* serveSockets(varied)
        const { code, stderr, stdout } = yield* run("interrupt.ts", [transport!, server.url, "200", seed!])
        assert.strictEqual(stderr, "")
        assert.deepStrictEqual([code, JSON.parse(stdout)], [0, { fibers: 0, open: 0, kept: [] }])
        yield* Effect.forEach(server.dials, ({ gone }) => gone)
        assert.isAbove(server.dials.length, 100)
      }),
    60_000
  )
})
