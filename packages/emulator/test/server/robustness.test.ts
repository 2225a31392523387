/** What clients and engines do to a server. */
import { Emulator, Recognizer, Recording, Synthesizer, Thinker } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Scope, Stream } from "effect"
import { Deepgram, ListenV1 } from "effect-deepgram"
import { FetchHttpClient } from "effect/http"
import { connect } from "node:net"
import { alternativeOf, listen, post, refusalOf } from "./support.ts"

const recording = Recording.wav("Still here.", { sampleRate: 8_000, encoding: "mulaw" })

/** Says when it is opened and closed, and otherwise does what `push` does. */
const engine = (options: {
  readonly opened?: Effect.Effect<unknown>
  readonly closed?: Effect.Effect<unknown>
  readonly push: Effect.Effect<never, Recognizer.RecognitionError>
}) =>
  Layer.provide(
    Emulator.layerNoDeps(),
    [
      FetchHttpClient.layer,
      Thinker.layer,
      Synthesizer.layer,
      Layer.succeed(Recognizer.Recognizer, {
        open: () =>
          Effect.acquireRelease(
            Effect.as(options.opened ?? Effect.void, { push: () => options.push, finish: Effect.succeed([]) }),
            () => options.closed ?? Effect.void
          )
      })
    ]
  )

describe("clients", () => {
  it.live("that are refused in the middle of an upload get the answer, and the connection is of use again", () =>
    Effect.gen(function*() {
      const megabyte = new Uint8Array(1_000_000)
      const endless = Stream.forever(Stream.make(megabyte))
      const { url } = yield* Emulator.Emulator
      for (const audio of [new Uint8Array(20_000_000), endless]) {
        const error = yield* ListenV1.transcribeFile(audio, { model: "nova-3" }).pipe(
          Effect.provide(Deepgram.layer({ credential: "none", baseUrl: url })),
          Effect.flip
        )
        assert.strictEqual(error._tag, "Unauthorized")
      }
      assert.strictEqual(
        alternativeOf(yield* listen("model=nova-3&punctuate=true", recording)).transcript,
        "Still here."
      )
    }).pipe(Effect.provide(Emulator.layer())))

  it.live("that go away end their request", () =>
    Effect.gen(function*() {
      const opened = yield* Deferred.make<void>()
      const closed = yield* Deferred.make<void>()
      yield* Effect.gen(function*() {
        const upload = yield* Effect.forkChild(
          ListenV1.transcribeFile(Stream.concat(Stream.make(recording), Stream.never), { model: "nova-3" }).pipe(
            Effect.provide(Emulator.layerClient)
          )
        )
        yield* Deferred.await(opened)
        yield* Fiber.interrupt(upload)
        yield* Deferred.await(closed)
      }).pipe(Effect.provide(engine({
        opened: Deferred.succeed(opened, undefined),
        closed: Deferred.succeed(closed, undefined),
        push: Effect.never
      })))
    }))

  it.live("are served side by side, each under its own id", () =>
    Effect.gen(function*() {
      const answers = yield* Effect.all(
        Array.from({ length: 50 }, () => listen("model=nova-3&punctuate=true", recording)),
        { concurrency: "unbounded" }
      )
      for (const answer of answers) assert.strictEqual(alternativeOf(answer).transcript, "Still here.")
      assert.strictEqual(new Set(answers.map(({ headers }) => headers.get("dg-request-id"))).size, 50)
    }).pipe(Effect.provide(Emulator.layer())))

  it.live("do not hold up the end", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { url } = yield* Effect.map(Layer.buildWithScope(Emulator.layer(), scope), (context) =>
        Emulator.Emulator.pipe(Effect.provideContext(context))).pipe(Effect.flatten)
      const ended = yield* Deferred.make<void>()
      const connected = yield* Deferred.make<void>()
      const socket = connect(Number(new URL(url).port), "127.0.0.1")
      socket.on("error", () =>
        undefined).on("close", () => Deferred.doneUnsafe(ended, Effect.void))
      socket.write("POST /v1/listen HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n", () =>
        Deferred.doneUnsafe(connected, Effect.void))
      yield* Deferred.await(connected)
      yield* Scope.close(scope, Exit.void)
      yield* Deferred.await(ended)
    }))

  it.live("may ask for 500 key terms of any script", () =>
    Effect.gen(function*() {
      const terms = Array.from({ length: 500 }, (_, i) => `keyterm=${encodeURIComponent(`слово${i}`)}`).join("&")
      const answer = yield* listen(`model=nova-3&${terms}`, recording)
      assert.strictEqual(answer.status, 200)
    }).pipe(Effect.provide(Emulator.layer())))

  it.live("of other origins may read the headers", () =>
    Effect.gen(function*() {
      const { url } = yield* Emulator.Emulator
      const asked = yield* Effect.promise(() =>
        fetch(`${url}/v1/listen`, {
          method: "OPTIONS",
          headers: {
            origin: "https://example.com",
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization"
          }
        })
      )
      assert.strictEqual(asked.status, 204)
      assert.strictEqual(asked.headers.get("access-control-allow-origin"), "*")
      assert.strictEqual(asked.headers.get("access-control-allow-headers"), "authorization")
      const answer = yield* listen("model=nova-3", recording, { origin: "https://example.com" })
      assert.strictEqual(answer.headers.get("access-control-allow-origin"), "*")
      assert.include(answer.headers.get("access-control-expose-headers") ?? "", "dg-request-id")
    }).pipe(Effect.provide(Emulator.layer())))

  it.live("cannot make it read a JSON body without end", () =>
    Effect.gen(function*() {
      const answer = yield* post("/v1/listen?model=nova-3", {
        body: JSON.stringify({ url: "http://example.com/", padding: " ".repeat(100_000) }),
        headers: { "content-type": "application/json" }
      })
      assert.strictEqual(answer.status, 400)
      assert.match(refusalOf(answer).err_msg, /could not process the JSON/)
    }).pipe(Effect.provide(Emulator.layer())))
})

describe("engines", () => {
  const failing = (reason: Recognizer.RecognitionError["reason"]) =>
    listen("model=nova-3", recording).pipe(Effect.provide(engine({
      push: Effect.fail(new Recognizer.RecognitionError({ reason, message: "The engine says no." }))
    })))

  it.live("that refuse the audio: the client's mistake", () =>
    Effect.gen(function*() {
      const answer = yield* failing("InvalidOptions")
      assert.strictEqual(answer.status, 400)
      assert.match(refusalOf(answer).err_msg, /The engine says no\./)
    }))

  it.live("that break: a 500 that says nothing of the inside", () =>
    Effect.gen(function*() {
      const answer = yield* failing("EngineFailure")
      assert.strictEqual(answer.status, 500)
      assert.notInclude(answer.text, "The engine says no.")
    }))
})
