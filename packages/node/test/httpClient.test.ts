import { NodeDeepgram } from "@effect-deepgram/node"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Stream } from "effect"
import { ListenV1 } from "effect-deepgram"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import { createServer } from "node:net"
import { Readable } from "node:stream"
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib"
import { client, once, request, upload } from "./support/client.ts"
import { listen, readBody, receipt, requestId, sendJson, serve } from "./support/server.ts"

const transport = Effect.provide(NodeDeepgram.layerHttpClient({ proxy: false }))

describe("an answer", () => {
  it.live("has status, headers, cookies and the address it came from", () =>
    Effect.gen(function*() {
      const server = yield* serve((_, response) => {
        response.writeHead(418, { "X-Many": ["a", "b"], "set-cookie": ["one=1", "two=2"] }).end("teapot")
      })
      yield* Effect.gen(function*() {
        const response = yield* HttpClient.get(`${server.url}/a?b=c#d`)
        assert.strictEqual(response.status, 418)
        assert.strictEqual(response.headers["x-many"], "a, b")
        assert.deepStrictEqual(Object.keys(response.cookies.cookies), ["one", "two"])
        assert.strictEqual(response.url, `${server.url}/a?b=c`)
        assert.strictEqual(server.requests[0]?.target, "/a?b=c")
        assert.strictEqual(yield* response.text, "teapot")
        assert.include(JSON.stringify(response), "\"status\":418")
      }).pipe(transport)
    }))

  it.live("is read whatever a proxy compressed it with, errors too", () =>
    Effect.gen(function*() {
      const text = JSON.stringify({ request_id: requestId })
      const encodings: ReadonlyArray<readonly [name: string, body: Buffer]> = [
        ["gzip", gzipSync(text)],
        ["deflate", deflateSync(text)],
        ["br", brotliCompressSync(text)],
        ["zstd", zstdCompressSync(text)],
        ["gzip, br", brotliCompressSync(gzipSync(text))],
        ["identity", Buffer.from(text)]
      ]
      for (const [name, body] of encodings) {
        const server = yield* serve((_, response) => {
          response.writeHead(200, { "content-encoding": name }).end(body)
        })
        assert.strictEqual((yield* request.pipe(Effect.provide(client(server)))).request_id, requestId, name)
      }
      const refusing = yield* serve((_, response) => {
        const body = gzipSync(JSON.stringify({ err_code: "INVALID_AUTH", err_msg: "Invalid credentials." }))
        response.writeHead(401, { "content-encoding": "gzip" }).end(body)
      })
      const refused = yield* Effect.flip(request.pipe(Effect.provide(client(refusing))))
      assert.match(refused.message, /INVALID_AUTH: Invalid credentials\./)
      for (
        const [name, body, tag] of [
          ["zebra", "x", "DecodeError"],
          ["gzip", "", "DecodeError"],
          ["gzip", "no gzip", "TransportError"],
          ["gzip", gzipSync(text).subarray(0, 20), "TransportError"]
        ] as const
      ) {
        const strange = yield* serve((_, response) => {
          response.writeHead(200, { "content-encoding": name }).end(body)
        })
        const error = yield* Effect.flip(request.pipe(once, Effect.provide(client(strange))))
        assert.strictEqual(error._tag, tag)
      }
      // 64 MiB of blanks in 64 KiB, on a connection that stays open: no more of it is unpacked than is kept.
      const bomb = yield* serve((_, response) => {
        response.writeHead(400, { "content-encoding": "gzip" }).write(gzipSync(Buffer.alloc(67_108_864, " ")))
      })
      const unpacked = yield* Effect.flip(request.pipe(Effect.provide(client(bomb))))
      assert.strictEqual(unpacked._tag, "BadRequest")
    }))

  it.live("can be read in every way, again and again", () =>
    Effect.gen(function*() {
      const server = yield* serve((_, response) => response.end("{\"ä\":1}"))
      yield* Effect.gen(function*() {
        const response = yield* HttpClient.get(server.url)
        assert.strictEqual(yield* response.text, "{\"ä\":1}")
        assert.deepStrictEqual(yield* response.json, { "ä": 1 })
        assert.strictEqual((yield* response.arrayBuffer).byteLength, 8)
        assert.strictEqual(yield* response.text, "{\"ä\":1}")
        assert.strictEqual((yield* Effect.flip(response.upgrade)).reason._tag, "StatusCodeError")
      }).pipe(transport)
    }))

  it.live("waits for its reader", () =>
    Effect.gen(function*() {
      const server = yield* serve((_, response) => response.end("x".repeat(1_000_000)))
      yield* Effect.gen(function*() {
        const response = yield* HttpClient.get(server.url)
        yield* Effect.sleep("20 millis")
        const [one, other] = yield* Effect.all([response.text, response.text], { concurrency: 2 })
        assert.strictEqual(one.length, 1_000_000)
        assert.strictEqual(other.length, 1_000_000)
      }).pipe(transport)
    }))

  it.live("may be empty", () =>
    Effect.gen(function*() {
      const server = yield* serve((_, response) => response.writeHead(204).end())
      yield* Effect.gen(function*() {
        assert.strictEqual(yield* Effect.flatMap(HttpClient.get(server.url), (response) => response.text), "")
        assert.isNull(yield* Effect.flatMap(HttpClient.get(server.url), (response) => response.json))
        assert.strictEqual(
          yield* Effect.flatMap(HttpClient.get(server.url), (response) => Stream.runCount(response.stream)),
          0
        )
        assert.strictEqual((yield* HttpClient.head(server.url)).status, 204)
      }).pipe(transport)
    }))

  it.live("is the last one where others announce it", () =>
    Effect.gen(function*() {
      const server = yield* serve((_, response) => {
        response.writeEarlyHints({ link: "</style.css>; rel=preload" }, () => response.end("done"))
      })
      const text = yield* HttpClient.get(server.url).pipe(Effect.flatMap((response) => response.text), transport)
      assert.strictEqual(text, "done")
    }))

  it.live("is a redirect where the server sends one, and goes nowhere", () =>
    Effect.gen(function*() {
      const other = yield* serve(receipt)
      const server = yield* serve((request, response, { index }) => {
        request.resume().on(
          "end",
          () => response.writeHead([301, 302, 307][index] ?? 308, { location: other.url }).end()
        )
      })
      for (const status of [301, 302, 307, 308]) {
        const error = yield* upload(new Uint8Array(10)).pipe(once, Effect.flip, Effect.provide(client(server)))
        assert.strictEqual(error._tag, "UnexpectedStatus")
        assert.include(error.message, `${status} a redirect`)
      }
      assert.strictEqual(other.requests.length, 0)
    }))

  it.live("that breaks off is a failure", () =>
    Effect.gen(function*() {
      const server = yield* serve((incoming, response) => {
        incoming.resume()
        response.writeHead(200, { "content-length": 1000, "dg-request-id": requestId }).write(
          "{\"request_id\":",
          () => {
            response.socket?.destroy()
          }
        )
      })
      const error = yield* request.pipe(once, Effect.flip, Effect.provide(client(server)))
      assert.strictEqual(error._tag, "TransportError")
      assert.strictEqual(
        error.message,
        `ListenV1.submitUrl: the answer broke off: other side closed (UND_ERR_SOCKET) [request ${requestId}]`
      )
      assert.strictEqual(error._tag === "TransportError" ? error.requestId : undefined, requestId)
      const streamed = yield* HttpClient.get(server.url).pipe(
        Effect.flatMap((response) => Stream.runDrain(response.stream)),
        Effect.flip,
        transport
      )
      assert.strictEqual(streamed.reason._tag, "DecodeError")
    }))

  it.live("of a transcription of 10 MB arrives whole", () =>
    Effect.gen(function*() {
      const transcript = "wörter ".repeat(1_400_000)
      const server = yield* serve((incoming, response) => {
        incoming.resume()
        sendJson(response, {
          metadata: { request_id: requestId, created: "2026-11-20T00:00:00Z", duration: 1, channels: 1 },
          results: { channels: [{ alternatives: [{ transcript, confidence: 1 }] }] }
        })
      })
      const { results } = yield* ListenV1.transcribeFile(new Uint8Array(10), { model: "nova-3" }).pipe(
        Effect.provide(client(server))
      )
      assert.strictEqual(results.channels[0]?.alternatives[0]?.transcript, transcript)
    }))
})

describe("a streamed answer", () => {
  /** Sends chunks as fast as they are taken. */
  const pouring = (total: number) =>
    Effect.gen(function*() {
      const chunk = Buffer.alloc(65_536, "x")
      const closed = yield* Deferred.make<void>()
      let written = 0
      const server = yield* serve((_, response) => {
        response.on("close", () => Deferred.doneUnsafe(closed, Effect.void))
        Readable.from((function*() {
          for (; written < total; written++) yield chunk
        })()).pipe(response)
      })
      return { server, written: () => written, closed: Deferred.await(closed) }
    })

  it.live("is held back until it is read, and arrives whole", () =>
    Effect.gen(function*() {
      const { server, written } = yield* pouring(1024)
      yield* Effect.gen(function*() {
        const { stream } = yield* HttpClient.get(server.url)
        let first = true
        let size = 0
        yield* Stream.runForEachArray(stream, (chunks) =>
          Effect.gen(function*() {
            for (const chunk of chunks) size += chunk.byteLength
            if (!first) return
            first = false
            // 64 MiB would long be here.
            yield* Effect.sleep("300 millis")
            assert.isBelow(written(), 1024)
          }))
        assert.strictEqual(size, 1024 * 65_536)
      }).pipe(transport)
    }), 30_000)

  it.live("ends for the server when the reader has enough", () =>
    Effect.gen(function*() {
      const { closed, server } = yield* pouring(Infinity)
      yield* Effect.gen(function*() {
        const { stream } = yield* HttpClient.get(server.url)
        yield* Stream.runDrain(Stream.take(stream, 3))
        yield* closed
      }).pipe(transport)
    }))

  it.live("ends for the server when the reader is interrupted", () =>
    Effect.gen(function*() {
      const { closed, server } = yield* pouring(1)
      const begun = yield* Deferred.make<void>()
      const endless = yield* serve((_, response) => {
        response.on("close", () => Deferred.doneUnsafe(begun, Effect.void))
        response.write("x")
      })
      yield* Effect.gen(function*() {
        const { stream } = yield* HttpClient.get(endless.url)
        yield* Effect.raceFirst(Stream.runDrain(stream), Effect.sleep("10 millis"))
        yield* Deferred.await(begun)
        yield* Effect.flatMap(HttpClient.get(server.url), (response) => Stream.runDrain(response.stream))
        yield* closed
      }).pipe(transport)
    }))
})

describe("a request", () => {
  it.live("takes forms, both ways", () =>
    Effect.gen(function*() {
      const server = yield* serve((incoming, response) =>
        readBody(incoming, (body) => {
          response.writeHead(200, { "content-type": incoming.headers["content-type"] }).end(body)
        })
      )
      yield* Effect.gen(function*() {
        const form = new FormData()
        form.append("name", "value")
        form.append("file", new Blob(["content"]), "a.txt")
        const response = yield* HttpClient.post(server.url, { body: HttpBody.formData(form) })
        const echoed = yield* response.formData
        assert.strictEqual(echoed.get("name"), "value")
        const params = yield* HttpClient.post(server.url, {
          body: HttpBody.text("a=1&b=2", "application/x-www-form-urlencoded")
        })
        assert.deepStrictEqual([...(yield* params.urlParamsBody).params], [["a", "1"], ["b", "2"]])
      }).pipe(transport)
    }))

  it.live("takes a Readable, and destroys it when it cannot be sent", () =>
    Effect.gen(function*() {
      const server = yield* serve((incoming, response) => readBody(incoming, (body) => response.end(body)))
      yield* Effect.gen(function*() {
        const response = yield* HttpClient.post(server.url, { body: HttpBody.raw(Readable.from(["a", "b"])) })
        assert.strictEqual(yield* response.text, "ab")
        const readable = Readable.from(["a", "b"])
        const { port } = yield* Effect.scoped(listen(createServer()))
        yield* Effect.flip(HttpClient.post(`http://127.0.0.1:${port}`, { body: HttpBody.raw(readable) }))
        assert.isTrue(readable.destroyed)
      }).pipe(transport)
    }))

  it.live("that undici refuses fails", () =>
    Effect.gen(function*() {
      const error = yield* HttpClient.execute(
        HttpClientRequest.get("http://127.0.0.1:1").pipe(HttpClientRequest.setHeader("bad name", "x"))
      ).pipe(Effect.flip, transport)
      assert.strictEqual(error.reason._tag, "EncodeError")
      assert.include(String(error.reason.cause), "invalid header key")
    }))
})
