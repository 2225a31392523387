import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Schedule, Scope, Stream } from "effect"
import { DeepgramError, SpeakV1 } from "effect-deepgram"
import { createHash } from "node:crypto"
import { gzipSync } from "node:zlib"
import { endless, reply, silence } from "../support/answers.ts"
import { bytesOf, pieces } from "../support/audio.ts"
import { client } from "../support/client.ts"
import { retrying } from "../support/clock.ts"
import { serve, untilSeen } from "../support/server.ts"
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

describe.each(transports)("speech over %s", (_, connect) => {
  it.effect("is what was sent", () =>
    Effect.gen(function*() {
      const server = yield* serve(speaking)
      const { audio: speech } = yield* generate.pipe(yield* connect(server))
      assert.deepStrictEqual(yield* listen(speech), { audio: Buffer.from(audio), error: undefined })
    }))

  it.effect("arrives before the rest is there", () =>
    Effect.gen(function*() {
      const { answer, begun } = yield* piecewise()
      const server = yield* serve(answer)
      const { audio: speech } = yield* generate.pipe(yield* connect(server))
      const { response } = yield* begun
      const { fiber, next } = yield* hear(speech)
      for (const piece of pieces(audio.subarray(0, 5000), 1000)) {
        response.write(piece)
        assert.deepStrictEqual(Buffer.from(yield* next), Buffer.from(piece))
      }
      response.end()
      yield* Fiber.join(fiber)
    }))

  it.effect("may be nothing at all", () =>
    Effect.gen(function*() {
      const server = yield* serve(reply({ status: 204, headers: head }), reply({ headers: head }))
      const deepgram = yield* connect(server)
      for (const _status of [204, 200]) {
        const { audio: speech } = yield* generate.pipe(deepgram)
        assert.deepStrictEqual(yield* Stream.runCollect(speech), [])
      }
    }))

  it.effect("leaves its connection to others", () =>
    Effect.gen(function*() {
      const server = yield* serve(speaking)
      const drained = Effect.flatMap(generate, (speech) => Stream.runDrain(speech.audio))
      yield* Effect.repeat(drained, { times: 9 }).pipe(yield* connect(server))
      assert.strictEqual(server.requests.length, 10)
      // Two take turns: there is a moment in which the last one is not free yet.
      assert.isAtMost(server.connections(), 2)
    }))

  it.effect("is unpacked if a proxy has packed it", () =>
    Effect.gen(function*() {
      // What cannot be packed becomes longer, and the length in the head is that of the packed.
      const noise = createHash("sha512").update("noise").digest()
      const packed = gzipSync(noise)
      assert.isAbove(packed.byteLength, noise.byteLength)
      const server = yield* serve(reply({
        headers: { ...head, "content-encoding": "gzip", "content-length": packed.byteLength },
        body: packed
      }))
      const { audio: speech } = yield* generate.pipe(yield* connect(server))
      assert.deepStrictEqual(yield* listen(speech), { audio: noise, error: undefined })
    }))
})

describe.each(transports)("the connection over %s is closed", (_, connect) => {
  it.effect("when the scope ends, though nothing was read", () =>
    Effect.gen(function*() {
      const { answer, begun } = yield* piecewise()
      const server = yield* serve(answer)
      yield* Effect.gen(function*() {
        yield* Effect.scoped(generate)
        assert.strictEqual(yield* (yield* begun).over, "aborted")
      }).pipe(yield* connect(server))
    }))

  it.effect("when the scope ends before the answer begins", () =>
    Effect.gen(function*() {
      const server = yield* serve(silence)
      yield* Effect.gen(function*() {
        const scope = yield* Scope.make()
        const fiber = yield* Effect.forkChild(Scope.provide(generate, scope))
        const { over } = yield* server.request(0)
        yield* Scope.close(scope, Exit.void)
        assert.strictEqual(yield* over, "aborted")
        yield* Fiber.interrupt(fiber)
      }).pipe(yield* connect(server))
    }))

  it.effect("when the scope ends while somebody reads", () =>
    Effect.gen(function*() {
      const { answer, begun } = yield* piecewise()
      const server = yield* serve(answer)
      yield* Effect.gen(function*() {
        const reading = yield* Effect.scoped(Effect.gen(function*() {
          const { audio: speech } = yield* generate
          const { response } = yield* begun
          const arrived = yield* Deferred.make<void>()
          const fiber = yield* listen(Stream.tap(speech, () => Deferred.succeed(arrived, undefined))).pipe(
            Effect.forkDetach
          )
          response.write(audio.subarray(0, 1000))
          yield* Deferred.await(arrived)
          return fiber
        }))
        const { audio: heard, error } = yield* Fiber.join(reading)
        assert.strictEqual(heard.byteLength, 1000)
        assert.instanceOf(error, DeepgramError.BadRequest)
        assert.include(error?.message, "within the scope")
        assert.strictEqual(yield* (yield* begun).over, "aborted")
      }).pipe(yield* connect(server))
    }))

  it.effect("when the reader has enough", () =>
    Effect.gen(function*() {
      const { answer, begun } = yield* piecewise()
      const server = yield* serve(answer)
      yield* Effect.gen(function*() {
        const { audio: speech } = yield* generate
        const exchange = yield* begun
        exchange.response.write(audio.subarray(0, 1000))
        assert.strictEqual((yield* Stream.runCollect(Stream.take(speech, 1))).length, 1)
        assert.strictEqual(yield* exchange.over, "aborted")
      }).pipe(yield* connect(server))
    }))

  it.effect("when the reader is interrupted", () =>
    Effect.gen(function*() {
      const { answer, begun } = yield* piecewise()
      const server = yield* serve(answer)
      yield* Effect.gen(function*() {
        const { audio: speech } = yield* generate
        const exchange = yield* begun
        const { fiber, next } = yield* hear(speech)
        exchange.response.write(audio.subarray(0, 1000))
        yield* next
        yield* Fiber.interrupt(fiber)
        assert.strictEqual(yield* exchange.over, "aborted")
      }).pipe(yield* connect(server))
    }))

  it.effect("when the operation is interrupted before the answer begins", () =>
    Effect.gen(function*() {
      const server = yield* serve(silence)
      yield* Effect.gen(function*() {
        const fiber = yield* Effect.forkChild(generate)
        const exchange = yield* untilSeen(server.request(0), fiber)
        yield* Fiber.interrupt(fiber)
        assert.strictEqual(yield* exchange.over, "aborted")
      }).pipe(yield* connect(server))
    }))

  it.effect("when a stream of it ends early", () =>
    Effect.gen(function*() {
      const { answer, begun } = yield* piecewise()
      const server = yield* serve(answer)
      yield* Effect.gen(function*() {
        const stream = SpeakV1.generateStream("Good morning.", { model: "aura-2-thalia-en" })
        const fiber = yield* Effect.forkChild(Stream.runHead(stream))
        const exchange = yield* untilSeen(begun, fiber)
        exchange.response.write(audio.subarray(0, 1000))
        yield* Fiber.join(fiber)
        assert.strictEqual(yield* exchange.over, "aborted")
      }).pipe(yield* connect(server))
    }))

  it.effect("when an attempt has failed, and not only with the scope", () =>
    Effect.gen(function*() {
      const server = yield* serve(endless(503, bytesOf(65_536)), speaking)
      yield* Effect.gen(function*() {
        const { exit } = yield* retrying(generate)
        assert.strictEqual(exit._tag, "Success")
        assert.strictEqual(yield* (yield* server.request(0)).over, "aborted")
      }).pipe(yield* connect(server))
    }))
})

describe("audio is read once, within the scope", () => {
  it.effect.each(transports)(
    "over %s, who reads again after a failure is told of that",
    ([, connect]) =>
      Effect.gen(function*() {
        const { answer, begun } = yield* piecewise()
        const server = yield* serve(answer)
        const { audio: speech } = yield* generate.pipe(yield* connect(server))
        const { socket } = yield* begun
        const { fiber } = yield* hear(speech)
        socket.destroy()
        const first = yield* Effect.flip(Fiber.join(fiber))
        assert.instanceOf(first, DeepgramError.TransportError)
        assert.strictEqual((yield* listen(speech)).error, first)
        assert.strictEqual((yield* listen(Stream.retry(speech, Schedule.recurs(2)))).error, first)
      })
  )

  it.effect("the second reader is told so, and does not spoil it for the first", () =>
    Effect.gen(function*() {
      const { answer, begun } = yield* piecewise()
      const server = yield* serve(answer)
      const { audio: speech } = yield* generate.pipe(yield* connectFetch(server))
      const { response } = yield* begun
      const { fiber, next } = yield* hear(speech)
      response.write(audio.subarray(0, 1000))
      yield* next
      const second = yield* listen(speech)
      assert.instanceOf(second.error, DeepgramError.BadRequest)
      assert.deepInclude(second.error, { origin: "client", requestId })
      assert.strictEqual(
        second.error?.message,
        `SpeakV1.generate: the audio can be read once only, and it has been [request ${requestId}]`
      )
      response.write(audio.subarray(1000, 2000))
      assert.strictEqual((yield* next).byteLength, 1000)
      response.end()
      yield* Fiber.join(fiber)
    }))

  it.effect.each(transports)("over %s, who comes after the scope is told so", ([, connect]) =>
    Effect.gen(function*() {
      const server = yield* serve(speaking)
      const { audio: speech } = yield* Effect.scoped(generate).pipe(yield* connect(server))
      const { error } = yield* listen(speech)
      assert.instanceOf(error, DeepgramError.BadRequest)
      assert.include(error?.message, "within the scope")
    }))

  it.effect("a stream of it can be run again: each run is a request", () =>
    Effect.gen(function*() {
      const server = yield* serve(speaking)
      const stream = SpeakV1.generateStream("Good morning.", { model: "aura-2-thalia-en" })
      const heard = Stream.mkUint8Array(stream).pipe(Effect.provide(client(server)))
      assert.deepStrictEqual(yield* heard, yield* heard)
      assert.strictEqual(server.requests.length, 2)
    }))
})
