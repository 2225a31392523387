/** What the emulator takes, how long it waits, and what is no request at all. */
import { Emulator, Recognizer, Recording, Synthesizer, Thinker } from "@effect-deepgram/emulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { connect as connectTo, type Socket } from "node:net"
import { answersIn, assertProper, talk } from "../fuzz/raw.ts"
import { connect, last, refused, typesOf } from "./socket.ts"
import { alternativeOf, listen, post, refusalOf } from "./support.ts"

const port = Effect.map(Emulator.Emulator, ({ url }) => Number(new URL(url).port))

const key = `authorization: Token ${Emulator.defaultApiKey}`
const host = "host: x"
const head = (...lines: ReadonlyArray<string>) => [...lines, "", ""].join("\r\n")
const projects = head("GET /v1/projects HTTP/1.1", host, key)
const closing = head("GET /v1/projects HTTP/1.1", host, key, "connection: close")

/** The answers to bytes that end a connection. */
const answers = (text: string | Uint8Array) =>
  Effect.gen(function*() {
    const found = answersIn(yield* talk(yield* port, { pieces: [Buffer.from(text)] }))
    for (const answer of found) assertProper(answer)
    return found
  })

const statuses = (text: string) => Effect.map(answers(text), (found) => found.map(({ status }) => status))

const said = (text: string | Uint8Array) =>
  Effect.map(answers(text), (found) => {
    assert.strictEqual(found.length, 1)
    const [{ body, status } = { body: "", status: 0 }] = found
    const { err_code, err_msg } = JSON.parse(String(body)) as Record<string, string>
    return `${status} ${err_code}: ${err_msg}`
  })

layer(Emulator.layer(), { excludeTestServices: true })("what is no request", (it) => {
  const grant = ["POST /v1/auth/grant HTTP/1.1", host, key]
  const chunked = [...grant, "transfer-encoding: chunked"]
  const asking = (...lines: ReadonlyArray<string>) =>
    head(
      ...lines,
      "connection: Upgrade",
      "upgrade: websocket",
      "sec-websocket-version: 13",
      "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA=="
    )
  const table: Readonly<Record<string, readonly [text: string | Uint8Array, said: RegExp]>> = {
    "bytes of TLS": [Buffer.from("16030100a5010000a1030352", "hex"), /^400 Bad Request: .*no HTTP\/1\.1 request/],
    "HTTP/2": ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", /^400 Bad Request: /],
    "a method that is none": [head("FOO / HTTP/1.1", host), /^400 Bad Request: .*Invalid method/],
    "no host": [head("GET /v1/projects HTTP/1.1", key), /^400 Bad Request: .*`Host` is missing/],
    "no host, for a socket": [asking("GET /v1/listen HTTP/1.1", key), /^400 Bad Request: .*`Host` is missing/],
    "a URL that is none": [head("GET http://[/v1/projects HTTP/1.1", host, key), /^400 Bad Request: .*no URL/],
    "a URL that is too long": [head(`GET /${"a".repeat(140_000)} HTTP/1.1`, host), /^431 REQUEST_HEADER_FIELDS_TOO/],
    "a header that is too long": [
      head("GET / HTTP/1.1", `x: ${"a".repeat(140_000)}`),
      /^431 REQUEST_HEADER_FIELDS_TOO/
    ],
    "a header in two lines": [head("GET / HTTP/1.1", "a: b", " c", host), /^400 Bad Request: /],
    "an expectation": [head(...grant, "expect: 200-ok", "content-length: 2"), /^417 EXPECTATION_FAILED/],
    "a tunnel": [head("CONNECT x:443 HTTP/1.1", host), /^405 METHOD_NOT_ALLOWED/],
    "two lengths": [head(...grant, "content-length: 2", "content-length: 3"), /^400 Bad Request: .*Duplicate/],
    "a length and chunks": [head(...chunked, "content-length: 2"), /^400 Bad Request: /],
    "a length that is none": [head(...grant, "content-length: -1"), /^400 Bad Request: .*Content-Length/],
    "a chunk without a size": [`${head(...chunked)}2\r\n{}\r\nzz\r\n`, /^400 Bad Request: .*chunk size/],
    "a chunk that does not end": [`${head(...chunked)}2\r\n{}{}\r\n`, /^400 Bad Request: .*chunk data/],
    "a chunk with much beside it": [
      `${head(...chunked)}2;${"a".repeat(100_000)}\r\n{}\r\n0\r\n\r\n`,
      /^413 PAYLOAD_TOO_LARGE/
    ]
  }
  for (const [name, [text, reason]] of Object.entries(table)) {
    it.effect(`${name}: ${reason.source}`, () =>
      Effect.gen(function*() {
        assert.match(yield* said(text), reason)
      }))
  }

  it.effect("is answered behind the requests that came before", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* statuses(`${projects}${projects}BAD`), [200, 200, 400])
      assert.deepStrictEqual(
        yield* statuses(`${projects}${head("GET / HTTP/1.1")}${projects}`),
        [200, 400]
      )
    }))

  it.effect("is not answered again when its beginning is", () =>
    Effect.gen(function*() {
      const unauthorized = head("POST /v1/auth/grant HTTP/1.1", host, "transfer-encoding: chunked")
      assert.deepStrictEqual(yield* statuses(`${unauthorized}2\r\n{}\r\nzz\r\n`), [401])
    }))

  it.effect("does not keep a connection, as do not clients that send for ever", () =>
    Effect.gen(function*() {
      const endless = Buffer.concat([Buffer.from("BAD "), Buffer.alloc(4_000_000, "a")])
      yield* talk(yield* port, { pieces: Array.from({ length: 20 }, () => endless) })
      assert.deepStrictEqual(yield* statuses(closing), [200])
    }))

  it.effect("does not keep the connection of a client that keeps it", () =>
    Effect.gen(function*() {
      const to = yield* port
      const tail = yield* Effect.callback<string>((resume) => {
        let text = ""
        // It does not close its side.
        const socket = connectTo({ port: to, host: "127.0.0.1", allowHalfOpen: true }, () => socket.write("BAD"))
          .on("data", (chunk) => text += String(chunk))
          .on("error", () => undefined)
          .on("close", () => resume(Effect.succeed(text)))
        const write = () => {
          if (socket.writable) socket.write("x", () => setTimeout(write, 10))
        }
        socket.once("end", write)
      })
      assert.match(tail, /^HTTP\/1\.1 400 /)
    }))

  it.effect("but other ways to ask are", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* statuses(head("GET /v1/projects HTTP/1.0", key)), [200])
      const absolute = head("GET http://y/v1/projects?a=b HTTP/1.1", host, key)
      assert.deepStrictEqual(yield* statuses(`${absolute}${closing}`), [200, 200])
      // What follows would be in the other protocol.
      const h2c = head("GET /v1/projects HTTP/1.1", host, key, "connection: Upgrade", "upgrade: h2c")
      const [answer, ...others] = yield* answers(`${h2c}${projects}`)
      assert.deepInclude(answer, { status: 200 })
      assert.strictEqual(answer?.headers.get("connection"), "close")
      assert.deepStrictEqual(others, [])
      const body = `${asking(...grant, "content-length: 2")}{}`
      assert.deepStrictEqual(yield* statuses(body), [200])
      assert.deepStrictEqual(yield* statuses(`${head("TRACE /v1/projects HTTP/1.1", host, key)}${closing}`), [405, 200])
    }))

  it.effect("a socket is opened behind the requests that came before", () =>
    Effect.gen(function*() {
      const socket = asking("GET http://y/v1/speak HTTP/1.1", host, key)
      const bytes = yield* talk(yield* port, {
        pieces: [Buffer.from(`${projects}${socket}`)],
        isOver: (received) => received.includes(`"Metadata"`)
      })
      const text = bytes.toString("latin1")
      assert.match(text, /^HTTP\/1\.1 200 OK[^]*"projects"[^]*HTTP\/1\.1 101 /)
    }))
})

describe("a connection that is reset", () => {
  const deaf = Layer.provide(Emulator.layerNoDeps(), [
    FetchHttpClient.layer,
    Synthesizer.layer,
    Thinker.layer,
    Layer.succeed(Recognizer.Recognizer, {
      open: () => Effect.succeed({ push: () => Effect.never, finish: Effect.succeed([]) })
    })
  ])

  // The error of a body that breaks off must not be lost between those who read it and those who do not any more.
  it.live("while its first request is answered and its second one read is no end of the emulator", () =>
    Effect.gen(function*() {
      const audio = Recording.wav("Hi.")
      const listening = head("POST /v1/listen?model=nova-3 HTTP/1.1", host, key, `content-length: ${audio.length}`)
      const granting = head("POST /v1/auth/grant HTTP/1.1", host, key, "content-length: 10")
      const to = yield* port
      yield* Effect.callback<void>((resume) => {
        const socket = connectTo(to, "127.0.0.1")
          .on("error", () => undefined)
          .on("close", () => resume(Effect.void))
        socket.write(listening)
        socket.write(audio)
        socket.write(`${granting}{}`, () => setTimeout(() => socket.resetAndDestroy(), 200))
      })
      assert.deepStrictEqual(yield* statuses(closing), [200])
    }).pipe(Effect.provide(deaf)))
})

describe("limits", () => {
  it.live("of heads", () =>
    Effect.gen(function*() {
      const asked = (length: number) => head("GET /v1/projects HTTP/1.1", host, key, `x: ${"a".repeat(length)}`)
      assert.match(yield* said(asked(1024)), /^431 /)
      assert.deepStrictEqual(yield* statuses(`${asked(800)}${closing}`), [200, 200])
    }).pipe(Effect.provide(Emulator.layer({ maxHeaderBytes: 1024 }))))

  it.live("of JSON bodies", () =>
    Effect.gen(function*() {
      const grant = (length: number) => post("/v1/auth/grant", { body: `{}${" ".repeat(length - 2)}` })
      assert.strictEqual((yield* grant(101)).status, 413)
      assert.strictEqual((yield* grant(100)).status, 200)
    }).pipe(Effect.provide(Emulator.layer({ maxJsonBytes: 100 }))))

  const channels = [
    "/v1/listen?model=nova-3&encoding=linear16&sample_rate=16000",
    "/v2/listen?model=flux-general-en&encoding=linear16&sample_rate=16000",
    "/v1/speak",
    "/v2/speak?model=flux-alexis-en",
    "/v1/agent/converse"
  ]
  for (const path of channels) {
    it.live(`of messages: ${path}`, () =>
      Effect.gen(function*() {
        const { end, send } = yield* connect(path)
        yield* send(new Uint8Array(1001))
        assert.strictEqual((yield* end).code, 1009)
      }).pipe(Effect.scoped, Effect.provide(Emulator.layer({ maxMessageBytes: 1000 }))))
  }

  it.live("of an agent's messages are less than those of recordings", () =>
    Effect.gen(function*() {
      const { end, send } = yield* connect("/v1/agent/converse")
      yield* send(new Uint8Array(16_777_217))
      assert.strictEqual((yield* end).code, 1009)
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it.live("of connections: one more is answered with 503, until there is room", () =>
    Effect.gen(function*() {
      const keep = yield* Effect.acquireRelease(
        Effect.gen(function*() {
          const to = yield* port
          return yield* Effect.callback<Socket>((resume) => {
            const socket = connectTo(to, "127.0.0.1", () => resume(Effect.succeed(socket)))
          })
        }),
        (socket) => Effect.sync(() => socket.destroy())
      )
      const { closed, socket } = yield* connect("/v1/speak")
      const bytes = yield* talk(yield* port, { pieces: [Buffer.from(projects)] })
      const [answer] = answersIn(bytes)
      assert.strictEqual(answer?.status, 503)
      assert.include(String(answer?.body), "There are 2 connections already")
      const { headers, status } = yield* refused("/v1/speak")
      assert.strictEqual(status, 503)
      assert.include(headers["dg-error"], "connections")
      // Who says nothing is not kept either.
      assert.strictEqual((yield* talk(yield* port, { pieces: [] })).length, 0)
      socket.close()
      yield* closed
      keep.destroy()
      // The server hears of it a little later than its client.
      const free = yield* statusesOf(closing).pipe(Effect.repeat({ until: ([status]) => status !== 503 }))
      assert.deepStrictEqual(free, [200])
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer({ maxConnections: 2 }))))

  const statusesOf = (text: string) =>
    Effect.gen(function*() {
      return answersIn(yield* talk(yield* port, { pieces: [Buffer.from(text)] })).map(({ status }) => status)
    })

  for (const text of ["", "GET /v1/pro"]) {
    it.live(`of time: a head of which ${text.length} bytes come is answered with 408`, () =>
      Effect.gen(function*() {
        assert.strictEqual(yield* said(text), "408 SLOW_UPLOAD: Request upload timeout.")
      }).pipe(Effect.provide(Emulator.layer({ headTimeout: "200 millis" }))))
  }

  it.live("of time: a head may take for ever", () =>
    Effect.gen(function*() {
      const to = yield* port
      const waiting = yield* Effect.forkChild(talk(to, { pieces: [Buffer.from("GET /v1/pro")], quiet: 300 }))
      assert.strictEqual((yield* Fiber.join(waiting)).includes("408"), false)
    }).pipe(Effect.provide(Emulator.layer({ headTimeout: "Infinity" }))))

  const uploads: Readonly<Record<string, ReadonlyArray<string>>> = {
    "a recording": ["POST /v1/listen?model=nova-3 HTTP/1.1", "content-type: audio/wav"],
    "a URL": ["POST /v1/listen?model=nova-3 HTTP/1.1", "content-type: application/json"],
    "a text": ["POST /v1/speak HTTP/1.1", "content-type: text/plain"],
    "a JSON body": ["POST /v1/auth/grant HTTP/1.1"]
  }
  for (const [name, lines] of Object.entries(uploads)) {
    it.effect(`of time: ${name} of which no more comes is answered with 408`, () =>
      Effect.gen(function*() {
        const to = yield* port
        const answered = yield* Effect.forkChild(talk(to, {
          pieces: [Buffer.from(head(...lines, host, key, "content-length: 100")), Buffer.from("RIFF")]
        }))
        // The emulator waits by its clock, as soon as it has begun to.
        const hurried = yield* Effect.forkChild(Effect.forever(Effect.andThen(
          TestClock.adjust("1 second"),
          Effect.callback<void>((resume) => void setImmediate(() => resume(Effect.void)))
        )))
        const [answer, ...others] = answersIn(yield* Fiber.join(answered))
        yield* Fiber.interrupt(hurried)
        assert.deepStrictEqual(others, [])
        assert.isDefined(answer)
        assert.strictEqual(answer.status, 408)
        assert.strictEqual(answer.headers.get("connection"), "close")
        assert.strictEqual(answer.headers.get("dg-error"), "Request upload timeout.")
        assert.include(String(answer.body), `"SLOW_UPLOAD"`)
      }).pipe(Effect.provide(Emulator.layer({ uploadTimeout: "30 seconds" }))))
  }

  it.effect("of time: who uploads slowly may", () =>
    Effect.gen(function*() {
      const recording = Recording.wav("Slow but sure.")
      const step = yield* Deferred.make<void>()
      const slow = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(recording.subarray(0, 50_000)),
        pull: (controller) =>
          Effect.runPromise(Deferred.await(step)).then(() => {
            controller.enqueue(recording.subarray(50_000))
            controller.close()
          })
      }, { highWaterMark: 0 })
      const answer = yield* Effect.forkChild(
        post("/v1/listen?model=nova-3&punctuate=true", { body: slow, duplex: "half" })
      )
      yield* TestClock.adjust("29 seconds")
      yield* Deferred.succeed(step, undefined)
      assert.strictEqual(alternativeOf(yield* Fiber.join(answer)).transcript, "Slow but sure.")
    }).pipe(Effect.provide(Emulator.layer({ uploadTimeout: "30 seconds" }))))

  const endings: Readonly<Record<string, readonly [types: ReadonlyArray<string>, reason: RegExp]>> = {
    "/v1/listen?model=nova-3&encoding=linear16&sample_rate=16000": [["Metadata"], /net0003$/],
    "/v2/listen?model=flux-general-en&encoding=linear16&sample_rate=16000": [["Connected", "Error"], /net0003$/],
    "/v1/speak": [["Metadata"], /net0003$/],
    "/v2/speak?model=flux-alexis-en": [["Connected", "Error"], /net0003$/],
    "/v1/agent/converse": [["Welcome", "Warning", "Error"], /^MAXIMUM_SESSION_LENGTH_REACHED$/]
  }
  for (const [path, [types, reason]] of Object.entries(endings)) {
    it.effect(`of time: sessions, ${path}`, () =>
      Effect.gen(function*() {
        const { end, settled, socket } = yield* connect(path)
        yield* settled
        for (let minute = 0; minute < 6; minute++) {
          yield* TestClock.adjust("59 seconds")
          yield* settled
          assert.strictEqual(socket.readyState, socket.OPEN)
        }
        yield* TestClock.adjust("6 seconds")
        const closed = yield* end
        assert.strictEqual(closed.code, 1011)
        assert.match(closed.reason, reason)
        assert.deepStrictEqual(typesOf(closed.messages), types)
      }).pipe(
        Effect.scoped,
        Effect.provide(Emulator.layer({ sessionTimeout: "6 minutes", idleTimeout: "1 hour" }))
      ))
  }

  it.effect("of time: a short session of an agent is not announced to end", () =>
    Effect.gen(function*() {
      const { end, settled } = yield* connect("/v1/agent/converse")
      yield* settled
      yield* TestClock.adjust("5 seconds")
      assert.deepInclude(last((yield* end).messages), { type: "Error", code: "MAXIMUM_SESSION_LENGTH_REACHED" })
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer({ sessionTimeout: "5 seconds" }))))

  it.live("of uploads", () =>
    Effect.gen(function*() {
      const answer = yield* listen("model=nova-3", Recording.wav("Too much."))
      assert.strictEqual(answer.status, 413)
      assert.strictEqual(refusalOf(answer).err_code, "PAYLOAD_TOO_LARGE")
    }).pipe(Effect.provide(Emulator.layer({ maxUploadBytes: 1000 }))))

  const impossible: ReadonlyArray<readonly [options: Emulator.Options, reason: RegExp]> = [
    [{ maxHeaderBytes: 1023 }, /head cannot be 1023 bytes: choose a whole number from 1024 to 16777216$/],
    [{ maxHeaderBytes: 2000.5 }, /head cannot be 2000\.5 bytes/],
    [{ maxHeaderBytes: 16_777_217 }, /head cannot be 16777217 bytes/],
    [{ maxJsonBytes: -1 }, /JSON body cannot be -1 bytes/],
    [{ maxJsonBytes: Number.NaN }, /JSON body cannot be NaN bytes/],
    [{ maxMessageBytes: 0 }, /message cannot be 0 bytes/],
    [{ maxConnections: 0 }, /cannot be 0 connections/],
    [{ maxConnections: Number.NaN }, /cannot be NaN connections/],
    [{ headTimeout: 0 }, /head of a request cannot be waited for 0: choose more/],
    [{ headTimeout: JSON.parse(`"soon"`) }, /head of a request cannot be waited for soon$/],
    [{ uploadTimeout: "0 seconds" }, /body cannot be waited for 0 seconds: choose more/],
    [{ uploadTimeout: -1 }, /body cannot be waited for -1$/],
    [{ sessionTimeout: 0 }, /session cannot last 0: choose more/],
    [{ sessionTimeout: Number.NaN }, /session cannot last NaN$/]
  ]
  for (const [options, reason] of impossible) {
    it.live(`${JSON.stringify(options)} cannot be: ${reason.source}`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(Effect.provide(Emulator.Emulator, Emulator.layer(options)))
        assert.strictEqual(error._tag, "ServeError")
        assert.match(String(error.cause), reason)
      }))
  }
})
