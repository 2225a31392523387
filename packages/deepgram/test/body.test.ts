import { assert, describe, it } from "@effect/vitest"
import { Cause, Context, Effect, Exit, Fiber, Layer, Redacted, Schema, Stream } from "effect"
import { AudioSource, Deepgram, DeepgramAuth, DeepgramConfig, ListenV1 } from "effect-deepgram"
import { HttpClient, HttpClientResponse } from "effect/http"
import { replyEarly } from "./support/answers.ts"
import { bytesOf, counted, hash, pieces } from "./support/audio.ts"
import { client, ok, once, transcription } from "./support/client.ts"
import { pretending } from "./support/runtime.ts"
import { type Answer, serve, untilSeen } from "./support/server.ts"

const send = <E, R>(audio: AudioSource.Input<E, R>, options: Deepgram.CallOptions = {}) =>
  ListenV1.transcribeFile(audio, { model: "nova-3" }).pipe(Deepgram.withOptions(options))

const octets = "application/octet-stream"

describe("audio arrives as it is", () => {
  const bytes = bytesOf(200_001)
  const large = new Uint8Array(bytes.length + 5000)
  large.set(bytes, 1234)
  const stream = Stream.fromIterable(pieces(bytes, 4096))

  const inputs: ReadonlyArray<
    readonly [name: string, input: AudioSource.Input, type: string, length: "known" | "chunked"]
  > = [
    ["bytes", bytes, octets, "known"],
    ["a view with an offset", large.subarray(1234, 1234 + bytes.length), octets, "known"],
    ["a Buffer", Buffer.from(bytes), octets, "known"],
    ["an ArrayBuffer", bytes.buffer, octets, "known"],
    ["a Blob", new Blob([bytes], { type: "audio/flac" }), "audio/flac", "known"],
    ["a Blob without a type", new Blob([bytes]), octets, "known"],
    ["a slice of a Blob", new Blob([large]).slice(1234, 1234 + bytes.length, "audio/ogg"), "audio/ogg", "known"],
    ["a File", new File([bytes], "call.mp3", { type: "audio/mpeg" }), "audio/mpeg", "known"],
    ["a Stream", stream, octets, "chunked"],
    ["an AudioSource", AudioSource.make(Effect.succeed({ stream })), octets, "chunked"],
    [
      "an AudioSource that knows what it is",
      AudioSource.make(Effect.succeed({ stream, size: bytes.length, contentType: "audio/wav" })),
      "audio/wav",
      "chunked"
    ]
  ]

  it.effect.each(inputs)("%s", ([, input, type, length]) =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      yield* send(input).pipe(Effect.provide(client(server)))
      const { body, headers, method, target } = server.requests[0]!
      assert.strictEqual(hash(body()), hash(bytes))
      assert.strictEqual(method, "POST")
      assert.strictEqual(target, "/v1/listen?model=nova-3")
      assert.strictEqual(headers["content-type"], type)
      assert.strictEqual(headers["content-length"], length === "known" ? String(bytes.length) : undefined)
      assert.strictEqual(headers["transfer-encoding"], length === "known" ? undefined : "chunked")
    }))

  it.effect.each(inputs)("%s, under the type that the call says", ([, input]) =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      yield* send(input, { headers: { "Content-Type": "audio/x-mine" } }).pipe(Effect.provide(client(server)))
      const { rawHeaders } = server.requests[0]!
      const types = rawHeaders.filter((_, index) => rawHeaders[index - 1]?.toLowerCase() === "content-type")
      assert.deepStrictEqual(types, ["audio/x-mine"])
    }))

  const nothing: ReadonlyArray<readonly [name: string, input: AudioSource.Input]> = [
    ["bytes", new Uint8Array(0)],
    ["an ArrayBuffer", new ArrayBuffer(0)],
    ["a Blob", new Blob([])],
    ["a Stream", Stream.empty],
    ["a Stream of nothing", Stream.make(new Uint8Array(0), new Uint8Array(0))],
    ["an AudioSource", AudioSource.make(Effect.succeed({ stream: Stream.empty, size: 0 }))]
  ]

  it.effect.each(nothing)("nothing, as %s", ([, input]) =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      yield* send(input).pipe(Effect.provide(client(server)))
      assert.strictEqual(server.requests[0]!.body().length, 0)
    }))

  const shapes: ReadonlyArray<readonly [name: string, sizes: ReadonlyArray<number>]> = [
    ["many small pieces", [7]],
    ["pieces of 20 ms", [640]],
    ["one piece", [200_001]],
    ["pieces of all sizes", [1, 65_536, 3, 16_384]],
    ["empty pieces among others", [1000, 0, 0, 5000]]
  ]

  it.effect.each(shapes)("a stream of %s", ([, sizes]) =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      yield* send(Stream.fromIterable(pieces(bytes, ...sizes))).pipe(Effect.provide(client(server)))
      assert.strictEqual(hash(server.requests[0]!.body()), hash(bytes))
    }))

  it.effect.prop(
    "a stream of any shape, pulled one at a time or many",
    { sizes: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9000 }))), chunked: Schema.Boolean },
    ({ chunked, sizes }) =>
      Effect.gen(function*() {
        const audio = bytesOf(sizes.reduce((sum, size) => sum + size, 0))
        const whole = pieces(audio, ...sizes, 1)
        const server = yield* serve(ok)
        yield* send(chunked ? Stream.fromIterable(whole) : Stream.rechunk(Stream.fromIterable(whole), 1)).pipe(
          Effect.provide(client(server))
        )
        assert.strictEqual(hash(server.requests[0]!.body()), hash(audio))
      }).pipe(Effect.scoped),
    { timeout: 30_000, arbitrary: { runs: 40 } }
  )
})

describe("a stream that fails", () => {
  class Unplugged extends Schema.TaggedError<Unplugged>()("Unplugged", { after: Schema.Int }) {}

  const some = Stream.fromIterable(pieces(bytesOf(5000), 1000))
  const unplugged = Stream.concat(some, Stream.fail(new Unplugged({ after: 5000 })))

  const failing: ReadonlyArray<readonly [name: string, audio: AudioSource.Input<Unplugged>]> = [
    ["a Stream", unplugged],
    ["a Stream that fails at once", Stream.fail(new Unplugged({ after: 0 }))],
    ["an AudioSource", AudioSource.make(Effect.succeed({ stream: unplugged }))],
    ["an AudioSource that cannot be opened", AudioSource.make(Effect.fail(new Unplugged({ after: 0 })))]
  ]

  it.effect.each(failing)("gives its own failure: %s", ([, audio]) =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const error = yield* send(audio).pipe(Effect.provide(client(server)), Effect.flip)
      assert.instanceOf(error, Unplugged)
      assert.isAtMost(server.requests.length, 1)
    }))

  it.effect("breaks the upload off, so that no half a recording is transcribed", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const unplug = Effect.andThen(
        Effect.flatMap(server.request(0), ({ begun }) => begun),
        Effect.fail(new Unplugged({ after: 5000 }))
      )
      const { counts, stream } = counted(Stream.concat(some, Stream.fromEffect(unplug)))
      const error = yield* send(stream).pipe(Effect.provide(client(server)), Effect.flip)
      assert.instanceOf(error, Unplugged)
      assert.strictEqual(yield* server.requests[0]!.over, "aborted")
      assert.deepStrictEqual(counts, { opened: 0, released: 1 })
    }))

  it.effect("is caught by its tag", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const after = yield* send(unplugged).pipe(
        Effect.map(() => -1),
        Effect.catchTag("Unplugged", (error) => Effect.succeed(error.after)),
        Effect.provide(client(server))
      )
      assert.strictEqual(after, 5000)
    }))

  it.effect("gives its own failure, also where the transport takes it for the end of the body", () =>
    Effect.gen(function*() {
      // As Cloudflare's workers do.
      const lenient = HttpClient.make(({ body, ...request }) =>
        Effect.gen(function*() {
          if (body._tag === "Stream") yield* Effect.exit(Stream.runDrain(body.stream))
          return HttpClientResponse.fromWeb({ body, ...request }, Response.json(transcription))
        })
      )
      const layer = Deepgram.layerNoDeps.pipe(
        Layer.provide([
          DeepgramConfig.layer(),
          DeepgramAuth.layerNone,
          Deepgram.layerWebSocket,
          Layer.succeed(HttpClient.HttpClient, lenient)
        ])
      )
      assert.instanceOf(yield* Effect.flip(Effect.provide(send(unplugged), layer)), Unplugged)
    }))

  it.effect("with a defect is a defect", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const exit = yield* send(Stream.concat(some, Stream.die("a bug"))).pipe(
        Effect.provide(client(server)),
        Effect.exit
      )
      assert.isTrue(Exit.hasDies(exit))
      assert.strictEqual(Exit.isFailure(exit) && Cause.squash(exit.cause), "a bug")
    }))

  it.effect("is not hung on to when it interrupts itself", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const audio = Stream.concat(some, Stream.fromEffect(Effect.interrupt))
      const exit = yield* send(audio).pipe(Effect.provide(client(server, { retry: once })), Effect.exit)
      assert.isTrue(Exit.isFailure(exit))
    }))
})

describe("a stream in a browser", () => {
  const page = (server: { readonly url: string }) =>
    client(server, undefined, { accessToken: Redacted.make("a-short-lived-token") })

  it.effect("is gathered, because few servers take it as it comes", () =>
    Effect.gen(function*() {
      yield* pretending()
      const server = yield* serve(ok)
      const bytes = bytesOf(20_000)
      const stream = Stream.fromIterable(pieces(bytes, 999))
      yield* send(AudioSource.make(Effect.succeed({ stream, contentType: "audio/wav" }))).pipe(
        Effect.provide(page(server))
      )
      const { body, headers } = server.requests[0]!
      assert.strictEqual(hash(body()), hash(bytes))
      assert.deepInclude(headers, { "content-length": "20000", "content-type": "audio/wav" })
    }))

  it.effect("that fails sends nothing, and gives its own failure", () =>
    Effect.gen(function*() {
      yield* pretending()
      const server = yield* serve(ok)
      const audio = Stream.concat(Stream.make(bytesOf(1000)), Stream.fail("unplugged" as const))
      assert.strictEqual(yield* Effect.flip(Effect.provide(send(audio), page(server))), "unplugged")
      assert.lengthOf(server.requests, 0)
    }))
})

describe("a stream that needs something", () => {
  class Microphone extends Context.Service<Microphone, { readonly audio: Uint8Array }>()("test/Microphone") {}

  const microphone = Layer.succeed(Microphone, { audio: bytesOf(3000) })
  const recorded = Stream.fromEffect(Effect.map(Microphone, ({ audio }) => audio))

  it.effect.each(
    [
      ["a Stream", recorded],
      ["an AudioSource", AudioSource.make(Effect.succeed({ stream: recorded }))],
      ["an AudioSource that needs it to open", AudioSource.make(Effect.as(Microphone, { stream: recorded }))]
    ] as ReadonlyArray<readonly [string, AudioSource.Input<never, Microphone>]>
  )("gets it from the caller: %s", ([, audio]) =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      yield* send(audio).pipe(Effect.provide([client(server), microphone]))
      assert.strictEqual(hash(server.requests[0]!.body()), hash(bytesOf(3000)))
    }))
})

describe("a server that answers before the upload is over", () => {
  /** More than fits between client and server, and then a silence. */
  const upload = () =>
    counted(
      Stream.concat(Stream.fromIterable(pieces(bytesOf(200_000), 1000)), Stream.never as Stream.Stream<Uint8Array>)
    )

  const refusals: ReadonlyArray<readonly [status: number, tag: string]> = [
    [401, "Unauthorized"],
    [413, "PayloadTooLarge"],
    [429, "RateLimited"],
    [503, "ServerError"]
  ]

  it.effect.each(refusals)("%i: its answer counts, and the audio is let go", ([status, tag]) =>
    Effect.gen(function*() {
      const { counts, stream } = upload()
      const body = JSON.stringify({ err_code: "EARLY", err_msg: "No need for more." })
      const server = yield* serve(replyEarly({ status, body, headers: { "dg-request-id": "the-id" } }))
      const error = yield* send(stream).pipe(Effect.provide(client(server)), Effect.flip)
      assert.strictEqual(error._tag, tag)
      assert.strictEqual("code" in error && error.code, "EARLY")
      assert.strictEqual(error.requestId, "the-id")
      assert.strictEqual(counts.released, 1)
      assert.strictEqual(server.requests.length, 1)
    }))

  it.effect("and never reads it", () =>
    Effect.gen(function*() {
      const { counts, stream } = upload()
      const answer: Answer = (exchange) =>
        Effect.andThen(
          Effect.sync(() => exchange.socket.pause()),
          replyEarly({ status: 413, body: "too much" })(exchange)
        )
      const server = yield* serve(answer)
      const fiber = yield* send(stream).pipe(Effect.provide(client(server)), Effect.flip, Effect.forkChild)
      yield* untilSeen(server.request(0), fiber)
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "PayloadTooLarge")
      assert.strictEqual(counts.released, 1)
    }))
})
