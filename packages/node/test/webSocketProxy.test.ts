import { NodeDeepgram } from "@effect-deepgram/node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { Deepgram } from "effect-deepgram"
import * as Socket from "effect/socket/Socket"
import { connect as connectTo, createServer } from "node:net"
import { inspect } from "node:util"
import { WebSocket } from "ws"
import { makeAuthority } from "./support/certificates.ts"
import { apiKey, withEnvironment } from "./support/client.ts"
import { proxy } from "./support/proxy.ts"
import { listen } from "./support/server.ts"
import { connect, dial, echo, message, refusal, serveSockets } from "./support/webSocket.ts"

const authority = makeAuthority("Test Authority")
const identity = authority.issue("server", ["127.0.0.1", "localhost", "api.internal"])
const tls = { ca: authority.ca }

const secret = "pr0xy-p%ssw:rd"
const credentials = `user:${secret}`
const withCredentials = (port: number, password = secret) =>
  `http://user:${encodeURIComponent(password)}@127.0.0.1:${port}`

const through = (proxy: NodeDeepgram.NodeOptions["proxy"], options: NodeDeepgram.NodeOptions = {}) =>
  Effect.provide(NodeDeepgram.layerWebSocket({ tls, ...options, proxy }))

describe("a proxy, for sockets", () => {
  it.live("tunnels wss: and ws:, resolves the names, and sees nothing of what is sent", () =>
    Effect.gen(function*() {
      const secure = yield* serveSockets(echo, identity)
      const plain = yield* serveSockets(echo)
      for (const server of [secure, plain]) {
        const { port, wishes } = yield* proxy({ names: { "api.internal": server.port }, credentials })
        const scheme = server === secure ? "wss" : "ws"
        const socket = yield* connect(`${scheme}://api.internal/v1/listen`, {
          headers: { authorization: "Token a-key" },
          protocols: "token"
        }).pipe(through(withCredentials(port)))
        socket.send("through the tunnel")
        assert.strictEqual(yield* message(socket), "through the tunnel")
        const target = server === secure ? "api.internal:443" : "api.internal:80"
        assert.deepStrictEqual(wishes.map(({ method, target }) => `${method} ${target}`), [`CONNECT ${target}`])
        const [handshake] = server.handshakes
        assert.strictEqual(handshake?.target, "/v1/listen")
        assert.strictEqual(handshake?.headers.authorization, "Token a-key")
        assert.strictEqual(handshake?.headers.host, "api.internal")
        assert.notProperty(handshake?.headers, "proxy-authorization")
        assert.strictEqual(handshake?.servername, server === secure ? "api.internal" : undefined)
      }
    }))

  it.live("gets the credentials that it wants, whatever characters they have", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(echo, identity)
      const { port, wishes } = yield* proxy({ credentials })
      yield* connect(server.url).pipe(through(withCredentials(port)))
      yield* connect(server.url).pipe(through(Redacted.make(`${credentials}@127.0.0.1:${port}`)))
      assert.strictEqual(wishes.length, 2)
    }))

  it.live("may speak TLS itself", () =>
    Effect.gen(function*() {
      const secure = yield* serveSockets(echo, identity)
      const plain = yield* serveSockets(echo)
      const { port, wishes } = yield* proxy({ tls: identity, credentials })
      for (const host of ["localhost", "127.0.0.1"]) {
        const address = `https://user:${encodeURIComponent(secret)}@${host}:${port}`
        for (const server of [secure, plain]) {
          const socket = yield* connect(server.url).pipe(through(address))
          socket.send("twice wrapped")
          assert.strictEqual(yield* message(socket), "twice wrapped")
        }
        const error = yield* refusal(secure.url).pipe(through(address, { tls: {} }))
        assert.match(error.message, /^the certificate of the proxy is not trusted: .*; pass its authority as tls\.ca$/)
      }
      assert.strictEqual(wishes.length, 4)
    }))

  it.live("is connected to from the local address", () =>
    Effect.gen(function*() {
      const localAddress = process.platform === "linux" ? "127.0.0.2" : "127.0.0.1"
      const server = yield* serveSockets(echo, identity)
      const { port, wishes } = yield* proxy()
      yield* connect(server.url).pipe(through(`http://127.0.0.1:${port}`, { localAddress }))
      assert.deepStrictEqual(wishes.map(({ remoteAddress }) => remoteAddress), [localAddress])
    }))

  it.live("does not lend its name to the server: an address needs a certificate of its own", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(echo, authority.issue("server", ["127.0.0.1"]))
      const impostor = yield* serveSockets(echo, authority.issue("impostor", ["localhost"]))
      const { port } = yield* proxy()
      for (const host of ["localhost", "127.0.0.1"]) {
        const address = `http://${host}:${port}`
        yield* connect(server.url).pipe(through(address))
        const error = yield* refusal(impostor.url).pipe(through(address))
        assert.strictEqual(error.code, "ERR_TLS_CERT_ALTNAME_INVALID")
        yield* connect(impostor.url).pipe(through(address, { tls: { ...tls, servername: "localhost" } }))
      }
    }))

  it.live("is used for TLS however short stack traces are", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(echo, identity)
      const { port } = yield* proxy()
      yield* Effect.acquireUseRelease(
        Effect.sync(() => {
          const before = Error.stackTraceLimit
          Error.stackTraceLimit = 0
          return before
        }),
        () => connect(server.url).pipe(through(`http://127.0.0.1:${port}`)),
        (before) => Effect.sync(() => (Error.stackTraceLimit = before))
      )
    }))

  it.live("is named when it refuses, and its password is not", () =>
    Effect.gen(function*() {
      const { port } = yield* proxy({ credentials })
      const wrong = "wr0ng-s3cret"
      for (const url of ["wss://127.0.0.1:1", "ws://127.0.0.1:1"]) {
        const refused = yield* refusal(url).pipe(through(withCredentials(port, wrong)))
        assert.strictEqual(
          refused.message,
          "the proxy refused to connect: status 407, it wants other credentials"
        )
        const everything = inspect(refused, { depth: Infinity, showHidden: true })
        assert.notInclude(everything, wrong)
        assert.notInclude(everything, Buffer.from(`user:${wrong}`).toString("base64"))
        const gone = yield* refusal(url).pipe(through(withCredentials(port)))
        assert.strictEqual(gone.message, "the proxy refused to connect: status 502")
      }
    }))

  it.live("that is not there is named by its address, without the password", () =>
    Effect.gen(function*() {
      const { port } = yield* Effect.scoped(listen(createServer()))
      const error = yield* refusal("wss://127.0.0.1:1").pipe(through(withCredentials(port)))
      assert.strictEqual(error.message, `connect ECONNREFUSED 127.0.0.1:${port}`)
      assert.notInclude(inspect(error, { depth: Infinity, showHidden: true }), encodeURIComponent(secret))
    }))

  it.live("that hangs up is named", () =>
    Effect.gen(function*() {
      const { port } = yield* listen(createServer((socket) => socket.end()))
      const error = yield* refusal("wss://127.0.0.1:1").pipe(through(`http://127.0.0.1:${port}`))
      assert.match(error.message, /^Proxy connection ended before receiving CONNECT response$/)
    }))

  it.live("that never ends its answer is given up", () =>
    Effect.gen(function*() {
      const { open, port } = yield* listen(createServer((socket) => {
        socket.resume().on("error", () => {}).write(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(20_000)}`)
      }))
      const error = yield* refusal("wss://127.0.0.1:1").pipe(through(`http://127.0.0.1:${port}`))
      assert.strictEqual(error.message, "the answer of the proxy is longer than 16384 bytes")
      while (open.size > 0) yield* Effect.sleep("1 millis")
    }))

  it.live("may answer in pieces", () =>
    Effect.gen(function*() {
      for (const server of [yield* serveSockets(echo, identity), yield* serveSockets(echo)]) {
        const { port } = yield* listen(createServer((socket) => {
          socket.once("data", () => {
            socket.pause()
            const target = connectTo(server.port, "127.0.0.1")
            const pieces = ["HTTP/1.1 200 Connection", " established\r\nvia: 1.1 test\r", "\n\r\n"]
            const answer = (index: number) => {
              const piece = pieces[index]
              if (piece === undefined) socket.pipe(target).pipe(socket)
              else socket.write(piece, () => setTimeout(answer, 5, index + 1))
            }
            answer(0)
            socket.on("error", () => target.destroy())
            target.on("error", () => socket.destroy())
          })
        }))
        const socket = yield* connect(server.url).pipe(through(`http://127.0.0.1:${port}`))
        socket.send("in pieces")
        assert.strictEqual(yield* message(socket), "in pieces")
      }
    }))

  it.live("that says nothing is given up, and so is a server that says nothing behind it", () =>
    Effect.gen(function*() {
      const mute = yield* listen(createServer((socket) => socket.resume()))
      const silent = yield* proxy({ silent: true })
      const tunnel = yield* proxy()
      const wrapped = yield* proxy({ tls: identity })
      for (
        const address of [
          `http://127.0.0.1:${silent.port}`,
          // Takes the connection, never shakes hands.
          `https://127.0.0.1:${mute.port}`,
          `http://127.0.0.1:${tunnel.port}`,
          `https://127.0.0.1:${wrapped.port}`
        ]
      ) {
        const error = yield* refusal(`wss://127.0.0.1:${mute.port}`).pipe(
          through(address, { connectTimeout: "100 millis" })
        )
        assert.strictEqual(error.message, "no connection through the proxy within 100 ms")
        assert.strictEqual(error.code, "ETIMEDOUT")
      }
      while (mute.open.size + silent.open.size + tunnel.open.size + wrapped.open.size > 0) {
        yield* Effect.sleep("1 millis")
      }
    }))

  it.live("that says nothing is let go with the socket", () =>
    Effect.gen(function*() {
      const { open, port } = yield* proxy({ silent: true })
      for (const url of ["ws://127.0.0.1:1", "wss://127.0.0.1:1"]) {
        const socket = yield* dial(url).pipe(through(`http://127.0.0.1:${port}`))
        while (open.size === 0) yield* Effect.sleep("1 millis")
        socket.terminate()
        while (open.size > 0) yield* Effect.sleep("1 millis")
      }
    }))

  it.live("is not connected to for a socket that is given up before", () =>
    Effect.gen(function*() {
      const { connections, port, wishes } = yield* proxy({ silent: true })
      const address = `http://127.0.0.1:${port}`
      const make = yield* Socket.WebSocketConstructor.pipe(through(address))
      yield* Effect.callback<void>((resume) => {
        // Right from the event loop, where ticks come before the microtasks behind which the tunnel connects.
        setImmediate(() => {
          const socket = make("wss://127.0.0.1:1")
          assert.instanceOf(socket, WebSocket)
          socket.once("close", () => resume(Effect.void)).terminate()
        })
      })
      // Whoever connects later is accepted later.
      yield* dial("wss://127.0.0.1:2").pipe(through(address))
      while (!wishes.some(({ target }) => target === "127.0.0.1:2")) yield* Effect.sleep("1 millis")
      assert.strictEqual(connections(), 1)
    }))
})

describe("the proxies of the environment, for sockets", () => {
  const fromEnvironment = (url: string, env: Record<string, string>) =>
    connect(url).pipe(Effect.provide(NodeDeepgram.layerWebSocket({ tls })), withEnvironment(env))

  it.live("are used by default, for their kind of socket", () =>
    Effect.gen(function*() {
      const secure = yield* serveSockets(echo, identity)
      const plain = yield* serveSockets(echo)
      const one = yield* proxy()
      const other = yield* proxy({ credentials })
      const env = { HTTPS_PROXY: `http://127.0.0.1:${one.port}`, HTTP_PROXY: withCredentials(other.port) }
      yield* fromEnvironment(secure.url, env)
      yield* fromEnvironment(plain.url, env)
      assert.deepStrictEqual(one.wishes.map(({ target }) => target), [`127.0.0.1:${secure.port}`])
      assert.deepStrictEqual(other.wishes.map(({ target }) => target), [`127.0.0.1:${plain.port}`])
    }))

  it.live("are read in lower case first, and HTTP_PROXY stands in for a missing HTTPS_PROXY, not the other way", () =>
    Effect.gen(function*() {
      const secure = yield* serveSockets(echo, identity)
      const plain = yield* serveSockets(echo)
      const one = yield* proxy()
      const other = yield* proxy()
      yield* fromEnvironment(secure.url, {
        HTTPS_PROXY: `http://127.0.0.1:${other.port}`,
        https_proxy: `127.0.0.1:${one.port}`
      })
      yield* fromEnvironment(secure.url, { http_proxy: `http://127.0.0.1:${one.port}` })
      yield* fromEnvironment(plain.url, { https_proxy: `http://127.0.0.1:${other.port}` })
      assert.strictEqual(one.wishes.length, 2)
      assert.strictEqual(other.wishes.length, 0)
    }))

  it.live("leave out what NO_PROXY lists", () =>
    Effect.gen(function*() {
      const secure = yield* serveSockets(echo, identity)
      const { port, wishes } = yield* proxy({ names: { "api.internal": secure.port } })
      const env = { https_proxy: `http://127.0.0.1:${port}` }
      yield* fromEnvironment(secure.url, { ...env, NO_PROXY: "example.com, 127.0.0.1" })
      yield* fromEnvironment(secure.url, { ...env, no_proxy: `127.0.0.1:${secure.port}`, NO_PROXY: "" })
      yield* fromEnvironment(secure.url, { ...env, NO_PROXY: "*" })
      assert.strictEqual(wishes.length, 0)
      yield* fromEnvironment(secure.url, { ...env, NO_PROXY: "127.0.0.1:1, .internal.example" })
      yield* fromEnvironment("wss://api.internal", { ...env, NO_PROXY: "127.0.0.1" })
      assert.deepStrictEqual(wishes.map(({ target }) => target), [`127.0.0.1:${secure.port}`, "api.internal:443"])
    }))

  it.live("are not looked at when a proxy, or none, is asked for", () =>
    Effect.gen(function*() {
      const secure = yield* serveSockets(echo, identity)
      const wanted = yield* proxy()
      const env = { HTTPS_PROXY: "http://127.0.0.1:1", NO_PROXY: "*" }
      yield* connect(secure.url).pipe(through(`http://127.0.0.1:${wanted.port}`), withEnvironment(env))
      assert.strictEqual(wanted.wishes.length, 1)
      yield* connect(secure.url).pipe(through(false), withEnvironment({ HTTPS_PROXY: "http://127.0.0.1:1" }))
    }))
})

describe("the sockets of a client", () => {
  const ofClient = Effect.provideServiceEffect(
    Socket.WebSocketConstructor,
    Effect.flatMap(Deepgram.Deepgram, ({ webSocket }) => Effect.fromNullishOr(webSocket))
  )

  it.live("are connected with the options of its layer", () =>
    Effect.gen(function*() {
      const secure = yield* serveSockets(echo, identity)
      const { port, wishes } = yield* proxy()
      const options = { apiKey: Redacted.make(apiKey), tls, proxy: `http://127.0.0.1:${port}` }
      yield* connect(secure.url).pipe(ofClient, Effect.provide(NodeDeepgram.layer(options)))
      yield* connect(secure.url).pipe(ofClient, Effect.provide(NodeDeepgram.layerConfig(options)))
      assert.strictEqual(wishes.length, 2)
      assert.strictEqual(secure.handshakes.length, 2)
    }))
})
