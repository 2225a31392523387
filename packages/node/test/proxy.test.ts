import { NodeDeepgram } from "@effect-deepgram/node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted } from "effect"
import type { Deepgram } from "effect-deepgram"
import { createServer } from "node:net"
import { inspect } from "node:util"
import { makeAuthority } from "./support/certificates.ts"
import { apiKey, client, once, request, upload, withEnvironment } from "./support/client.ts"
import { proxy } from "./support/proxy.ts"
import { listen, receipt, requestId, serve } from "./support/server.ts"

const authority = makeAuthority("Test Authority")
const identity = authority.issue("server", ["127.0.0.1", "localhost", "api.internal"])
const tls = { ca: authority.ca }

const secret = "pr0xy-p%ssw:rd"
const credentials = `user:${secret}`
const withCredentials = (port: number, password = secret) =>
  `http://user:${encodeURIComponent(password)}@127.0.0.1:${port}`

/** A request through the given client. */
const ask = (layer: Layer.Layer<Deepgram.Deepgram>) => Effect.provide(request, layer)

describe("a proxy", () => {
  it.live("tunnels https, resolves the names, and sees nothing of what is sent", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt, identity)
      const { port, wishes } = yield* proxy({ names: { "api.internal": server.port } })
      const answer = yield* ask(
        client({ url: "https://api.internal:8443" }, { tls, proxy: `http://127.0.0.1:${port}` })
      )
      assert.strictEqual(answer.request_id, requestId)
      assert.deepStrictEqual(wishes.map(({ method, target }) => `${method} ${target}`), ["CONNECT api.internal:8443"])
      assert.strictEqual(server.requests[0]?.headers.authorization, `Token ${apiKey}`)
      assert.strictEqual(server.requests[0]?.headers.host, "api.internal:8443")
      assert.notProperty(server.requests[0]?.headers, "proxy-authorization")
    }))

  it.live("forwards http", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt)
      const { port, wishes } = yield* proxy({ credentials })
      yield* ask(client(server, { proxy: withCredentials(port) }))
      assert.strictEqual(wishes[0]?.method, "POST")
      assert.isTrue(wishes[0]?.target.startsWith(`${server.url}/v1/listen?`))
      assert.notProperty(server.requests[0]?.headers, "proxy-authorization")
    }))

  it.live("keeps its tunnels: requests in turn use one", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt, identity)
      const { port, wishes } = yield* proxy()
      yield* Effect.repeat(request, { times: 4 }).pipe(
        Effect.provide(client(server, { tls, proxy: new URL(`http://127.0.0.1:${port}`) }))
      )
      assert.strictEqual(server.requests.length, 5)
      assert.strictEqual(server.connections(), 1)
      assert.strictEqual(wishes.length, 1)
    }))

  it.live("gets the credentials that it wants, whatever characters they have", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt, identity)
      const { port, wishes } = yield* proxy({ credentials })
      const addresses = [
        withCredentials(port),
        // As people paste it: the percent sign is its own.
        `http://${credentials}@127.0.0.1:${port}`,
        // As curl takes it.
        `${credentials}@127.0.0.1:${port}`
      ]
      for (const address of addresses) {
        yield* ask(client(server, { tls, proxy: Redacted.make(address) }))
      }
      assert.strictEqual(wishes.length, 3)
      assert.strictEqual(new Set(wishes.map(({ authorization }) => authorization)).size, 1)
    }))

  it.live("may speak TLS itself", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt, identity)
      const plain = yield* serve(receipt)
      const { port, wishes } = yield* proxy({ tls: identity, credentials })
      const address = `https://user:${encodeURIComponent(secret)}@localhost:${port}`
      yield* ask(client(server, { tls, proxy: address }))
      yield* ask(client(plain, { tls, proxy: address }))
      assert.deepStrictEqual(wishes.map(({ method }) => method), ["CONNECT", "POST"])
    }))

  it.live("is connected to from the local address", () =>
    Effect.gen(function*() {
      const localAddress = process.platform === "linux" ? "127.0.0.2" : "127.0.0.1"
      const server = yield* serve(receipt, identity)
      const plain = yield* serve(receipt)
      const { port, wishes } = yield* proxy()
      const options = { tls, localAddress, proxy: `http://127.0.0.1:${port}` }
      yield* ask(client(server, options))
      yield* ask(client(plain, options))
      assert.deepStrictEqual(wishes.map(({ remoteAddress }) => remoteAddress), [localAddress, localAddress])
    }))

  it.live("holds to the limit of connections", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt, identity)
      const plain = yield* serve(receipt)
      const many = Effect.all(Array.from({ length: 8 }, () => upload(new Uint8Array(1000))), {
        concurrency: "unbounded"
      })
      for (const target of [server, plain]) {
        const { connections, port } = yield* proxy()
        yield* Effect.provide(many, client(target, { tls, connections: 2, proxy: `http://127.0.0.1:${port}` }))
        assert.strictEqual(target.requests.length, 8)
        assert.isAtMost(connections(), 2)
      }
    }))

  it.live("is named when it refuses, and its password is not", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt, identity)
      const plain = yield* serve(receipt)
      const { port } = yield* proxy({ credentials })
      for (const url of [server.url, plain.url]) {
        const error = yield* Effect.flip(
          once(ask(client({ url }, { tls, proxy: withCredentials(port, "wr0ng-s3cret") })))
        )
        assert.strictEqual(error._tag, "TransportError")
        assert.strictEqual(
          error.message,
          "ListenV1.submitUrl: no answer: the proxy refused to connect: status 407, it wants other credentials (" +
            (url === server.url ? "UND_ERR_ABORTED" : "UND_ERR_INVALID_ARG") + ")"
        )
        const everything = inspect(error, { depth: Infinity, showHidden: true })
        assert.notInclude(everything, "wr0ng-s3cret")
        assert.notInclude(everything, Buffer.from("user:wr0ng-s3cret").toString("base64"))
      }
      assert.strictEqual(server.requests.length + plain.requests.length, 0)
    }))

  it.live("that is not there is named by its address, without the password", () =>
    Effect.gen(function*() {
      const { port } = yield* Effect.scoped(listen(createServer()))
      for (const url of ["https://127.0.0.1:1", "http://127.0.0.1:1"]) {
        const error = yield* Effect.flip(once(ask(client({ url }, { proxy: withCredentials(port) }))))
        assert.strictEqual(error._tag, "TransportError")
        assert.include(error.message, `ECONNREFUSED 127.0.0.1:${port}`)
        assert.notInclude(inspect(error, { depth: Infinity, showHidden: true }), encodeURIComponent(secret))
      }
    }))

  it.live("that says nothing is given up", () =>
    Effect.gen(function*() {
      const { port } = yield* proxy({ silent: true })
      const error = yield* Effect.flip(once(ask(
        client({ url: "https://127.0.0.1:1" }, { proxy: `http://127.0.0.1:${port}`, connectTimeout: "50 millis" })
      )))
      assert.strictEqual(error._tag, "TransportError")
      assert.include(error.message, "Headers Timeout Error")
    }))
})

describe("an interruption", () => {
  it.live("does not wait for a proxy that says nothing, and neither does the layer's end", () =>
    Effect.gen(function*() {
      const { port, wishes } = yield* proxy({ silent: true })
      const layer = client({ url: "https://127.0.0.1:1" }, { proxy: `http://127.0.0.1:${port}` })
      const fiber = yield* Effect.forkChild(ask(layer))
      while (wishes.length === 0) yield* Effect.sleep("1 millis")
      yield* Fiber.interrupt(fiber)
    }))
})

describe("the proxies of the environment", () => {
  const fromEnvironment = (server: { readonly url: string }, env: Record<string, string>) =>
    ask(client(server, { tls, proxy: "environment" })).pipe(withEnvironment(env))

  it.live("are used by default, for their kind of request", () =>
    Effect.gen(function*() {
      const secure = yield* serve(receipt, identity)
      const plain = yield* serve(receipt)
      const one = yield* proxy()
      const other = yield* proxy({ credentials })
      const env = { HTTPS_PROXY: `http://127.0.0.1:${one.port}`, HTTP_PROXY: withCredentials(other.port) }
      const layer = ({ url }: { readonly url: string }) =>
        NodeDeepgram.layer({ apiKey: Redacted.make(apiKey), baseUrl: url, tls })
      yield* ask(layer(secure)).pipe(withEnvironment(env))
      yield* ask(layer(plain)).pipe(withEnvironment(env))
      assert.deepStrictEqual(one.wishes.map(({ method }) => method), ["CONNECT"])
      assert.deepStrictEqual(other.wishes.map(({ method }) => method), ["POST"])
    }))

  it.live("are read in lower case first, and HTTP_PROXY stands in for a missing HTTPS_PROXY", () =>
    Effect.gen(function*() {
      const secure = yield* serve(receipt, identity)
      const one = yield* proxy()
      const other = yield* proxy()
      yield* fromEnvironment(secure, {
        HTTPS_PROXY: `http://127.0.0.1:${other.port}`,
        https_proxy: `127.0.0.1:${one.port}`
      })
      yield* fromEnvironment(secure, { http_proxy: `http://127.0.0.1:${one.port}` })
      assert.strictEqual(one.wishes.length, 2)
      assert.strictEqual(other.wishes.length, 0)
    }))

  it.live("leave out what NO_PROXY lists", () =>
    Effect.gen(function*() {
      const secure = yield* serve(receipt, identity)
      const { port, wishes } = yield* proxy({ names: { "api.internal": secure.port } })
      const env = { https_proxy: `http://127.0.0.1:${port}` }
      yield* fromEnvironment(secure, { ...env, NO_PROXY: "example.com, 127.0.0.1" })
      yield* fromEnvironment(secure, { ...env, no_proxy: `127.0.0.1:${secure.port}`, NO_PROXY: "" })
      yield* fromEnvironment(secure, { ...env, NO_PROXY: "*" })
      assert.strictEqual(wishes.length, 0)
      yield* fromEnvironment(secure, { ...env, NO_PROXY: "127.0.0.1:1, .internal.example" })
      yield* fromEnvironment({ url: "https://api.internal" }, { ...env, NO_PROXY: "127.0.0.1" })
      assert.deepStrictEqual(wishes.map(({ target }) => target), [`127.0.0.1:${secure.port}`, "api.internal:443"])
    }))

  it.live("are not looked at when a proxy, or none, is asked for", () =>
    Effect.gen(function*() {
      const secure = yield* serve(receipt, identity)
      const wanted = yield* proxy()
      const env = { HTTPS_PROXY: "http://127.0.0.1:1", NO_PROXY: "*" }
      yield* ask(client(secure, { tls, proxy: `http://127.0.0.1:${wanted.port}` })).pipe(withEnvironment(env))
      assert.strictEqual(wanted.wishes.length, 1)
      yield* ask(client(secure, { tls, proxy: false })).pipe(withEnvironment(env))
    }))

  it.live("come through the ConfigProvider, not from the process", () =>
    Effect.gen(function*() {
      const secure = yield* serve(receipt, identity)
      const before = process.env.https_proxy
      yield* Effect.acquireRelease(
        Effect.sync(() => void (process.env.https_proxy = "http://127.0.0.1:1")),
        () =>
          Effect.sync(() =>
            before === undefined ? delete process.env.https_proxy : void (process.env.https_proxy = before)
          )
      )
      yield* fromEnvironment(secure, {})
    }))
})
