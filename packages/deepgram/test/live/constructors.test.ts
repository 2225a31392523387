import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { Deepgram, DeepgramAuth, DeepgramConfig, type DeepgramError, ListenV1 } from "effect-deepgram"
import { Socket } from "effect/socket"
import type { LookupFunction } from "node:net"
import { WebSocket } from "ws"
import { bytesOf } from "../support/audio.ts"
import { apiKey, once } from "../support/client.ts"
import { retrying } from "../support/clock.ts"
import { begin, ending, failing, v1 } from "../support/live.ts"
import { assertDiscreet } from "../support/secrets.ts"
import { refusingUrl } from "../support/server.ts"
import { accept, serveSockets } from "../support/sockets.ts"
import { untyped } from "../support/untyped.ts"

/** A client with this constructor. */
const clientOf = (webSocket: Layer.Layer<Socket.WebSocketConstructor>, options?: DeepgramConfig.Options) =>
  Layer.provide(Deepgram.layerNoDeps, [
    DeepgramConfig.layer({ baseUrl: "http://nowhere.invalid", retry: once, ...options }),
    DeepgramAuth.layer({ apiKey: Redacted.make(apiKey) }),
    Deepgram.layerFetch,
    webSocket
  ])

/** A constructor on `ws` with these options. */
const wsWith = (options: WebSocket.ClientOptions) =>
  Layer.succeed(
    Socket.WebSocketConstructor,
    (url, init) =>
      untyped<Socket.WebSocketLike>(
        new WebSocket(url, { ...options, ...untyped<{ readonly headers: Record<string, string> }>(init) })
      )
  )

describe("a socket that another constructor makes", () => {
  it.effect("is typed when it throws, as Effect's own does on headers", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const layer = clientOf(Socket.layerWebSocketConstructorGlobal, { baseUrl: server.url })
      const error = yield* failing("BadRequest", ListenV1.connect(v1).pipe(Effect.provide(layer)))
      assert.include(error.message, "ListenV1.connect: not sent: it cannot be dialled: ")
      assertDiscreet(error, apiKey)
      assert.strictEqual(server.dials.length, 0)
    }))

  it.effect("sends what it was given, where frames could be compressed", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets((dial) => dial.accept({}, { compress: true }))
      const layer = clientOf(wsWith({ perMessageDeflate: { threshold: 0 } }), { baseUrl: server.url })
      const connection = yield* ListenV1.connect(v1).pipe(Effect.provide(layer))
      const peer = yield* server.peer(0)
      assert.strictEqual(peer.socket.extensions, "permessage-deflate")
      const buffer = new Uint8Array(65_536)
      const rounds = [1, 2, 3, 4]
      for (const round of rounds) {
        buffer.set(bytesOf(buffer.length).map((byte) => byte + round))
        yield* connection.send(buffer)
      }
      buffer.fill(0)
      yield* begin(ending()(peer))
      yield* connection.close
      for (const [index, round] of rounds.entries()) {
        const expected = Buffer.from(bytesOf(buffer.length).map((byte) => byte + round))
        const frame = peer.frames[index]
        assert.isTrue(Buffer.isBuffer(frame) && frame.equals(expected), `frame ${index}`)
      }
    }))

  it.effect("says why each of several addresses failed, and dials again", () =>
    Effect.gen(function*() {
      const url = new URL(yield* refusingUrl)
      const lookup: LookupFunction = (_, __, done) =>
        done(null, [{ address: "127.0.0.1", family: 4 }, { address: "127.0.0.2", family: 4 }])
      const layer = clientOf(wsWith(untyped<WebSocket.ClientOptions>({ lookup, autoSelectFamily: true })), {
        baseUrl: `http://two.invalid:${url.port}`,
        retry: Deepgram.retryPolicy()
      })
      const { exit, waits } = yield* retrying(
        failing("TransportError", ListenV1.connect(v1).pipe(Effect.provide(layer))),
        10_000
      )
      const error = exit._tag === "Success" ? exit.value : assert.fail(String(exit.cause))
      assert.include(error.message, "ECONNREFUSED")
      assert.strictEqual(waits.length, 2)
      assertDiscreet(error, apiKey)
    }))
})

describe("a socket that fails as those of other runtimes", () => {
  /** A constructor of sockets that fail with this event, and how many it made. */
  const failingWith = (event: () => Event) => {
    let made = 0
    const layer = Layer.succeed(Socket.WebSocketConstructor, () => {
      made++
      const target = new EventTarget()
      let readyState = 0
      queueMicrotask(() => {
        readyState = 3
        target.dispatchEvent(event())
        target.dispatchEvent(Object.assign(new Event("close"), { code: 1006, reason: "" }))
      })
      return untyped<Socket.WebSocketLike>(Object.defineProperties(target, {
        readyState: { get: () => readyState },
        close: { value: () => {} }
      }))
    })
    return { layer, made: () => made }
  }
  const withError = (error: unknown) => () => Object.assign(new Event("error"), { error })
  const deno = (status: string) =>
    withError(
      new Error(
        `NetworkError: failed to connect to WebSocket: WebSocket upgrade failed: Invalid status code: ${status}`
      )
    )
  const workerd = (status: number) =>
    withError(
      new Error(
        "WebSocket protocol error: failed to establish the WebSocket connection: expected server to reply with HTTP " +
          `status code 101 (switching protocols), but received ${status} instead.`
      )
    )
  const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" })

  const cases: ReadonlyArray<
    readonly [
      name: string,
      event: () => Event,
      tag: DeepgramError.LiveError["_tag"],
      status: number | undefined,
      dials: number
    ]
  > = [
    ["a browser, which says nothing", () => new Event("error"), "HandshakeRejected", undefined, 1],
    [
      "Node 22, of a status",
      withError(new Error("Received network error or non-101 status code.")),
      "HandshakeRejected",
      undefined,
      1
    ],
    [
      "Node 22, of a network failure",
      withError(
        new Error("Received network error or non-101 status code.", {
          cause: new TypeError("fetch failed", { cause: refused })
        })
      ),
      "TransportError",
      undefined,
      3
    ],
    [
      "Node 22, of several addresses",
      withError(
        new Error("Received network error or non-101 status code.", {
          cause: new TypeError("fetch failed", { cause: new AggregateError([refused, refused]) })
        })
      ),
      "TransportError",
      undefined,
      3
    ],
    ["Node 24, of anything", withError(new TypeError("")), "HandshakeRejected", undefined, 1],
    ["several addresses", withError(new AggregateError([refused, refused])), "TransportError", undefined, 3],
    ["Bun, of a status", withError(new Error("Expected 101 status code")), "HandshakeRejected", undefined, 1],
    ["Bun, of 403", withError(new Error("Expected 101 status code: 403")), "HandshakeRejected", 403, 1],
    ["Cloudflare's workers, of 401", workerd(401), "HandshakeRejected", 401, 1],
    ["Cloudflare's workers, of 503", workerd(503), "HandshakeRejected", 503, 3],
    [
      "bytes that were received, which are no status",
      withError(new Error("connect ECONNREFUSED after 3 bytes were received 200 ms ago, received 512 bytes")),
      "TransportError",
      undefined,
      3
    ],
    ["Deno, of 401", deno("401"), "HandshakeRejected", 401, 1],
    ["Deno, of 503", deno("503 Service Unavailable"), "HandshakeRejected", 503, 3],
    [
      "Deno, of a network failure",
      withError(new Error("failed to connect: ECONNREFUSED")),
      "TransportError",
      undefined,
      3
    ]
  ]

  it.effect.each(cases)(
    "is understood as far as it goes: %s",
    ([, event, tag, status, dials]) =>
      Effect.gen(function*() {
        const { layer, made } = failingWith(event)
        const { exit } = yield* retrying(
          Effect.flip(ListenV1.connect(v1)).pipe(Effect.provide(clientOf(layer, { retry: Deepgram.retryPolicy() }))),
          10_000
        )
        const error = exit._tag === "Success" ? exit.value : assert.fail(String(exit.cause))
        assert.strictEqual(error._tag, tag)
        assert.strictEqual(error._tag === "HandshakeRejected" ? error.status : undefined, status)
        if (tag === "TransportError") assert.include(error.message, "ECONNREFUSED")
        if (status !== undefined) assert.include(error.message, `the server refused the handshake: ${status} `)
        assert.strictEqual(made(), dials)
      })
  )
})

describe("the name of a host", () => {
  it.effect.each(["http://v1.example.com", "wss://v1.example.com/", "http://v1", "https://v1.example.com/v1"])(
    "may be that of a path: %s",
    (baseUrl) =>
      Effect.gen(function*() {
        const dialled: Array<string> = []
        const layer = Layer.succeed(Socket.WebSocketConstructor, (url) => {
          dialled.push(url)
          throw new Error("seen")
        })
        const error = yield* failing(
          "BadRequest",
          ListenV1.connect(v1).pipe(Effect.provide(clientOf(layer, { baseUrl })))
        )
        assert.include(error.message, "seen")
        const { hostname, pathname } = new URL(dialled[0]!)
        const given = new URL(baseUrl)
        assert.deepStrictEqual([hostname, pathname.endsWith("/v1/listen")], [given.hostname, true])
      })
  )
})
