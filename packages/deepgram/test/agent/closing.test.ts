import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Scope, Stream } from "effect"
import { AgentV1 } from "effect-deepgram"
import { greet, greeting, openAgent, said, settings, welcome } from "../support/agent.ts"
import { pass, type Sleeps } from "../support/clock.ts"
import { begin, failing, globalSocket, hear, openWatched, settled, transports, ws } from "../support/live.ts"
import { accept, type Peer, serveSockets } from "../support/sockets.ts"

const audio = new Uint8Array(640).fill(1)

/** Milliseconds after which a socket whose server has closed, but holds the connection, is given up. */
const attention = 2000

/** Lets a machine's own time pass, in which a socket might be given up. */
const inRealTime = (millis: number) =>
  Effect.callback<void>((resume) => {
    setTimeout(() => resume(Effect.void), millis)
  })

const sleepOut = (sleeps: Sleeps, millis: number) => Effect.andThen(sleeps.until(millis), pass(millis))

/** What has come since the settings until the next audio. */
const untilAudio = (peer: Peer) =>
  Effect.gen(function*() {
    while (!Buffer.isBuffer(yield* peer.next)) { /* until then */ }
    return said(peer)
  })

describe.each(transports)("keeping an agent over $name", (transport) => {
  it.effect("is a KeepAlive after 8 seconds without audio, and every 8 seconds, whatever else is said", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(AgentV1.connect(settings), transport, greeting)
      for (let count = 0; count < 3; count++) {
        yield* sleeps.until(8000)
        yield* pass(4000)
        // Only audio and KeepAlive count.
        yield* connection.forceEndTurn
        assert.deepStrictEqual(yield* peer.message, { type: "ForceEndTurn" })
        yield* pass(3999)
        yield* connection.forceEndTurn
        assert.deepStrictEqual(yield* peer.message, { type: "ForceEndTurn" })
        yield* pass(1)
        assert.deepStrictEqual(yield* peer.message, { type: "KeepAlive" })
      }
    }))

  it.effect("is not done while audio is sent", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(AgentV1.connect(settings), transport, greeting)
      yield* sleeps.until(8000)
      for (let count = 0; count < 8; count++) {
        yield* pass(7000)
        yield* connection.send(audio)
        yield* peer.next
      }
      assert.deepStrictEqual(said(peer), Array.from({ length: 8 }, () => Buffer.from(audio)))
    }))

  it.effect("does not begin before the settings were applied", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(
        AgentV1.connect(settings, { waitForOpen: false, openTimeout: "1 minute" }),
        transport,
        accept()
      )
      yield* sleepOut(sleeps, 8000)
      yield* sleepOut(sleeps, 8000)
      yield* peer.send(welcome)
      yield* peer.message
      yield* sleepOut(sleeps, 8000)
      yield* peer.send({ type: "SettingsApplied" })
      yield* Effect.andThen(connection.messages.pipe(Stream.take(2), Stream.runDrain), pass(7999))
      yield* connection.send(audio)
      assert.deepStrictEqual(yield* untilAudio(peer), [Buffer.from(audio)])
    }))

  it.effect("can be left out", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openWatched(
        AgentV1.connect(settings, { keepAlive: false }),
        transport,
        greeting
      )
      yield* pass(60_000)
      yield* connection.send(audio)
      assert.deepStrictEqual(yield* untilAudio(peer), [Buffer.from(audio)])
    }))

  it.effect("ends with close", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(
        AgentV1.connect(settings, { drainTimeout: "1 minute" }),
        transport,
        greeting
      )
      yield* sleeps.until(8000)
      yield* peer.pause
      const closing = yield* begin(connection.close)
      yield* pass(30_000)
      yield* peer.resume
      yield* Fiber.join(closing)
      assert.deepStrictEqual(yield* peer.closed, { code: 1000, reason: "" })
      assert.deepStrictEqual(said(peer), [])
    }))
})

describe.each(transports)("closing a session with an agent over $name", (transport) => {
  it.effect("sends everything first, and then a close frame with 1000", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAgent(transport)
      yield* peer.pause
      // More than a socket takes at once: most of it waits.
      const frames = Array.from({ length: 200 }, (_, index) => new Uint8Array(65_536).fill(index))
      const sending = yield* begin(Effect.forEach(frames, connection.send, { discard: true }))
      const text = yield* begin(connection.injectUserMessage("Goodbye."))
      yield* begin(connection.messages.pipe(Stream.runDrain))
      yield* peer.resume
      yield* Fiber.join(sending)
      yield* Fiber.join(text)
      yield* peer.pause
      const last = yield* begin(connection.send(new Uint8Array(65_536).fill(255)))
      const closing = yield* begin(connection.close)
      yield* peer.resume
      yield* Fiber.join(last)
      yield* Fiber.join(closing)
      assert.deepStrictEqual(yield* peer.closed, { code: 1000, reason: "" })
      const all = said(peer)
      const bytes = all.flatMap((one) => Buffer.isBuffer(one) ? [one] : [])
      assert.deepStrictEqual(bytes.map((one) => [one.length, one[0]]), [
        ...frames.map((one) => [one.length, one[0]]),
        [65_536, 255]
      ])
      assert.deepInclude(all, { type: "InjectUserMessage", content: "Goodbye." })
      yield* failing("SendAfterClose", connection.send(audio))
      yield* failing("SendAfterClose", connection.injectUserMessage("?"))
      yield* failing("SendAfterClose", connection.forceEndTurn)
      yield* failing("SendAfterClose", connection.respond({ id: "1", name: "a", content: "" }))
      // Again, it has happened.
      yield* connection.close
    }))

  it.effect("ends the messages, behind those that came before", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAgent(transport)
      yield* peer.send({ type: "AgentStartedSpeaking" }, Uint8Array.of(1, 2), { type: "AgentAudioDone" })
      yield* settled(() => peer.frames.length)
      yield* connection.close
      const { error, messages } = yield* hear(connection.messages)
      assert.isUndefined(error)
      assert.deepStrictEqual(messages.slice(2).map(({ type }) => type), [
        "AgentStartedSpeaking",
        "Audio",
        "AgentAudioDone"
      ])
    }))

  it.effect.each([undefined, 1000])("ends with %s from the server", (code) =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAgent(transport)
      const closing = yield* begin(connection.close)
      yield* peer.close(code)
      yield* Fiber.join(closing)
      assert.isUndefined((yield* hear(connection.messages)).error)
    }))

  it.live("takes as long as the server needs for its answer, within drainTimeout", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAgent(transport)
      yield* peer.pause
      const closing = yield* begin(connection.close)
      yield* inRealTime(attention + 500)
      assert.isUndefined(closing.pollUnsafe())
      yield* peer.resume
      yield* Fiber.join(closing)
      assert.deepStrictEqual(yield* peer.closed, { code: 1000, reason: "" })
    }))

  it.effect("fails when the server does not answer within drainTimeout", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(
        AgentV1.connect(settings, { drainTimeout: "3 seconds", keepAlive: false }),
        transport,
        greeting
      )
      yield* peer.pause
      const closing = yield* begin(sleeps.watch(Effect.flip(connection.close)))
      yield* sleeps.until(3000)
      yield* pass(2999)
      assert.isUndefined(closing.pollUnsafe())
      yield* pass(1)
      const error = yield* Fiber.join(closing)
      assert.strictEqual(error._tag, "TimedOut")
      assert.include(
        error.message,
        "the server did not end the session within 3s (the option drainTimeout allows more)"
      )
      assert.strictEqual((yield* hear(connection.messages)).error, error)
    }))

  it.effect("waits for the opening, and sends what waited for it", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const connection = yield* AgentV1.connect(settings, { waitForOpen: false }).pipe(
        Effect.provide(transport.client(server))
      )
      yield* connection.send(audio)
      const closing = yield* begin(connection.close)
      yield* failing("SendAfterClose", connection.send(audio))
      const peer = yield* server.peer(0)
      yield* settled(() => peer.frames.length)
      assert.isUndefined(closing.pollUnsafe())
      yield* greet(peer)
      yield* Fiber.join(closing)
      assert.deepStrictEqual(said(peer), [Buffer.from(audio)])
      assert.strictEqual((yield* peer.closed).code, 1000)
    }))

  it.effect("is done by the end of the scope, at once: the messages fail, and nothing is left", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { connection, peer, server } = yield* Scope.provide(openAgent(transport), scope)
      const reading = yield* begin(hear(connection.messages))
      const update = yield* begin(Effect.flip(connection.updatePrompt("a")))
      yield* peer.message
      yield* Scope.close(scope, Exit.void)
      const { error } = yield* Fiber.join(reading)
      assert.strictEqual(error?._tag, "SendAfterClose")
      assert.strictEqual((yield* Fiber.join(update))._tag, "SendAfterClose")
      yield* failing("SendAfterClose", connection.close)
      yield* (yield* server.dial(0)).gone
    }))

  it.effect("may be interrupted, and done again", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAgent(transport)
      yield* peer.pause
      const first = yield* begin(connection.close)
      yield* Fiber.interrupt(first)
      const second = yield* begin(connection.close)
      yield* peer.resume
      yield* Fiber.join(second)
      assert.deepStrictEqual(yield* peer.closed, { code: 1000, reason: "" })
    }))
})

describe("messages that come after close", () => {
  const heardBy = (transport: typeof ws) =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAgent(transport)
      yield* peer.pause
      const closing = yield* begin(connection.close)
      // The server has not seen the close frame yet.
      yield* peer.send({ type: "ConversationText", role: "assistant", content: "Bye." }, Uint8Array.of(1, 2))
      yield* peer.resume
      yield* Fiber.join(closing)
      const { error, messages } = yield* hear(connection.messages)
      assert.isUndefined(error)
      return messages.slice(2).map(({ type }) => type)
    })

  it.effect("still come over ws", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* heardBy(ws), ["ConversationText", "Audio"])
    }))

  it.effect("are dropped by the global WebSocket, as its standard says", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* heardBy(globalSocket), [])
    }))
})
