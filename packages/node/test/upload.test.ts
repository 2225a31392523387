import { NodeAudio } from "@effect-deepgram/node"
import { assert, describe, it } from "@effect/vitest"
import { Data, Deferred, Effect, Fiber, Ref, Stream } from "effect"
import { AudioSource } from "effect-deepgram"
import { openAsBlob } from "node:fs"
import { client, impatient, once, upload } from "./support/client.ts"
import { fileOf, openDescriptors, sparseFile, untilClosed } from "./support/files.ts"
import { type Handler, readBody, receipt, requestId, sendJson, serve } from "./support/server.ts"

class Unplugged extends Data.TaggedError("Unplugged") {}

/** Bytes that show where one is lost, repeated or out of place. */
const numbered = (size: number): Uint8Array => {
  const bytes = new Uint8Array(size)
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + (i >> 8) * 17) & 0xff
  return bytes
}

/** Keeps the bodies that it gets, and answers by number: a status each, then receipts. */
const keeping = (...statuses: ReadonlyArray<number>) => {
  const bodies: Array<Buffer> = []
  const handler: Handler = (request, response, { index }) =>
    readBody(request, (body) => {
      bodies.push(body)
      const status = statuses[index] ?? 200
      sendJson(response, status === 200 ? { request_id: requestId } : { err_msg: "not now" }, status)
    })
  return { bodies, handler }
}

const audio = numbered(3_000_001)

/** Lets the event loop go round. */
const turns = (count: number) =>
  Effect.repeat(Effect.callback<void>((resume) => void setImmediate(() => resume(Effect.void))), { times: count })

describe("an upload", () => {
  it.live("of a file states its length and type, and arrives whole", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(audio, "call.MP3")
      const { bodies, handler } = keeping()
      const server = yield* serve(handler)
      yield* Effect.provide(upload(NodeAudio.file(path)), client(server))
      assert.isTrue(bodies[0]?.equals(audio))
      assert.strictEqual(server.requests[0]?.headers["content-length"], "3000001")
      assert.strictEqual(server.requests[0]?.headers["content-type"], "audio/mpeg")
      assert.notProperty(server.requests[0]?.headers, "transfer-encoding")
      yield* untilClosed(path)
    }))

  it.live("of an empty file has the length 0", () =>
    Effect.gen(function*() {
      const path = yield* fileOf("")
      const server = yield* serve(receipt)
      yield* Effect.provide(upload(NodeAudio.file(path)), client(server))
      assert.strictEqual(server.requests[0]?.headers["content-length"], "0")
    }))

  it.live("of a blob on the disk states its length and type, and arrives whole", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(audio)
      const { bodies, handler } = keeping(503)
      const server = yield* serve(handler)
      const blob = yield* Effect.promise(() => openAsBlob(path, { type: "audio/flac" }))
      yield* upload(blob).pipe(impatient, Effect.provide(client(server)))
      assert.deepStrictEqual(bodies.map((body) => body.equals(audio)), [true, true])
      assert.strictEqual(server.requests[1]?.headers["content-length"], "3000001")
      assert.strictEqual(server.requests[1]?.headers["content-type"], "audio/flac")
    }))

  it.live("of bytes states their length", () =>
    Effect.gen(function*() {
      const { bodies, handler } = keeping(503)
      const server = yield* serve(handler)
      // A view into something larger.
      yield* upload(audio.subarray(1000, 5000)).pipe(impatient, Effect.provide(client(server)))
      assert.deepStrictEqual(bodies.map((body) => body.equals(audio.subarray(1000, 5000))), [true, true])
      assert.strictEqual(server.requests[0]?.headers["content-length"], "4000")
    }))

  it.live("of a stream arrives whole, whatever its chunks", () =>
    Effect.gen(function*() {
      const { bodies, handler } = keeping()
      const server = yield* serve(handler)
      const sizes = [1, 0, 65_536, 7, 1_000_000, 300_000]
      const chunks: Array<Uint8Array> = []
      for (let start = 0, i = 0; start < audio.length; i++) {
        const end = start + sizes[i % sizes.length]!
        chunks.push(audio.subarray(start, end))
        start = end
      }
      yield* Effect.provide(upload(Stream.fromIterable(chunks)), client(server))
      assert.isTrue(bodies[0]?.equals(audio))
      assert.notProperty(server.requests[0]?.headers, "content-length")
    }))

  it.live("of a stream is not read ahead of a server that does not read", () =>
    Effect.gen(function*() {
      const chunk = new Uint8Array(65_536)
      const total = 1024
      let produced = 0
      const begun = yield* Deferred.make<() => void>()
      const server = yield* serve((request, response, received) => {
        Deferred.doneUnsafe(begun, Effect.succeed(() => receipt(request, response, received)))
      })
      const stream = Stream.range(1, total).pipe(
        Stream.rechunk(1),
        Stream.map(() => {
          produced++
          return chunk
        })
      )
      const fiber = yield* upload(stream).pipe(Effect.provide(client(server)), Effect.forkChild)
      const proceed = yield* Deferred.await(begun)
      // Until nothing moves any more: what the two sockets hold has been produced, and no more.
      let seen = -1
      while (seen !== produced) {
        seen = produced
        yield* turns(200)
      }
      assert.isBelow(produced * chunk.byteLength, 16 * 1_048_576)
      proceed()
      assert.strictEqual((yield* Fiber.join(fiber)).request_id, requestId)
      assert.strictEqual(produced, total)
    }))

  it.live("of a file is repeated whole", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(audio)
      const { bodies, handler } = keeping(503, 429)
      const server = yield* serve(handler)
      yield* upload(NodeAudio.file(path)).pipe(impatient, Effect.provide(client(server)))
      assert.deepStrictEqual(bodies.map((body) => body.equals(audio)), [true, true, true])
      yield* untilClosed(path)
    }))

  it.live("of a file is repeated whole when the connection breaks in its midst", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(audio)
      const { bodies, handler } = keeping()
      const server = yield* serve((request, response, received) => {
        if (received.index > 0) return handler(request, response, received)
        request.once("data", () => request.socket.destroy())
      })
      yield* upload(NodeAudio.file(path)).pipe(impatient, Effect.provide(client(server)))
      assert.strictEqual(server.requests.length, 2)
      assert.isTrue(bodies[0]?.equals(audio))
      yield* untilClosed(path)
    }))

  it.live("of a stream is not repeated", () =>
    Effect.gen(function*() {
      const { handler } = keeping(503)
      const server = yield* serve(handler)
      const runs = yield* Ref.make(0)
      const stream = Stream.unwrap(Effect.as(Ref.update(runs, (n) => n + 1), Stream.make(audio)))
      const error = yield* upload(stream).pipe(impatient, Effect.flip, Effect.provide(client(server)))
      assert.strictEqual(error._tag, "ServerError")
      assert.strictEqual(yield* Ref.get(runs), 1)
      assert.strictEqual(server.requests.length, 1)
    }))
})

describe("an upload that ends early", () => {
  it.live("by interruption: the server sees it, the stream is over and the file closed", () =>
    Effect.gen(function*() {
      const path = yield* sparseFile(256 * 1024 * 1024)
      const gone = yield* Deferred.make<boolean>()
      const begun = yield* Deferred.make<() => void>()
      const server = yield* serve((request) => {
        request.once("data", () => {
          request.pause()
          Deferred.doneUnsafe(begun, Effect.succeed(() => void request.resume()))
        })
        request.socket.on("close", () => Deferred.doneUnsafe(gone, Effect.succeed(request.complete)))
      })
      const fiber = yield* upload(NodeAudio.file(path)).pipe(Effect.provide(client(server)), Effect.forkChild)
      const proceed = yield* Deferred.await(begun)
      assert.strictEqual(openDescriptors(path), 1)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(openDescriptors(path), 0)
      proceed()
      assert.isFalse(yield* Deferred.await(gone))
    }))

  it.live("by interruption while the stream has nothing to give", () =>
    Effect.gen(function*() {
      const released = yield* Ref.make(false)
      const begun = yield* Deferred.make<void>()
      const server = yield* serve((request) => {
        request.once("data", () => Deferred.doneUnsafe(begun, Effect.void)).resume()
      })
      const stream = Stream.make(new Uint8Array(100)).pipe(
        Stream.concat(Stream.never),
        Stream.ensuring(Ref.set(released, true))
      )
      const fiber = yield* upload(stream).pipe(Effect.provide(client(server)), Effect.forkChild)
      yield* Deferred.await(begun)
      yield* Fiber.interrupt(fiber)
      assert.isTrue(yield* Ref.get(released))
    }))

  it.live("because the server has answered: neither a stream without end nor an idle one goes on", () =>
    Effect.gen(function*() {
      const server = yield* serve((request, response) => {
        request.once("data", () => sendJson(response, { err_msg: "enough" }, 413))
      })
      const chunk = Stream.make(new Uint8Array(65_536))
      for (const stream of [Stream.forever(chunk), Stream.concat(chunk, Stream.never)]) {
        const released = yield* Deferred.make<void>()
        const error = yield* upload(Stream.ensuring(stream, Deferred.succeed(released, undefined))).pipe(
          once,
          Effect.flip,
          Effect.provide(client(server))
        )
        assert.strictEqual(error._tag, "PayloadTooLarge")
        yield* Deferred.await(released)
      }
    }))

  it.live("because the stream fails: the failure comes out as it is, and the server sees no end", () =>
    Effect.gen(function*() {
      const gone = yield* Deferred.make<boolean>()
      const server = yield* serve((request) => {
        request.resume().on("close", () => Deferred.doneUnsafe(gone, Effect.succeed(request.complete)))
      })
      const stream = Stream.make(new Uint8Array(100)).pipe(Stream.concat(Stream.fail(new Unplugged())))
      const error = yield* upload(stream).pipe(Effect.flip, Effect.provide(client(server)))
      assert.strictEqual(error._tag, "Unplugged")
      assert.isFalse(yield* Deferred.await(gone))
    }))

  it.live("because a source has more or less than it said: nothing hangs", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt)
      for (const size of [50, 150]) {
        const source = AudioSource.make(Effect.succeed({ size, stream: Stream.make(new Uint8Array(100)) }))
        const error = yield* upload(source).pipe(Effect.flip, Effect.provide(client(server)))
        assert.strictEqual(error._tag, "BadRequest")
        assert.include(error.message, "length does not match content-length")
      }
    }))
})
