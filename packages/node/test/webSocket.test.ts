import { NodeDeepgram } from "@effect-deepgram/node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { createServer, type IncomingMessage } from "node:http"
import { createServer as createTcpServer } from "node:net"
import { text } from "node:stream/consumers"
import { inspect } from "node:util"
import { WebSocket } from "ws"
import { makeAuthority } from "./support/certificates.ts"
import { withEnvironment } from "./support/client.ts"
import { proxy } from "./support/proxy.ts"
import { type Handler, listen, serve } from "./support/server.ts"
import { connect, dial, echo, message, opened, refusal, serveSockets } from "./support/webSocket.ts"

const authority = makeAuthority("Test Authority")
const identity = authority.issue("server", ["127.0.0.1"])
const tls = { ca: authority.ca }

/** Without proxies, whatever the environment of the tests holds. */
const direct = (options: NodeDeepgram.NodeOptions = {}) =>
  Effect.provide(NodeDeepgram.layerWebSocket({ proxy: false, ...options }))

describe("a socket", () => {
  it.live("carries headers and subprotocols as they are given", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(echo)
      const both = yield* connect(`${server.url}/v1/listen?model=nova-3&keyterm=a%20b`, {
        headers: { authorization: "Token a-key", "user-agent": "a test" },
        protocols: ["token", "a-key"]
      })
      assert.strictEqual(both.protocol, "token")
      const [first] = server.handshakes
      assert.strictEqual(first?.target, "/v1/listen?model=nova-3&keyterm=a%20b")
      assert.strictEqual(first?.headers.authorization, "Token a-key")
      assert.strictEqual(first?.headers["user-agent"], "a test")
      assert.strictEqual(first?.headers["sec-websocket-protocol"], "token,a-key")
      yield* connect(server.url, "alone")
      yield* connect(server.url, ["bearer", "a-token"])
      yield* connect(server.url)
      assert.deepStrictEqual(
        server.handshakes.slice(1).map(({ headers }) => headers["sec-websocket-protocol"]),
        ["alone", "bearer,a-token", undefined]
      )
    }).pipe(direct()))

  it.live("offers no compression", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(echo)
      const socket = yield* connect(server.url)
      assert.notProperty(server.handshakes[0]?.headers, "sec-websocket-extensions")
      assert.strictEqual(socket.extensions, "")
    }).pipe(direct()))

  it.live("takes and gives text and bytes", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(echo)
      const socket = yield* connect(server.url)
      socket.send("{\"type\":\"KeepAlive\"}")
      assert.strictEqual(yield* message(socket), "{\"type\":\"KeepAlive\"}")
      socket.send(new Uint8Array([0, 1, 255]))
      const bytes = yield* message(socket)
      assert.instanceOf(bytes, Uint8Array)
      assert.deepStrictEqual([...bytes], [0, 1, 255])
    }).pipe(direct()))

  it.live("shows the head of the server's answer when it opens", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(echo)
      const socket = yield* dial(server.url)
      const answer = Effect.callback<IncomingMessage>((resume) => {
        socket.once("upgrade", (response) => resume(Effect.succeed(response)))
      })
      const [{ headers, statusCode }] = yield* Effect.all([answer, opened(socket)], { concurrency: 2 })
      assert.strictEqual(statusCode, 101)
      assert.strictEqual(headers.upgrade, "websocket")
    }).pipe(direct()))

  it.live("shows status, headers and body of a refusal", () =>
    Effect.gen(function*() {
      const server = yield* serve((_, response) => {
        response.writeHead(401, { "dg-error": "INVALID_AUTH" }).end("no such key")
      })
      const socket = yield* dial(server.url.replace("http", "ws"))
      const response = yield* Effect.callback<IncomingMessage>((resume) => {
        socket.once("unexpected-response", (_, response) => resume(Effect.succeed(response)))
      })
      assert.strictEqual(response.statusCode, 401)
      assert.strictEqual(response.headers["dg-error"], "INVALID_AUTH")
      assert.strictEqual(yield* Effect.promise(() => text(response)), "no such key")
    }).pipe(direct()))

  it.live("follows no redirect", () =>
    Effect.gen(function*() {
      const elsewhere = yield* serveSockets(echo)
      const server = yield* serve((_, response) => response.writeHead(302, { location: elsewhere.url }).end())
      const error = yield* refusal(server.url.replace("http", "ws"))
      assert.strictEqual(error.message, "the server answered 302")
      assert.strictEqual(elsewhere.handshakes.length, 0)
    }).pipe(direct()))

  it.live("takes messages of up to 16 MiB", () =>
    Effect.gen(function*() {
      const longest = 16 * 1024 * 1024
      const server = yield* serveSockets((socket) => {
        socket.on("message", (data) => socket.send(new Uint8Array(Number(String(data)))))
      })
      const socket = yield* connect(server.url)
      socket.send(String(longest))
      assert.strictEqual((yield* message(socket) as Effect.Effect<Uint8Array>).byteLength, longest)
      socket.send(String(longest + 1))
      const error = yield* Effect.callback<Error>((resume) => {
        socket.once("error", (error) => resume(Effect.succeed(error)))
      })
      assert.strictEqual(error.message, "Max payload size exceeded")
    }).pipe(direct()))

  it.live("comes from the local address that is asked for", () =>
    Effect.gen(function*() {
      // Only Linux has all of 127.0.0.0/8 without being told.
      const localAddress = process.platform === "linux" ? "127.0.0.2" : "127.0.0.1"
      const server = yield* serveSockets(echo)
      yield* connect(server.url).pipe(direct({ localAddress }))
      assert.strictEqual(server.handshakes[0]?.remoteAddress, localAddress)
    }))

  it.live("outlives the layer, and is closed by whoever made it", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(echo)
      const socket = yield* connect(server.url).pipe(direct())
      assert.strictEqual(socket.readyState, WebSocket.OPEN)
      socket.send("still here")
      assert.strictEqual(yield* message(socket), "still here")
    }))
})

describe("a dial", () => {
  it.live("that fails says why", () =>
    Effect.gen(function*() {
      const { port } = yield* Effect.scoped(listen(createServer()))
      const error = yield* refusal(`ws://127.0.0.1:${port}`)
      assert.strictEqual(error.message, `connect ECONNREFUSED 127.0.0.1:${port}`)
      assert.strictEqual(error.code, "ECONNREFUSED")
    }).pipe(direct()))

  it.live("gives up a connection after the time that is allowed, TLS included", () =>
    Effect.gen(function*() {
      // Takes the connection, never shakes hands.
      const { open, port } = yield* listen(createTcpServer())
      const error = yield* refusal(`wss://127.0.0.1:${port}`).pipe(direct({ connectTimeout: "50 millis" }))
      assert.strictEqual(error.message, "no connection within 50 ms")
      assert.strictEqual(error.code, "ETIMEDOUT")
      yield* Effect.forEach(open, (socket) =>
        Effect.callback<void>((resume) => {
          socket.resume().once("close", () => resume(Effect.void))
        }))
    }))

  it.live("leaves the answer of the server to other time limits", () =>
    Effect.gen(function*() {
      const late: Handler = (_, response) => {
        setTimeout(() => response.writeHead(503).end(), 2500)
      }
      const servers = [yield* serve(late), yield* serve(late, identity)]
      const { port } = yield* proxy()
      const errors = yield* Effect.forEach([false, `http://127.0.0.1:${port}`] as const, (proxy) =>
        Effect.forEach(servers, ({ url }) =>
          refusal(url.replace("http", "ws")), { concurrency: 2 }).pipe(
            direct({ connectTimeout: "2 seconds", tls, proxy })
          ), { concurrency: 2 })
      assert.deepStrictEqual(
        errors.flat().map(({ message }) =>
          message
        ),
        Array.from({ length: 4 }, () => "the server answered 503")
      )
    }))

  it.live("can be given up at once, when nobody listens any more either", () =>
    Effect.gen(function*() {
      const { open, port } = yield* listen(createTcpServer((socket) => socket.resume()))
      for (const scheme of ["ws", "wss"]) {
        const socket = yield* dial(`${scheme}://127.0.0.1:${port}`)
        while (open.size === 0) yield* Effect.sleep("1 millis")
        socket.terminate()
        while (open.size > 0) yield* Effect.sleep("1 millis")
      }
    }).pipe(direct()))

  it.live("takes as long as it takes where no limit is wanted", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(echo, identity)
      yield* connect(server.url).pipe(direct({ connectTimeout: Infinity, tls }))
    }))
})

describe("options of sockets that cannot be used", () => {
  it.live("fail each dial, and name the option", () =>
    Effect.gen(function*() {
      const unusable: ReadonlyArray<readonly [NodeDeepgram.NodeOptions, RegExp]> = [
        [{ connectTimeout: 0 }, /connectTimeout is not a time longer than zero/],
        [{ localAddress: "localhost" }, /localAddress is not an IP address/],
        [{ proxy: "socks5://user:s3cret@127.0.0.1" }, /proxy is not the address of an http or https proxy/],
        [{ tls: { ca: "/etc/ssl/ca.pem" } }, /tls\.ca is not a certificate in PEM form/],
        [{ tls: { cert: identity.cert.slice(0, 100) } }, /tls cannot be used: /]
      ]
      for (const [options, expected] of unusable) {
        const error = yield* Effect.flip(dial("ws://127.0.0.1:1")).pipe(direct(options))
        assert.propertyVal(error.cause, "_tag", "ConfigError")
        assert.match(error.message, expected)
        assert.notInclude(inspect(error, { depth: Infinity, showHidden: true }), "s3cret")
      }
    }))

  it.live("are named where they came from the environment", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(dial("ws://127.0.0.1:1")).pipe(
        Effect.provide(NodeDeepgram.layerWebSocket()),
        withEnvironment({ HTTPS_PROXY: "ftp://user:s3cret@127.0.0.1" })
      )
      assert.match(error.message, /HTTPS_PROXY is not the address of an http or https proxy/)
      assert.notInclude(inspect(error, { depth: Infinity, showHidden: true }), "s3cret")
    }))
})
