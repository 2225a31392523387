/** Time limits by the machine's own clock, which are timers and no fibers; all other tests have a clock of their own. */
import { NodeDeepgram } from "@effect-deepgram/node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Stream } from "effect"
import { Deepgram, DeepgramAuth, DeepgramConfig, SpeakV1 } from "effect-deepgram"
import { HttpClient } from "effect/http"
import { getActiveResourcesInfo } from "node:process"
import { reply, silence, stall } from "./support/answers.ts"
import { apiKey, client, ok, transcribe, transcription } from "./support/client.ts"
import { type Answer, serve, type Server, untilSeen } from "./support/server.ts"

const auth = { apiKey: Redacted.make(apiKey) }

/** One that somebody wrapped: it has no short way for small requests. */
const wrappedHttp = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(HttpClient.HttpClient, HttpClient.mapRequest((request) => request))
).pipe(Layer.provide(Deepgram.layerFetch))

const wrapped = ({ url }: { readonly url: string }): Layer.Layer<Deepgram.Deepgram> =>
  Layer.provide(Deepgram.layerNoDeps, [
    DeepgramConfig.layer({ baseUrl: url }),
    DeepgramAuth.layer(auth),
    Deepgram.layerWebSocket,
    wrappedHttp
  ])

const transports: ReadonlyArray<readonly [name: string, client: (server: Server) => Layer.Layer<Deepgram.Deepgram>]> = [
  ["fetch", (server) => client(server)],
  ["undici", ({ url }) => NodeDeepgram.layer({ ...auth, baseUrl: url, proxy: false })],
  ["a client that somebody wrapped", wrapped]
]

const head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"

const stalls: ReadonlyArray<readonly [name: string, answer: Answer]> = [
  ["never answers", silence],
  ["stops in the head", stall(head)],
  ["stops in the body", stall(`${head}content-length: 1000\r\n\r\n{"metadata":`)],
  ["stops in the body of a refusal", stall("HTTP/1.1 400 Bad Request\r\ncontent-length: 1000\r\n\r\n{")]
]

describe.each(transports)("over %s", (_, over) => {
  it.live.each(stalls)(
    "a server that %s has no longer than the limit, and is let go",
    ([, answer]) =>
      Effect.gen(function*() {
        const server = yield* serve(answer)
        const error = yield* transcribe().pipe(
          Deepgram.withOptions({ timeout: "100 millis" }),
          Effect.provide(over(server)),
          Effect.flip
        )
        if (error._tag !== "TimedOut") return assert.fail(String(error))
        assert.include(error.message, "no complete answer within 0.1s, at attempt 1")
        assert.strictEqual(yield* server.requests[0]!.over, "aborted")
      })
  )

  it.live("an answer in time counts, however long the limit is", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      for (const timeout of ["1 minute", "30 days", "Infinity"] as const) {
        const value = yield* transcribe().pipe(Deepgram.withOptions({ timeout }), Effect.provide(over(server)))
        assert.deepStrictEqual(value as unknown, transcription)
      }
    }))

  it.live("all attempts have one limit", () =>
    Effect.gen(function*() {
      const server = yield* serve(reply({ status: 503 }), reply({ status: 503 }), silence)
      const error = yield* transcribe().pipe(
        Deepgram.withOptions({ timeout: "300 millis", retry: Deepgram.retryPolicy({ initialDelay: "1 millis" }) }),
        Effect.provide(over(server)),
        Effect.flip
      )
      if (error._tag !== "TimedOut") return assert.fail(String(error))
      assert.include(error.message, "at attempt 3; the one before failed: ")
      assert.strictEqual(server.requests.length, 3)
    }))

  it.live("an interruption aborts the request", () =>
    Effect.gen(function*() {
      const server = yield* serve(silence)
      const fiber = yield* Effect.forkChild(Effect.provide(transcribe(), over(server)))
      const exchange = yield* untilSeen(server.request(0), fiber)
      fiber.interruptUnsafe()
      assert.strictEqual(yield* exchange.over, "aborted")
    }))

  it.live("a request that cannot be sent leaves no timer behind", () =>
    Effect.gen(function*() {
      const timers = () => getActiveResourcesInfo().filter((name) => name === "Timeout").length
      const before = timers()
      const error = yield* transcribe().pipe(
        Effect.provide(over({ ...(yield* serve(ok)), url: "http://localhost:99999" })),
        Effect.flip
      )
      assert.strictEqual(error._tag, "BadRequest")
      assert.strictEqual(timers(), before)
    }))

  it.live("audio that stalls is given up at once, however long its scope lasts", () =>
    Effect.gen(function*() {
      const server = yield* serve(stall("HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\n\r\nabc"))
      const error = yield* SpeakV1.generate("hello", { model: "aura-2-thalia-en" }).pipe(
        Effect.flatMap(({ audio }) => Stream.toPull(audio)),
        Effect.flatMap((pull) => Effect.flip(Effect.forever(pull))),
        Effect.tap(() => server.requests[0]!.over),
        Deepgram.withOptions({ timeout: "100 millis" }),
        Effect.provide(over(server))
      )
      assert.include(String(error), "no more audio came within 0.1s")
      assert.strictEqual(yield* server.requests[0]!.over, "aborted")
    }))
})
