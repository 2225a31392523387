import { NodeDeepgram } from "@effect-deepgram/node"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Redacted } from "effect"
import { createServer } from "node:net"
import { inspect } from "node:util"
import { makeAuthority } from "./support/certificates.ts"
import { client, once, request } from "./support/client.ts"
import { proxy } from "./support/proxy.ts"
import { listen, receipt, requestId, serve } from "./support/server.ts"
import { connect, echo, message, refusal, serveSockets } from "./support/webSocket.ts"

// Only Linux has all of 127.0.0.0/8 without being told.
const localAddress = process.platform === "linux" ? "127.0.0.2" : "127.0.0.1"

const authority = makeAuthority("Test Authority")
const identity = authority.issue("server", ["127.0.0.1", "localhost", "api.internal"])
const own = authority.issue("the client")
const tls = { ca: authority.ca, cert: own.cert, key: Redacted.make(own.key) }
/** A server that wants to know its clients. */
const demanding = { ...identity, ca: authority.ca, requestCert: true, rejectUnauthorized: true }

const credentials = "user:s3cret"

/** Proxies that want credentials, without and with TLS of their own. */
const proxies = (names: Readonly<Record<string, number>>) =>
  Effect.gen(function*() {
    const plain = yield* proxy({ credentials, names })
    const secure = yield* proxy({ credentials, names, tls: identity })
    return [
      { ...plain, address: `http://${credentials}@127.0.0.1:${plain.port}` },
      { ...secure, address: `https://${credentials}@localhost:${secure.port}` }
    ]
  })

describe("all options together", () => {
  it.live("connect a request", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt, demanding)
      for (const { address, wishes } of yield* proxies({ "api.internal": server.port })) {
        const answers = yield* Effect.replicateEffect(request, 3).pipe(
          Effect.provide(client({ url: "https://api.internal" }, { tls, localAddress, proxy: address, connections: 1 }))
        )
        assert.deepStrictEqual(answers.map(({ request_id }) => request_id), [requestId, requestId, requestId])
        assert.deepStrictEqual(wishes.map(({ remoteAddress, target }) => ({ remoteAddress, target })), [
          { remoteAddress: localAddress, target: "api.internal:443" }
        ])
      }
      assert.deepStrictEqual(server.requests.map(({ clientName }) => clientName), Array(6).fill("the client"))
      assert.strictEqual(server.connections(), 2)
    }))

  it.live("connect a socket", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(echo, demanding)
      for (const { address, wishes } of yield* proxies({ "api.internal": server.port })) {
        const socket = yield* connect("wss://api.internal/v1/listen").pipe(
          Effect.provide(NodeDeepgram.layerWebSocket({ tls, localAddress, proxy: address }))
        )
        socket.send("all of it")
        assert.strictEqual(yield* message(socket), "all of it")
        assert.deepStrictEqual(wishes.map(({ remoteAddress, target }) => ({ remoteAddress, target })), [
          { remoteAddress: localAddress, target: "api.internal:443" }
        ])
      }
      assert.deepStrictEqual(server.handshakes.map(({ clientName }) => clientName), ["the client", "the client"])
    }))

  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    it.live(`show the client's certificate to no proxy, and say so: ${version}`, () =>
      Effect.gen(function*() {
        const server = yield* serve(receipt, demanding)
        const sockets = yield* serveSockets(echo, demanding)
        // It asks, and refuses who has none.
        const { port, wishes } = yield* proxy({ tls: { ...demanding, minVersion: version, maxVersion: version } })
        const options = { tls, proxy: `https://localhost:${port}` }
        const words =
          /the proxy refused the TLS handshake \((certificate required|handshake failure)\): it gets no client certificate, tls\.cert is for the server( \(ERR_SSL_[\w/]+\))?$/
        for (const { url } of [server, { url: "http://127.0.0.1:1" }]) {
          const error = yield* request.pipe(once, Effect.flip, Effect.provide(client({ url }, options)))
          assert.strictEqual(error._tag, "TransportError")
          assert.match(error.message, words)
        }
        const error = yield* refusal(sockets.url).pipe(Effect.provide(NodeDeepgram.layerWebSocket(options)))
        assert.match(error.message, words)
        assert.strictEqual(wishes.length + server.requests.length + sockets.handshakes.length, 0)
      }))
  }

  it.live("suspect a proxy that hangs up, and no certificate", () =>
    Effect.gen(function*() {
      const { port } = yield* listen(createServer((connection) => connection.destroy()))
      for (const scheme of ["http", "https"]) {
        const options = { tls, proxy: `${scheme}://localhost:${port}` }
        for (const url of ["https://127.0.0.1:1", "http://127.0.0.1:1"]) {
          const error = yield* request.pipe(once, Effect.flip, Effect.provide(client({ url }, options)))
          assert.strictEqual(error._tag, "TransportError")
          assert.match(error.message, /no answer: the proxy closed the connection: /)
        }
        const error = yield* refusal("wss://127.0.0.1:1").pipe(Effect.provide(NodeDeepgram.layerWebSocket(options)))
        assert.match(error.message, /^(the proxy closed the connection: |Proxy connection ended before)/)
        assert.notInclude(error.message, "certificate")
      }
    }))
})

describe("what is behind a proxy", () => {
  it.live("is trusted by its own certificate, and so is the proxy", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt, identity)
      const impostor = yield* serve(receipt, makeAuthority("Other Authority").issue("server", ["127.0.0.1"]))
      for (const { address, wishes } of yield* proxies({})) {
        const refused = yield* request.pipe(
          once,
          Effect.flip,
          Effect.provide(client(impostor, { tls: { ca: authority.ca }, proxy: address }))
        )
        assert.match(refused.message, /no answer: the certificate is not trusted: /)
        assert.strictEqual(wishes.length, 1)
      }
      const [, secure] = yield* proxies({})
      const untrusted = yield* request.pipe(
        once,
        Effect.flip,
        Effect.provide(client(server, { proxy: secure?.address ?? false }))
      )
      assert.match(
        untrusted.message,
        /no answer: the certificate of the proxy is not trusted: .*; pass its authority as/
      )
      assert.notInclude(inspect(untrusted, { depth: Infinity, showHidden: true }), "s3cret")
      assert.strictEqual(secure?.wishes.length, 0)
      assert.strictEqual(server.requests.length + impostor.requests.length, 0)
    }))

  it.live("is out of reach where the proxy has a certificate for another name, which is said", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt, identity)
      const { port } = yield* proxy({ tls: authority.issue("proxy", ["localhost"]) })
      const options = { tls, proxy: `https://127.0.0.1:${port}` }
      const words = /the certificate of the proxy is for another name: Hostname\/IP does not match/
      for (const { url } of [server, { url: "http://127.0.0.1:1" }]) {
        const error = yield* request.pipe(once, Effect.flip, Effect.provide(client({ url }, options)))
        assert.match(error.message, words)
      }
      const error = yield* refusal("wss://127.0.0.1:1").pipe(Effect.provide(NodeDeepgram.layerWebSocket(options)))
      assert.match(error.message, words)
    }))

  it.live("is said to be out of reach by the status of the proxy", () =>
    Effect.gen(function*() {
      for (const { address } of yield* proxies({})) {
        const error = yield* request.pipe(
          once,
          Effect.flip,
          Effect.provide(client({ url: "https://127.0.0.1:1" }, { tls, proxy: address }))
        )
        assert.strictEqual(error._tag, "TransportError")
        assert.match(error.message, /no answer: the proxy refused to connect: status 502 \(/)
      }
    }))

  it.live("is connected to anew when the tunnel was closed, from either side", () =>
    Effect.gen(function*() {
      const closed = [Deferred.makeUnsafe<void>(), Deferred.makeUnsafe<void>()]
      const server = yield* serve((request, response, received) => {
        request.socket.on("close", () => {
          const gone = closed[received.connection]
          if (gone !== undefined) Deferred.doneUnsafe(gone, Effect.void)
        })
        receipt(request, response, received)
      }, identity)
      const { open, port, wishes } = yield* proxy()
      const options = { tls: { ca: authority.ca }, proxy: `http://127.0.0.1:${port}` }
      yield* Effect.gen(function*() {
        yield* once(request)
        for (const socket of open) socket.end()
        if (closed[0] !== undefined) yield* Deferred.await(closed[0])
        yield* once(request)
        // Now by its own time without use.
        if (closed[1] !== undefined) yield* Deferred.await(closed[1])
        yield* once(request)
      }).pipe(Effect.provide(client(server, { ...options, keepAliveTimeout: "50 millis" })))
      assert.deepStrictEqual(server.requests.map(({ connection }) => connection), [0, 1, 2])
      assert.strictEqual(wishes.length, 3)
    }))
})
