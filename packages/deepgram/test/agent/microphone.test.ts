/** The microphone of a conversation. */
import { assert, describe, it } from "@effect/vitest"
import { Cause, Deferred, Effect, Exit, Fiber, Queue, Schema, Scope, Stream } from "effect"
import { AgentV1 } from "effect-deepgram"
import { greet, openConversation, said, settings, welcome } from "../support/agent.ts"
import { begin, hear, settled, transports, ws } from "../support/live.ts"
import { accept, refuse, serveSockets, serving } from "../support/sockets.ts"

const frame = (value: number) => new Uint8Array(640).fill(value)

class Unplugged extends Schema.TaggedError<Unplugged>()("Unplugged", {}) {}

const unplugged = new Unplugged()

const thrownBy = (exit: Exit.Exit<unknown, unknown>) => Exit.isFailure(exit) ? Cause.squash(exit.cause) : exit

describe.each(transports)("a microphone over $name", (transport) => {
  const { client } = transport

  it.effect("is taken from the beginning: what it says before the opening waits", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const taken = yield* Deferred.make<void>()
      const microphone = Stream.make(frame(1), frame(2), new Uint8Array(0), frame(3)).pipe(
        Stream.concat(Stream.fromEffectDrain(Deferred.succeed(taken, undefined)))
      )
      const fiber = yield* begin(microphone.pipe(AgentV1.converse(settings), Effect.provide(client(server))))
      const peer = yield* server.peer(0)
      yield* Deferred.await(taken)
      assert.isUndefined(fiber.pollUnsafe())
      yield* greet(peer)
      for (let count = 0; count < 3; count++) yield* peer.next
      assert.deepStrictEqual(said(peer), [1, 2, 3].map((value) => Buffer.from(frame(value))))
      // Its end is not the end of the conversation.
      const { close, events } = yield* Fiber.join(fiber)
      yield* peer.send({ type: "EndOfThought" })
      yield* Stream.runDrain(Stream.takeUntil(events, ({ type }) => type === "EndOfThought"))
      yield* close
      assert.strictEqual((yield* peer.closed).code, 1000)
    }))

  it.effect.each(["fails", "dies"])("that %s before the opening ends it all", (how) =>
    Effect.gen(function*() {
      const server = yield* serveSockets(serving((peer) => peer.send(welcome)))
      const broken = yield* Deferred.make<never, Unplugged>()
      const fiber = yield* begin(
        Stream.fromEffect(Deferred.await(broken)).pipe(
          AgentV1.converse(settings),
          Effect.exit,
          Effect.provide(client(server))
        )
      )
      const peer = yield* server.peer(0)
      yield* peer.message
      const exit = how === "fails" ? Exit.fail(unplugged) : Exit.die("broken")
      yield* Deferred.done(broken, exit)
      assert.strictEqual(thrownBy(yield* Fiber.join(fiber)), thrownBy(exit))
      yield* peer.closed
    }))

  it.effect.each(["fails", "dies"])("that %s ends the conversation, and both streams", (how) =>
    Effect.gen(function*() {
      const broken = yield* Deferred.make<never, Unplugged>()
      const { conversation: { audio, close, events, injectUserMessage }, peer } = yield* openConversation(transport, {
        microphone: Stream.concat(Stream.make(frame(1)), Stream.fromEffect(Deferred.await(broken)))
      })
      yield* peer.next
      yield* peer.send(frame(2))
      assert.isDefined(yield* Stream.runHead(audio))
      const exit = how === "fails" ? Exit.fail(unplugged) : Exit.die("broken")
      yield* Deferred.done(broken, exit)
      assert.strictEqual(thrownBy(yield* Effect.exit(Stream.runDrain(audio))), thrownBy(exit))
      assert.strictEqual(thrownBy(yield* Effect.exit(Stream.runDrain(events))), thrownBy(exit))
      yield* peer.closed
      assert.strictEqual((yield* Effect.flip(injectUserMessage("?")))._tag, "SendAfterClose")
      assert.strictEqual((yield* Effect.flip(close))._tag, "SendAfterClose")
    }))

  it.effect("is let go when Deepgram ends the conversation, or does not begin it", () =>
    Effect.gen(function*() {
      const released = yield* Queue.unbounded<string>()
      const microphone = (name: string) =>
        Stream.concat(Stream.make(frame(1)), Stream.never).pipe(Stream.ensuring(Queue.offer(released, name)))
      const { peer } = yield* openConversation(transport, { microphone: microphone("open") })
      yield* peer.next
      yield* peer.close(1011)
      assert.strictEqual(yield* Queue.take(released), "open")
      const refused = yield* serveSockets(refuse({ status: 401 }))
      const error = yield* microphone("refused").pipe(
        AgentV1.converse(settings),
        Effect.provide(client(refused)),
        Effect.flip
      )
      assert.strictEqual(error._tag, "HandshakeRejected")
      assert.strictEqual(yield* Queue.take(released), "refused")
    }))

  it.effect("is let go, and everything closed, with the scope", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const released = yield* Deferred.make<void>()
      const { conversation, peer, server } = yield* openConversation(transport, {
        microphone: Stream.never.pipe(Stream.ensuring(Deferred.succeed(released, undefined)))
      }).pipe(Scope.provide(scope))
      const reading = yield* begin(hear(conversation.events))
      yield* Scope.close(scope, Exit.void)
      assert.isTrue(Deferred.isDoneUnsafe(released))
      assert.strictEqual((yield* Fiber.join(reading)).error?._tag, "SendAfterClose")
      assert.strictEqual((yield* hear(conversation.audio)).error?._tag, "SendAfterClose")
      yield* peer.closed
      yield* (yield* server.dial(0)).gone
    }))

  it.effect("that fails before the opening fails the streams, where nobody waits for the opening", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(serving((peer) => peer.send(welcome)))
      const broken = yield* Deferred.make<never, Unplugged>()
      const { audio, close, events } = yield* Stream.fromEffect(Deferred.await(broken)).pipe(
        AgentV1.converse(settings, { waitForOpen: false }),
        Effect.provide(client(server))
      )
      const closing = yield* begin(Effect.flip(close))
      const peer = yield* server.peer(0)
      yield* peer.message
      yield* Deferred.fail(broken, unplugged)
      assert.strictEqual((yield* hear(events)).error, unplugged)
      assert.strictEqual((yield* hear(audio)).error, unplugged)
      assert.strictEqual((yield* Fiber.join(closing))._tag, "SendAfterClose")
      yield* (yield* server.dial(0)).gone
    }))

  it.effect("is let go when the opening is interrupted, and nothing is left", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(serving((peer) => peer.send(welcome)))
      const released = yield* Deferred.make<void>()
      const fiber = yield* begin(
        Stream.never.pipe(
          Stream.ensuring(Deferred.succeed(released, undefined)),
          AgentV1.converse(settings),
          Effect.provide(client(server))
        )
      )
      const peer = yield* server.peer(0)
      yield* peer.message
      // The scope goes on: whoever tries again and again must not fill it.
      yield* Fiber.interrupt(fiber)
      assert.isTrue(Deferred.isDoneUnsafe(released))
      yield* (yield* server.dial(0)).gone
    }))

  it.effect("waits for nothing where that is wanted, and the streams say why it was not opened", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(
        serving((peer) =>
          Effect.gen(function*() {
            yield* peer.send(welcome)
            yield* peer.message
            yield* peer.send({ type: "Error", code: "INVALID_SETTINGS" })
            yield* peer.close(1008)
          })
        )
      )
      const { audio, events } = yield* Stream.never.pipe(
        AgentV1.converse(settings, { waitForOpen: false }),
        Effect.provide(client(server))
      )
      const { error } = yield* hear(events)
      assert.deepInclude({ ...error }, { _tag: "ConnectionClosed", errorCode: "INVALID_SETTINGS" })
      assert.strictEqual((yield* hear(audio)).error, error)
      // With waiting, it fails itself.
      const failure = yield* Stream.never.pipe(AgentV1.converse(settings), Effect.provide(client(server)), Effect.flip)
      assert.deepInclude({ ...failure }, { _tag: "ConnectionClosed", errorCode: "INVALID_SETTINGS" })
    }))
})

describe("a microphone that is faster than the network", () => {
  it.effect("waits", () =>
    Effect.gen(function*() {
      let taken = 0
      const megabyte = new Uint8Array(1_000_000)
      const { conversation, peer } = yield* openConversation(ws, {
        microphone: Stream.fromEffectRepeat(Effect.sync(() => {
          taken++
          return megabyte
        })).pipe(Stream.take(50))
      })
      yield* peer.pause
      const waiting = yield* settled(() => taken)
      assert.isBelow(waiting, 50)
      yield* peer.resume
      let received = 0
      while (received < 50_000_000) received += (yield* peer.next).length
      assert.strictEqual(taken, 50)
      yield* conversation.close
    }))
})
