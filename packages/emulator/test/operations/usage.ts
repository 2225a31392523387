import { assert } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { Billing, Requests, Usage } from "effect-deepgram"
import { inProject, type RoundTrip, transcribed } from "./support.ts"

export const usage = {
  "Requests.list": {
    functions: ["list", "stream"],
    run: Effect.gen(function*() {
      const { metadata } = yield* transcribed
      const { requests } = yield* inProject((id) => Requests.list(id, { endpoint: "listen" }))
      assert.deepStrictEqual(requests.map(({ request_id }) => request_id), [metadata.request_id])
      yield* transcribed
      const all = yield* inProject((id) => Stream.runCollect(Requests.stream(id, { limit: 1 })))
      assert.strictEqual(all.length, 2)
      assert.strictEqual(all[1]?.request_id, metadata.request_id)
    })
  },
  "Requests.get": {
    run: Effect.gen(function*() {
      const { metadata } = yield* transcribed
      const { request } = yield* inProject((id) => Requests.get(id, metadata.request_id))
      assert.strictEqual(request.code, 200)
    })
  },
  "Usage.summary": {
    run: Effect.gen(function*() {
      yield* transcribed
      const { results } = yield* inProject((id) => Usage.summary(id, { endpoint: "listen" }))
      assert.strictEqual(results!.reduce((sum, { requests = 0 }) => sum + requests, 0), 1)
    })
  },
  "Usage.fields": {
    run: Effect.gen(function*() {
      yield* transcribed
      assert.deepStrictEqual((yield* inProject((id) => Usage.fields(id))).tags, ["tests"])
    })
  },
  "Usage.breakdown": {
    run: Effect.gen(function*() {
      yield* transcribed
      const { results } = yield* inProject((id) => Usage.breakdown(id, { grouping: "tags" }))
      assert.deepStrictEqual(results.map(({ grouping, requests }) => [grouping.tags, requests]), [[["tests"], 1]])
    })
  },
  "Billing.listBalances": {
    run: Effect.map(inProject(Billing.listBalances), ({ balances }) => assert.strictEqual(balances[0]?.units, "USD"))
  },
  "Billing.getBalance": {
    run: Effect.gen(function*() {
      const { balances: [before] } = yield* inProject(Billing.listBalances)
      yield* transcribed
      const after = yield* inProject((id) => Billing.getBalance(id, before!.balance_id))
      assert.isBelow(after.amount!, before!.amount!)
    })
  },
  "Billing.breakdown": {
    run: Effect.gen(function*() {
      yield* transcribed
      const { results } = yield* inProject((id) => Billing.breakdown(id, { grouping: ["line_item", "tags"] }))
      assert.strictEqual(results.length, 1)
      assert.isAbove(results[0]!.dollars, 0)
      assert.match(results[0]!.grouping.line_item!, /nova-3/)
      assert.deepStrictEqual(results[0]!.grouping.tags, ["tests"])
    })
  },
  "Billing.fields": {
    run: Effect.gen(function*() {
      yield* transcribed
      assert.deepStrictEqual((yield* inProject((id) => Billing.fields(id))).tags, ["tests"])
    })
  },
  "Billing.listPurchases": {
    run: Effect.map(inProject((id) => Billing.listPurchases(id)), ({ orders }) => assert.isAbove(orders[0]!.amount!, 0))
  }
} satisfies Readonly<Record<string, RoundTrip>>
