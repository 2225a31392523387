import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Scope, Stream } from "effect"
import { type DeepgramError, SpeakV1, SpeakV2 } from "effect-deepgram"
import { pass } from "../support/clock.ts"
import { begin, failing, hear, openWatched, requestId, transports } from "../support/live.ts"
import {
  aura,
  connected,
  ending,
  flushed,
  flux,
  metadata,
  openAura,
  openFlux,
  outline,
  sound,
  total
} from "../support/liveSpeech.ts"
import { accept, serveSockets } from "../support/sockets.ts"

/** How Deepgram ends sessions of Aura, and what is said of it. */
const auraEnds: ReadonlyArray<
  readonly [code: number, reason: string, tag: "ConnectionClosed" | "IdleTimeout", words: string]
> = [
  [
    1008,
    "Too many. See https://dpgr.am/data0001",
    "ConnectionClosed",
    "more text was sent than may be spoken in a minute"
  ],
  [1009, "BIG-0001", "ConnectionClosed", "the text of a message was too long"],
  [1011, "NET-0003", "ConnectionClosed", "the session reached its longest time: open another one"],
  [1011, "NET-0004", "IdleTimeout", "nothing came for too long"],
  [1011, "NET-0000", "ConnectionClosed", "Deepgram did not answer in time"],
  [1000, "", "ConnectionClosed", "the server ended the session before it was closed here"]
]

/** The same of Flux, which says it in a message before. */
const fluxEnds: ReadonlyArray<
  readonly [errorCode: string, code: number, tag: "ConnectionClosed" | "IdleTimeout", words: string]
> = [
  ["DATA-0002", 1008, "ConnectionClosed", "the server refused what was sent"],
  ["MESSAGE-0000", 1008, "ConnectionClosed", "the server refused what was sent"],
  ["BIG-0000", 1009, "ConnectionClosed", "a message was too large"],
  ["NET-0003", 1011, "ConnectionClosed", "the session reached its longest time"],
  ["NET-0004", 1011, "IdleTimeout", "nothing came for too long"]
]

/** Begins whatever may be asked of a session. */
const beginAll = (asked: ReadonlyArray<Effect.Effect<unknown, DeepgramError.LiveError>>) => Effect.forEach(asked, begin)

describe.each(transports)("a session that speaks, over $name", (transport) => {
  it.effect.each(auraEnds)("of Aura is ended with %s %s: %s", ([code, reason, tag, words]) =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAura(transport)
      const flushing = yield* begin(connection.flush)
      yield* peer.message
      yield* peer.send(metadata, sound(1))
      yield* peer.close(code, reason)
      const { error, messages } = yield* hear(connection.messages)
      assert.deepStrictEqual(outline(messages), ["Metadata", 1])
      if (error?._tag !== "ConnectionClosed" && error?._tag !== "IdleTimeout") return assert.fail(String(error))
      assert.deepStrictEqual([error._tag, error.code, error.reason, error.requestId], [tag, code, reason, requestId])
      assert.include(error.message, words)
      assert.strictEqual(yield* Effect.flip(Fiber.join(flushing)), error)
      assert.strictEqual(yield* Effect.flip(connection.speak("x")), error)
      assert.strictEqual(yield* Effect.flip(connection.clear), error)
      assert.strictEqual(yield* Effect.flip(connection.close), error)
    }))

  it.effect.each(fluxEnds)(
    "of Flux is ended with %s and %s: %s",
    ([errorCode, code, tag, words]) =>
      Effect.gen(function*() {
        const { connection, peer } = yield* openFlux(transport)
        yield* connection.speak("a")
        const waiting = yield* beginAll([connection.flush, connection.interrupt(), connection.configure({ speed: 1 })])
        yield* Effect.forEach([connection, ...waiting], () => peer.message)
        const complaint = { type: "Error", code: errorCode, description: "That is wrong." }
        yield* peer.send(connected, complaint)
        yield* peer.close(code, "That is wrong.")
        const { error, messages } = yield* hear(connection.messages)
        assert.deepStrictEqual(messages[1] as unknown, complaint)
        if (error?._tag !== "ConnectionClosed" && error?._tag !== "IdleTimeout") return assert.fail(String(error))
        assert.deepStrictEqual([error._tag, error.code, error.requestId], [tag, code, requestId])
        if (error._tag === "ConnectionClosed") {
          assert.deepStrictEqual([error.errorCode, error.detail], [errorCode, "That is wrong."])
        }
        assert.include(error.message, words)
        for (const fiber of waiting) assert.strictEqual(yield* Effect.flip(Fiber.join(fiber)), error)
        assert.strictEqual(yield* Effect.flip(connection.speak("x")), error)
      })
  )

  it.effect("has a failure after an Error, also when it was being closed", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      yield* begin(ending([{ type: "Error", code: "NET-0000", description: "no" }, total])(peer))
      const error = yield* failing("ConnectionClosed", connection.close)
      assert.deepStrictEqual([error.code, error.errorCode], [1000, "NET-0000"])
    }))

  it.effect("is closed when all audio has come, and not before", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAura(transport)
      yield* connection.speak("a")
      const closing = yield* begin(connection.close)
      yield* peer.message
      assert.deepStrictEqual(yield* peer.message, { type: "Close" })
      // More than is held back while nobody reads.
      for (let index = 0; index < 40; index++) yield* peer.send(sound(index, 65_536))
      yield* peer.send(flushed(0))
      assert.isUndefined(closing.pollUnsafe())
      yield* peer.close()
      yield* Fiber.join(closing)
      const { error, messages } = yield* hear(connection.messages)
      assert.isUndefined(error)
      assert.deepStrictEqual(outline(messages), [...Array.from({ length: 40 }, (_, index) => index), "Flushed"])
    }))

  it.effect("fails when the server says nothing for drainTimeout after the close", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(
        SpeakV1.connect({ ...aura, keepAlive: false, drainTimeout: "5 seconds" }),
        transport
      )
      const closing = yield* begin(sleeps.watch(connection.close))
      yield* peer.message
      yield* sleeps.until(5000)
      yield* pass(4000)
      yield* peer.send(sound(1))
      yield* Stream.runHead(connection.messages)
      yield* pass(1000)
      yield* sleeps.until(4000)
      assert.isUndefined(closing.pollUnsafe())
      yield* pass(4000)
      const error = yield* failing("TimedOut", Fiber.join(closing))
      assert.include(
        error.message,
        "the server did not end the session within 5s (the option drainTimeout allows more)"
      )
      assert.strictEqual((yield* hear(connection.messages)).error, error)
      assert.strictEqual((yield* peer.closed).code, 1000)
    }))

  it.effect("ends with its scope, in the middle of everything", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const scope = yield* Scope.make()
      const connection = yield* SpeakV2.connect(flux).pipe(
        Effect.provide(transport.client(server)),
        Scope.provide(scope)
      )
      const peer = yield* server.peer(0)
      yield* connection.speak("a")
      const waiting = yield* beginAll([
        connection.flush,
        connection.interrupt(),
        Stream.runDrain(connection.messages),
        connection.close
      ])
      yield* Effect.forEach([1, 2, 3, 4], () => peer.message)
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual((yield* peer.closed).code, 1000)
      for (const fiber of waiting) yield* failing("SendAfterClose", Fiber.join(fiber))
      yield* failing("SendAfterClose", connection.speak("b"))
    }))

  it.effect("fails where it is refused, with all that was asked of it before", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(({ connection }) =>
        Effect.sync(() => connection.end("HTTP/1.1 400 No\r\n\r\n"))
      )
      const connection = yield* SpeakV1.connect({ ...aura, waitForOpen: false }).pipe(
        Effect.provide(transport.client(server))
      )
      const waiting = yield* beginAll([
        connection.speak("a"),
        connection.flush,
        connection.close,
        Stream.runDrain(connection.messages)
      ])
      for (const fiber of waiting) yield* failing("HandshakeRejected", Fiber.join(fiber))
      yield* failing("HandshakeRejected", connection.clear)
    }))
})
