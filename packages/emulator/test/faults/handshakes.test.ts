/** Faults of the handshakes of sessions. */
import { Faults } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { connect, refused, typesOf } from "../server/socket.ts"
import {
  dialing,
  logged,
  onItsOwn,
  partsOf,
  raw,
  rawHandshake,
  sessionPath as path,
  settled,
  statuses,
  upgrade
} from "./support.ts"

const switching = "HTTP/1.1 101 Switching Protocols\r\n"

describe("a handshake", () => {
  it.effect("is answered with something else", () =>
    onItsOwn(Effect.gen(function*() {
      const headers = yield* dialing({ type: "Answer", status: 503, shape: "errorCode", retryAfter: 7 })
      const answer = yield* refused(path, { headers })
      assert.strictEqual(answer.status, 503)
      assert.deepInclude(answer.headers, { "retry-after": "7", "dg-error": "Service Unavailable" })
      assert.include(JSON.parse(answer.text), {
        error_code: "Service Unavailable",
        request_id: answer.headers["dg-request-id"]
      })
      // Nothing of it was done.
      assert.deepStrictEqual(yield* statuses, [])
    })))

  it.effect("that is refused anyway is disturbed too", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* raw(`GET ${path}`, {
        headers: { ...upgrade, authorization: "Token nobody" },
        faults: { type: "Truncate", after: 4 }
      })
      const { ending, text } = yield* client.ended
      assert.strictEqual(ending, "end")
      assert.match(text, /^HTTP\/1.1 401/)
      assert.strictEqual(partsOf(text).body, `{"er`)
    })))

  it.effect("is late", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* rawHandshake({ type: "Latency", delay: 1000 })
      yield* logged(1)
      yield* TestClock.adjust(999)
      yield* settled
      assert.strictEqual(client.received(), "")
      yield* TestClock.adjust(1)
      yield* client.until((text) => text.startsWith(switching))
    })))

  it.effect("that its client does not wait for is none", () =>
    onItsOwn(Effect.gen(function*() {
      const client = yield* rawHandshake({ type: "Latency", delay: 1000 })
      yield* logged(1)
      client.socket.resetAndDestroy()
      yield* settled
      yield* TestClock.adjust(1000)
      yield* settled
      assert.deepStrictEqual(yield* statuses, [])
    })))

  for (const after of [0, 12]) {
    it.effect(`stops after ${after} bytes, and goes on`, () =>
      onItsOwn(Effect.gen(function*() {
        const client = yield* rawHandshake({ type: "Stall", after, duration: "1 minute" })
        yield* logged(1)
        yield* TestClock.adjust(59_999)
        yield* settled
        assert.strictEqual(client.received(), switching.slice(0, after))
        yield* TestClock.adjust(1)
        yield* client.until((text) => text.startsWith(switching) && text.includes(`{"type":"Metadata"`))
      })))

    it.effect(`is reset after ${after} bytes`, () =>
      onItsOwn(Effect.gen(function*() {
        const client = yield* rawHandshake({ type: "Reset", after })
        assert.deepStrictEqual(yield* client.ended, { ending: "ECONNRESET", text: switching.slice(0, after) })
      })))

    it.effect(`is answered by nobody after ${after} bytes`, () =>
      Effect.gen(function*() {
        const client = yield* onItsOwn(Effect.gen(function*() {
          const client = yield* rawHandshake({ type: "HalfOpen", after })
          yield* logged(1)
          yield* client.until(({ length }) => length === after)
          client.socket.end()
          yield* TestClock.adjust("1 day")
          yield* settled
          assert.isFalse(client.socket.readableEnded)
          return client
        }))
        assert.strictEqual((yield* client.ended).text, switching.slice(0, after))
      }).pipe(Effect.scoped))
  }

  it.effect("may ask for faults in its query, as browsers must", () =>
    onItsOwn(Effect.gen(function*() {
      const asked = encodeURIComponent(JSON.stringify({ type: "Close", code: 4001, after: 1 }))
      const { end } = yield* connect(`${path}&${Faults.queryParameter}=${asked}`)
      const { code, messages } = yield* end
      assert.deepStrictEqual({ code, types: typesOf(messages) }, { code: 4001, types: ["Metadata"] })
    })))

  it.effect("that asks for what is no fault is refused", () =>
    onItsOwn(Effect.gen(function*() {
      const { text, status } = yield* refused(`${path}&${Faults.queryParameter}=close`)
      assert.strictEqual(status, 400)
      assert.include(text, `Invalid '${Faults.queryParameter}': It is no JSON.`)
    })))
})
