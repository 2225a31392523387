import { NodeDeepgram } from "@effect-deepgram/node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { createPrivateKey } from "node:crypto"
import { createServer } from "node:net"
import { makeAuthority } from "./support/certificates.ts"
import { proxy } from "./support/proxy.ts"
import { listen } from "./support/server.ts"
import { connect, echo, message, refusal, serveSockets } from "./support/webSocket.ts"

const authority = makeAuthority("Test Authority")
const identity = authority.issue("server", ["127.0.0.1"])
/** Of a server that wants to know its clients. */
const demanding = { ca: authority.ca, requestCert: true, rejectUnauthorized: true }

const withTls = (tls: NodeDeepgram.TlsOptions) => Effect.provide(NodeDeepgram.layerWebSocket({ proxy: false, tls }))

describe("TLS of sockets", () => {
  it.live("trusts the authority that is passed", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(echo, identity)
      const socket = yield* connect(server.url).pipe(withTls({ ca: authority.ca }))
      socket.send("in secret")
      assert.strictEqual(yield* message(socket), "in secret")
    }))

  it.live("refuses a server of another authority, and says what to do", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(echo, identity)
      for (const tls of [{}, { ca: makeAuthority("Other Authority").ca }]) {
        const error = yield* refusal(server.url).pipe(withTls(tls))
        assert.match(error.message, /^the certificate is not trusted: .*; pass its authority as tls\.ca$/)
        assert.match(error.code ?? "", /^UNABLE_TO/)
      }
      assert.strictEqual(server.handshakes.length, 0)
    }))

  it.live("accepts any certificate where that is asked for", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(echo, identity)
      yield* connect(server.url).pipe(withTls({ rejectUnauthorized: false }))
      assert.strictEqual(server.handshakes.length, 1)
    }))

  it.live("refuses a certificate for another name, unless that name is passed", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(echo, authority.issue("server", ["api.internal"]))
      const error = yield* refusal(server.url).pipe(withTls({ ca: authority.ca }))
      assert.strictEqual(error.code, "ERR_TLS_CERT_ALTNAME_INVALID")
      yield* connect(server.url).pipe(withTls({ ca: authority.ca, servername: "api.internal" }))
      assert.deepStrictEqual(server.handshakes.map(({ servername }) => servername), ["api.internal"])
    }))

  it.live("shows the client's certificate to a server that asks for one", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(echo, { ...identity, ...demanding })
      const own = authority.issue("the client")
      const encrypted = createPrivateKey(own.key).export({
        type: "pkcs8",
        format: "pem",
        cipher: "aes-256-cbc",
        passphrase: "open sesame"
      })
      const key = Redacted.make(String(encrypted))
      const passphrase = Redacted.make("open sesame")
      yield* connect(server.url).pipe(withTls({ ca: authority.ca, cert: own.cert, key, passphrase }))
      assert.deepStrictEqual(server.handshakes.map(({ clientName }) => clientName), ["the client"])
      yield* refusal(server.url).pipe(withTls({ ca: authority.ca }))
      assert.strictEqual(server.handshakes.length, 1)
    }))

  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    it.live(`says that a client certificate is missing, or not liked: ${version}`, () =>
      Effect.gen(function*() {
        const server = yield* serveSockets(echo, {
          ...identity,
          ...demanding,
          minVersion: version,
          maxVersion: version
        })
        const { port } = yield* proxy()
        const stranger = makeAuthority("Other Authority").issue("the client")
        const wrong = { ca: authority.ca, cert: stranger.cert, key: Redacted.make(stranger.key) }
        for (const address of [false, `http://127.0.0.1:${port}`] as const) {
          const errorOf = (tls: NodeDeepgram.TlsOptions) =>
            refusal(server.url).pipe(Effect.provide(NodeDeepgram.layerWebSocket({ proxy: address, tls })))
          assert.match(
            (yield* errorOf({ ca: authority.ca })).message,
            /^the server refused the TLS handshake \((certificate required|handshake failure)\): if it wants a client certificate, pass tls\.cert and tls\.key$/
          )
          // Node's servers close without a word; whatever was reported stands before.
          assert.match(
            (yield* errorOf(wrong)).message,
            /^.+; the server may not accept the client certificate of tls\.cert$/
          )
        }
        assert.strictEqual(server.handshakes.length, 0)
      }))
  }

  it.live("does not suspect the client's certificate where none was shown", () =>
    Effect.gen(function*() {
      const { port } = yield* listen(createServer((connection) => connection.destroy()))
      const own = authority.issue("the client")
      const shown = withTls({ ca: authority.ca, cert: own.cert, key: Redacted.make(own.key) })
      for (const scheme of ["ws", "http"]) {
        const error = yield* refusal(`${scheme}://127.0.0.1:${port}`).pipe(shown)
        assert.match(error.message, /^(socket hang up|read ECONNRESET)$/)
      }
      const suspected = yield* refusal(`wss://127.0.0.1:${port}`).pipe(shown)
      assert.match(suspected.message, /; the server may not accept the client certificate of tls\.cert$/)
    }))
})
