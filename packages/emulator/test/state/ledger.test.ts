import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import * as Ledger from "../../src/internal/state/ledger.ts"
import { makeLog } from "../../src/internal/state/ledgerLog.ts"
import { matchesRequest, toRequest } from "../../src/internal/state/ledgerRequests.ts"
import { loggedCallback, loggedPath } from "../../src/internal/state/ledgerSecrets.ts"
import { Calls, entriesOf, entry, epoch, nova3 } from "./calls.ts"

const Small = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 12 }))
const Few = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 }))

describe("the log", () => {
  it.prop("keeps the newest entries in their order", { limit: Small, count: Few }, ({ count, limit }) => {
    const log = makeLog(limit)
    const entries = Array.from({ length: count }, (_, i) => entry({ requestId: `request-${i}` }))
    for (const one of entries) log.add(one)
    const kept = entries.slice(-limit)
    assert.deepStrictEqual(log.entries(), kept)
    for (const one of entries) {
      assert.strictEqual(log.find(one.requestId), kept.includes(one) ? one : undefined)
    }
  })
})

describe("the ledger", () => {
  it.effect.prop(
    "takes from the balance what it charges, and nothing else",
    { calls: Calls },
    ({ calls }) =>
      Effect.gen(function*() {
        const ledger = yield* Ledger.Ledger
        for (const call of entriesOf(calls)) yield* ledger.record(call)
        const entries = yield* ledger.entries("project")
        const { left, opening } = yield* ledger.balance("project")
        const charged = entries.flatMap(({ charges }) => charges).reduce(
          (sum, { microDollars }) => sum + microDollars,
          0
        )
        assert.strictEqual(opening, 12_500_000)
        assert.strictEqual(opening - left, charged)
        assert.deepStrictEqual(entries.filter(({ charges, code }) => code !== 200 && charges.length > 0), [])
        assert.strictEqual((yield* ledger.balance("other")).left, opening)
      }).pipe(Effect.provide(Ledger.layer({ credits: 12.5 })))
  )

  it.effect("is open as long as there is credit, and refuses with 402 when there is none", () =>
    Effect.gen(function*() {
      const ledger = yield* Ledger.Ledger
      // A minute costs 0.004 dollars: the third one takes more than is left.
      for (const left of [6000, 2000, -2000]) {
        yield* ledger.requireCredit("project")
        yield* ledger.record(entry())
        assert.strictEqual((yield* ledger.balance("project")).left, left)
      }
      const error = yield* Effect.flip(ledger.requireCredit("project"))
      assert.deepStrictEqual([error.status, error.err_code], [402, "ASR_PAYMENT_REQUIRED"])
      assert.match(error.err_msg, /^Project does not have enough credits/)
      yield* ledger.requireCredit("other")
    }).pipe(Effect.provide(Ledger.layer({ credits: 0.01 }))))

  it.effect("has nothing to spend when nothing was bought, or exactly all was spent", () =>
    Effect.gen(function*() {
      const ledger = yield* Ledger.Ledger
      yield* ledger.record(entry())
      assert.strictEqual((yield* ledger.balance("project")).left, 0)
      assert.strictEqual((yield* Effect.flip(ledger.requireCredit("project"))).status, 402)
    }).pipe(Effect.provide(Ledger.layer({ credits: 0.004 }))))

  it.effect("shows the newest first, and each project its own", () =>
    Effect.gen(function*() {
      const ledger = yield* Ledger.Ledger
      yield* TestClock.setTime(epoch + 10_000)
      for (const [requestId, created] of [["b", 2], ["a", 1], ["d", 3], ["e", 3], ["c", 2]] as const) {
        yield* ledger.record(entry({ requestId, created: epoch + created }))
      }
      yield* ledger.record(entry({ requestId: "x", projectId: "other" }))
      const entries = yield* ledger.entries("project")
      assert.strictEqual(entries.map(({ requestId }) => requestId).join(""), "edcba")
      assert.strictEqual(entries[0]?.completed, epoch + 10_000)
      assert.strictEqual((yield* ledger.find("other", "x"))?.requestId, "x")
      assert.isUndefined(yield* ledger.find("project", "x"))
    }).pipe(Effect.provide(Ledger.layer({ credits: 1 }))))
})

describe("requests", () => {
  it.prop("succeeded or failed, and before or after, are all of them", { calls: Calls }, ({ calls }) => {
    const entries = entriesOf(calls)
    const of = (filter: Parameters<typeof matchesRequest>[0]) => entries.filter(matchesRequest(filter))
    assert.sameMembers([...of({ status: "succeeded" }), ...of({ status: "failed" })], [...entries])
    const middle = epoch + 3 * 86_400_000
    assert.sameMembers([...of({ to: middle - 1 }), ...of({ from: middle })], [...entries])
    for (const { requestId } of entries) assert.strictEqual(of({ request_id: requestId }).length, 1)
  })

  it("are shown as recorded answers show them", () => {
    const shown = toRequest(entry({
      created: epoch + 1000,
      completed: epoch + 2500,
      features: ["diarize", "language"],
      tags: ["a"],
      seconds: 30,
      channels: 2
    }))
    assert.deepStrictEqual(shown, {
      request_id: "request",
      project_uuid: "project",
      created: "2026-01-30T00:00:01.000Z",
      path: "/v1/listen?model=nova-3",
      api_key_id: "key-1",
      response: {
        details: {
          usd: 0.004,
          duration: 30,
          total_audio: 60,
          channels: 2,
          method: "sync",
          models: [nova3.uuid],
          tags: ["a"],
          features: ["diarize", "language"],
          config: { diarize: true, language: "en", model: "general-nova-3" }
        },
        code: 200,
        completed: "2026-01-30T00:00:02.500Z"
      },
      code: 200,
      deployment: "hosted"
    })
    const failed = toRequest(entry({ code: 400, message: "No.", callback: "https://a.example/" }))
    assert.deepInclude(failed, { code: 400, callback: "https://a.example/" })
    assert.deepInclude(failed.response, { code: 400, message: "No." })
    assert.deepInclude(failed.response.details, { usd: 0 })
  })
})

describe("secrets", () => {
  it("of callbacks are not logged", () => {
    assert.strictEqual(
      loggedCallback("https://me:pa%20ss@hooks.example:8443/a/b?token=s3cret&x=1#part"),
      "https://hooks.example:8443/a/b"
    )
    for (const none of ["later", "alice:s3cret@hooks.example/a", "mailto:alice:s3cret@hooks.example", "data:,s3cret"]) {
      assert.isUndefined(loggedCallback(none), none)
      const path = loggedPath(`/v1/listen?callback=${encodeURIComponent(none)}&tag=a`)
      assert.strictEqual(path, "/v1/listen?callback=&tag=a")
    }
  })

  it("of callbacks are not in paths either, however they are written", () => {
    const secret = "https://me:s3cret@hooks.example/a?token=s3cret"
    for (const written of [encodeURIComponent(secret), secret, secret.replace("s3cret", "s3cret+%26")]) {
      const path = loggedPath(`/v1/listen?model=nova-3&callback=${written}&tag=a%20b`)
      assert.notInclude(path, "s3cret", path)
      assert.match(path, /^\/v1\/listen\?model=nova-3&callback=https%3A%2F%2Fhooks\.example%2Fa&tag=a%20b$/)
    }
    assert.notInclude(loggedPath("/v1/listen?%63allback=s3cret"), "s3cret")
    assert.strictEqual(loggedPath("/v1/speak"), "/v1/speak")
  })

  it("by which people say in a URL who they are are not in paths", () => {
    for (const name of ["access_token", "token", "api_key", "apiKey", "key", "%74oken"]) {
      assert.strictEqual(loggedPath(`/v1/speak?a=1&${name}=s3%20cret&b`), `/v1/speak?a=1&${name}=hidden&b`)
    }
    assert.strictEqual(loggedPath("/v1/listen?keyterm=a&token="), "/v1/listen?keyterm=a&token=")
  })
})
