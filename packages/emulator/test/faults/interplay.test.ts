/** Several faults at once, and what they leave to each other and to what comes after them. */
import { Emulator, Faults } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { once } from "node:events"
import { createServer, IncomingMessage } from "node:http"
import { connect as dialPort, Socket } from "node:net"
import * as Injector from "../../src/internal/faults/injector.ts"
import { disturb } from "../../src/internal/faults/requests.ts"
import { begin } from "../../src/internal/server/exchange.ts"
import { connect } from "../server/socket.ts"
import {
  call,
  dial,
  dialing,
  eventually,
  happened,
  lengthOf,
  logged,
  onItsOwn,
  partsOf,
  raw,
  rawHandshake,
  recentStatus,
  requestOf,
  sessionPath,
  settled,
  upgrade
} from "./support.ts"

const projects = "/v1/projects"
const clear = JSON.stringify({ type: "Clear" })

describe("of two faults", () => {
  it.effect("that are answers, the first of the plan answers", () =>
    onItsOwn(Effect.gen(function*() {
      const busy: Faults.Fault = { type: "Concurrency", most: 0 }
      const broken: Faults.Fault = { type: "Answer", status: 503 }
      assert.strictEqual((yield* call(projects, { faults: [broken, busy] })).status, 503)
      assert.strictEqual((yield* call(projects, { faults: [busy, broken] })).status, 429)
      assert.deepStrictEqual(yield* happened, ["Answer", "Concurrency"])
    })))

  it.effect("that make it wait and count it, it counts while it waits", () =>
    onItsOwn(Effect.gen(function*() {
      const { faults } = yield* Emulator.Emulator
      yield* faults.set({ rules: [{ faults: [{ type: "Concurrency", most: 1 }, { type: "Latency", delay: 1000 }] }] })
      const first = yield* Effect.forkChild(call(projects))
      yield* logged(1)
      const second = yield* Effect.forkChild(call(projects))
      yield* logged(3)
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(second)).status, 429)
      assert.strictEqual((yield* Fiber.join(first)).status, 200)
    })))

  it.effect("that stop a session, the longer counts", () =>
    onItsOwn(Effect.gen(function*() {
      const headers = yield* dialing(
        { type: "Stall", at: "frame", after: 1, duration: "1 minute" },
        { type: "Stall", at: "frame", after: 1, duration: "1 second" }
      )
      const { next, socket } = yield* connect(sessionPath, { headers })
      yield* next
      yield* logged(2)
      let answers = 0
      const pong = once(socket.on("pong", () => answers++), "pong")
      socket.ping()
      yield* TestClock.adjust("59 seconds")
      yield* settled
      assert.strictEqual(answers, 0)
      yield* TestClock.adjust("1 second")
      yield* Effect.promise(() => pong)
    })))

  it.effect("one narrows the line and one stops it: what was sent before arrives", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* rawHandshake(
        { type: "Bandwidth", bytesPerSecond: 10_000 },
        { type: "Stall", at: "frame", after: 1 }
      )
      yield* eventually(Effect.map(TestClock.adjust(50), () => client.received().endsWith("]}")))
      yield* logged(2)
      assert.include(client.received(), `{"type":"Metadata"`)
    })))

  it.effect("one has no place in the head: the other happens in the body", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* raw(`GET ${projects}`, {
        faults: [{ type: "Reset", at: "head", after: 99_999 }, { type: "Truncate", after: 5 }]
      })
      const { ending, text } = yield* client.ended
      assert.deepStrictEqual([ending, partsOf(text).body], ["end", `{"pro`])
      assert.deepStrictEqual(yield* happened, ["Truncate"])
    })))
})

describe("a place behind the end", () => {
  it.effect("of a head is none", () =>
    onItsOwn(Effect.gen(function*() {
      assert.strictEqual((yield* call(projects, { faults: { type: "Stall", at: "head", after: 99_999 } })).status, 200)
      assert.deepStrictEqual(yield* happened, [])
    })))

  it.effect("of a body in chunks is none either", () =>
    onItsOwn(Effect.gen(function*() {
      const speech = {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ text: "Hi." })
      }
      const { url } = yield* Emulator.Emulator
      const headers = { ...speech.headers, authorization: `Token ${Emulator.defaultApiKey}` }
      const size = yield* Effect.promise(() =>
        fetch(`${url}${sessionPath}`, { ...speech, headers }).then((response) => response.arrayBuffer())
      ).pipe(Effect.map(({ byteLength }) => byteLength))
      const { headers: answered, status } = yield* call(sessionPath, {
        ...speech,
        faults: { type: "Truncate", after: size }
      })
      assert.deepStrictEqual([status, answered.get("transfer-encoding")], [200, "chunked"])
      assert.deepStrictEqual(yield* happened, [])
    })))
})

describe("a new plan", () => {
  it.effect("counts no calls of an old one", () =>
    onItsOwn(Effect.gen(function*() {
      const { faults } = yield* Emulator.Emulator
      const busy = (path: string) => Faults.plan([{ when: { path }, faults: [{ type: "Concurrency", most: 1 }] }])
      yield* faults.set(busy("/v1/speak"))
      yield* connect(sessionPath)
      assert.strictEqual((yield* call(sessionPath, { method: "POST" })).status, 429)
      yield* faults.set(busy(projects))
      assert.strictEqual((yield* call(projects)).status, 200)
    })))

  it.effect("draws anew, for calls that ask for faults too", () =>
    Effect.gen(function*() {
      const { controls, decide } = Context.get(yield* Layer.build(Injector.layer()), Injector.Injector)
      const drawn = Effect.sync(() => {
        const request = new IncomingMessage(new Socket())
        request.headers[Faults.header] = JSON.stringify({ type: "Latency", delay: 0, jitter: 1 })
        return decide(begin(request, request.socket, "http", 0))?.of("Latency")[0]?.draw(0)
      })
      yield* controls.set(Faults.plan([], { seed: 1 }))
      const [first, second] = [yield* drawn, yield* drawn]
      assert.isDefined(first)
      assert.notStrictEqual(first, second)
      yield* controls.set(Faults.plan([], { seed: 1 }))
      assert.strictEqual(yield* drawn, first)
    }))
})

describe("what comes in", () => {
  it.effect("with the handshake is as slow as the rest", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* dial
      const faults: Faults.Fault = { type: "Bandwidth", direction: "up", bytesPerSecond: 20 }
      const handshake = yield* requestOf(`GET ${sessionPath}`, { headers: upgrade, faults })
      // A text frame, its mask zeros.
      const frame = Buffer.concat([Buffer.from([0x81, 0x80 | clear.length, 0, 0, 0, 0]), Buffer.from(clear)])
      yield* client.write(Buffer.concat([Buffer.from(handshake), frame]))
      yield* client.until((text) => text.includes("Metadata"))
      yield* settled
      for (let byte = 1; byte < frame.length; byte++) yield* TestClock.adjust(50)
      yield* settled
      assert.notInclude(client.received(), "Cleared")
      yield* TestClock.adjust(50)
      yield* client.until((text) => text.includes("Cleared"))
    })))

  it.effect("with an earlier request goes wrong too", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* dial
      const first = yield* requestOf(`GET ${projects}`, { faults: { type: "Stall", duration: 1000 } })
      const second = yield* requestOf("POST /v1/listen?model=nova-3", {
        body: "x".repeat(1000),
        faults: { type: "Reset", at: "request", after: 10 }
      })
      yield* client.write(first + second)
      yield* logged(1)
      yield* settled
      assert.deepStrictEqual(yield* happened, ["Stall"])
      yield* TestClock.adjust(1000)
      assert.strictEqual((yield* client.ended).ending, "ECONNRESET")
      assert.deepStrictEqual(yield* happened, ["Stall", "Reset"])
    })))

  it.effect("is not slow where nothing does", () =>
    onItsOwn(Effect.gen(function*() {
      const faults: Faults.Fault = { type: "Bandwidth", direction: "up", bytesPerSecond: 1 }
      assert.strictEqual((yield* call(projects, { faults })).status, 200)
      assert.deepStrictEqual(yield* happened, [])
    })))
})

describe("a call that was cut", () => {
  const statuses: ReadonlyArray<readonly [status: number, faults: Faults.Fault]> = [
    [0, { type: "Reset" }],
    [0, { type: "Reset", at: "head", after: 20 }],
    [200, { type: "Reset", at: "body", after: 5 }],
    [200, { type: "Truncate", after: 5 }]
  ]
  for (const [status, fault] of statuses) {
    it.effect(`by ${JSON.stringify(fault)} has the status ${status}`, () =>
      onItsOwn(Effect.gen(function*() {
        const client = yield* raw(`GET ${projects}`, { faults: fault })
        yield* client.ended
        yield* eventually(Effect.map(recentStatus, (recent) => recent !== undefined))
        assert.strictEqual(yield* recentStatus, status)
      })))
  }

  it.effect("by its client before anything was sent has none", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* raw(`GET ${projects}`, { faults: { type: "Stall" } })
      yield* logged(1)
      client.socket.destroy()
      yield* eventually(Effect.map(recentStatus, (recent) => recent !== undefined))
      assert.strictEqual(yield* recentStatus, 0)
    })))

  it.effect("by nobody has its own, however slow and late it was", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* raw(`GET ${projects}`, {
        faults: [{ type: "Latency", delay: 0 }, { type: "Stall", at: "head", after: 9, duration: 0 }]
      })
      yield* logged(2)
      yield* TestClock.adjust(0)
      yield* client.until((text) => partsOf(text).body.length === lengthOf(text))
      yield* eventually(Effect.map(recentStatus, (recent) => recent === 200))
    })))
})

describe("an answer that cannot be made", () => {
  it.effect("ends the connection", () =>
    Effect.gen(function*() {
      const plan = Faults.plan([{ type: "Latency", delay: 0 }])
      const injector = Context.get(yield* Layer.build(Injector.layer(plan)), Injector.Injector)
      const server = createServer((request, response) => {
        const injection = injector.decide(begin(request, request.socket, "http", 0))
        assert.isDefined(injection)
        disturb(injector, injection, {
          request,
          response,
          preluding: Effect.die(new Error("It cannot be made.")),
          proceed: () => undefined
        })
      })
      yield* Effect.addFinalizer(() => Effect.sync(() => server.close().closeAllConnections()))
      yield* Effect.promise(() => once(server.listen(0, "127.0.0.1"), "listening"))
      const address = server.address()
      if (address === null || typeof address === "string") return assert.fail("It does not listen.")
      const client = dialPort(address.port, address.address)
      client.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n")
      yield* Effect.promise(() => once(client.resume(), "close"))
    }))
})
