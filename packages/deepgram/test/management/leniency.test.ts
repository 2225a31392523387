import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream, Struct } from "effect"
import {
  AgentConfigurations,
  AgentV1,
  AgentVariables,
  Billing,
  type Deepgram,
  DeepgramError,
  Invites,
  Keys,
  Members,
  Models,
  Projects,
  Requests,
  SelfHosted,
  Usage
} from "effect-deepgram"
import { json, reply } from "../support/answers.ts"
import { client } from "../support/client.ts"
import { type Answer, serve } from "../support/server.ts"
import { member, project } from "./cases/case.ts"

type Operation = Effect.Effect<unknown, DeepgramError.RequestError, Deepgram.Deepgram>

const ask = Effect.fnUntraced(function*(run: Operation, answer: Answer) {
  const server = yield* serve(answer)
  return yield* Effect.provide(run, client(server))
})

describe("lists", () => {
  const lists: ReadonlyArray<readonly [name: string, run: Operation, item: object | string]> = [
    ["projects", Projects.list(), { project_id: "an-id" }],
    ["api_keys", Keys.list(project), { api_key: { api_key_id: "an-id" } }],
    ["members", Members.list(project), { member_id: "an-id" }],
    ["scopes", Members.listScopes(project, member), "member"],
    ["invites", Invites.list(project), { email: "a@example.com" }],
    ["requests", Requests.list(project), { request_id: "an-id" }],
    ["results", Usage.breakdown(project), { grouping: {} }],
    ["results", Billing.breakdown(project), { dollars: 1, grouping: {} }],
    ["balances", Billing.listBalances(project), { balance_id: "an-id" }],
    ["orders", Billing.listPurchases(project), { order_id: "an-id" }],
    ["distribution_credentials", SelfHosted.list(project), {
      distribution_credentials: { distribution_credentials_id: "an-id" }
    }],
    ["agents", AgentConfigurations.list(project), { agent_id: "an-id", config: {} }],
    ["variables", AgentVariables.list(project), { variable_id: "an-id", key: "DG_A", value: 1 }],
    ["models", AgentV1.listThinkModels(), { id: "an-id" }],
    ["stt", Effect.map(Models.list(), Struct.omit(["tts"])), { name: "a" }],
    ["tts", Effect.map(Models.listForProject(project), Struct.omit(["stt"])), { name: "a" }]
  ]

  it.effect.each(lists)(
    "%s may be absent, null or empty, alone, or have items that are null",
    ([name, run, item]) =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* ask(run, json({})), { [name]: [] })
        assert.deepStrictEqual(yield* ask(run, json({ [name]: null, more: 1 })), { [name]: [], more: 1 })
        assert.deepStrictEqual(yield* ask(run, json({ [name]: [] })), { [name]: [] })
        assert.deepStrictEqual(yield* ask(run, json({ [name]: [null, item, null] })), { [name]: [item] })
        if (!["stt", "tts"].includes(name)) {
          assert.deepStrictEqual(yield* ask(run, json([item])), { [name]: [item] })
        }
      })
  )

  it.effect.each(lists)("%s are lists, and not nothing", ([name, run]) =>
    Effect.gen(function*() {
      for (const answer of [json({ [name]: { "0": 1 } }), json("x"), json(null), reply({}), json({ [name]: [[]] })]) {
        const error = yield* Effect.flip(ask(run, answer))
        assert.strictEqual(error._tag, "DecodeError")
      }
    }))
})

describe("what results have in common", () => {
  const breakdowns: ReadonlyArray<readonly [name: string, run: Operation]> = [
    ["Usage.breakdown", Usage.breakdown(project)],
    ["Billing.breakdown", Billing.breakdown(project)]
  ]

  it.effect.each(breakdowns)("may be nothing: %s", ([, run]) =>
    Effect.gen(function*() {
      const results = [{ dollars: 1 }, { dollars: 1, grouping: null }, { dollars: 1, grouping: { tags: ["a"] } }]
      assert.deepStrictEqual(yield* ask(run, json({ results })), {
        results: [{ dollars: 1, grouping: {} }, { dollars: 1, grouping: {} }, { dollars: 1, grouping: { tags: ["a"] } }]
      })
      const error = yield* Effect.flip(ask(run, json({ results: [{ dollars: 1, grouping: "x" }] })))
      assert.strictEqual(error._tag, "DecodeError")
    }))
})

describe("what only confirms", () => {
  const confirmations: ReadonlyArray<readonly [name: string, run: Operation]> = [
    ["Projects.update", Projects.update(project, { name: "a" })],
    ["Projects.delete", Projects.delete(project)],
    ["Projects.leave", Projects.leave(project)],
    ["Keys.delete", Keys.delete(project, "an-id")],
    ["Members.delete", Members.delete(project, member)],
    ["Members.updateScopes", Members.updateScopes(project, member, { scope: "admin" })],
    ["Invites.create", Invites.create(project, { email: "a@example.com", scope: "member" })],
    ["Invites.delete", Invites.delete(project, "a@example.com")],
    ["SelfHosted.delete", SelfHosted.delete(project, "an-id")],
    ["AgentConfigurations.update", AgentConfigurations.update(project, "an-id", { metadata: {} })],
    ["AgentConfigurations.delete", AgentConfigurations.delete(project, "an-id")],
    ["AgentVariables.update", AgentVariables.update(project, "an-id", { value: 1 })],
    ["AgentVariables.delete", AgentVariables.delete(project, "an-id")]
  ]

  it.effect.each(confirmations)("%s needs no words", ([, run]) =>
    Effect.gen(function*() {
      for (const answer of [reply({}), reply({ status: 204 }), reply({ body: " \n" }), json(null), json({})]) {
        assert.deepStrictEqual(yield* ask(run, answer), {})
      }
    }))

  it.effect.each(confirmations)("%s is not confirmed by anything", ([, run]) =>
    Effect.gen(function*() {
      for (const answer of [reply({ body: "Done." }), json("Done."), json([])]) {
        const error = yield* Effect.flip(ask(run, answer))
        assert.strictEqual(error._tag, "DecodeError")
      }
      const error = yield* Effect.flip(ask(run, json({ err_code: "FORBIDDEN", err_msg: "No." }, { status: 403 })))
      assert.strictEqual(error._tag, "PermissionDenied")
    }))
})

describe("what must be there", () => {
  const necessary: ReadonlyArray<readonly [name: string, run: Operation, answer: unknown]> = [
    ["project_id", Projects.get(project), { name: "a" }],
    ["key", Keys.create(project, { comment: "c", scopes: [] }), { api_key_id: "an-id" }],
    ["api_key", Keys.get(project, "an-id"), { item: { member: { member_id: "an-id" } } }],
    ["member_id", Members.list(project), { members: [{ email: "a@example.com" }] }],
    ["request", Requests.get(project, "an-id"), {}],
    ["request_id", Requests.list(project), { requests: [{ code: 200 }] }],
    ["balance_id", Billing.getBalance(project, "an-id"), { amount: 1 }],
    ["dollars", Billing.breakdown(project), { results: [{ grouping: {} }] }],
    ["distribution_credentials", SelfHosted.create(project), { member: {} }],
    ["agent_id", AgentConfigurations.create(project, { config: {} }), { config: {} }],
    ["config", AgentConfigurations.get(project, "an-id"), { agent_uuid: "an-id" }],
    ["variable_id", AgentVariables.create(project, { key: "DG_A", value: 1 }), { value: 1 }],
    ["id", AgentV1.listThinkModels(), { models: [{ name: "a" }] }]
  ]

  it.effect.each(necessary)("%s", ([name, run, answer]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(ask(run, json(answer, { headers: { "dg-request-id": "the-id" } })))
      assert.instanceOf(error, DeepgramError.DecodeError)
      assert.include(error.issue, `["${name}"]`)
      assert.strictEqual(error.body, JSON.stringify(answer))
      assert.strictEqual(error.requestId, "the-id")
    }))
})

describe("the body of a request", () => {
  it.effect("is refused where it is no JSON", () =>
    Effect.gen(function*() {
      const server = yield* serve(json({}))
      const circular: Record<string, unknown> = {}
      circular["itself"] = circular
      for (
        const config of [circular, { big: 1n }, { toJSON: () => undefined }, (() => 1) as object]
      ) {
        const error = yield* AgentConfigurations.create(project, { config }).pipe(
          Effect.provide(client(server)),
          Effect.flip
        )
        assert.strictEqual(error._tag, "BadRequest")
        assert.match(error.message, /AgentConfigurations\.create: not sent: the config cannot be written as JSON/)
      }
      const error = yield* AgentVariables.create(project, { key: "DG_A", value: { f: () => 1 } as never }).pipe(
        Effect.provide(client(server)),
        Effect.flip
      )
      assert.strictEqual(error._tag, "BadRequest")
      assert.strictEqual(server.connections(), 0)
    }))

  const values: ReadonlyArray<object> = [{ a: [1, null] }, [[]], Object.assign(Object.create(null), { a: 1 })]

  it.effect.each(values)("is any JSON for a variable: %j", (value) =>
    Effect.gen(function*() {
      const server = yield* serve(json({ variable_id: "an-id" }))
      yield* AgentVariables.create(project, { key: "DG_A", value }).pipe(Effect.provide(client(server)))
      assert.deepStrictEqual(JSON.parse(server.requests[0]!.body().toString()).value, JSON.parse(JSON.stringify(value)))
    }))

  const untyped = (value: unknown) => value as never

  const optional: ReadonlyArray<readonly [operation: string, run: (options: never) => Operation]> = [
    ["Keys.list", (options) => Keys.list(project, options)],
    ["Models.list", (options) => Models.list(options)],
    ["Models.listForProject", (options) => Models.listForProject(project, options)],
    ["SelfHosted.create", (options) => SelfHosted.create(project, options)],
    ["Requests.list", (options) => Requests.list(project, options)],
    ["Requests.stream", (options) => Stream.runDrain(Requests.stream(project, options))],
    ["Usage.summary", (options) => Usage.summary(project, options)],
    ["Usage.fields", (options) => Usage.fields(project, options)],
    ["Usage.breakdown", (options) => Usage.breakdown(project, options)],
    ["Billing.breakdown", (options) => Billing.breakdown(project, options)],
    ["Billing.fields", (options) => Billing.fields(project, options)],
    ["Billing.listPurchases", (options) => Billing.listPurchases(project, options)]
  ]
  const necessary: typeof optional = [
    ["Projects.update", (options) => Projects.update(project, options)],
    ["Keys.create", (options) => Keys.create(project, options)],
    ["Members.updateScopes", (options) => Members.updateScopes(project, member, options)],
    ["Invites.create", (options) => Invites.create(project, options)],
    ["AgentConfigurations.create", (options) => AgentConfigurations.create(project, options)],
    ["AgentConfigurations.update", (options) => AgentConfigurations.update(project, "an-id", options)],
    ["AgentVariables.create", (options) => AgentVariables.create(project, options)],
    ["AgentVariables.update", (options) => AgentVariables.update(project, "an-id", options)]
  ]

  it.effect.each([...optional, ...necessary])(
    "is not made of what is no options: %s",
    ([operation, run]) =>
      Effect.gen(function*() {
        const server = yield* serve(json({}))
        for (const options of [null, 7, "x", true, [], () => ({})]) {
          const error = yield* run(untyped(options)).pipe(Effect.provide(client(server)), Effect.flip)
          assert.strictEqual(error._tag, "BadRequest", String(options))
          assert.strictEqual(error.message, `${operation}: not sent: the options are missing, or no object`)
        }
        assert.strictEqual(server.connections(), 0)
      })
  )

  it.effect.each(necessary)("is not made of nothing: %s", ([operation, run]) =>
    Effect.gen(function*() {
      const server = yield* serve(json({}))
      const error = yield* run(untyped(undefined)).pipe(Effect.provide(client(server)), Effect.flip)
      assert.strictEqual(error._tag, "BadRequest")
      assert.match(error.message, new RegExp(`^${operation}: not sent: (the options are missing|Missing key)`))
      assert.strictEqual(server.connections(), 0)
    }))

  const long = "a/".repeat(100_000)
  const longOnes: ReadonlyArray<readonly [name: string, run: Operation]> = [
    ["an id", Projects.get(long)],
    ["an address", Invites.delete(project, `${long}@b@c`)],
    ["a date", Requests.list(project, { start: long })],
    ["the name of an option", Projects.update(project, { [long]: 1 } as never)],
    ["a text with many lines", Requests.list(project, { start: "a\n".repeat(100_000) })]
  ]

  it.effect.each(longOnes)("is refused in short, however long it is: %s", ([, run]) =>
    Effect.gen(function*() {
      const server = yield* serve(json({}))
      const error = yield* run.pipe(Effect.provide(client(server)), Effect.flip)
      assert.instanceOf(error, DeepgramError.BadRequest)
      assert.isBelow(error.message.length, 600)
      assert.isBelow(error.detail!.length, 600)
      assert.notInclude(error.message, "\n")
    }))

  const impossible: ReadonlyArray<readonly [name: string, run: Operation, words: RegExp]> = [
    [
      "both limits of a key",
      Keys.create(project, {
        comment: "c",
        scopes: [],
        expiration_date: "2027-01-01",
        time_to_live_in_seconds: 1
      } as never),
      /expiration_date and time_to_live_in_seconds exclude each other/
    ],
    ...[0, -1, 1.5, Number.NaN, 1e99, "60"].map((seconds): [string, Operation, RegExp] => [
      `a life of ${seconds} seconds`,
      Keys.create(project, { comment: "c", scopes: [], time_to_live_in_seconds: seconds as number }),
      /time_to_live_in_seconds/
    ]),
    ["a misspelled option", Projects.update(project, { nmae: "a" } as never), /no option nmae.*\{ body \}/],
    ["a misspelled filter", Usage.breakdown(project, { dairize: true } as never), /no option dairize.*\{ query \}/],
    ["a misspelled scope", SelfHosted.create(project, { scope: "a" } as never), /no option scope/],
    ["a page of nothing", Requests.list(project, { limit: 0 }), /limit/],
    ["a page of too much", Requests.list(project, { limit: 1001 }), /limit/],
    ["a fraction of a page", Requests.list(project, { page: 1.5 }), /page/],
    ["a list of nothing", Billing.listPurchases(project, { limit: -1 }), /limit/],
    ["a word for a boolean", Usage.breakdown(project, { diarize: "yes" } as never), /diarize/],
    ["several groups of usage", Usage.breakdown(project, { grouping: ["tags", "models"] } as never), /grouping/]
  ]

  it.effect.each(impossible)("and the query are refused with %s", ([, run, words]) =>
    Effect.gen(function*() {
      const server = yield* serve(json({}))
      const error = yield* run.pipe(Effect.provide(client(server)), Effect.flip)
      assert.strictEqual(error._tag, "BadRequest")
      assert.strictEqual("origin" in error && error.origin, "client")
      assert.match(error.message, words)
      assert.strictEqual(server.connections(), 0)
    }))
})
