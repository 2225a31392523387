/** Faults of sessions over WebSocket. */
import { Emulator, Faults } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { once } from "node:events"
import { WebSocket } from "ws"
import { connect, typesOf } from "../server/socket.ts"
import {
  call,
  dial,
  dialing,
  eventually,
  happened,
  logged,
  onItsOwn,
  partsOf,
  raw,
  rawHandshake,
  sessionPath,
  settled,
  statuses
} from "./support.ts"

/** A session in which these faults happen. It says `Metadata` first, and answers a `Clear` with `Cleared`. */
const session = Effect.fnUntraced(function*(...faults: ReadonlyArray<Faults.Fault>) {
  return yield* connect(sessionPath, { headers: yield* dialing(...faults) })
})

const clear = { type: "Clear" }

describe("a session is closed", () => {
  it.effect("with a code and a reason, after so many messages of its own; it counts as answered", () =>
    onItsOwn(Effect.gen(function*() {
      const { end, say } = yield* session({ type: "Close", code: 1011, reason: "Broken.", after: 2 })
      yield* say(clear)
      yield* say(clear)
      const { code, messages, reason } = yield* end
      assert.deepStrictEqual({ code, reason }, { code: 1011, reason: "Broken." })
      assert.deepStrictEqual(typesOf(messages), ["Metadata", "Cleared"])
      assert.deepStrictEqual(yield* happened, ["Close"])
      yield* eventually(Effect.map(statuses, (codes) => codes.includes(200)))
    })))

  it.effect("without a code, before anything", () =>
    onItsOwn(Effect.gen(function*() {
      const { end } = yield* session({ type: "Close" })
      const { code, messages } = yield* end
      assert.deepStrictEqual({ code, messages }, { code: 1005, messages: [] })
    })))

  it.effect("after so many messages of the client", () =>
    onItsOwn(Effect.gen(function*() {
      const { closed, next, say } = yield* session({ type: "Close", code: 4000, of: "client", after: 2 })
      yield* next
      yield* say(clear)
      assert.strictEqual((yield* next)["type"], "Cleared")
      assert.deepStrictEqual(yield* happened, [])
      yield* say(clear)
      assert.strictEqual((yield* closed).code, 4000)
    })))

  it.effect("and ends even if its client does not answer the closing", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* rawHandshake({ type: "Close", code: 1012 })
      // A close frame with this code.
      yield* client.until((text) => text.endsWith("\x88\x02\x03\xf4"))
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual((yield* client.ended).ending, "end")
      yield* eventually(Effect.map(statuses, (codes) => codes.includes(200)))
    })))
})

describe("the connection of a session", () => {
  it.effect("is reset after so many messages, which arrive", () =>
    onItsOwn(Effect.gen(function*() {
      const { end } = yield* session({ type: "Reset", at: "frame", after: 1 })
      const { code, messages } = yield* end
      assert.strictEqual(code, 1006)
      assert.deepStrictEqual(typesOf(messages), ["Metadata"])
      yield* eventually(Effect.map(statuses, (codes) => codes.includes(200)))
    })))

  it.effect("is gone without a word: no pong, no closing, until the emulator stops", () =>
    Effect.gen(function*() {
      const socket = yield* onItsOwn(Effect.gen(function*() {
        const { closed, next, socket } = yield* session({ type: "HalfOpen", at: "frame", after: 1 })
        yield* next
        yield* logged(1)
        // The session is over, its connection is not.
        yield* eventually(Effect.map(statuses, (codes) => codes.includes(200)))
        let answers = 0
        socket.on("pong", () => answers++).ping()
        socket.close(1000)
        yield* TestClock.adjust("1 day")
        yield* settled
        assert.strictEqual(answers, 0)
        assert.strictEqual(socket.readyState, socket.CLOSING)
        return { closed }
      }))
      assert.strictEqual((yield* socket.closed).code, 1006)
    }).pipe(Effect.scoped))

  it.effect("breaks in the middle of a message", () =>
    onItsOwn(Effect.gen(function*() {
      const breaks: ReadonlyArray<"Stall" | "Reset" | "HalfOpen"> = ["Stall", "Reset", "HalfOpen"]
      for (const [i, type] of breaks.entries()) {
        const client = yield* rawHandshake({ type, at: "frame", into: 20 })
        yield* logged(i + 1)
        const text = yield* client.until((text) => partsOf(text).body.length === 20)
        // A text frame with a length of two bytes.
        assert.match(partsOf(text).body, /^\x81\x7e..\{"type":"Meta/s)
        yield* settled
        assert.strictEqual(client.received().length, text.length)
      }
      assert.deepStrictEqual(yield* happened, [...breaks])
      // The stalled one goes on as long as its client waits.
      yield* eventually(Effect.map(statuses, (codes) => codes.length > 1))
    })))

  it.effect("stops for a while: nothing is answered, and all of it afterwards, in order", () =>
    onItsOwn(Effect.gen(function*() {
      const faults: Faults.Fault = { type: "Stall", at: "frame", after: 1, duration: "1 minute" }
      const { next, say, socket } = yield* session(faults)
      assert.strictEqual((yield* next)["type"], "Metadata")
      yield* logged(1)
      let answers = 0
      const pong = once(socket.on("pong", () => answers++), "pong")
      socket.ping()
      yield* say(clear)
      yield* TestClock.adjust(59_999)
      yield* settled
      assert.strictEqual(answers, 0)
      yield* TestClock.adjust(1)
      yield* Effect.promise(() => pong)
      assert.strictEqual((yield* next)["type"], "Cleared")
    })))

  it.effect("that stops is not given up because its client is silent, but when its client goes", () =>
    Effect.gen(function*() {
      const { socket } = yield* session({ type: "Stall", at: "frame", after: 1 })
      yield* logged(1)
      for (let minute = 0; minute < 10; minute++) yield* TestClock.adjust("1 minute")
      yield* settled
      assert.strictEqual(socket.readyState, socket.OPEN)
      assert.deepStrictEqual(yield* statuses, [])
      socket.terminate()
      yield* eventually(Effect.map(statuses, (codes) => codes.includes(200)))
    }).pipe(Effect.provide(Emulator.layer({ idleTimeout: "10 seconds" }))))

  it.effect("is as narrow as it shall be, for messages too", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* rawHandshake(
        { type: "Stall", duration: 0 },
        { type: "Bandwidth", bytesPerSecond: 1000 }
      )
      yield* logged(2)
      yield* settled
      assert.strictEqual(client.received(), "")
      const isAll = (text: string) => text.endsWith("]}")
      let ticks = 0
      while (!isAll(client.received())) {
        ticks++
        yield* TestClock.adjust(50)
        yield* settled
        assert.isAtMost(client.received().length, 50 * ticks)
      }
      assert.include(client.received(), `{"type":"Metadata"`)
    })))
})

describe("messages", () => {
  it.effect("come late, in their order, and the closing last", () =>
    onItsOwn(Effect.gen(function*() {
      const { closed, next, say } = yield* session({ type: "Latency", each: "frame", delay: 1000, jitter: 500 })
      yield* logged(1)
      yield* say(clear)
      yield* say({ type: "Close" })
      yield* settled
      yield* TestClock.adjust(999)
      const first = yield* Effect.forkChild(next)
      yield* settled
      assert.isUndefined(first.pollUnsafe())
      yield* TestClock.adjust(5000)
      assert.strictEqual((yield* Fiber.join(first))["type"], "Metadata")
      assert.strictEqual((yield* next)["type"], "Cleared")
      assert.strictEqual((yield* closed).code, 1000)
      assert.deepStrictEqual(yield* happened, ["Latency"])
    })))

  it.effect("come twice, once or from then on; an unknown one comes in front", () =>
    onItsOwn(Effect.gen(function*() {
      const stranger = { hello: ["there"] }
      const { next, say } = yield* session(
        { type: "Duplicate", after: 1, all: true },
        { type: "Unknown" },
        { type: "Unknown", after: 2, message: stranger }
      )
      assert.strictEqual((yield* next)["type"], "EmulatorUnknown")
      assert.strictEqual((yield* next)["type"], "Metadata")
      for (let times = 0; times < 2; times++) {
        yield* say(clear)
        if (times === 1) assert.deepStrictEqual(yield* next, stranger)
        assert.strictEqual((yield* next)["type"], "Cleared")
        assert.strictEqual((yield* next)["type"], "Cleared")
      }
      assert.deepStrictEqual(yield* happened, ["Unknown", "Duplicate", "Unknown"])
    })))

  it.effect("are cut in the middle: texts, not audio", () =>
    onItsOwn(Effect.gen(function*() {
      const { url } = yield* Emulator.Emulator
      const headers = yield* dialing({ type: "Garble", after: 1 })
      const socket = yield* Effect.acquireRelease(
        Effect.sync(() => new WebSocket(`${url.replace("http", "ws")}${sessionPath}`, { headers })),
        (socket) => Effect.sync(() => socket.terminate())
      )
      const received: Array<{ readonly text: string; readonly isBinary: boolean }> = []
      socket.on("message", (data, isBinary) => received.push({ text: String(data), isBinary }))
      yield* Effect.promise(() => once(socket, "open"))
      socket.send(JSON.stringify({ type: "Speak", text: "One." }))
      socket.send(JSON.stringify({ type: "Flush" }))
      yield* eventually(Effect.sync(() => received.filter(({ isBinary }) => !isBinary).length === 2))
      const texts = received.filter(({ isBinary }) => !isBinary).map(({ text }) => text)
      assert.isAbove(received.length, 2)
      assert.doesNotThrow(() => JSON.parse(texts[0] ?? ""))
      assert.match(texts[1] ?? "", /^\{"type":"Flus/)
      assert.throws(() => JSON.parse(texts[1] ?? ""))
      assert.deepStrictEqual(yield* happened, ["Garble"])
    })))
})

describe("what is not for a session", () => {
  it.effect("leaves it alone, and what is for sessions leaves requests alone", () =>
    onItsOwn(Effect.gen(function*() {
      const { end, say } = yield* session(
        { type: "Malform" },
        { type: "Oversize", bytes: 100 },
        { type: "Truncate" },
        { type: "Stall", at: "body" },
        { type: "Reset", at: "request" }
      )
      yield* say({ type: "Close" })
      const { code, messages } = yield* end
      assert.deepStrictEqual({ code, types: typesOf(messages) }, { code: 1000, types: ["Metadata"] })
      const { status } = yield* call("/v1/projects", {
        faults: [{ type: "Close" }, { type: "Garble" }, { type: "Latency", delay: 1000, each: "frame" }]
      })
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(yield* happened, [])
    })))
})

describe("an emulator on which everything hangs", () => {
  const faults: ReadonlyArray<Faults.Fault> = [
    { type: "Stall" },
    { type: "HalfOpen" },
    { type: "Stall", at: "frame" },
    { type: "HalfOpen", at: "frame" },
    { type: "Stall", at: "body", after: 2 },
    { type: "HalfOpen", at: "body", after: 2 },
    { type: "Latency", delay: "1 day" },
    { type: "Bandwidth", bytesPerSecond: 1e-3 }
  ]

  it.effect("stops at once, and nothing of it is left", () =>
    Effect.gen(function*() {
      const sockets = () => process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP")).length
      const before = sockets()
      yield* Effect.scoped(Effect.gen(function*() {
        const clients = yield* onItsOwn(Effect.gen(function*() {
          const requests = yield* Effect.forEach(faults, (fault) => raw("GET /v1/projects", { faults: fault }))
          const sessions = yield* Effect.forEach(faults, (fault) => rawHandshake(fault))
          const idle = yield* dial
          yield* logged(6 + 6)
          return [...requests, ...sessions, idle]
        }))
        // The clock stands still, and each of them is cut.
        yield* Effect.forEach(clients, ({ socket }) => eventually(Effect.sync(() => socket.closed)))
      }))
      yield* eventually(Effect.sync(() => sockets() <= before))
    }))
})
