import type { NodeDeepgram } from "@effect-deepgram/node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { createPrivateKey } from "node:crypto"
import { makeAuthority } from "./support/certificates.ts"
import { client, once, request } from "./support/client.ts"
import { proxy } from "./support/proxy.ts"
import { receipt, requestId, serve } from "./support/server.ts"

const authority = makeAuthority("Test Authority")
const identity = authority.issue("server", ["127.0.0.1"])
/** Of a server that wants to know its clients. */
const demanding = { ca: authority.ca, requestCert: true, rejectUnauthorized: true }

describe("TLS", () => {
  it.live("trusts the authority that is passed, as text or bytes, alone or among others", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt, identity)
      const other = makeAuthority("Other Authority").ca
      for (const ca of [authority.ca, new TextEncoder().encode(authority.ca), [other, authority.ca]]) {
        const answer = yield* Effect.provide(request, client(server, { tls: { ca } }))
        assert.strictEqual(answer.request_id, requestId)
      }
    }))

  it.live("refuses a server of another authority, and says what to do", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt, identity)
      for (const options of [{}, { tls: { ca: makeAuthority("Other Authority").ca } }]) {
        const error = yield* request.pipe(once, Effect.flip, Effect.provide(client(server, options)))
        assert.strictEqual(error._tag, "TransportError")
        assert.match(
          error.message,
          /^ListenV1\.submitUrl: no answer: the certificate is not trusted: .*pass its authority as tls\.ca \(UNABLE_TO/
        )
      }
      assert.strictEqual(server.requests.length, 0)
    }))

  it.live("accepts any certificate where that is asked for", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt, identity)
      yield* Effect.provide(request, client(server, { tls: { rejectUnauthorized: false } }))
      assert.strictEqual(server.requests.length, 1)
    }))

  it.live("refuses a certificate for another name, unless that name is passed", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt, authority.issue("server", ["api.internal"]))
      const error = yield* request.pipe(
        once,
        Effect.flip,
        Effect.provide(client(server, { tls: { ca: authority.ca } }))
      )
      assert.strictEqual(error._tag, "TransportError")
      assert.include(error.message, "ERR_TLS_CERT_ALTNAME_INVALID")
      yield* Effect.provide(request, client(server, { tls: { ca: authority.ca, servername: "api.internal" } }))
      assert.strictEqual(server.requests.length, 1)
    }))

  it.live("shows the client's certificate to a server that asks for one", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt, { ...identity, ...demanding })
      const own = authority.issue("the client")
      const encrypted = createPrivateKey(own.key).export({
        type: "pkcs8",
        format: "pem",
        cipher: "aes-256-cbc",
        passphrase: "open sesame"
      })
      const plain = { ca: authority.ca, cert: own.cert, key: Redacted.make(own.key) }
      yield* Effect.provide(request, client(server, { tls: plain }))
      yield* Effect.provide(
        request,
        client(server, {
          tls: {
            ...plain,
            key: Redacted.make(new TextEncoder().encode(String(encrypted))),
            passphrase: Redacted.make("open sesame")
          }
        })
      )
      assert.deepStrictEqual(server.requests.map(({ clientName }) => clientName), ["the client", "the client"])
      const error = yield* request.pipe(
        once,
        Effect.flip,
        Effect.provide(client(server, { tls: { ca: authority.ca } }))
      )
      assert.strictEqual(error._tag, "TransportError")
      assert.strictEqual(server.requests.length, 2)
    }))

  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    it.live(`says that a client certificate is missing, or not liked: ${version}`, () =>
      Effect.gen(function*() {
        const server = yield* serve(receipt, { ...identity, ...demanding, minVersion: version, maxVersion: version })
        const { port } = yield* proxy()
        const stranger = makeAuthority("Other Authority").issue("the client")
        const wrong = { ca: authority.ca, cert: stranger.cert, key: Redacted.make(stranger.key) }
        for (const address of [false, `http://127.0.0.1:${port}`] as const) {
          const errorOf = (tls: NodeDeepgram.TlsOptions) =>
            request.pipe(once, Effect.flip, Effect.provide(client(server, { tls, proxy: address })))
          const missing = yield* errorOf({ ca: authority.ca })
          assert.strictEqual(missing._tag, "TransportError")
          assert.match(
            missing.message,
            /^ListenV1\.submitUrl: no answer: the server refused the TLS handshake \((certificate required|handshake failure)\): if it wants a client certificate, pass tls\.cert and tls\.key \(ERR_SSL_/
          )
          const disliked = yield* errorOf(wrong)
          assert.strictEqual(disliked._tag, "TransportError")
          // Node's servers close without a word; whatever was reported stands before.
          assert.match(
            disliked.message,
            /^ListenV1\.submitUrl: no answer: .+; the server may not accept the client certificate of tls\.cert \(/
          )
        }
        assert.strictEqual(server.requests.length, 0)
      }))
  }

  it.live("does not suspect the client's certificate where none was shown, nor after an answer", () =>
    Effect.gen(function*() {
      const own = authority.issue("the client")
      const tls = { ca: authority.ca, cert: own.cert, key: Redacted.make(own.key) }
      const plain = yield* serve((request) => request.socket.destroy())
      const kept = yield* serve(
        (request, response, received) =>
          received.index === 0 ? receipt(request, response, received) : request.socket.destroy(),
        { ...identity, ...demanding }
      )
      for (const server of [plain, kept]) {
        const error = yield* Effect.gen(function*() {
          if (server === kept) yield* request
          return yield* request.pipe(once, Effect.flip)
        }).pipe(Effect.provide(client(server, { tls, connections: 1 })))
        assert.strictEqual(error._tag, "TransportError")
        assert.match(error.message, /^ListenV1\.submitUrl: no answer: (other side closed|read ECONNRESET)/)
        assert.notInclude(error.message, "certificate")
      }
      assert.strictEqual(kept.connections(), 1)
    }))
})
