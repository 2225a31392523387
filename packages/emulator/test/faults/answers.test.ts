/** Faults that are answers: other ones, and other bodies. */
import { Emulator, Faults } from "@effect-deepgram/emulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { connect } from "../server/socket.ts"
import { call, eventually, happened, lengthOf, logged, partsOf, raw, settled } from "./support.ts"

const path = "/v1/projects"
const speak = "/v1/speak?model=aura-2-thalia-en&encoding=linear16&sample_rate=8000"
const speech = {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ text: "Good morning." })
}

const answered = (answer: Omit<Faults.Answer, "type">) => call(path, { faults: { type: "Answer", ...answer } })

layer(Emulator.layer())("another answer", (it) => {
  const shapes: ReadonlyArray<readonly [shape: Faults.Answer["shape"], body: (requestId: string) => unknown]> = [
    [undefined, (request_id) => ({ err_code: "Too Many Requests", err_msg: "Please try again later.", request_id })],
    ["legacy", (request_id) => ({ err_code: "Too Many Requests", err_msg: "Please try again later.", request_id })],
    ["modern", (request_id) => ({
      category: "Too Many Requests",
      message: "Please try again later.",
      details: "Too Many Requests",
      request_id
    })],
    ["errorCode", (request_id) => ({
      error_code: "Too Many Requests",
      err_msg: "Please try again later.",
      request_id
    })],
    ["json-text", () => "Please try again later."]
  ]
  for (const [shape, body] of shapes) {
    it.effect(`has the shape ${shape ?? "of the voice API"}`, () =>
      Effect.gen(function*() {
        const { headers, status, text } = yield* answered(
          shape === undefined ? { status: 429 } : { status: 429, shape }
        )
        assert.strictEqual(status, 429)
        assert.strictEqual(headers.get("content-type"), "application/json")
        assert.strictEqual(headers.get("dg-error"), "Please try again later.")
        assert.strictEqual(headers.get("access-control-allow-origin"), "*")
        assert.isNotNull(headers.get("dg-project-id"))
        assert.deepStrictEqual(JSON.parse(text), body(headers.get("dg-request-id") ?? ""))
      }))
  }

  it.effect("is a text, a proxy's page, or nothing", () =>
    Effect.gen(function*() {
      const text = yield* answered({ status: 500, shape: "text", message: "Oh." })
      assert.strictEqual(text.headers.get("content-type"), "text/plain; charset=utf-8")
      assert.strictEqual(text.text, "Oh.")
      const html = yield* answered({ status: 502, shape: "html" })
      assert.strictEqual(html.headers.get("content-type"), "text/html")
      assert.match(html.text, /^<!DOCTYPE html>[^]*<h1>502 Bad Gateway<\/h1>/)
      assert.deepStrictEqual(Array.from(html.headers.keys()).filter((name) => /^(dg|access)-/.test(name)), [])
      const empty = yield* answered({ status: 503, shape: "empty" })
      assert.deepStrictEqual([empty.text, empty.headers.get("content-length")], ["", "0"])
      const none = yield* answered({ status: 204 })
      assert.deepStrictEqual([none.status, none.text, none.headers.get("content-length")], [204, "", null])
    }))

  it.effect("says what it is told to, when to come back, and what else it shall", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1_000_500)
      const { headers, text } = yield* answered({
        status: 503,
        code: "BUSY",
        message: "Später.",
        retryAfter: 1.5,
        rateLimitReset: 30,
        headers: { "X-Other": "yes", "Content-Type": "application/problem+json" }
      })
      assert.include(JSON.parse(text), { err_code: "BUSY", err_msg: "Später." })
      assert.deepStrictEqual(
        ["retry-after", "x-ratelimit-reset", "x-other", "content-type", "dg-error"].map((name) => headers.get(name)),
        ["1.5", "1031", "yes", "application/problem+json", "Sp ter."]
      )
    }))

  const statuses = [400, 401, 402, 403, 404, 408, 409, 413, 415, 422, 429, 500, 502, 503, 504, 599]
  for (const status of statuses) {
    it.effect(`may be ${status}`, () =>
      Effect.gen(function*() {
        const answer = yield* answered({ status })
        assert.strictEqual(answer.status, status)
        const { err_code, err_msg } = JSON.parse(answer.text)
        assert.isNotEmpty(err_code)
        assert.isNotEmpty(err_msg)
      }))
  }

  it.effect("is given before anything is done", () =>
    Effect.gen(function*() {
      const [id = ""] = /[\da-f-]{36}/.exec((yield* call(path)).text) ?? []
      const before = yield* call(`${path}/${id}/balances`)
      yield* call(speak, { ...speech, faults: { type: "Answer", status: 500 } })
      assert.strictEqual((yield* call(`${path}/${id}/balances`)).text, before.text)
      yield* call(speak, speech)
      assert.notStrictEqual((yield* call(`${path}/${id}/balances`)).text, before.text)
    }))
})

layer(Emulator.layer())("another body", (it) => {
  const malformed: ReadonlyArray<readonly [how: Faults.Malform["how"], body: RegExp, type: string]> = [
    [undefined, /^\{"metadata"[^}]*$/, "application/json"],
    ["json", /^\{"metadata"[^}]*$/, "application/json"],
    ["shape", /^\["unexpected"/, "application/json"],
    ["html", /^<!DOCTYPE html>/, "text/html"],
    ["encoding", /\ufffd/, "application/json"],
    ["empty", /^$/, "application/json"]
  ]
  for (const [how, body, type] of malformed) {
    it.effect(`is malformed: ${how ?? "as JSON"}`, () =>
      Effect.gen(function*() {
        const { headers, status, text } = yield* call(path, {
          faults: how === undefined ? { type: "Malform" } : { type: "Malform", how }
        })
        assert.strictEqual(status, 200)
        assert.match(text, body)
        assert.strictEqual(headers.get("content-type"), type)
        if (how !== "shape") assert.throws(() => JSON.parse(text))
      }))
  }

  it.effect("is not that of a failure, unless it is too large", () =>
    Effect.gen(function*() {
      const { status, text } = yield* call("/v1/models/none", {
        faults: [{ type: "Malform" }, { type: "Oversize", bytes: 9 }]
      })
      assert.strictEqual(status, 404)
      assert.match(text, /^\{.*\}\s{9}$/)
    }))

  it.effect("of audio is malformed too", () =>
    Effect.gen(function*() {
      const { headers, status, text } = yield* call(speak, { ...speech, faults: { type: "Malform" } })
      assert.strictEqual(status, 200)
      assert.match(text, /^\{"metadata"/)
      assert.notStrictEqual(headers.get("content-type"), "application/json")
    }))

  it.effect("is too large: JSON is still JSON, audio is longer", () =>
    Effect.gen(function*() {
      const plain = yield* call(path)
      const large = yield* call(path, { faults: { type: "Oversize", bytes: 100_000 } })
      assert.strictEqual(large.text, plain.text + " ".repeat(100_000))
      assert.strictEqual(large.headers.get("content-length"), String(plain.text.length + 100_000))
      const request = { headers: speech.headers, body: speech.body }
      const lengths = yield* Effect.forEach([0, 7], (bytes) =>
        Effect.gen(function*() {
          const client = yield* raw(`POST ${speak}`, { ...request, faults: { type: "Oversize", bytes } })
          const text = yield* client.until((text) => text.endsWith("0\r\n\r\n"))
          return Array.from(
            partsOf(text).body.matchAll(/(?:^|\r\n)([\da-f]+)\r\n/gi),
            ([, size = ""]) => Number.parseInt(size, 16)
          ).reduce((sum, size) => sum + size, 0)
        }))
      assert.strictEqual((lengths[1] ?? 0) - (lengths[0] ?? 0), 7)
    }))

  it.effect("of a gigabyte takes no memory, and waits for its client", () =>
    Effect.gen(function*() {
      const client = yield* raw(`GET ${path}`, { faults: { type: "Oversize", bytes: 2 ** 30 } })
      client.socket.pause()
      yield* logged(1)
      yield* settled
      assert.isBelow(process.memoryUsage().arrayBuffers, 2 ** 28)
      client.socket.resume()
      const head = yield* client.until((text) => text.length > 10_000)
      assert.isAbove(lengthOf(head), 2 ** 30)
      client.socket.destroy()
    }))

  it.effect("is nothing where there is none", () =>
    Effect.gen(function*() {
      const client = yield* raw(`HEAD ${path}`, { faults: [{ type: "Oversize", bytes: 10 }, { type: "Malform" }] })
      const text = yield* client.until((text) => text.endsWith("\r\n\r\n"))
      assert.match(text, /^HTTP\/1.1 200 OK/)
    }))
})

describe("more calls at a time than a project may have", () => {
  it.effect("are refused with 429 until others are over", () =>
    Effect.gen(function*() {
      const waiting = yield* Effect.forEach([1, 2], () => raw(`GET ${path}`))
      yield* logged(2)
      const { headers, status, text } = yield* call(path)
      assert.strictEqual(status, 429)
      assert.strictEqual(headers.get("retry-after"), "4")
      assert.include(JSON.parse(text), { err_code: "Too Many Requests" })
      // Whoever is nobody takes no place, and gets none.
      assert.strictEqual((yield* call(path, { headers: { authorization: "Token x" } })).status, 401)
      yield* TestClock.adjust(1000)
      for (const client of waiting) yield* client.until((text) => partsOf(text).body.length === lengthOf(text))
      yield* settled
      assert.strictEqual((yield* call(path)).status, 200)
      assert.deepStrictEqual(yield* happened, ["Stall", "Stall", "Concurrency"])
    }).pipe(Effect.provide(Emulator.layer({
      faults: Faults.plan([
        { type: "Concurrency", most: 2, retryAfter: 4 },
        { times: 2, faults: [{ type: "Stall", duration: 1000 }] }
      ])
    }))))

  it.effect("are sessions too, until they end", () =>
    Effect.gen(function*() {
      const live = "/v1/speak?model=aura-2-thalia-en"
      const { end, say } = yield* connect(live)
      const { faults } = yield* Emulator.Emulator
      assert.strictEqual((yield* call(path)).status, 429)
      yield* say({ type: "Close" })
      yield* end
      yield* eventually(Effect.map(call(path), ({ status }) => status === 200))
      assert.isAbove((yield* faults.injected).length, 0)
    }).pipe(Effect.provide(Emulator.layer({ faults: Faults.plan([{ type: "Concurrency", most: 1 }]) }))))
})

describe("access tokens", () => {
  const token = Effect.map(
    call("/v1/auth/grant", { method: "POST", body: JSON.stringify({ ttl_seconds: 600 }), headers: speech.headers }),
    ({ text }) => `Bearer ${JSON.parse(text).access_token}`
  )

  it.effect("expire earlier than they say, by the clock", () =>
    Effect.gen(function*() {
      const authorization = yield* token
      const spoken = call(speak, { ...speech, headers: { ...speech.headers, authorization } })
      yield* TestClock.adjust(59_999)
      assert.strictEqual((yield* spoken).status, 200)
      yield* TestClock.adjust(1)
      const { status, text } = yield* spoken
      assert.strictEqual(status, 401)
      assert.include(JSON.parse(text), { err_code: "INVALID_AUTH" })
      // Keys do not.
      assert.strictEqual((yield* call(path)).status, 200)
      assert.deepStrictEqual(yield* happened, ["ExpireTokens"])
    }).pipe(Effect.provide(Emulator.layer({ faults: Faults.plan([{ type: "ExpireTokens", after: "1 minute" }]) }))))

  it.effect("expire at once, for sessions too", () =>
    Effect.gen(function*() {
      const authorization = yield* token
      const dialing = yield* Effect.forkChild(Effect.exit(connect("/v1/speak", { headers: { authorization } })))
      yield* logged(1)
      const exit = yield* Fiber.join(dialing)
      assert.include(String(exit), "refused: 401")
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer({ faults: Faults.plan([{ type: "ExpireTokens" }]) }))))
})
