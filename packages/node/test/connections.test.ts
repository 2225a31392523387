import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { createServer } from "node:net"
import { makeAuthority } from "./support/certificates.ts"
import { client, impatient, once, request, upload } from "./support/client.ts"
import { type Handler, listen, readBody, receipt, requestId, sendJson, serve } from "./support/server.ts"

describe("connections", () => {
  it.live("are kept: requests in turn use one", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt)
      yield* Effect.repeat(request, { times: 9 }).pipe(Effect.provide(client(server)))
      assert.strictEqual(server.requests.length, 10)
      assert.strictEqual(server.connections(), 1)
    }))

  it.live("are kept after refused and failed requests, too", () =>
    Effect.gen(function*() {
      const large = "x".repeat(200_000)
      const server = yield* serve((request, response, received) => {
        request.resume().on("end", () =>
          sendJson(
            response,
            { err_msg: large, request_id: "0" },
            received.headers["x-status"] === undefined ? 503 : 400
          ))
      })
      const failed = yield* request.pipe(impatient, Effect.flip, Effect.provide(client(server)))
      assert.strictEqual(failed._tag, "ServerError")
      assert.strictEqual(server.requests.length, 3)
      assert.strictEqual(server.connections(), 1)
    }))

  it.live("grow in number with requests at the same time, up to the limit", () =>
    Effect.gen(function*() {
      const waiting: Array<() => void> = []
      // Answers nobody until two are there: a pool of one would hang.
      const server = yield* serve((request, response) => {
        request.resume().on("end", () => {
          waiting.push(() => sendJson(response, { request_id: requestId }))
          if (waiting.length === 2) { for (const answer of waiting.splice(0)) answer() }
        })
      })
      yield* Effect.all(Array.from({ length: 8 }, () => request), { concurrency: "unbounded" }).pipe(
        Effect.provide(client(server, { connections: 2 }))
      )
      assert.strictEqual(server.requests.length, 8)
      assert.strictEqual(server.connections(), 2)
    }))

  it.live("are not limited by default", () =>
    Effect.gen(function*() {
      const waiting: Array<() => void> = []
      const server = yield* serve((request, response) => {
        request.resume().on("end", () => {
          waiting.push(() => sendJson(response, { request_id: requestId }))
          if (waiting.length === 20) { for (const answer of waiting) answer() }
        })
      })
      yield* Effect.all(Array.from({ length: 20 }, () => request), { concurrency: "unbounded" }).pipe(
        Effect.provide(client(server))
      )
      assert.strictEqual(server.connections(), 20)
    }))

  it.live("close after their time without use", () =>
    Effect.gen(function*() {
      const closed = yield* Deferred.make<void>()
      const server = yield* serve((request, response, received) => {
        request.socket.on("close", () => Deferred.doneUnsafe(closed, Effect.void))
        receipt(request, response, received)
      })
      yield* request.pipe(
        Effect.andThen(Deferred.await(closed)),
        Effect.andThen(request),
        Effect.provide(client(server, { keepAliveTimeout: "50 millis" }))
      )
      assert.strictEqual(server.connections(), 2)
      // The server says a minute.
    }), 10_000)

  it.live("that the server closes are no failure: the next request has a new one", () =>
    Effect.gen(function*() {
      const authority = makeAuthority("Test Authority")
      const identity = authority.issue("server", ["127.0.0.1"])
      for (const tls of [undefined, identity]) {
        const closed = [Deferred.makeUnsafe<void>(), Deferred.makeUnsafe<void>()]
        const server = yield* serve((request, response, received) => {
          const [connection] = [...server.open]
          request.socket.on("close", () => {
            const gone = closed[received.connection]
            if (gone !== undefined) Deferred.doneUnsafe(gone, Effect.void)
          })
          receipt(request, response, received)
          // As a server does whose patience ends: when everything was said, without a word.
          response.on("finish", () => connection?.end())
        }, tls)
        yield* Effect.forEach([0, 1, 2], (n) =>
          Effect.gen(function*() {
            assert.strictEqual((yield* once(request)).request_id, requestId)
            const gone = closed[n]
            if (gone !== undefined) yield* Deferred.await(gone)
          })).pipe(Effect.provide(client(server, { tls: { ca: authority.ca } })))
        assert.deepStrictEqual(server.requests.map(({ connection }) => connection), [0, 1, 2])
      }
    }))

  it.live("that the server closes while a request comes are no failure either: it is sent again", () =>
    Effect.gen(function*() {
      const bodies: Array<string> = []
      const server = yield* serve((request, response, { index }) => {
        if (index === 1) return request.socket.destroy()
        readBody(request, (body) => {
          bodies.push(String(body))
          sendJson(response, { request_id: requestId })
        })
      })
      yield* Effect.forEach(["one", "two"], (text) => upload(new TextEncoder().encode(text))).pipe(
        impatient,
        Effect.provide(client(server, { connections: 1 }))
      )
      assert.deepStrictEqual(bodies, ["one", "two"])
      assert.deepStrictEqual(server.requests.map(({ connection }) => connection), [0, 0, 1])
    }))

  it.live("close with the layer", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt)
      const within = yield* request.pipe(
        Effect.andThen(Effect.sync(() => [...server.open])),
        Effect.provide(client(server))
      )
      assert.strictEqual(within.length, 1)
      yield* Effect.forEach(within, (socket) =>
        Effect.callback<void>((resume) => {
          if (socket.closed) return resume(Effect.void)
          socket.on("close", () => resume(Effect.void))
        }))
      assert.strictEqual(server.open.size, 0)
    }))

  it.live("come from the local address that is asked for", () =>
    Effect.gen(function*() {
      // Only Linux has all of 127.0.0.0/8 without being told.
      const localAddress = process.platform === "linux" ? "127.0.0.2" : "127.0.0.1"
      const server = yield* serve(receipt)
      yield* Effect.provide(request, client(server, { localAddress }))
      assert.strictEqual(server.requests[0]?.remoteAddress, localAddress)
    }))
})

describe("a failed connection", () => {
  it.live("says why", () =>
    Effect.gen(function*() {
      const { port } = yield* Effect.scoped(listen(createServer()))
      const url = `http://127.0.0.1:${port}`
      const error = yield* request.pipe(once, Effect.flip, Effect.provide(client({ url })))
      assert.strictEqual(error._tag, "TransportError")
      assert.strictEqual(
        error.message,
        `ListenV1.submitUrl: no answer: connect ECONNREFUSED 127.0.0.1:${port}`
      )
    }))

  it.live("gives up after the time that is allowed", () =>
    Effect.gen(function*() {
      // Takes the connection, never shakes hands.
      const { port } = yield* listen(createServer())
      const error = yield* request.pipe(
        once,
        Effect.flip,
        Effect.provide(client({ url: `https://127.0.0.1:${port}` }, { connectTimeout: "50 millis" }))
      )
      assert.strictEqual(error._tag, "TransportError")
      assert.include(error.message, "Connect Timeout Error")
      assert.include(error.message, "timeout: 50ms")
    }))

  it.live("is retried, and the request then goes out whole", () =>
    Effect.gen(function*() {
      const bodies: Array<string> = []
      const server = yield* serve((request, response, { connection }) => {
        if (connection < 2) return request.socket.destroy()
        request.setEncoding("utf8").on("data", (text: string) => bodies.push(text))
        request.on("end", () => sendJson(response, { request_id: requestId }))
      })
      const receipt = yield* upload(new TextEncoder().encode("all of it")).pipe(
        impatient,
        Effect.provide(client(server))
      )
      assert.strictEqual(receipt.request_id, requestId)
      assert.deepStrictEqual(bodies, ["all of it"])
    }))
})

describe("interruption", () => {
  /** Tells when a request has come, and when its connection has gone. */
  const watched = () => {
    const begun = Deferred.makeUnsafe<void>()
    const gone = Deferred.makeUnsafe<void>()
    const handler: Handler = (request) => {
      request.resume()
      request.socket.on("close", () => Deferred.doneUnsafe(gone, Effect.void))
      Deferred.doneUnsafe(begun, Effect.void)
    }
    return { begun, gone, handler }
  }

  it.live("ends a request that waits for its answer", () =>
    Effect.gen(function*() {
      const { begun, gone, handler } = watched()
      const server = yield* serve(handler)
      const fiber = yield* request.pipe(Effect.provide(client(server)), Effect.forkChild)
      yield* Deferred.await(begun)
      yield* Fiber.interrupt(fiber)
      yield* Deferred.await(gone)
    }))

  it.live("ends a request that reads its answer, while the client goes on", () =>
    Effect.gen(function*() {
      const { begun, gone, handler } = watched()
      const server = yield* serve((request, response, received) => {
        if (received.connection > 0) return receipt(request, response, received)
        response.writeHead(200, { "content-type": "application/json" }).write("{")
        handler(request, response, received)
      })
      yield* Effect.gen(function*() {
        const fiber = yield* Effect.forkChild(request)
        yield* Deferred.await(begun)
        yield* Fiber.interrupt(fiber)
        yield* Deferred.await(gone)
        assert.strictEqual((yield* request).request_id, requestId)
      }).pipe(Effect.provide(client(server)))
    }))

  it.live("ends a request that waits for a connection, and nothing of it is sent", () =>
    Effect.gen(function*() {
      const arrivals = [Deferred.makeUnsafe<() => void>(), Deferred.makeUnsafe<() => void>()] as const
      const server = yield* serve((request, response, { index }) => {
        const arrival = arrivals[index]
        const answer = () => sendJson(response, { request_id: requestId })
        request.resume().on("end", () => arrival && Deferred.doneUnsafe(arrival, Effect.succeed(answer)))
      })
      yield* Effect.gen(function*() {
        const first = yield* Effect.forkChild(request)
        const answerFirst = yield* Deferred.await(arrivals[0])
        const second = yield* Effect.forkChild(upload(new Uint8Array(10)), { startImmediately: true })
        yield* Fiber.interrupt(second)
        answerFirst()
        yield* Fiber.join(first)
        const third = yield* Effect.forkChild(request)
        const answerThird = yield* Deferred.await(arrivals[1])
        answerThird()
        yield* Fiber.join(third)
      }).pipe(Effect.provide(client(server, { connections: 1 })))
      assert.strictEqual(server.requests.length, 2)
    }))
})
