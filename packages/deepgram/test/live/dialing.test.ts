import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Ref } from "effect"
import { Deepgram, DeepgramAuth, DeepgramConfig, ListenV1, ListenV2 } from "effect-deepgram"
import { Socket } from "effect/socket"
import packageJson from "../../package.json" with { type: "json" }
import { reply } from "../support/answers.ts"
import { apiKey, once, transcribe } from "../support/client.ts"
import { retrying } from "../support/clock.ts"
import { failing, globalSocket, transports, v1, v2, ws } from "../support/live.ts"
import { pretending } from "../support/runtime.ts"
import { serve } from "../support/server.ts"
import { accept, refuse, serveSockets } from "../support/sockets.ts"
import { untyped } from "../support/untyped.ts"

const pairs = (query: URLSearchParams) => [...query].toSorted(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)

describe.each(transports)("a dial over $name", ({ client, isWs, webSocket }) => {
  it.effect("goes to the path of the channel, with the options in the query", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      yield* ListenV1.connect({
        ...v1,
        channels: 2,
        multichannel: true,
        punctuate: false,
        endpointing: false,
        keyterm: ["one", "two words"],
        redact: ["pci", "ssn"],
        tag: "a&b=c",
        extra: { team: "ä b", id: "7" },
        callback: new URL("https://example.com/hook?x=1"),
        callback_method: "PUT",
        language: undefined,
        keepAlive: false,
        openTimeout: "5 seconds"
      }).pipe(Effect.provide(client(server)))
      const [dial] = server.dials
      assert.strictEqual(new URL(dial!.target, server.url).pathname, "/v1/listen")
      assert.deepStrictEqual(pairs(dial!.query), [
        ["callback", "https://example.com/hook?x=1"],
        ["callback_method", "PUT"],
        ["channels", "2"],
        ["encoding", "linear16"],
        ["endpointing", "false"],
        ["extra", "team:ä b"],
        ["extra", "id:7"],
        ["keyterm", "one"],
        ["keyterm", "two words"],
        ["model", "nova-3"],
        ["multichannel", "true"],
        ["punctuate", "false"],
        ["redact", "pci"],
        ["redact", "ssn"],
        ["sample_rate", "16000"],
        ["tag", "a&b=c"]
      ])
    }))

  it.effect("goes to the path of Flux", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      yield* ListenV2.connect({
        ...v2,
        model: "flux-general-multi",
        eager_eot_threshold: 0.5,
        eot_threshold: 0.8,
        eot_timeout_ms: 700,
        language_hint: ["en", "es"],
        numerals: true,
        fillSilence: false
      }).pipe(Effect.provide(client(server)))
      const [dial] = server.dials
      assert.strictEqual(new URL(dial!.target, server.url).pathname, "/v2/listen")
      assert.deepStrictEqual(pairs(dial!.query), [
        ["eager_eot_threshold", "0.5"],
        ["encoding", "linear16"],
        ["eot_threshold", "0.8"],
        ["eot_timeout_ms", "700"],
        ["language_hint", "en"],
        ["language_hint", "es"],
        ["model", "flux-general-multi"],
        ["numerals", "true"],
        ["sample_rate", "16000"]
      ])
    }))

  it.effect("takes parameters that the types do not know, and prefers them", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      yield* ListenV1.connect({ ...v1, tag: "typed" }).pipe(
        Deepgram.withOptions({ query: { no_delay: true, tag: ["a", "b"], tier: 3 } }),
        Effect.provide(client({ url: `${server.url}/prefix/` }))
      )
      const { query, target } = server.dials[0]!
      assert.strictEqual(new URL(target, server.url).pathname, "/prefix/v1/listen")
      assert.deepStrictEqual([query.getAll("no_delay"), query.getAll("tag"), query.getAll("tier")], [
        ["true"],
        ["a", "b"],
        ["3"]
      ])
    }))

  it.effect("signs with a header, and sends those of settings and call", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const settings = { headers: { "X-Mine": "1", "x-both": "settings" } }
      yield* ListenV1.connect(v1).pipe(
        // What untyped code leaves undefined is not sent.
        Deepgram.withOptions({ headers: { "x-both": "call", "x-nothing": untyped<string>(undefined) } }),
        Effect.provide(client(server, settings))
      )
      const { headers, protocols } = server.dials[0]!
      assert.strictEqual(headers.authorization, `Token ${apiKey}`)
      assert.strictEqual(headers["user-agent"], `effect-deepgram/${packageJson.version}`)
      assert.deepStrictEqual([headers["x-mine"], headers["x-both"]], ["1", "call"])
      assert.notProperty(headers, "x-nothing")
      assert.deepStrictEqual(protocols, [])
    }))

  it.effect("signs with tokens as Bearer, and not at all where there is nothing to sign with", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const token = Redacted.make("a-token-of-the-tests")
      yield* ListenV1.connect(v1).pipe(Effect.provide(client(server, { userAgent: "mine/2" }, { accessToken: token })))
      yield* ListenV2.connect(v2).pipe(Effect.provide(client(server, {}, { credential: "none" })))
      assert.deepStrictEqual(server.dials.map(({ headers }) => headers.authorization), [
        "Bearer a-token-of-the-tests",
        undefined
      ])
      assert.strictEqual(server.dials[0]!.headers["user-agent"], "mine/2")
    }))

  it.effect("asks for the credential each time, retries too", () =>
    Effect.gen(function*() {
      // The global WebSocket does not say what could be tried again.
      const passing = isWs ? refuse({ status: 503 }) : accept()
      const server = yield* serveSockets(passing, passing, accept())
      const asked = yield* Ref.make(0)
      const accessToken = Effect.map(Ref.updateAndGet(asked, (n) => n + 1), (n) => Redacted.make(`token-number-${n}`))
      const dials = ListenV1.connect(v1).pipe(Effect.repeat({ times: isWs ? 0 : 2 }))
      const { exit } = yield* retrying(dials.pipe(Effect.provide(client(server, {}, { accessToken }))), 10_000)
      assert.strictEqual(exit._tag, "Success")
      assert.deepStrictEqual(server.dials.map(({ headers }) => headers.authorization), [
        "Bearer token-number-1",
        "Bearer token-number-2",
        "Bearer token-number-3"
      ])
    }))

  it.effect("ends with the failure of the credential, before anything is dialled", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const accessToken = Effect.fail("no token today")
      const error = yield* ListenV1.connect(v1).pipe(
        Effect.provide(client(server, { retry: once }, { accessToken })),
        Effect.flip
      )
      assert.strictEqual(error._tag, "Unauthorized")
      assert.include(error.message, "no token today")
      assert.strictEqual(server.dials.length, 0)
    }))

  it.effect("a refused credential is given back, where the runtime tells", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(refuse({ status: 401 }), refuse({ status: 403 }))
      const given: Array<DeepgramAuth.Credential> = []
      const credential = DeepgramAuth.make({ accessToken: Redacted.make("a-token-of-the-tests") }).credential
      const auth = Layer.succeed(DeepgramAuth.DeepgramAuth, {
        credential,
        invalidate: (credential) => Effect.sync(() => given.push(credential))
      })
      const layer = Layer.provide(Deepgram.layerNoDeps, [
        DeepgramConfig.layer({ baseUrl: server.url, retry: once }),
        auth,
        Deepgram.layerFetch,
        webSocket
      ])
      const dials = Effect.flip(ListenV1.connect(v1)).pipe(Effect.provide(layer))
      yield* dials
      assert.deepStrictEqual(given, isWs ? [yield* credential] : [])
      yield* dials
      assert.strictEqual(given.length, isWs ? 1 : 0)
    }))
})

describe("a credential of one's own", () => {
  // With a `this`.
  class Rotating {
    readonly #given: Array<DeepgramAuth.Credential> = []
    readonly credential = DeepgramAuth.make({ accessToken: Redacted.make("a-token-of-the-tests") }).credential
    invalidate(credential: DeepgramAuth.Credential) {
      return Effect.sync(() => {
        this.#given.push(credential)
      })
    }
    given() {
      return this.#given.length
    }
  }

  it.effect("may be a class", () =>
    Effect.gen(function*() {
      const sockets = yield* serveSockets(refuse({ status: 401 }))
      const requests = yield* serve(reply({ status: 401 }))
      const auth = new Rotating()
      const layerOf = ({ url }: { readonly url: string }) =>
        Layer.provide(Deepgram.layerNoDeps, [
          DeepgramConfig.layer({ baseUrl: url, retry: once }),
          Layer.succeed(DeepgramAuth.DeepgramAuth, auth),
          Deepgram.layerFetch,
          ws.webSocket
        ])
      yield* failing("HandshakeRejected", Effect.provide(ListenV1.connect(v1), layerOf(sockets)))
      assert.strictEqual(auth.given(), 1)
      const error = yield* Effect.flip(Effect.provide(transcribe(), layerOf(requests)))
      assert.strictEqual(error._tag, "Unauthorized")
      assert.strictEqual(auth.given(), 2)
    }))
})

describe("a dial in a browser", () => {
  const signed = Effect.fnUntraced(function*(auth: DeepgramAuth.Options) {
    const server = yield* serveSockets(accept())
    yield* ListenV1.connect(v1).pipe(
      Deepgram.withOptions({ headers: { "x-mine": "1" }, query: { mine: 1 } }),
      Effect.provide(globalSocket.client(server, { headers: { "x-settings": "1" } }, auth))
    )
    return server.dials[0]!
  })
  it.effect("goes to the host of the page, where the base URL names none", () =>
    Effect.gen(function*() {
      yield* pretending()
      const urls: Array<string> = []
      const constructor = Layer.succeed(Socket.WebSocketConstructor, (url) => {
        urls.push(url)
        throw new Error("enough")
      })
      const layer = Deepgram.layerNoDeps.pipe(
        Layer.provide([
          DeepgramConfig.layer({ baseUrl: "/behind/a-proxy" }),
          DeepgramAuth.layerNone,
          Deepgram.layerFetch,
          constructor
        ])
      )
      const error = yield* Effect.flip(Effect.provide(ListenV1.connect({ model: "nova-3" }), layer))
      assert.strictEqual(error._tag, "BadRequest")
      assert.deepStrictEqual(urls, ["https://x/behind/a-proxy/v1/listen?model=nova-3"])
    }))

  const key = { apiKey: Redacted.make(apiKey), allowInBrowser: true }
  const token = { accessToken: Redacted.make("ey.a.token") }

  it.effect.each(
    [
      ["a page", { userAgent: "Mozilla/5.0", isPage: true }],
      ["Cloudflare's runtime", { userAgent: "Cloudflare-Workers", isPage: false }],
      ["React Native", { userAgent: "", product: "ReactNative", isPage: false }]
    ] as const
  )("signs with exactly two subprotocols and sends no headers: %s", ([, runtime]) =>
    Effect.gen(function*() {
      yield* pretending(runtime)
      const byKey = yield* signed(key)
      assert.deepStrictEqual(byKey.protocols, ["token", apiKey])
      assert.strictEqual(byKey.query.get("mine"), "1")
      const byToken = yield* signed(token)
      assert.deepStrictEqual(byToken.protocols, ["bearer", "ey.a.token"])
      const unsigned = yield* signed({ credential: "none" })
      assert.deepStrictEqual(unsigned.protocols, [])
      for (const { headers } of [byKey, byToken, unsigned]) {
        assert.doesNotHaveAnyKeys(headers, ["authorization", "x-mine", "x-settings"])
        assert.notInclude(headers["user-agent"] ?? "", "effect-deepgram")
      }
    }))

  it.effect("does not hand out a key unless it is told to", () =>
    Effect.gen(function*() {
      yield* pretending()
      const server = yield* serveSockets(accept())
      const error = yield* Effect.flip(ListenV1.connect(v1)).pipe(Effect.provide(globalSocket.client(server)))
      assert.strictEqual(error._tag, "Unauthorized")
      assert.include(error.message, "ListenV1.connect: not sent: in a browser every visitor can read an API key")
      assert.strictEqual(server.dials.length, 0)
    }))
})
