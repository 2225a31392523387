import { NodeDeepgram } from "@effect-deepgram/node"
import { assert, describe, it } from "@effect/vitest"
import { Config, Effect, Layer, Redacted, Schedule, Stream } from "effect"
import { AudioSource, Deepgram, DeepgramAuth, DeepgramConfig, ListenV1 } from "effect-deepgram"
import { FetchHttpClient, HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { json, reply } from "./support/answers.ts"
import { bytesOf, hash, pieces } from "./support/audio.ts"
import { apiKey, client, ok, once, transcribe, transcription, withEnvironment } from "./support/client.ts"
import { serve } from "./support/server.ts"
import { audio, generate, speaking } from "./support/speech.ts"

const auth = DeepgramAuth.layer({ apiKey: Redacted.make("my-key") })

/** An HttpClient that answers by itself, and what it was asked. */
const answering = (body: unknown, init?: ResponseInit) => {
  const requests: Array<HttpClientRequest.HttpClientRequest> = []
  const layer = Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request) =>
      Effect.sync(() => {
        requests.push(request)
        return HttpClientResponse.fromWeb(request, Response.json(body, init))
      })
    )
  )
  return { layer, requests }
}

const compose = (
  http: Layer.Layer<HttpClient.HttpClient>,
  options?: DeepgramConfig.Options,
  credential = auth
): Layer.Layer<Deepgram.Deepgram> =>
  Layer.provide(Deepgram.layerNoDeps, [DeepgramConfig.layer(options), credential, http, Deepgram.layerWebSocket])

describe("another HttpClient", () => {
  it.effect("sees every call, also when it is one of ours that somebody wrapped", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const wrappers: ReadonlyArray<(client: HttpClient.HttpClient, seen: () => void) => HttpClient.HttpClient> = [
        (client, seen) => HttpClient.mapRequest(client, (request) => (seen(), request)),
        (client, seen) => ({ ...client, execute: (request) => (seen(), client.execute(request)) }),
        (client, seen) =>
          Object.assign(Object.create(client) as HttpClient.HttpClient, {
            execute: (request: HttpClientRequest.HttpClientRequest) => (seen(), client.execute(request))
          })
      ]
      for (const ours of [Deepgram.layerFetch, NodeDeepgram.layerHttpClient({ proxy: false })]) {
        for (const wrap of wrappers) {
          let seen = 0
          const wrapped = Layer.effect(
            HttpClient.HttpClient,
            Effect.map(HttpClient.HttpClient, (client) => wrap(client, () => seen++))
          ).pipe(Layer.provide(ours))
          yield* transcribe().pipe(Effect.provide(compose(wrapped, { baseUrl: server.url })))
          assert.strictEqual(seen, 1)
        }
      }
    }))

  it.effect("sees every byte of speech, when it wraps the answers of one of ours", () =>
    Effect.gen(function*() {
      const server = yield* serve(speaking)
      for (const ours of [Deepgram.layerFetch, NodeDeepgram.layerHttpClient({ proxy: false })]) {
        let seen = 0
        const metered = (response: HttpClientResponse.HttpClientResponse) =>
          new Proxy(response, {
            get: (target, name) => {
              const member: unknown = Reflect.get(target, name, target)
              return name === "stream"
                ? Stream.tap(target.stream, ({ byteLength }) => Effect.sync(() => (seen += byteLength)))
                : member
            }
          })
        const wrapped = Layer.effect(
          HttpClient.HttpClient,
          Effect.map(HttpClient.HttpClient, HttpClient.transformResponse(Effect.map(metered)))
        ).pipe(Layer.provide(ours))
        yield* Effect.flatMap(generate, (speech) => Stream.runDrain(speech.audio)).pipe(
          Effect.scoped,
          Effect.provide(compose(wrapped, { baseUrl: server.url }))
        )
        assert.strictEqual(seen, audio.byteLength)
      }
    }))

  it.effect("over fetch uses the fetch that its layer was given, for small calls and for streams", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const seen: Array<string> = []
      const fetch: typeof globalThis.fetch = (input, init) => {
        seen.push(new Headers(init?.headers).get("x-from") ?? "")
        return globalThis.fetch(input, init)
      }
      const http = Deepgram.layerFetch.pipe(
        Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)),
        Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, { headers: { "x-from": "settings" } }))
      )
      const deepgram = compose(http, { baseUrl: server.url })
      yield* transcribe().pipe(Effect.provide(deepgram))
      yield* ListenV1.transcribeFile(Stream.make(bytesOf(5)), { model: "nova-3" }).pipe(Effect.provide(deepgram))
      assert.deepStrictEqual(seen, ["settings", "settings"])
    }))

  it.effect("gets the whole request", () =>
    Effect.gen(function*() {
      const { layer, requests } = answering(transcription)
      const value = yield* transcribe({ smart_format: true }).pipe(Effect.provide(compose(layer)))
      assert.deepStrictEqual(value as unknown, transcription)
      const [request] = requests
      assert.strictEqual(request!.url, "https://api.deepgram.com/v1/listen")
      assert.strictEqual(request!.method, "POST")
      assert.strictEqual(request!.headers.authorization, "Token my-key")
      assert.deepStrictEqual(request!.urlParams.params.toSorted(), [["model", "nova-3"], ["smart_format", "true"]])
    }))

  it.effect("is told how long the audio is, where that is known", () =>
    Effect.gen(function*() {
      const { layer, requests } = answering(transcription)
      const stream = Stream.make(bytesOf(5))
      const inputs: ReadonlyArray<AudioSource.Input> = [
        bytesOf(5),
        new Blob([bytesOf(5)]),
        AudioSource.make(Effect.succeed({ stream, size: 5 })),
        stream
      ]
      for (const input of inputs) {
        yield* ListenV1.transcribeFile(input, { model: "nova-3" }).pipe(Effect.provide(compose(layer)))
      }
      assert.deepStrictEqual(requests.map(({ body }) => "contentLength" in body ? body.contentLength : undefined), [
        5,
        5,
        5,
        undefined
      ])
    }))

  it.effect("is handed a stream one piece at a time, so that it need not hold many", () =>
    Effect.gen(function*() {
      const { layer, requests } = answering(transcription)
      const audio = Stream.fromIterable(pieces(bytesOf(10_000), 1000))
      yield* ListenV1.transcribeFile(audio, { model: "nova-3" }).pipe(Effect.provide(compose(layer)))
      const { body } = requests[0]!
      if (body._tag !== "Stream") return assert.fail(body._tag)
      const sizes: Array<number> = []
      yield* Stream.runForEachArray(body.stream, (chunk) => Effect.sync(() => sizes.push(chunk.length)))
      assert.deepStrictEqual(sizes, Array(10).fill(1))
    }))

  it.effect("may refuse statuses by itself", () =>
    Effect.gen(function*() {
      const refusing = answering({ err_code: "X" }, { status: 402 }).layer
      const strict = Layer.effect(
        HttpClient.HttpClient,
        Effect.map(HttpClient.HttpClient, HttpClient.filterStatusOk)
      ).pipe(Layer.provide(refusing))
      const error = yield* transcribe().pipe(Effect.provide(compose(strict)), Effect.flip)
      assert.strictEqual(error._tag, "PaymentRequired")
      assert.strictEqual("code" in error && error.code, "X")
    }))

  it.effect("may change every request, and follow redirects if it wants to", () =>
    Effect.gen(function*() {
      const target = yield* serve(ok)
      const server = yield* serve(reply({ status: 307, headers: { location: `${target.url}/moved` } }))
      const following = Layer.effect(
        HttpClient.HttpClient,
        Effect.map(HttpClient.HttpClient, (http) =>
          http.pipe(
            HttpClient.mapRequest(HttpClientRequest.setHeader("x-proxy", "1")),
            HttpClient.followRedirects(3)
          ))
      ).pipe(
        Layer.provide(FetchHttpClient.layer),
        Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, {
          redirect: "manual"
        }))
      )
      yield* transcribe().pipe(Effect.provide(compose(following, { baseUrl: server.url })))
      assert.strictEqual(target.requests[0]!.headers["x-proxy"], "1")
    }))

  it.effect("serves settings and credential from the environment", () =>
    Effect.gen(function*() {
      const { layer, requests } = answering(transcription)
      yield* transcribe().pipe(
        Effect.provide(
          Layer.provide(Deepgram.layerConfigNoDeps({ headers: { "x-a": "1" } }), [layer, Deepgram.layerWebSocket])
        ),
        withEnvironment({ DEEPGRAM_TOKEN: "jwt", DEEPGRAM_BASE_URL: "wss://dg.example/prefix/" })
      )
      assert.strictEqual(requests[0]!.url, "https://dg.example/prefix/v1/listen")
      assert.strictEqual(requests[0]!.headers.authorization, "Bearer jwt")
      assert.strictEqual(requests[0]!.headers["x-a"], "1")
    }))
})

describe("another credential", () => {
  it.effect("by a service of one's own, asked for each time", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      let asked = 0
      const own = Layer.succeed(DeepgramAuth.DeepgramAuth, {
        credential: Effect.sync((): DeepgramAuth.Credential => ({
          _tag: "AccessToken",
          token: Redacted.make(`token-${++asked}`)
        }))
      })
      const deepgram = compose(Deepgram.layerFetch, { baseUrl: server.url }, own)
      yield* Effect.andThen(transcribe(), transcribe()).pipe(Effect.provide(deepgram))
      assert.deepStrictEqual(
        server.requests.map(({ headers }) => headers.authorization),
        ["Bearer token-1", "Bearer token-2"]
      )
    }))

  it.effect("by none", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const deepgram = compose(Deepgram.layerFetch, { baseUrl: server.url }, DeepgramAuth.layerNone)
      yield* transcribe().pipe(Effect.provide(deepgram))
      assert.isUndefined(server.requests[0]!.headers.authorization)
    }))
})

describe("other settings", () => {
  it.effect("by a service of one's own", () =>
    Effect.gen(function*() {
      const server = yield* serve(json({}, { status: 503 }))
      const settings = Layer.succeed(DeepgramConfig.DeepgramConfig, {
        ...DeepgramConfig.make({ baseUrl: server.url, userAgent: "mine/2" }),
        retry: Schedule.recurs(3)
      })
      const deepgram = Layer.provide(Deepgram.layerNoDeps, [
        settings,
        auth,
        Deepgram.layerFetch,
        Deepgram.layerWebSocket
      ])
      yield* transcribe().pipe(Effect.provide(deepgram), Effect.flip)
      assert.strictEqual(server.requests.length, 4)
      assert.strictEqual(server.requests[0]!.headers["user-agent"], "mine/2")
    }))

  it.effect("which may change while the client lives", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const headers: Record<string, string> = { "x-tenant": "one" }
      const settings = Layer.succeed(DeepgramConfig.DeepgramConfig, {
        ...DeepgramConfig.make({ baseUrl: server.url }),
        headers
      })
      const change = Effect.sync(() => Object.assign(headers, { "x-tenant": "two" }))
      yield* transcribe().pipe(
        Effect.andThen(change),
        Effect.andThen(transcribe()),
        Effect.provide(Layer.provide(Deepgram.layerNoDeps, [
          settings,
          auth,
          Deepgram.layerFetch,
          Deepgram.layerWebSocket
        ]))
      )
      assert.deepStrictEqual(server.requests.map((request) => request.headers["x-tenant"]), ["one", "two"])
    }))

  it.effect("a client within another one is a client of its own", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const outer = client(server, { headers: { "x-client": "outer" } })
      const inner = client(server, { headers: { "x-client": "inner" } }, { accessToken: Redacted.make("inner-token") })
      yield* Effect.andThen(transcribe(), Effect.provide(transcribe(), inner)).pipe(Effect.provide(outer))
      assert.deepStrictEqual(
        server.requests.map(({ headers }) => [headers["x-client"], headers.authorization]),
        [["outer", `Token ${apiKey}`], ["inner", "Bearer inner-token"]]
      )
    }))

  it.effect("two clients live side by side", () =>
    Effect.gen(function*() {
      const [one, two] = [yield* serve(ok), yield* serve(ok)]
      const use = (server: { readonly url: string }) =>
        transcribe().pipe(Effect.provide(compose(Deepgram.layerFetch, { baseUrl: server.url, retry: once })))
      yield* Effect.all([use(one), use(two), use(one)], { concurrency: 3 })
      assert.deepStrictEqual([one.requests.length, two.requests.length], [2, 1])
    }))
})

describe("the fetch of a test or a runtime", () => {
  it.effect("is used for everything, streams included", () =>
    Effect.gen(function*() {
      const seen: Array<string> = []
      const fetch: typeof globalThis.fetch = (input, init) =>
        new Response(init?.body).arrayBuffer().then((body) => {
          seen.push(`${init?.method} ${String(input)} ${hash(new Uint8Array(body))}`)
          return Response.json(transcription)
        })
      const audio = bytesOf(10_000)
      yield* ListenV1.transcribeFile(Stream.make(audio), { model: "nova-3" }).pipe(
        Effect.provide(Deepgram.layer({ apiKey: Redacted.make("k3y") })),
        Effect.provideService(FetchHttpClient.Fetch, fetch)
      )
      assert.deepStrictEqual(seen, [`POST https://api.deepgram.com/v1/listen?model=nova-3 ${hash(audio)}`])
    }))
})

describe("layers", () => {
  it.effect("fail when they are built, not when they are used", () =>
    Effect.gen(function*() {
      const error = yield* Effect.void.pipe(Effect.provide(Deepgram.layerConfig()), withEnvironment({}), Effect.flip)
      assert.instanceOf(error, Config.ConfigError)
    }))
})
