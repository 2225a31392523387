/** Clients that go away while something goes wrong, and emulators that stop meanwhile: nothing of it stays. */
import { Emulator, Faults } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Scope } from "effect"
import { TestClock } from "effect/testing"
import { connect } from "../server/socket.ts"
import {
  active,
  dial,
  dialing,
  eventually,
  lengthOf,
  logged,
  onItsOwn,
  partsOf,
  raw,
  rawHandshake,
  requestOf,
  sessionPath,
  settled,
  upgrade
} from "./support.ts"

const isOver = eventually(Effect.map(active, (calls) => calls === 0))

/** An upload of so many bytes, of which all but the last has been sent. */
const uploading = Effect.fnUntraced(function*(length: number, faults: Faults.Fault) {
  const client = yield* raw("POST /v1/listen?model=nova-3", { headers: { "content-length": String(length) }, faults })
  yield* Effect.callback<void>((resume) => {
    client.socket.write(new Uint8Array(length - 1), () => resume(Effect.void))
  })
  return client
})

describe("a client that goes away", () => {
  it.effect("while its handshake waits for the answer to an earlier request", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* dial
      const first = yield* requestOf("GET /v1/projects", { faults: { type: "Stall" } })
      yield* client.write(first + (yield* requestOf(`GET ${sessionPath}`, { headers: upgrade })))
      yield* logged(1)
      yield* settled
      client.socket.destroy()
      yield* isOver
    })))

  const uploads: ReadonlyArray<readonly [what: string, megabytes: number, faults: Faults.Fault]> = [
    ["stops without end", 20, { type: "Stall", at: "request", after: 10 }],
    ["is not looked at yet", 3, { type: "Latency", delay: "1 hour" }],
    ["passes slowly", 3, { type: "Bandwidth", direction: "up", bytesPerSecond: 1 }]
  ]
  for (const [what, megabytes, faults] of uploads) {
    it.effect(`during an upload that ${what}`, () =>
      onItsOwn(Effect.gen(function*() {
        const client = yield* uploading(megabytes * 1_000_000, faults)
        yield* logged(1)
        assert.strictEqual(yield* active, 1)
        client.socket.destroy()
        yield* isOver
      })))
  }

  it.effect("during an upload that is answered, but not to its end", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* raw("POST /v1/listen?model=nova-3", {
        headers: { "content-length": "3000000", authorization: "Token nobody" },
        faults: { type: "Stall", at: "body", after: 3 }
      })
      yield* logged(1)
      yield* Effect.callback<void>((resume) => {
        client.socket.write(new Uint8Array(2_999_999), () => resume(Effect.void))
      })
      client.socket.destroy()
      yield* isOver
    })))

  it.effect("while its handshake is late", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* rawHandshake({ type: "Latency", delay: "1 hour" })
      yield* logged(1)
      client.socket.end()
      yield* isOver
    })))

  it.effect("from a session that stopped, though it has sent more than that reads", () =>
    onItsOwn(Effect.gen(function*() {
      const headers = yield* dialing({ type: "Stall", at: "frame" })
      const { send, socket } = yield* connect("/v1/listen?model=nova-3&encoding=linear16&sample_rate=16000", {
        headers
      })
      yield* logged(1)
      for (let sent = 0; sent < 12; sent++) yield* send(new Uint8Array(1_000_000))
      socket.terminate()
      yield* isOver
    })))
})

describe("an answer that its client reads slowly", () => {
  const speech = Effect.gen(function*() {
    const body = JSON.stringify({ text: "Hello there my friend. ".repeat(80) })
    const headers = { "content-type": "application/json" }
    const client = yield* dial
    client.socket.pause()
    const first = yield* requestOf(`POST ${sessionPath}`, { headers, body })
    yield* client.write(first + (yield* requestOf(`GET ${sessionPath}`, { headers: upgrade })))
    yield* eventually(Effect.map(active, (calls) => calls === 1))
    yield* settled
    return client
  })

  it.effect("goes on though a handshake waits behind it", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* speech
      client.socket.resume()
      const text = yield* client.until((text) => text.includes("HTTP/1.1 101"))
      assert.match(text, /^HTTP\/1.1 200 OK\r\n[^]*\r\n0\r\n\r\nHTTP\/1.1 101/)
    })))

  it.effect("ends with its client though a handshake waits behind it", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* speech
      client.socket.resetAndDestroy()
      yield* isOver
    })))
})

describe("an emulator that stops", () => {
  it.effect("does not wait for sessions whose other side is gone", () =>
    onItsOwn(Effect.gen(function*() {
      const { next, socket } = yield* connect(sessionPath, {
        headers: yield* dialing({ type: "HalfOpen", at: "frame", after: 1 })
      })
      yield* next
      yield* isOver
      assert.strictEqual(socket.readyState, socket.OPEN)
    })))

  it.effect("does not wait for handshakes whose other side is gone either", () =>
    onItsOwn(Effect.gen(function*() {
      yield* rawHandshake({ type: "HalfOpen" })
      yield* raw(`GET ${sessionPath}`, {
        headers: { ...upgrade, authorization: "Token nobody" },
        faults: { type: "HalfOpen", after: 9 }
      })
      yield* logged(2)
      yield* isOver
    })))

  it.effect("in order waits for an answer that is made and still on its way", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(Emulator.layer({ shutdownTimeout: "1 minute" }), scope)
      const faults: Faults.Fault = { type: "Stall", at: "body", after: 3, duration: 1000 }
      const client = yield* Effect.provideContext(
        Effect.tap(raw("GET /v1/projects", { faults }), Effect.andThen(logged(1), settled)),
        context
      )
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void), { startImmediately: true })
      yield* TestClock.adjust(1000)
      yield* client.until((text) => partsOf(text).body.length === lengthOf(text))
      yield* Fiber.join(closing)
    }))
})
