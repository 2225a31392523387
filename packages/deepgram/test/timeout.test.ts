import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Fiber, Stream } from "effect"
import { Deepgram, type DeepgramConfig, ListenV1 } from "effect-deepgram"
import { FetchHttpClient } from "effect/http"
import { reply, silence, stall } from "./support/answers.ts"
import { bytesOf } from "./support/audio.ts"
import { client, ok, transcribe } from "./support/client.ts"
import { limits, pass, watchSleeps } from "./support/clock.ts"
import { type Answer, serve, untilSeen } from "./support/server.ts"

const headOnly = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
const halfBody = `${headOnly}content-length: 1000\r\n\r\n{"metadata":`

const stalls: ReadonlyArray<readonly [name: string, answer: Answer, sendsHead: boolean]> = [
  ["never answers", silence, false],
  ["stops in the head", stall(headOnly), false],
  ["stops in the body", stall(halfBody), true],
  ["stops between chunks", stall(`${headOnly}transfer-encoding: chunked\r\n\r\n5\r\n{"met\r\n`), true],
  ["never ends an empty body", stall(`${headOnly}transfer-encoding: chunked\r\n\r\n`), true]
]

/** The runtime's own `fetch`, which tells when the head of an answer has arrived. */
const watchHeads = Effect.sync(() => {
  const arrived = Deferred.makeUnsafe<void>()
  const fetch: typeof globalThis.fetch = (input, init) =>
    globalThis.fetch(input, init).then((response) => {
      Deferred.doneUnsafe(arrived, Effect.void)
      return response
    })
  return { arrived: Deferred.await(arrived), watch: Effect.provideService(FetchHttpClient.Fetch, fetch) }
})

/** An upload that never ends; it tells when a piece is taken, and how often it was let go. */
const endlessUpload = Effect.sync(() => {
  const begun = Deferred.makeUnsafe<void>()
  const counts = { released: 0 }
  const stream = Stream.fromEffectRepeat(Effect.as(Effect.yieldNow, bytesOf(1000))).pipe(
    Stream.tap(() => Deferred.succeed(begun, undefined)),
    Stream.take(100),
    Stream.concat(Stream.never),
    Stream.ensuring(Effect.sync(() => counts.released++))
  )
  return { begun: Deferred.await(begun), counts, stream }
})

describe("the time limit", () => {
  /** Starts the smallest operation and waits until the server has answered as far as it ever will. */
  const begin = Effect.fnUntraced(function*(
    answer: Answer,
    sendsHead = false,
    options: Deepgram.CallOptions = {},
    config: Omit<DeepgramConfig.Options, "baseUrl"> = {}
  ) {
    const written = yield* Deferred.make<void>()
    const server = yield* serve((exchange) => Effect.andThen(answer(exchange), Deferred.succeed(written, undefined)))
    const heads = yield* watchHeads
    const fiber = yield* transcribe().pipe(
      Deepgram.withOptions(options),
      Effect.provide(client(server, config)),
      Effect.flip,
      heads.watch,
      Effect.forkChild
    )
    const exchange = yield* untilSeen(server.request(0), fiber)
    yield* untilSeen(sendsHead ? heads.arrived : Deferred.await(written), fiber)
    return { exchange, fiber, server }
  })

  it.effect.each(stalls)("is 60 seconds for a server that %s", ([, answer, sendsHead]) =>
    Effect.gen(function*() {
      const { exchange, fiber, server } = yield* begin(answer, sendsHead)
      yield* pass(59_999)
      assert.isUndefined(fiber.pollUnsafe())
      yield* pass(1)
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(error._tag, "TimedOut")
      if (error._tag !== "TimedOut") return
      assert.deepStrictEqual(error.after, Duration.seconds(60))
      assert.strictEqual(
        error.message,
        "ListenV1.transcribeUrl: no complete answer within 60s, at attempt 1 (Deepgram.withOptions({ timeout }) allows more)"
      )
      assert.strictEqual(yield* exchange.over, "aborted")
      assert.strictEqual(server.requests.length, 1)
    }))

  const limited: ReadonlyArray<
    readonly [
      name: string,
      millis: number,
      options: Deepgram.CallOptions,
      config: Omit<DeepgramConfig.Options, "baseUrl">
    ]
  > = [
    ["of the client", 5000, {}, { timeout: "5 seconds" }],
    ["of the call", 3000, { timeout: 3000 }, {}],
    ["of the call before that of the client", 120_000, { timeout: "2 minutes" }, { timeout: "5 seconds" }]
  ]

  it.effect.each(limited)("is that %s", ([, millis, options, config]) =>
    Effect.gen(function*() {
      const { exchange, fiber } = yield* begin(silence, false, options, config)
      yield* pass(millis - 1)
      assert.isUndefined(fiber.pollUnsafe())
      yield* pass(1)
      const error = yield* Fiber.join(fiber)
      assert.deepStrictEqual(error._tag === "TimedOut" && error.after, Duration.millis(millis))
      assert.strictEqual(yield* exchange.over, "aborted")
    }))

  it.effect.each([["of the call", true], ["of the client", false]] as const)(
    "can be taken away: %s",
    ([, ofTheCall]) =>
      Effect.gen(function*() {
        const unlimited = { timeout: Duration.infinity }
        const answered = yield* Deferred.make<void>()
        const server = yield* serve((exchange) => Effect.andThen(Deferred.await(answered), ok(exchange)))
        const fiber = yield* transcribe().pipe(
          ofTheCall ? Deepgram.withOptions(unlimited) : (self) => self,
          Effect.provide(client(server, ofTheCall ? { timeout: "1 second" } : unlimited)),
          Effect.forkChild
        )
        yield* untilSeen(server.request(0), fiber)
        yield* pass(1000 * 60 * 60 * 24 * 365)
        assert.isUndefined(fiber.pollUnsafe())
        yield* Deferred.succeed(answered, undefined)
        assert.strictEqual((yield* Fiber.join(fiber)).metadata.duration, 1.5)
      })
  )

  it.effect("covers retries and their waits", () =>
    Effect.gen(function*() {
      const busy = reply({ status: 503, headers: { "retry-after": "40" } })
      const server = yield* serve(busy, silence)
      const sleeps = yield* watchSleeps
      const fiber = yield* transcribe().pipe(
        Effect.provide(client(server)),
        Effect.flip,
        sleeps.watch,
        Effect.forkChild
      )
      yield* sleeps.until(40_000)
      yield* pass(40_000)
      const second = yield* untilSeen(server.request(1), fiber)
      yield* pass(19_999)
      assert.isUndefined(fiber.pollUnsafe())
      yield* pass(1)
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "TimedOut")
      assert.strictEqual(yield* second.over, "aborted")
    }))

  it.effect("covers the upload", () =>
    Effect.gen(function*() {
      const server = yield* serve(silence)
      const { counts, stream } = yield* endlessUpload
      const sleeps = yield* watchSleeps
      const fiber = yield* ListenV1.transcribeFile(stream, { model: "nova-3" }).pipe(
        Effect.provide(client(server)),
        Effect.flip,
        sleeps.watch,
        Effect.forkChild
      )
      const exchange = yield* untilSeen(server.request(0), fiber)
      yield* untilSeen(exchange.begun, fiber)
      yield* pass(limits.operation)
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "TimedOut")
      assert.strictEqual(yield* exchange.over, "aborted")
      assert.strictEqual(counts.released, 1)
    }))
})

describe("interruption", () => {
  it.effect.each(stalls)(
    "closes the connection of a server that %s",
    ([, answer, sendsHead]) =>
      Effect.gen(function*() {
        const written = yield* Deferred.make<void>()
        const server = yield* serve((exchange) =>
          Effect.andThen(answer(exchange), Deferred.succeed(written, undefined))
        )
        const heads = yield* watchHeads
        const fiber = yield* transcribe().pipe(Effect.provide(client(server)), heads.watch, Effect.forkChild)
        const exchange = yield* untilSeen(server.request(0), fiber)
        yield* untilSeen(sendsHead ? heads.arrived : Deferred.await(written), fiber)
        yield* Fiber.interrupt(fiber)
        assert.strictEqual(yield* exchange.over, "aborted")
        assert.strictEqual(server.requests.length, 1)
      })
  )

  it.effect("stops an upload, and lets the audio go", () =>
    Effect.gen(function*() {
      const server = yield* serve(silence)
      const { begun, counts, stream } = yield* endlessUpload
      const fiber = yield* ListenV1.transcribeFile(stream, { model: "nova-3" }).pipe(
        Effect.provide(client(server)),
        Effect.forkChild
      )
      yield* untilSeen(begun, fiber)
      const exchange = yield* untilSeen(server.request(0), fiber)
      yield* untilSeen(exchange.begun, fiber)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(yield* exchange.over, "aborted")
      assert.strictEqual(counts.released, 1)
    }))

  it.effect("between two attempts ends them", () =>
    Effect.gen(function*() {
      const server = yield* serve(reply({ status: 503 }))
      const sleeps = yield* watchSleeps
      const fiber = yield* transcribe().pipe(Effect.provide(client(server)), sleeps.watch, Effect.forkChild)
      yield* sleeps.next(limits.errorBody, limits.operation)
      yield* Fiber.interrupt(fiber)
      yield* pass(limits.operation)
      assert.strictEqual(server.requests.length, 1)
    }))

  it.effect("of one operation leaves the others alone", () =>
    Effect.gen(function*() {
      const server = yield* serve(silence, ok)
      const deepgram = client(server)
      const fiber = yield* transcribe().pipe(Effect.provide(deepgram), Effect.forkChild)
      yield* untilSeen(server.request(0), fiber)
      const other = yield* transcribe().pipe(Effect.provide(deepgram), Effect.forkChild)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual((yield* Fiber.join(other)).metadata.duration, 1.5)
    }))
})
