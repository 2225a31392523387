/** Faults of bytes: what passes the wire before, between and behind them. */
import { Emulator, Faults } from "@effect-deepgram/emulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import * as Pace from "../../src/internal/faults/pace.ts"
import { stable } from "../server/socket.ts"
import { dial, happened, lengthOf, logged, onItsOwn, partsOf, raw, requestOf, settled } from "./support.ts"

const projects = "GET /v1/projects"
const speech = "POST /v1/speak?model=aura-2-thalia-en&encoding=linear16&sample_rate=8000"
const text = JSON.stringify({ text: "Good morning." })
const json = { "content-type": "application/json" }

const upload = "POST /v1/read?language=en&summarize=true"
const body = JSON.stringify({ text: "Good morning. ".repeat(10) })

const isWhole = (text: string): boolean => {
  const { body, head } = partsOf(text)
  return body.length === lengthOf(head)
}

describe("an answer", () => {
  it.effect("begins late", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* raw(projects, { faults: { type: "Latency", delay: "2 seconds" } })
      yield* logged(1)
      yield* TestClock.adjust(1999)
      yield* settled
      assert.strictEqual(client.received(), "")
      yield* TestClock.adjust(1)
      assert.match(yield* client.until(isWhole), /^HTTP\/1.1 200 OK\r\n/)
    })))

  it.effect("comes as slowly as a narrow line is, byte for byte", () =>
    onItsOwn(Effect.gen(function*() {
      // The stall says when the first byte is about to be sent.
      const faults: ReadonlyArray<Faults.Fault> = [{ type: "Stall", duration: 0 }, {
        type: "Bandwidth",
        bytesPerSecond: 1000
      }]
      const client = yield* raw(projects, { faults })
      yield* logged(2)
      yield* TestClock.adjust(49)
      yield* settled
      assert.strictEqual(client.received(), "")
      yield* TestClock.adjust(1)
      yield* client.until(({ length }) => length === 50)
      for (let sent = 100; sent <= 300; sent += 50) {
        yield* TestClock.adjust(49)
        yield* settled
        assert.strictEqual(client.received().length, sent - 50)
        yield* TestClock.adjust(1)
        yield* client.until(({ length }) => length === sent)
      }
      assert.deepStrictEqual(yield* happened, ["Bandwidth", "Stall"])
    })))

  it.effect("comes no slower because handing it over takes time", () =>
    Effect.gen(function*() {
      const pass = Pace.make(1000)
      const fiber = yield* Effect.forkChild(pass(Buffer.alloc(500), () => Effect.sleep(10)))
      yield* TestClock.adjust(509)
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust(1)
      assert.isDefined(fiber.pollUnsafe())
    }))

  for (const [at, after] of [["head", 0], ["head", 7], ["body", 0], ["body", 5]] as const) {
    it.effect(`stops in its ${at} after ${after} bytes, for as long as it shall`, () =>
      onItsOwn(Effect.gen(function*() {
        const whole = yield* Effect.flatMap(raw(projects), ({ until }) => until(isWhole))
        const client = yield* raw(projects, { faults: { type: "Stall", at, after, duration: "1 minute" } })
        yield* logged(1)
        yield* settled
        const received = client.received()
        yield* TestClock.adjust(59_999)
        yield* settled
        assert.strictEqual(client.received(), received)
        const { body, head } = partsOf(received)
        if (at === "head") assert.strictEqual(received, whole.slice(0, after))
        else {assert.deepStrictEqual({ body, isWhole: head.endsWith("\r\n\r\n") }, {
            body: partsOf(whole).body.slice(0, after),
            isWhole: true
          })}
        yield* TestClock.adjust(1)
        assert.strictEqual(partsOf(yield* client.until(isWhole)).body, partsOf(whole).body)
      })))
  }

  it.effect("that stops for ever does so until its client goes", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* raw(projects, { faults: { type: "Stall", at: "body", after: 3 } })
      yield* client.until((text) => text.endsWith(`\r\n\r\n{"p`))
      yield* TestClock.adjust("1 day")
      yield* settled
      assert.strictEqual(partsOf(client.received()).body, `{"p`)
      client.socket.end()
      assert.strictEqual((yield* client.ended).ending, "end")
    })))

  for (const [at, after] of [["head", 0], ["head", 9], ["body", 5]] as const) {
    it.effect(`is reset in its ${at} after ${after} bytes`, () =>
      onItsOwn(Effect.gen(function*() {
        const client = yield* raw(projects, { faults: { type: "Reset", at, after } })
        const { ending, text } = yield* client.ended
        assert.strictEqual(ending, "ECONNRESET")
        assert.strictEqual(at === "head" ? text.length : partsOf(text).body.length, after)
        assert.deepStrictEqual(yield* happened, ["Reset"])
      })))
  }

  it.effect("ends early, in order, though its head promised more", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* raw(projects, { faults: { type: "Truncate", after: 5 } })
      const { ending, text } = yield* client.ended
      const { body, head } = partsOf(text)
      assert.deepStrictEqual({ ending, body }, { ending: "end", body: `{"pro` })
      assert.isAbove(lengthOf(head), 50)
    })))

  it.effect("in chunks ends early in the middle of one", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* raw(speech, { headers: json, body: text, faults: { type: "Truncate", after: 1000 } })
      const { ending, text: received } = yield* client.ended
      const { body, head } = partsOf(received)
      assert.match(head, /^transfer-encoding: chunked\r$/im)
      assert.strictEqual(ending, "end")
      // Chunks until there are so many bytes in them: the last one is not whole.
      let rest = body
      let sum = 0
      while (rest !== "") {
        const [line = "", size = ""] = /^([\da-f]+)\r\n/i.exec(rest) ?? []
        const data = rest.slice(line.length, line.length + Number.parseInt(size, 16))
        sum += data.length
        rest = rest.slice(line.length + data.length + 2)
        if (rest === "") assert.isBelow(data.length, Number.parseInt(size, 16))
      }
      assert.strictEqual(sum, 1000)
    })))

  it.effect("that is no longer than what arrives is left alone, and its connection goes on", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* raw(projects, {
        faults: [{ type: "Truncate", after: 1e6 }, { type: "Reset", at: "body", after: 1e6 }]
      })
      const first = yield* client.until(isWhole)
      yield* client.write(yield* requestOf(projects))
      yield* client.until(({ length }) => length === 2 * first.length)
      assert.deepStrictEqual(yield* happened, [])
    })))

  it.effect("is followed on its connection by others that nothing happens to", () =>
    onItsOwn(Effect.gen(function*() {
      const faults: ReadonlyArray<Faults.Fault> = [
        { type: "Stall", at: "head", duration: 0 },
        { type: "Stall", at: "body", after: 4, duration: 0 },
        { type: "Bandwidth", bytesPerSecond: 1e6 }
      ]
      const client = yield* raw(projects, { faults })
      yield* logged(2)
      yield* TestClock.adjust(50)
      yield* logged(3)
      yield* TestClock.adjust(50)
      const whole = yield* client.until(isWhole)
      for (let count = 2; count <= 4; count++) {
        yield* client.write(yield* requestOf(projects))
        // Without the clock: the line is wide again.
        yield* client.until(({ length }) => length === count * whole.length)
      }
      assert.strictEqual((yield* happened).length, 3)
    })))

  it.effect("to requests that came together is disturbed alone", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* dial
      const disturbed = yield* requestOf(projects, { faults: { type: "Truncate", after: 2 } })
      yield* client.write((yield* requestOf(projects)) + disturbed)
      const { ending, text } = yield* client.ended
      assert.strictEqual(ending, "end")
      const [first = "", second = ""] = text.split(/(?<=.)(?=HTTP\/1.1)/s)
      assert.isTrue(isWhole(first))
      assert.strictEqual(partsOf(second).body, `{"`)
    })))
})

describe("the other side is gone", () => {
  for (const [at, after] of [["head", 0], ["head", 9], ["body", 5]] as const) {
    it.effect(`in the ${at} of an answer after ${after} bytes: it does not even close`, () =>
      Effect.gen(function*() {
        const { client, text } = yield* onItsOwn(Effect.gen(function*() {
          const client = yield* raw(projects, { faults: { type: "HalfOpen", at, after } })
          yield* logged(1)
          yield* client.until((text) => (at === "head" ? text.length : partsOf(text).body.length) === after)
          yield* TestClock.adjust("1 day")
          client.socket.end()
          yield* settled
          assert.isFalse(client.socket.readableEnded)
          assert.isFalse(client.socket.destroyed)
          return { client, text: client.received() }
        }))
        // The emulator has stopped.
        const ended = yield* client.ended
        assert.strictEqual(ended.text, text)
      }).pipe(Effect.scoped))
  }
})

describe("the body of a request", () => {
  it.effect("is read by nobody", () =>
    Effect.gen(function*() {
      const client = yield* onItsOwn(Effect.gen(function*() {
        const faults: Faults.Fault = { type: "HalfOpen", at: "request", after: 20 }
        const client = yield* raw(upload, { headers: json, body, faults })
        yield* logged(1)
        client.socket.end()
        yield* TestClock.adjust("1 day")
        yield* settled
        assert.isFalse(client.socket.readableEnded)
        return client
      }))
      assert.strictEqual((yield* client.ended).text, "")
    }).pipe(Effect.scoped))

  it.effect("is read no further, for as long as it shall", () =>
    onItsOwn(Effect.gen(function*() {
      const faults: Faults.Fault = { type: "Stall", at: "request", after: 20, duration: "1 minute" }
      const client = yield* raw(upload, { headers: json, body, faults })
      yield* logged(1)
      yield* TestClock.adjust(59_999)
      yield* settled
      assert.strictEqual(client.received(), "")
      yield* TestClock.adjust(1)
      assert.match(yield* client.until(isWhole), /^HTTP\/1.1 200 OK\r\n/)
    })))

  it.effect("is reset after so many bytes, and not before", () =>
    onItsOwn(Effect.gen(function*() {
      const faults: Faults.Fault = { type: "Reset", at: "request", after: 20 }
      const client = yield* raw(upload, {
        headers: { ...json, "content-length": "100" },
        body: body.slice(0, 20),
        faults
      })
      yield* settled
      assert.deepStrictEqual(yield* happened, [])
      yield* client.write(body.slice(20, 21))
      assert.strictEqual((yield* client.ended).ending, "ECONNRESET")
    })))

  it.effect("comes slowly", () =>
    onItsOwn(Effect.gen(function*() {
      // 4 bytes in 50 ms.
      const faults: Faults.Fault = { type: "Bandwidth", direction: "up", bytesPerSecond: 80 }
      const client = yield* raw(upload, { headers: json, body, faults })
      yield* logged(1)
      const ticks = Math.ceil(body.length / 4)
      for (let tick = 1; tick < ticks; tick++) yield* TestClock.adjust(50)
      yield* settled
      assert.strictEqual(client.received(), "")
      yield* TestClock.adjust(50)
      assert.match(yield* client.until(isWhole), /^HTTP\/1.1 200 OK\r\n/)
    })))

  it.effect("that there is none is left alone", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* raw(projects, {
        faults: [{ type: "Reset", at: "request" }, { type: "HalfOpen", at: "frame" }]
      })
      yield* client.until(isWhole)
      assert.deepStrictEqual(yield* happened, [])
    })))
})

layer(Emulator.layer())("an upload that waits", (it) => {
  it.effect("holds its client back", () =>
    Effect.gen(function*() {
      const length = 64 * 1_048_576
      const client = yield* raw("POST /v1/listen?model=nova-3", {
        headers: { "content-type": "audio/wav", "content-length": String(length) },
        faults: { type: "Stall", at: "request", after: 10, duration: "1 day" }
      })
      const piece = new Uint8Array(1_048_576)
      let written = 0
      const more = () => {
        written++
        if (written < 64) client.socket.write(piece, more)
      }
      client.socket.write(piece, more)
      yield* logged(1)
      yield* settled
      // What the system and the emulator hold is far less than all of it.
      assert.isBelow(yield* stable(() => written), 32)
    }))
})
