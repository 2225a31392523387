import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Redacted, Stream } from "effect"
import { Deepgram, DeepgramError } from "effect-deepgram"
import { FetchHttpClient } from "effect/http"
import { endless, json, reply, reset, silence } from "../support/answers.ts"
import { client, once } from "../support/client.ts"
import { limits, pass, retrying, watchSleeps } from "../support/clock.ts"
import { type Answer, type Exchange, serve, untilSeen } from "../support/server.ts"
import {
  audio,
  connectFetch,
  generate,
  head,
  hear,
  listen,
  piecewise,
  requestId,
  speaking,
  transports
} from "../support/speech.ts"

/** Sends the first of some chunks. */
const chunked = (then: (exchange: Exchange) => void): Answer => (exchange) =>
  Effect.flatMap(exchange.received, () =>
    Effect.sync(() => {
      exchange.response.writeHead(200, head)
      exchange.response.write(audio.subarray(0, 1000), () => then(exchange))
    }))

/** Answers that break off after 1000 bytes. */
const broken: ReadonlyArray<readonly [name: string, answer: Answer]> = [
  ["the end of a chunk", chunked(({ socket }) => socket.destroy())],
  ["a reset", chunked(({ socket }) => socket.resetAndDestroy())],
  ["a chunk of no length", chunked(({ socket }) => socket.write("no length\r\n"))],
  [
    "less than was promised",
    ({ received, response, socket }) =>
      Effect.flatMap(received, () =>
        Effect.sync(() => {
          response.writeHead(200, { ...head, "content-length": 5000 })
          response.write(audio.subarray(0, 1000), () => socket.end())
        }))
  ]
]

describe.each(transports)("over %s audio that breaks off is a failure", (_, connect) => {
  it.effect.each(broken)("with %s", ([, answer]) =>
    Effect.gen(function*() {
      const server = yield* serve(answer)
      const { audio: speech } = yield* generate.pipe(yield* connect(server))
      const { audio: heard, error } = yield* listen(speech)
      assert.isAtMost(heard.byteLength, 1000)
      assert.instanceOf(error, DeepgramError.TransportError)
      assert.strictEqual(error?.requestId, requestId)
      assert.match(error?.message ?? "", /^SpeakV1\.generate: the answer broke off: .+ \[request /)
      // What has been heard cannot be taken back: nobody begins anew.
      assert.strictEqual(server.requests.length, 1)
    }))

  it.effect("what came before is not lost", () =>
    Effect.gen(function*() {
      const { answer, begun } = yield* piecewise()
      const server = yield* serve(answer)
      const { audio: speech } = yield* generate.pipe(yield* connect(server))
      const { response, socket } = yield* begun
      const { fiber, next } = yield* hear(speech)
      response.write(audio.subarray(0, 1000))
      assert.strictEqual((yield* next).byteLength, 1000)
      socket.destroy()
      assert.strictEqual((yield* Effect.flip(Fiber.join(fiber)))._tag, "TransportError")
    }))
})

/** Pretends for the scope of a test to be a page. */
const inBrowser = Effect.acquireRelease(
  Effect.sync(() => {
    const before = Object.getOwnPropertyDescriptor(globalThis, "navigator")
    Object.defineProperty(globalThis, "navigator", { configurable: true, value: { userAgent: "Mozilla/5.0" } })
    Object.defineProperty(globalThis, "location", { configurable: true, value: { href: "https://x/" } })
    return before
  }),
  (before) =>
    Effect.sync(() => {
      Reflect.deleteProperty(globalThis, "location")
      if (before === undefined) Reflect.deleteProperty(globalThis, "navigator")
      else Object.defineProperty(globalThis, "navigator", before)
    })
)

describe("a fetch that does little", () => {
  /** Answers whatever is asked with this. */
  const answering = (response: () => Response) =>
    Effect.provideService(FetchHttpClient.Fetch, () => Promise.resolve(response()))

  const heard = Effect.flatMap(generate, (speech) => listen(speech.audio)).pipe(
    Effect.provide(client({ url: "http://nowhere.invalid" }))
  )

  it.effect("makes less audio than was promised no success", () =>
    Effect.gen(function*() {
      const { audio: bytes, error } = yield* heard.pipe(
        answering(() => new Response(audio.slice(0, 1000), { headers: { ...head, "content-length": "1001" } }))
      )
      assert.strictEqual(bytes.byteLength, 1000)
      assert.strictEqual(
        error?.message,
        `SpeakV1.generate: the answer broke off: 1000 of 1001 bytes came [request ${requestId}]`
      )
    }))

  it.effect("is trusted in a browser, which does not show that a proxy has packed the audio", () =>
    Effect.gen(function*() {
      yield* inBrowser
      const page = client({ url: "http://nowhere.invalid" }, {}, { accessToken: Redacted.make("a-token") })
      const { audio: bytes, error } = yield* Effect.flatMap(generate, (speech) => listen(speech.audio)).pipe(
        Effect.provide(page),
        answering(() => new Response(audio.slice(0, 1000), { headers: { ...head, "content-length": "1010" } }))
      )
      assert.isUndefined(error)
      assert.strictEqual(bytes.byteLength, 1000)
    }))

  it.effect("hands out nothing after the scope, though all has arrived", () =>
    Effect.gen(function*() {
      const { audio: speech } = yield* Effect.scoped(generate).pipe(
        Effect.provide(client({ url: "http://nowhere.invalid" })),
        answering(() => new Response(audio, { headers: head }))
      )
      const { error } = yield* listen(speech)
      assert.include(error?.message, "within the scope")
    }))

  it.effect("may give no stream, as that of React Native", () =>
    Effect.gen(function*() {
      const withoutStream = () => Object.defineProperty(new Response(audio, { headers: head }), "body", { value: null })
      assert.deepStrictEqual(yield* heard.pipe(answering(withoutStream)), { audio: audio, error: undefined })
      const refusal = () =>
        Object.defineProperty(new Response(`{"err_msg":"No."}`, { status: 400 }), "body", { value: null })
      const error = yield* Effect.flip(heard.pipe(answering(refusal)))
      assert.deepInclude(error, { _tag: "BadRequest", detail: "No." })
    }))
})

describe("before the audio begins", () => {
  it.effect.each(
    [
      ["a busy server", reply({ status: 503 })],
      ["too many requests", reply({ status: 429, headers: { "retry-after": "1" } })],
      ["a lost connection", reset]
    ] satisfies ReadonlyArray<readonly [string, Answer]>
  )("%s is tried again", ([, failing]) =>
    Effect.gen(function*() {
      const server = yield* serve(failing, failing, speaking)
      const { exit, waits } = yield* retrying(
        Effect.scoped(Effect.flatMap(generate, (speech) => listen(speech.audio))).pipe(yield* connectFetch(server))
      )
      assert.deepStrictEqual(exit._tag === "Success" && exit.value, { audio: Buffer.from(audio), error: undefined })
      assert.strictEqual(waits.length, 2)
      assert.strictEqual(server.requests.length, 3)
    }))

  it.effect("the time limit is that of any operation", () =>
    Effect.gen(function*() {
      const server = yield* serve(silence)
      const fiber = yield* generate.pipe(yield* connectFetch(server), Effect.flip, Effect.forkChild)
      const exchange = yield* untilSeen(server.request(0), fiber)
      yield* pass(limits.operation)
      const error = yield* Fiber.join(fiber)
      assert.instanceOf(error, DeepgramError.TimedOut)
      assert.include(error.message, "no complete answer within 60s")
      assert.strictEqual(yield* exchange.over, "aborted")
    }))
})

describe.each(transports)("over %s each wait for more", (_, connect) => {
  it.effect("is under the time limit", () =>
    Effect.gen(function*() {
      const { answer, begun } = yield* piecewise()
      const server = yield* serve(answer)
      const sleeps = yield* watchSleeps
      const fiber = yield* Effect.flatMap(generate, (speech) => listen(speech.audio)).pipe(
        Effect.scoped,
        yield* connect(server),
        sleeps.watch,
        Effect.forkChild
      )
      yield* sleeps.until(limits.operation)
      const exchange = yield* untilSeen(begun, fiber)
      yield* sleeps.until(limits.operation)
      // As a whole it takes nearly five minutes.
      for (let n = 0; n < 5; n++) {
        exchange.response.write(audio.subarray(0, 1000))
        yield* sleeps.until(limits.operation)
        yield* pass(59_999)
        assert.isUndefined(fiber.pollUnsafe())
      }
      yield* pass(1)
      const { audio: heard, error } = yield* Fiber.join(fiber)
      assert.strictEqual(heard.byteLength, 5000)
      assert.instanceOf(error, DeepgramError.TimedOut)
      assert.strictEqual(
        error?.message,
        `SpeakV1.generate: no more audio came within 60s (Deepgram.withOptions({ timeout }) allows more) [request ${requestId}]`
      )
      assert.strictEqual(error?.requestId, requestId)
      assert.strictEqual(yield* exchange.over, "aborted")
      assert.strictEqual(server.requests.length, 1)
    }))

  it.effect("is not one for the reader", () =>
    Effect.gen(function*() {
      const server = yield* serve(speaking)
      const sleeps = yield* watchSleeps
      const day = 86_400_000
      const slowly = <E>(speech: Stream.Stream<Uint8Array, E>) => Stream.tap(speech, () => Effect.sleep(day))
      const fiber = yield* Effect.flatMap(generate, (speech) => listen(slowly(speech.audio))).pipe(
        Effect.scoped,
        yield* connect(server),
        sleeps.watch,
        Effect.forkChild
      )
      const { audio: heard, error } = yield* Effect.raceFirst(
        Fiber.join(fiber),
        Effect.forever(Effect.andThen(sleeps.until(day), pass(day)))
      )
      assert.isUndefined(error)
      assert.strictEqual(heard.byteLength, audio.byteLength)
    }))

  it.effect("can be without a limit", () =>
    Effect.gen(function*() {
      const { answer, begun } = yield* piecewise()
      const server = yield* serve(answer)
      const { audio: speech } = yield* generate.pipe(
        Deepgram.withOptions({ timeout: "Infinity" }),
        yield* connect(server)
      )
      const { response } = yield* begun
      const { fiber, next } = yield* hear(speech)
      response.write(audio.subarray(0, 1000))
      yield* next
      yield* pass(86_400_000)
      response.end()
      yield* Fiber.join(fiber)
    }))
})

describe("what is no audio", () => {
  it.effect.each(transports)("is not taken in as a whole over %s", ([, connect]) =>
    Effect.gen(function*() {
      const page = endless(200, Buffer.alloc(65_536, "x"), { "content-type": "text/html" })
      const server = yield* serve(page)
      const error = yield* generate.pipe(yield* connect(server), Effect.flip)
      assert.instanceOf(error, DeepgramError.DecodeError)
      assert.strictEqual(error.body, "x".repeat(DeepgramError.maxBodyLength))
      const exchange = yield* server.request(0)
      assert.strictEqual(yield* exchange.over, "aborted")
      assert.isBelow(exchange.socket.bytesWritten, 64 * 1024 * 1024)
    }))

  const texts: ReadonlyArray<readonly [type: string, body: string]> = [
    ["application/json", JSON.stringify({ request_id: requestId })],
    ["application/json; charset=utf-8", JSON.stringify({ request_id: requestId })],
    ["application/problem+json", "{}"],
    ["text/html", "<html><title>Sign in</title></html>"],
    ["application/xml", "<sorry/>"]
  ]

  it.effect.each(texts)("is not handed out as audio: %s", ([type, body]) =>
    Effect.gen(function*() {
      const server = yield* serve(reply({ headers: { "content-type": type, "dg-request-id": requestId }, body }))
      const error = yield* generate.pipe(yield* connectFetch(server), Effect.flip)
      assert.instanceOf(error, DeepgramError.DecodeError)
      assert.deepInclude(error, { body, requestId, issue: `Expected audio, got ${type}`, status: 200 })
    }))

  it.effect("the receipt of a callback that came in by another way", () =>
    Effect.gen(function*() {
      const server = yield* serve(json({ request_id: requestId }))
      const error = yield* generate.pipe(
        Deepgram.withOptions({ query: { callback: "https://example.com/speech" }, retry: once }),
        yield* connectFetch(server),
        Effect.flip
      )
      assert.instanceOf(error, DeepgramError.DecodeError)
      assert.strictEqual(error.requestId, requestId)
    }))
})
