import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Stream } from "effect"
import { type AudioSource, Deepgram, ListenV1 } from "effect-deepgram"
import { cutAfter, endless, reply, reset } from "./support/answers.ts"
import { bytesOf, counted, hash, pieces } from "./support/audio.ts"
import { client, ok, once, transcribe } from "./support/client.ts"
import { limits, pass, retrying, watchSleeps } from "./support/clock.ts"
import { type Answer, refusingUrl, serve } from "./support/server.ts"

const run = <A, E, R>(self: Effect.Effect<A, E, R>) => retrying(Effect.flip(self))

const isTransportError = <A>(exit: Exit.Exit<A, unknown>) =>
  Exit.isSuccess(exit) && (exit.value as { readonly _tag: string })._tag === "TransportError"

const unavailable = reply({ status: 503, body: `{"err_msg":"busy"}` })

describe("connections that fail", () => {
  const troubles: ReadonlyArray<readonly [name: string, answer: Answer]> = [
    ["reset before the head", reset],
    ["closed before the head", cutAfter("")],
    ["closed in the head", cutAfter("HTTP/1.1 200 OK\r\ncontent-le")],
    ["closed in a body with a length", cutAfter(`HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"metadata":`)],
    ["closed in a chunk", cutAfter(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{"metadata":`)],
    ["closed between chunks", cutAfter(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n`)],
    ["no HTTP", cutAfter("220 mail.example.com ESMTP\r\n")],
    ["a damaged compressed body", reply({ headers: { "content-encoding": "gzip" }, body: "no gzip" })]
  ]

  it.effect.each(troubles)("%s is a TransportError, and tried again", ([, trouble]) =>
    Effect.gen(function*() {
      const broken = yield* serve(trouble)
      const { exit } = yield* run(transcribe().pipe(Effect.provide(client(broken))))
      assert.isTrue(isTransportError(exit))
      assert.strictEqual(broken.requests.length, 3)
      const mended = yield* serve(trouble, ok)
      const value = yield* retrying(transcribe().pipe(Effect.provide(client(mended))))
      assert.isTrue(Exit.isSuccess(value.exit))
      assert.strictEqual(mended.requests.length, 2)
    }))

  it.effect("a refused one is a TransportError that says so, and tried again", () =>
    Effect.gen(function*() {
      const url = yield* refusingUrl
      const { exit, waits } = yield* retrying(transcribe().pipe(Effect.provide(client({ url })), Effect.flip))
      assert.strictEqual(waits.length, 2)
      if (Exit.isFailure(exit)) return assert.fail("no failure")
      const error = exit.value
      assert.strictEqual(error._tag, "TransportError")
      assert.include(error.message, "ECONNREFUSED")
      if (error._tag !== "TransportError") return
      assert.instanceOf(error.cause, Error)
      assert.deepInclude((error.cause as Error).cause, { code: "ECONNREFUSED" })
    }))

  it.effect("an answer that breaks off keeps its request id", () =>
    Effect.gen(function*() {
      const server = yield* serve(cutAfter("HTTP/1.1 200 OK\r\ncontent-length: 99\r\ndg-request-id: the-id\r\n\r\n{"))
      const error = yield* transcribe().pipe(Effect.provide(client(server, { retry: once })), Effect.flip)
      assert.strictEqual(error._tag, "TransportError")
      assert.strictEqual(error.requestId, "the-id")
    }))

  it.effect.each([
    "http://[",
    "localhost:8080",
    "nowhere",
    "ftp://example.com",
    "http://127.0.0.1:99999",
    "http://u:pass@[::1]:9",
    "http://127.0.0.1:9?token=1",
    "http://127.0.0.1:9/#part"
  ])(
    "an address that no server can have fails at once: %s",
    (url) =>
      Effect.gen(function*() {
        const { exit, waits } = yield* retrying(transcribe().pipe(Effect.provide(client({ url })), Effect.flip))
        if (Exit.isFailure(exit)) return assert.fail("no failure")
        assert.strictEqual(exit.value._tag, "BadRequest")
        assert.deepStrictEqual(waits, [])
      })
  )
})

describe("what is sent again", () => {
  const bytes = bytesOf(300_000)
  const padded = new Uint8Array(bytes.length + 20)
  padded.set(bytes, 7)
  const stream = Stream.fromIterable(pieces(bytes, 1000, 64_000))

  const inputs: ReadonlyArray<readonly [name: string, input: AudioSource.Input]> = [
    ["bytes", bytes],
    ["a view of bytes", padded.subarray(7, 7 + bytes.length)],
    ["an ArrayBuffer", bytes.buffer],
    ["a view of other numbers", new Int16Array(bytes.buffer, 0, bytes.length / 2)],
    ["a Blob", new Blob([bytes])],
    ["a File", new File([bytes], "call.wav", { type: "audio/wav" })],
    ["an AudioSource", counted(stream).source],
    ["an AudioSource that knows its size", counted(stream, { size: bytes.length }).source]
  ]

  it.effect.each(inputs)("%s, whole", ([, input]) =>
    Effect.gen(function*() {
      const server = yield* serve(unavailable, reset, ok)
      const result = yield* retrying(
        ListenV1.transcribeFile(input, { model: "nova-3" }).pipe(Effect.provide(client(server)))
      )
      assert.isTrue(Exit.isSuccess(result.exit))
      const hashes = yield* Effect.forEach(server.requests, ({ received }) => Effect.map(received, hash))
      assert.deepStrictEqual(hashes, Array(3).fill(hash(bytes)))
    }))

  it.effect("an AudioSource is opened for each attempt and let go each time", () =>
    Effect.gen(function*() {
      const { counts, source } = counted(stream)
      const server = yield* serve(unavailable, unavailable, ok)
      yield* retrying(ListenV1.transcribeFile(source, { model: "nova-3" }).pipe(Effect.provide(client(server))))
      assert.deepStrictEqual(counts, { opened: 3, released: 3 })
    }))

  it.effect.each([["a status", unavailable, "ServerError"], ["a lost connection", reset, "TransportError"]] as const)(
    "never a Stream: %s",
    ([, answer, tag]) =>
      Effect.gen(function*() {
        const { counts, stream: once } = counted(stream)
        const server = yield* serve(answer, ok)
        const { exit, waits } = yield* run(
          ListenV1.transcribeFile(once, { model: "nova-3" }).pipe(
            Deepgram.withOptions({ retry: Deepgram.retryPolicy({ times: 9 }) }),
            Effect.provide(client(server))
          )
        )
        assert.strictEqual(Exit.isSuccess(exit) && (exit.value as { readonly _tag: string })._tag, tag)
        assert.deepStrictEqual(waits, [])
        assert.strictEqual(server.requests.length, 1)
        assert.strictEqual(counts.released, 1)
      })
  )
})

describe("error bodies", () => {
  const large = JSON.stringify({ err_code: "BUSY", err_msg: "Try again.", padding: "x".repeat(100_000) })
  const bodies: ReadonlyArray<readonly [name: string, answer: Answer]> = [
    ["with a length", reply({ status: 503, body: large, headers: { "content-length": large.length } })],
    ["in chunks", ({ received, response }) =>
      Effect.flatMap(received, () =>
        Effect.sync(() => {
          response.writeHead(503)
          for (const piece of pieces(Buffer.from(large), 9000, 100)) response.write(piece)
          response.end()
        }))]
  ]

  it.effect.each(bodies)(
    "of 100 kB %s are read, so that 30 retries need one connection",
    ([, answer]) =>
      Effect.gen(function*() {
        const server = yield* serve(...Array.from({ length: 30 }, () => answer) as [Answer], ok)
        const { exit } = yield* retrying(
          transcribe().pipe(
            Deepgram.withOptions({ retry: Deepgram.retryPolicy({ times: 30 }), timeout: "1 day" }),
            Effect.provide(client(server))
          ),
          86_400_000
        )
        assert.isTrue(Exit.isSuccess(exit))
        assert.strictEqual(server.requests.length, 31)
        assert.strictEqual(server.connections(), 1)
      })
  )

  it.effect("that go on for ever, fast, are cut off", () =>
    Effect.gen(function*() {
      const server = yield* serve(endless(403, new Uint8Array(65_536).fill(120)))
      const error = yield* transcribe().pipe(Effect.provide(client(server)), Effect.flip)
      assert.strictEqual(error._tag, "PermissionDenied")
      assert.strictEqual(yield* server.requests[0]!.over, "aborted")
    }))

  it.effect("that never end are left after 5 seconds", () =>
    Effect.gen(function*() {
      const server = yield* serve(({ received, response }) =>
        Effect.flatMap(received, () =>
          Effect.sync(() => {
            response.writeHead(403)
            response.write("You may not")
          }))
      )
      const sleeps = yield* watchSleeps
      const fiber = yield* transcribe().pipe(
        Effect.provide(client(server)),
        Effect.flip,
        sleeps.watch,
        Effect.forkChild
      )
      yield* sleeps.until(limits.errorBody)
      yield* pass(limits.errorBody - 1)
      assert.isUndefined(fiber.pollUnsafe())
      yield* pass(1)
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(error._tag, "PermissionDenied")
      assert.strictEqual(yield* server.requests[0]!.over, "aborted")
    }))
})
