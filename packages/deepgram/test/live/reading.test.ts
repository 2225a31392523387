import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { ListenV1 } from "effect-deepgram"
import { begin, ending, hear, openV1, requestId, results, settled, textOf, transports, v1 } from "../support/live.ts"
import { serveSockets, serving } from "../support/sockets.ts"

describe.each(transports)("what comes over $name", (transport) => {
  it.effect("is for one reader at a time", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      const first = yield* begin(Stream.runHead(connection.messages))
      const { error } = yield* hear(connection.messages)
      if (error?._tag !== "BadRequest") return assert.fail(String(error))
      assert.strictEqual(error.message, "ListenV1.connect: the messages of this connection are being read already")
      yield* peer.send(results("one"))
      assert.strictEqual((yield* Fiber.join(first))._tag, "Some")
      const other = yield* begin(Stream.runHead(connection.messages))
      const again = (yield* hear(connection.messages)).error
      assert.strictEqual(
        again?.message,
        `ListenV1.connect: the messages of this connection are being read already [request ${requestId}]`
      )
      assert.strictEqual(again?.requestId, requestId)
      yield* peer.send(results("two"))
      assert.strictEqual((yield* Fiber.join(other))._tag, "Some")
    }))

  it.effect("is handed out one by one: whoever takes a few leaves the others", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      const all = Array.from({ length: 3000 }, (_, index) => String(index))
      yield* peer.send(...all.map((text, start) => results(text, { is_final: true, start })))
      // The last one has come in.
      yield* settled(() => Effect.runSync(connection.position).acknowledged)
      const heard: Array<string> = []
      for (const count of [1, 1, 2, 1020, 1, 975]) {
        heard.push(...textOf(yield* Stream.runCollect(Stream.take(connection.messages, count))))
      }
      const chunks: Array<number> = []
      yield* connection.messages.pipe(
        Stream.take(1000),
        Stream.runForEachArray((chunk) =>
          Effect.sync(() => {
            chunks.push(chunk.length)
            heard.push(...textOf(chunk))
          })
        )
      )
      assert.deepStrictEqual(heard, all)
      assert.isTrue(chunks.every((length) => length === 1))
    }))

  it.effect("is given by a pipe as one chunk for all that came together", () =>
    Effect.gen(function*() {
      const all = Array.from({ length: 20 }, (_, index) => String(index))
      const server = yield* serveSockets(serving((peer) =>
        Effect.andThen(peer.next, Effect.andThen(peer.send(...all.map((text) => results(text))), ending()(peer)))
      ))
      const chunks: Array<number> = []
      yield* Stream.make(new Uint8Array(3200)).pipe(
        ListenV1.transcribeStream(v1),
        Stream.runForEachArray((chunk) =>
          Effect.sync(() => chunks.push(chunk.length))
        ),
        Effect.provide(transport.client(server))
      )
      assert.strictEqual(chunks.reduce((sum, length) => sum + length, 0), 21)
      assert.isAtLeast(Math.max(...chunks), 10)
    }))
})
