import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Redacted, Scope } from "effect"
import { Deepgram, DeepgramAuth, DeepgramConfig } from "effect-deepgram"
import { Socket } from "effect/socket"
import { apiKey } from "../support/client.ts"
import {
  begin,
  failing,
  globalSocket,
  hear,
  metadata,
  openV1,
  openV2,
  requestId,
  results,
  textOf,
  type Transport,
  transports
} from "../support/live.ts"
import type { Peer } from "../support/sockets.ts"

const audio = new Uint8Array(3200)

/** Bytes that fill every buffer on the way to a server that does not read. */
const flood = new Uint8Array(32 * 1024 * 1024)

/** A close frame, and then nothing: the server neither reads the answer nor ends the connection. */
const closeHalf = (peer: Peer, code: number, reason = "") => Effect.andThen(peer.pause, peer.closeRaw(code, reason))

/** A `WebSocket` as other runtimes than Node have it: nothing ends its connection but the server. */
const bare: Transport = {
  ...globalSocket,
  name: "a WebSocket that cannot be terminated",
  client: ({ url }, options, auth = { apiKey: Redacted.make(apiKey) }) =>
    Layer.provide(Deepgram.layerNoDeps, [
      DeepgramConfig.layer({ ...options, baseUrl: url }),
      DeepgramAuth.layer(auth),
      Deepgram.layerFetch,
      Layer.succeed(
        Socket.WebSocketConstructor,
        (url, options) => new globalThis.WebSocket(url, options as Array<string>)
      )
    ])
}

// `ws` and undici would wait for half a minute, and longer.
describe.concurrent.each([...transports, bare])(
  "a server that closes, but does not let go, over $name",
  (transport) => {
    const isTerminated = transport !== bare

    it.live("ends the session, for whoever waits", () =>
      Effect.gen(function*() {
        const { connection, peer } = yield* openV1(transport, { keepAlive: false })
        yield* peer.send(results("one"))
        yield* peer.pause
        yield* connection.send(flood)
        const sender = yield* begin(Effect.flip(connection.send(audio)))
        const reader = yield* begin(hear(connection.messages))
        const finalizing = yield* begin(Effect.flip(connection.finalize))
        assert.isUndefined(sender.pollUnsafe())
        yield* closeHalf(peer, 1011, "NET-0001")
        const { error, messages } = yield* Fiber.join(reader)
        assert.deepStrictEqual(textOf(messages), ["one"])
        if (isTerminated) {
          if (error?._tag !== "IdleTimeout") return assert.fail(String(error))
          assert.deepStrictEqual([error.code, error.reason, error.requestId], [1011, "NET-0001", requestId])
        } else {
          if (error?._tag !== "ConnectionClosed") return assert.fail(String(error))
          assert.deepStrictEqual([error.code, error.reason, error.requestId], [1006, "", requestId])
          assert.include(error.message, "the server has closed, but holds the connection")
        }
        assert.strictEqual(yield* Fiber.join(sender), error)
        assert.strictEqual(yield* Fiber.join(finalizing), error)
        assert.strictEqual(yield* Effect.flip(connection.send(audio)), error)
        assert.strictEqual(yield* Effect.flip(connection.close), error)
      }))

    it.live("ends it for whoever closes", () =>
      Effect.gen(function*() {
        const { connection, peer } = yield* openV1(transport)
        const closing = yield* begin(connection.close)
        yield* peer.message
        yield* closeHalf(peer, 1011)
        const error = yield* failing("ConnectionClosed", Fiber.join(closing))
        assert.strictEqual(error.code, isTerminated ? 1011 : 1006)
        assert.strictEqual((yield* hear(connection.messages)).error, error)
      }))

    it.live("ends it well when all was said", () =>
      Effect.gen(function*() {
        const { connection, peer } = yield* openV1(transport)
        const closing = yield* begin(connection.close)
        yield* peer.message
        yield* peer.send(results("one"), metadata)
        yield* closeHalf(peer, 1000)
        yield* Fiber.join(closing)
        const { error, messages } = yield* hear(connection.messages)
        assert.deepStrictEqual(messages.map(({ type }) => type), ["Results", "Metadata"])
        assert.isUndefined(error)
      }))

    it.live("lets go of the connection also when its scope closes long after the session", () =>
      Effect.gen(function*() {
        const scope = yield* Scope.make()
        const { connection, peer } = yield* Scope.provide(openV1(transport, { keepAlive: false }), scope)
        yield* peer.pause
        // Neither the close frame nor its answer gets through.
        yield* connection.send(flood)
        yield* peer.send({ type: "Results" })
        yield* Effect.ignore(hear(connection.messages))
        // Longer than the server is given to answer.
        yield* Effect.sleep(1500)
        yield* Scope.close(scope, Exit.void)
      }))

    it.live("ends a session of Flux", () =>
      Effect.gen(function*() {
        const { connection, peer } = yield* openV2(transport)
        const asking = yield* begin(Effect.flip(connection.configure({ numerals: true })))
        yield* peer.message
        yield* closeHalf(peer, 1012)
        const { error } = yield* hear(connection.messages)
        if (error?._tag !== "ConnectionClosed") return assert.fail(String(error))
        assert.strictEqual(error.code, isTerminated ? 1012 : 1006)
        assert.strictEqual(yield* Fiber.join(asking), error)
      }))
  }
)
