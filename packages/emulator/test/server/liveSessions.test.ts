/** Sessions on sockets as the emulator keeps them: side by side, in its log, to the end. */
import { Emulator, Recognizer, Recording, Synthesizer, Thinker } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Layer, Ref, Schema, Scope } from "effect"
import { Billing, Requests, Usage } from "effect-deepgram"
import { FetchHttpClient } from "effect/http"
import { once } from "node:events"
import { connect as connectTo } from "node:net"
import type { WebSocket } from "ws"
import { inProject } from "./management.ts"
import { connect, finalText, refused } from "./socket.ts"

const recording = Recording.wav("Good morning.", { sampleRate: 8_000 })
const samples = recording.subarray(44)
const seconds = samples.length / 16_000
const path = "/v1/listen?model=nova-3&language=en&punctuate=true&diarize_model=v1&tag=live"
const flux = "/v2/listen?model=flux-general-en&tag=turns"

const requests = (options: Requests.ListOptions = {}) =>
  Effect.map(inProject((id) => Requests.list(id, options)), ({ requests }) => requests)

const newest = Effect.map(requests({ limit: 1 }), ([request]) => request!)

const Response = Schema.Struct({
  message: Schema.optionalKey(Schema.String),
  details: Schema.Record(Schema.String, Schema.Unknown)
})

const responseOf = ({ response }: Requests.LoggedRequest) => Schema.decodeUnknownSync(Response)(response)

const detailsOf = (request: Requests.LoggedRequest) => responseOf(request).details

/** A session from its start to its end. */
const hear = Effect.fnUntraced(function*(path: string, audio: Uint8Array = recording) {
  const { end, headers, say, send } = yield* connect(path)
  yield* send(audio)
  yield* say({ type: "CloseStream" })
  return { ...(yield* end), requestId: headers["dg-request-id"] as string }
}, Effect.scoped)

describe("the log", () => {
  it.effect("has a session when it is over, as one that was answered", () =>
    Effect.gen(function*() {
      const { end, headers, say, send } = yield* connect(path)
      yield* send(recording)
      assert.deepStrictEqual(yield* requests(), [])
      yield* say({ type: "CloseStream" })
      // Not later than the client knows.
      yield* end
      const request = yield* newest
      assert.deepInclude(request, {
        request_id: String(headers["dg-request-id"]),
        path,
        code: 200,
        deployment: "hosted"
      })
      assert.deepInclude(detailsOf(request), {
        method: "streaming",
        duration: seconds,
        total_audio: seconds,
        channels: 1,
        tags: ["live"],
        features: ["diarize", "language", "punctuate"],
        usd: Math.round(seconds / 60 * 8000) / 1_000_000
      })
      assert.deepInclude(Object(detailsOf(request)["config"]), { model: "general-nova-3", language: "en" })
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.effect("counts channels, and Flux as what it is", () =>
    Effect.gen(function*() {
      const stereo = Recording.wav([{ text: "Good" }, { text: "morning.", channel: 1 }], { sampleRate: 8_000 })
      const duration = (stereo.length - 44) / 32_000
      const micros = (channels: number) => Math.round(duration * channels / 60 * 8000)
      for (
        const [path, channels, lineItem] of [
          ["/v1/listen?model=nova-3&multichannel=true", 2, "streaming::nova-3"],
          ["/v1/listen?model=nova-3", 1, "streaming::nova-3"],
          [flux, 1, "streaming::flux"]
        ] as const
      ) {
        yield* hear(path, stereo)
        const request = yield* newest
        assert.deepInclude(detailsOf(request), { channels, duration, usd: micros(channels) / 1_000_000 }, path)
        const { results } = yield* inProject((id) => Billing.breakdown(id, { line_item: lineItem }))
        assert.isAbove(results[0]?.dollars ?? 0, 0)
      }
      const { line_items } = yield* inProject((id) => Billing.fields(id))
      assert.deepStrictEqual<unknown>(line_items, {
        "streaming::flux": "flux (speech to text, live)",
        "streaming::nova-3": "nova-3 (speech to text, live)"
      })
      const { balances: [balance] } = yield* inProject(Billing.listBalances)
      assert.closeTo(balance!.amount!, 200 - (micros(2) + 2 * micros(1)) / 1_000_000, 1e-9)
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.effect("can be asked for sessions alone", () =>
    Effect.gen(function*() {
      const one = yield* hear(path)
      const other = yield* hear(flux)
      const ids = (options: Requests.ListOptions) =>
        Effect.map(requests(options), (all) => all.map(({ request_id }) => request_id))
      assert.deepStrictEqual(yield* ids({ method: "streaming" }), [other.requestId, one.requestId])
      assert.deepStrictEqual(yield* ids({ method: "sync" }), [])
      const { results } = yield* inProject((id) => Usage.breakdown(id, { grouping: "method" }))
      assert.deepStrictEqual(results.map(({ grouping }) => grouping?.method), ["streaming"])
      const { processing_methods, tags } = yield* inProject((id) => Usage.fields(id))
      assert.deepStrictEqual<unknown>([processing_methods, tags], [["streaming"], ["live", "turns"]])
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.effect("has refusals, and sessions that failed, without a charge", () =>
    Effect.gen(function*() {
      yield* refused(`${path}&diarize=true`)
      assert.deepInclude(yield* newest, { code: 400 })
      yield* refused(`${path}&sample_rate=fast`)
      assert.deepInclude(yield* newest, { code: 400 })
      yield* refused("/v1/listen?model=nova-33")
      assert.deepInclude(yield* newest, { code: 403 })
      yield* refused(`${flux}&channels=1&callback=${encodeURIComponent("http://me:s3cret@example.com/?a=s3cret")}`)
      const refusal = yield* newest
      assert.deepInclude(responseOf(refusal), { message: "Unknown query parameters: channels, callback" })
      assert.deepInclude(detailsOf(refusal), { method: "streaming", usd: 0, duration: 0, tags: ["turns"] })
      assert.notInclude(JSON.stringify(refusal), "s3cret")

      yield* hear(path, new TextEncoder().encode("<html>".padEnd(1000)))
      const failed = yield* newest
      assert.strictEqual(failed.code, 400)
      assert.match(responseOf(failed).message ?? "", /not audio/)
      const { closed, send } = yield* connect(flux)
      yield* send(recording)
      yield* send("hello")
      yield* closed
      assert.strictEqual(
        responseOf(yield* newest).message,
        "UNPARSABLE_CLIENT_MESSAGE: Could not deserialize last text message."
      )
      assert.deepInclude(detailsOf(yield* newest), { usd: 0, duration: 0 })
      // Who is not known, or asks for nothing, is not logged.
      yield* refused(path, { headers: {} })
      yield* refused("/v3/listen")
      assert.strictEqual((yield* requests({ limit: 100 })).length, 6)
      assert.strictEqual((yield* requests({ limit: 100, status: "succeeded" })).length, 0)
      const { balances: [balance] } = yield* inProject(Billing.listBalances)
      assert.strictEqual(balance!.amount, 200)
    }).pipe(Effect.provide(Emulator.layerSdk())))
})

/** An emulator whose recogniser says when it is opened and closed, and hears nothing. */
const watched = (options: { readonly opened: Effect.Effect<unknown>; readonly closed: Effect.Effect<unknown> }) =>
  Layer.provideMerge(
    Emulator.layerClient,
    Layer.provide(Emulator.layerNoDeps(), [
      FetchHttpClient.layer,
      Thinker.layer,
      Synthesizer.layer,
      Layer.succeed(Recognizer.Recognizer, {
        open: () =>
          Effect.acquireRelease(
            Effect.as(options.opened, { push: () => Effect.succeed([]), finish: Effect.succeed([]) }),
            () => options.closed
          )
      })
    ])
  )

describe("a client that vanishes", () => {
  for (
    const [name, vanish] of [
      ["by a reset", (socket: WebSocket) => socket.terminate()],
      ["by closing", (socket: WebSocket) => socket.close(1000)],
      ["by closing without a code", (socket: WebSocket) => socket.close()]
    ] as const
  ) {
    for (const path of ["/v1/listen?model=nova-3", flux]) {
      it.effect(`${name} ends its session, which is charged: ${path}`, () =>
        Effect.gen(function*() {
          const opened = yield* Deferred.make<void>()
          const closed = yield* Deferred.make<void>()
          yield* Effect.gen(function*() {
            const { send, socket } = yield* connect(`${path}&encoding=linear16&sample_rate=8000`)
            yield* send(new Uint8Array(160_000))
            yield* Deferred.await(opened)
            vanish(socket)
            yield* Deferred.await(closed)
            // The recogniser is let go after the log was written.
            const request = yield* newest
            assert.strictEqual(request.code, 200)
            assert.deepInclude(detailsOf(request), { duration: 10, usd: 0.001333 })
          }).pipe(Effect.provide(watched({
            opened: Deferred.succeed(opened, undefined),
            closed: Deferred.succeed(closed, undefined)
          })))
        }))
    }
  }
})

/** Opens a socket and writes bytes to it, whatever they are. */
const write = Effect.fnUntraced(function*(path: string, bytes: Uint8Array) {
  const { url } = yield* Emulator.Emulator
  const client = yield* Effect.acquireRelease(
    Effect.sync(() => connectTo(Number(new URL(url).port), "127.0.0.1").on("error", () => undefined)),
    (client) => Effect.sync(() => client.destroy())
  )
  const answered = once(client, "data")
  const lines = [
    `GET ${path} HTTP/1.1`,
    "host: x",
    "connection: Upgrade",
    "upgrade: websocket",
    `authorization: Token ${Emulator.defaultApiKey}`,
    "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
    "sec-websocket-version: 13"
  ]
  client.write([...lines, "", ""].join("\r\n"))
  yield* Effect.promise(() => answered)
  client.write(bytes)
  return client
})

/** A frame of 16,000 bytes of silence, masked with nothing. */
const silentFrame = [0x82, 0xfe, 16_000 >> 8, 16_000 & 0xff, 0, 0, 0, 0, ...new Uint8Array(16_000)]

describe("a client that breaks the protocol", () => {
  for (
    const [name, breach, message] of [
      ["by a frame without a mask", [0x82, 0], "Invalid WebSocket frame: MASK must be set"],
      ["by text that is none", [0x81, 0x81, 0, 0, 0, 0, 0xff], "Invalid WebSocket frame: invalid UTF-8 sequence"],
      [
        "by a message that is too large",
        [0x82, 0xff, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0],
        "Max payload size exceeded"
      ]
    ] as const
  ) {
    for (const path of ["/v1/listen?model=nova-3", flux]) {
      it.effect(`${name} fails, and is not charged: ${path}`, () =>
        Effect.gen(function*() {
          const closed = yield* Deferred.make<void>()
          yield* Effect.gen(function*() {
            const bytes = new Uint8Array([...silentFrame, ...breach])
            yield* write(`${path}&encoding=linear16&sample_rate=8000`, bytes)
            yield* Deferred.await(closed)
            const request = yield* newest
            assert.strictEqual(request.code, 400)
            assert.strictEqual(responseOf(request).message, `The client broke the protocol: ${message}`)
            assert.deepInclude(detailsOf(request), { duration: 0, usd: 0 })
          }).pipe(Effect.provide(watched({ opened: Effect.void, closed: Deferred.succeed(closed, undefined) })))
        }))
    }
  }
})

describe("a client that does not let go", () => {
  it.effect("holds no recogniser", () =>
    Effect.gen(function*() {
      const closed = yield* Deferred.make<void>()
      yield* Effect.gen(function*() {
        const { say, send, socket } = yield* connect("/v1/listen?model=nova-3&encoding=linear16&sample_rate=8000")
        socket.pause()
        yield* send(new Uint8Array(16_000))
        yield* say({ type: "CloseStream" })
        yield* Deferred.await(closed)
        assert.strictEqual(socket.readyState, socket.OPEN)
      }).pipe(Effect.provide(watched({ opened: Effect.void, closed: Deferred.succeed(closed, undefined) })))
    }))
})

describe("an emulator", () => {
  it.effect("holds many sessions at once, each of its own", () =>
    Effect.gen(function*() {
      const words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
      const sessions = yield* Effect.forEach(Array.from({ length: 50 }, (_, i) => i), (i) =>
        Effect.gen(function*() {
          const text = `Number ${words[i % 10]} of ${words[Math.floor(i / 10)]}.`
          const audio = Recording.wav(text, { sampleRate: 8_000, encoding: "mulaw" })
          const { end, headers, say, send } = yield* connect("/v1/listen?model=nova-3&punctuate=true")
          for (let at = 0; at < audio.length; at += 1600) yield* send(audio.subarray(at, at + 1600))
          yield* say({ type: "CloseStream" })
          const { code, messages } = yield* end
          assert.strictEqual(code, 1000)
          assert.strictEqual(finalText(messages), text)
          return headers["dg-request-id"]
        }), { concurrency: "unbounded" })
      assert.strictEqual(new Set(sessions).size, 50)
      assert.strictEqual((yield* requests({ limit: 100 })).length, 50)
    }).pipe(Effect.provide(Emulator.layerSdk())), 30_000)

  it.effect("that stops closes its sockets, and lets its recognisers go", () =>
    Effect.gen(function*() {
      const open = yield* Ref.make(0)
      const allOpen = yield* Deferred.make<void>()
      const scope = yield* Scope.make()
      const count = 20
      const context = yield* Layer.buildWithScope(
        watched({
          opened: Effect.flatMap(
            Ref.updateAndGet(open, (n) => n + 1),
            (n) => n === count ? Deferred.succeed(allOpen, undefined) : Effect.void
          ),
          closed: Ref.update(open, (n) => n - 1)
        }),
        scope
      )
      const clients = yield* Effect.forEach(Array.from({ length: count }), (_, i) =>
        Effect.gen(function*() {
          const path = i % 2 === 0 ? "/v1/listen?model=nova-3" : flux
          const client = yield* connect(`${path}&encoding=linear16&sample_rate=8000`)
          yield* client.send(new Uint8Array(16_000))
          return client
        })).pipe(Effect.provideContext(context))
      yield* Deferred.await(allOpen)
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual(yield* Ref.get(open), 0)
      for (const { closed } of clients) assert.deepStrictEqual(yield* closed, { code: 1001, reason: "" })
    }))
})
