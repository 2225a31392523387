import { NodeDeepgram } from "@effect-deepgram/node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { inspect } from "node:util"
import { makeAuthority } from "./support/certificates.ts"
import { apiKey, client, request, withEnvironment } from "./support/client.ts"
import { receipt, requestId, serve } from "./support/server.ts"

const authority = makeAuthority("Test Authority")
const own = authority.issue("the client")
/** A line of the private key. */
const keyLine = own.key.split("\n")[1] ?? own.key
const secret = "s3cret-of-the-options"

const unusable: ReadonlyArray<readonly [string, NodeDeepgram.NodeOptions, RegExp]> = [
  ["a pool without connections", { connections: 0 }, /connections is not a whole number above zero/],
  ["a part of a connection", { connections: 1.5 }, /connections is not a whole number above zero/],
  ["no time to connect", { connectTimeout: 0 }, /connectTimeout is not a time longer than zero/],
  ["a negative time", { keepAliveTimeout: "-1 seconds" as never }, /keepAliveTimeout is not a time longer than zero/],
  ["a local address that is a name", { localAddress: "localhost" }, /localAddress is not an IP address/],
  [
    "a proxy that is no address",
    { proxy: `http://user:${secret}@` },
    /proxy is not the address of an http or https proxy/
  ],
  ["a proxy of another kind", { proxy: `socks5://user:${secret}@127.0.0.1` }, /proxy is not the address of an http or/],
  ["an authority that is a path", { tls: { ca: "/etc/ssl/ca.pem" } }, /tls\.ca is not a certificate in PEM form/],
  ["a certificate that is none", { tls: { cert: "nothing" } }, /tls cannot be used: .*no start line/],
  [
    "a key of another certificate",
    { tls: { cert: authority.issue("another").cert, key: Redacted.make(own.key) } },
    /tls cannot be used: .*key values mismatch/
  ]
]

describe("options that cannot be used", () => {
  for (const [name, options, expected] of unusable) {
    it.effect(`fail the layer from the environment: ${name}`, () =>
      Effect.gen(function*() {
        const error = yield* Layer.build(NodeDeepgram.layerConfig({ apiKey: Redacted.make(apiKey), ...options })).pipe(
          Effect.flip,
          withEnvironment({})
        )
        assert.strictEqual(error._tag, "ConfigError")
        assert.match(error.message, expected)
        const everything = inspect(error, { depth: Infinity, showHidden: true })
        assert.notInclude(everything, secret)
        assert.notInclude(everything, keyLine)
      }))
  }

  it.live("fail each request of the layer without an error, and are not tried again", () =>
    Effect.gen(function*() {
      for (const [, options, expected] of unusable) {
        const error = yield* request.pipe(Effect.flip, Effect.provide(client({ url: "http://127.0.0.1:1" }, options)))
        assert.strictEqual(error._tag, "BadRequest")
        assert.match(error.message, /^ListenV1\.submitUrl: not sent: /)
        assert.match(error.message, expected)
        assert.notInclude(inspect(error, { depth: Infinity, showHidden: true }), secret)
      }
    }))

  it.effect("are named where they came from the environment", () =>
    Effect.gen(function*() {
      const error = yield* Layer.build(NodeDeepgram.layerConfig({ apiKey: Redacted.make(apiKey) })).pipe(
        Effect.flip,
        withEnvironment({ https_proxy: `ftp://user:${secret}@127.0.0.1` })
      )
      assert.match(error.message, /HTTPS_PROXY is not the address of an http or https proxy/)
      assert.notInclude(inspect(error, { depth: Infinity, showHidden: true }), secret)
    }))
})

describe("layerConfig", () => {
  it.live("takes credential and server from the environment", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt)
      const answer = yield* request.pipe(
        Effect.provide(NodeDeepgram.layerConfig()),
        withEnvironment({ DEEPGRAM_API_KEY: apiKey, DEEPGRAM_BASE_URL: server.url })
      )
      assert.strictEqual(answer.request_id, requestId)
      assert.strictEqual(server.requests[0]?.headers.authorization, `Token ${apiKey}`)
    }))

  it.effect("fails without a credential", () =>
    Effect.gen(function*() {
      const error = yield* Layer.build(NodeDeepgram.layerConfig()).pipe(Effect.flip, withEnvironment({}))
      assert.match(error.message, /DEEPGRAM_API_KEY/)
    }))
})

describe("times without end", () => {
  it.live("are taken", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt)
      const answer = yield* Effect.provide(
        request,
        client(server, { connectTimeout: Infinity, keepAliveTimeout: Infinity })
      )
      assert.strictEqual(answer.request_id, requestId)
    }))
})
