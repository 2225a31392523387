import { Emulator } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Stream } from "effect"
import { Billing, type Deepgram, type DeepgramError, Keys, ListenV1, Requests, SpeakV1, Usage } from "effect-deepgram"
import { TestClock } from "effect/testing"
import { day, epoch, listen, read, recording, speak, stereo, sumOf, text } from "./calls.ts"
import { failureOf, inProject, newKey, nothing, project, send, withKey } from "./management.ts"

const balance = Effect.map(inProject(Billing.listBalances), ({ balances: [one] }) => one!)

const breakdown = (options?: Billing.BreakdownOptions) =>
  Effect.map(inProject((id) => Billing.breakdown(id, options)), ({ results }) => results)

/** Millionths of a dollar: whole numbers, whose sums are exact. */
const micros = (dollars: number): number => Math.round(dollars * 1_000_000)

const total = (results: ReadonlyArray<Billing.BillingBreakdownResult>): number =>
  results.reduce((sum, { dollars }) => sum + micros(dollars), 0)

const priceOf = (seconds: number, perMinute: number): number => Math.round(seconds / 60 * perMinute)

describe("balances", () => {
  it.effect("begin with one purchase", () =>
    Effect.gen(function*() {
      const { balance_id, ...rest } = yield* balance
      const { orders: [order, ...others] } = yield* inProject((id) => Billing.listPurchases(id))
      assert.deepStrictEqual<unknown>(rest, { amount: 12.5, units: "USD", purchase_order_id: order!.order_id })
      assert.deepStrictEqual<unknown>(order, {
        order_id: order!.order_id,
        expiration: "1971-01-01T00:00:00.000Z",
        created: "1970-01-01T00:00:00.000Z",
        amount: 12.5,
        units: "USD",
        order_type: "promotional"
      })
      assert.deepStrictEqual(others, [])
      assert.deepStrictEqual<unknown>(yield* inProject((id) => Billing.getBalance(id, balance_id)), {
        balance_id,
        ...rest
      })
    }).pipe(Effect.provide(Emulator.layerSdk({ credits: 12.5 }))))

  it.effect("lose what every call costs, and nothing for failures; what was bought stays", () =>
    Effect.gen(function*() {
      const { metadata: mono } = yield* ListenV1.transcribeFile(recording, { model: "nova-3", sentiment: true })
      const { metadata: two } = yield* ListenV1.transcribeFile(stereo, { model: "base", multichannel: true })
      yield* speak
      const { metadata: { summary_info, topics_info } } = yield* read
      yield* Effect.exit(ListenV1.transcribeFile(recording, { model: "nova-33" }))
      yield* Effect.exit(ListenV1.transcribeFile(new TextEncoder().encode("no audio"), { model: "nova-3" }))

      const analyses = [mono.sentiment_info!, summary_info!, topics_info!]
      assert.isAbove(mono.sentiment_info!.input_tokens!, 0)
      assert.isAbove(topics_info!.input_tokens!, 0)
      const expected = {
        "batch::nova-3": priceOf(mono.duration, 4000),
        "batch::base": priceOf(two.duration * 2, 12_000),
        "tts::aura-2": text.length * 30,
        "intelligence::input-tokens": sumOf(analyses, "input_tokens"),
        "intelligence::output-tokens": 2 * sumOf(analyses, "output_tokens")
      }
      const results = yield* breakdown({ grouping: "line_item" })
      assert.deepStrictEqual(
        Object.fromEntries(results.map(({ dollars, grouping }) => [grouping.line_item, micros(dollars)])),
        Object.fromEntries(Object.entries(expected).filter(([, price]) => price > 0))
      )
      assert.strictEqual(micros(3) - micros((yield* balance).amount!), total(results))
      assert.strictEqual((yield* inProject((id) => Billing.listPurchases(id, { limit: 1 }))).orders[0]!.amount, 3)
    }).pipe(Effect.provide(Emulator.layerSdk({ credits: 3 }))))

  it.effect("that are empty refuse every call before anything is done", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(ListenV1.transcribeUrl("http://nowhere.invalid/a.wav", { model: "nova-3" }))
      assert.strictEqual(error._tag, "PaymentRequired")
      assert.deepInclude(error, { code: "ASR_PAYMENT_REQUIRED", status: 402 })
      assert.match(error.message, /enough credits/)
      for (const call of [Effect.asVoid(listen()), Effect.asVoid(speak), Effect.asVoid(read)]) {
        assert.strictEqual(yield* failureOf(call), "PaymentRequired")
      }
      const { requests } = yield* inProject((id) => Requests.list(id, { status: "failed" }))
      assert.deepStrictEqual(requests.map(({ code }) => code), [402, 402, 402, 402])
      assert.deepStrictEqual(yield* breakdown(), [])
      assert.strictEqual((yield* balance).amount, 0)
    }).pipe(Effect.provide(Emulator.layerSdk({ credits: 0 }))))

  it.effect("are spent to the last, which may take them below zero", () =>
    Effect.gen(function*() {
      const { metadata: { duration } } = yield* listen()
      const price = priceOf(duration, 4000)
      const opening = micros((yield* balance).amount!) + price
      assert.strictEqual(opening, 250)
      const calls = Math.ceil(opening / price)
      for (let i = 1; i < calls; i++) yield* listen()
      assert.strictEqual(yield* failureOf(listen()), "PaymentRequired")
      assert.strictEqual(micros((yield* balance).amount!), opening - calls * price)
      assert.strictEqual(total(yield* breakdown()), calls * price)
    }).pipe(Effect.provide(Emulator.layerSdk({ credits: 0.000_25 }))))

  it.live("lose exactly what a thousand calls at once cost", () =>
    Effect.gen(function*() {
      const opening = micros((yield* balance).amount!)
      const silence = new Uint8Array(1600)
      const tags = ["tag-0", "tag-1", "tag-2"]
      const call = (i: number) =>
        ListenV1.transcribeFile(silence, {
          model: "nova-3",
          encoding: "linear16",
          sample_rate: 8000,
          // Every fourth fails, and costs nothing.
          diarize_model: i % 4 === 3 ? "v9" : undefined,
          tag: tags[i % 3]!
        })
      const exits = yield* Effect.forEach(
        Array.from({ length: 1000 }, (_, i) => i),
        (i) => Effect.exit(call(i)),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(exits.filter(Exit.isSuccess).length, 750)

      const price = priceOf(0.1, 4000)
      assert.strictEqual(opening - micros((yield* balance).amount!), 750 * price)
      const byTag = yield* breakdown({ grouping: ["tags", "line_item"] })
      const costOf = (tag: string) => total(byTag.filter(({ grouping }) => grouping.tags?.includes(tag) === true))
      assert.deepStrictEqual(tags.map(costOf), [250 * price, 250 * price, 250 * price])
      const { results } = yield* inProject((id) => Usage.breakdown(id))
      assert.strictEqual(sumOf(results, "requests"), 1000)
      assert.closeTo(sumOf(results, "hours"), 750 * 0.1 / 3600, 1e-9)
      const { requests } = yield* inProject((id) => Requests.list(id, { limit: 1000 }))
      assert.strictEqual(new Set(requests.map(({ request_id }) => request_id)).size, 1000)
    }).pipe(Effect.provide(Emulator.layerSdk())), 60_000)
})

describe("costs", () => {
  it.effect("are grouped by any of what calls have in common, and come to the same", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const other = yield* inProject((id) => Keys.create(id, { comment: "other", scopes: ["usage:write"] }))
      yield* listen({ tag: "a" })
      yield* withKey(other.key)(listen({ tag: ["b", "a"] }))
      yield* TestClock.setTime(epoch + day)
      yield* withKey(other.key)(speak)
      yield* listen()
      const spent = micros(200) - micros((yield* balance).amount!)

      const dimensions = ["accessor", "deployment", "line_item", "tags"] as const
      for (let set = 0; set < 16; set++) {
        const grouping = dimensions.filter((_, i) => (set >> i & 1) === 1)
        const results = yield* breakdown({ grouping })
        assert.strictEqual(total(results), spent, grouping.join())
        assert.strictEqual(new Set(results.map(({ grouping }) => JSON.stringify(grouping))).size, results.length)
        for (const { grouping: { end, start, ...common } } of results) {
          assert.strictEqual(start, end)
          for (const name of dimensions) assert.strictEqual(common[name] === null, !grouping.includes(name), name)
        }
      }
      const of = (options: Billing.BreakdownOptions) =>
        Effect.map(breakdown(options), (results) =>
          results.map(({ grouping: { accessor, line_item, start, tags } }) => [start, accessor, line_item, tags]))
      assert.deepStrictEqual<unknown>(yield* of({ grouping: ["tags", "line_item"], accessor: other.api_key_id }), [
        ["2026-01-30", null, "batch::nova-3", ["a", "b"]],
        ["2026-01-31", null, "tts::aura-2", ["spoken"]]
      ])
      assert.deepStrictEqual<unknown>(yield* of({ grouping: "accessor", line_item: "tts::aura-2" }), [
        ["2026-01-31", other.api_key_id, null, null]
      ])
      assert.strictEqual((yield* of({ tag: "a", grouping: "tags" })).length, 2)
      assert.strictEqual((yield* of({ start: "2026-01-31" })).length, 1)
      assert.strictEqual((yield* of({ end: "2026-01-29" })).length, 0)
      assert.strictEqual((yield* of({ deployment: "beta" })).length, 0)
      const parts = yield* Effect.forEach(["batch::nova-3", "tts::aura-2"], (line_item) =>
        breakdown({ line_item }))
      assert.strictEqual(total(parts.flat()), spent)

      const { end, resolution, start } = yield* inProject((id) =>
        Billing.breakdown(id)
      )
      assert.deepStrictEqual<unknown>([start, end, resolution], ["2026-01-02", "2026-01-31", {
        units: "day",
        amount: 1
      }])
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.effect("of custom models are their own", () =>
    Effect.gen(function*() {
      yield* ListenV1.transcribeFile(recording, { model: "ours" })
      yield* SpeakV1.generate(text, { model: "aura-3-ours-en" }).pipe(
        Effect.tap(({ audio }) => Stream.runDrain(audio)),
        Effect.scoped
      )
      const { line_items } = yield* inProject((id) => Billing.fields(id))
      assert.deepStrictEqual<unknown>(line_items, {
        "batch::other": "other (speech to text, recordings)",
        "tts::aura-3": "aura-3 (text to speech)"
      })
      const [voice] = yield* breakdown({ line_item: "tts::aura-3" })
      assert.strictEqual(micros(voice!.dollars), text.length * 30)
    }).pipe(Effect.provide(Emulator.layerSdk({ models: ["ours", "aura-3-ours-en"] }))))

  it.effect("have fields: what was charged for in the days that are asked for", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      yield* listen({ tag: "a" })
      yield* TestClock.setTime(epoch + day)
      yield* speak
      yield* Effect.exit(ListenV1.transcribeFile(recording, { model: "nova-33", tag: "failed" }))
      const { api_keys: [own] } = yield* inProject((id) => Keys.list(id))
      const all = yield* inProject((id) => Billing.fields(id))
      assert.deepStrictEqual<unknown>(all, {
        accessors: [own!.api_key.api_key_id],
        deployments: ["hosted"],
        tags: ["a", "spoken"],
        line_items: {
          "batch::nova-3": "nova-3 (speech to text, recordings)",
          "tts::aura-2": "aura-2 (text to speech)"
        }
      })
      const first = yield* inProject((id) => Billing.fields(id, { end: "2026-01-30" }))
      assert.deepStrictEqual<unknown>(first, {
        ...all,
        tags: ["a"],
        line_items: { "batch::nova-3": all.line_items!["batch::nova-3"] }
      })
    }).pipe(Effect.provide(Emulator.layerSdk())))
})

describe("billing", () => {
  it.effect("is for those with the permission, and knows no other projects and balances", () =>
    Effect.gen(function*() {
      const id = yield* project
      const { balance_id } = yield* balance
      const readers = yield* Effect.forEach(["billing:read", "admin", "owner"], (scope) => newKey(scope))
      const others = yield* Effect.forEach(["member", "usage:read"], (scope) => newKey(scope))
      const asks: ReadonlyArray<(id: string) => Effect.Effect<unknown, DeepgramError.RequestError, Deepgram.Deepgram>> =
        [
          Billing.listBalances,
          (id: string) => Billing.getBalance(id, balance_id),
          Billing.breakdown,
          Billing.fields,
          Billing.listPurchases
        ]
      for (const ask of asks) {
        for (const key of readers) yield* withKey(key)(ask(id))
        for (const key of others) assert.strictEqual(yield* failureOf(withKey(key)(ask(id))), "PermissionDenied")
        assert.strictEqual(yield* failureOf(ask(nothing)), "NotFound")
      }
      assert.strictEqual(yield* failureOf(Billing.getBalance(id, nothing)), "NotFound")
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.effect("cannot be asked for of days, in groups and in sizes that there are not", () =>
    Effect.gen(function*() {
      const id = yield* project
      for (
        const query of [
          "billing/breakdown?start=2026-02-30",
          "billing/breakdown?grouping=line_item&grouping=color",
          "billing/breakdown?deployment=moon",
          "billing/fields?end=now",
          "purchases?limit=0",
          "purchases?limit=1001"
        ]
      ) {
        const { json, status } = yield* send("GET", `/v1/projects/${id}/${query}`)
        assert.strictEqual(status, 400, query)
        assert.deepInclude(json, { err_code: "INVALID_QUERY_PARAMETER" })
      }
    }).pipe(Effect.provide(Emulator.layerSdk())))
})
