import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { Deepgram, DeepgramApi, Keys } from "effect-deepgram"
import { json, reply } from "../support/answers.ts"
import { apiKey, client } from "../support/client.ts"
import { observed } from "../support/observed.ts"
import { serve } from "../support/server.ts"
import { agentCases } from "./cases/agents.ts"
import { project } from "./cases/case.ts"
import { catalogueCases } from "./cases/catalogue.ts"
import { people } from "./cases/people.ts"
import { reports } from "./cases/reports.ts"

const cases = [...people, ...agentCases, ...catalogueCases, ...reports]

/** What has tests of its own. */
const elsewhere = ["ListenV1.", "ReadV1.", "SpeakV1.", "SpeakV2.", "Tokens."]

describe("on the wire", () => {
  it("is every operation of management", () => {
    const operations = Object.values(DeepgramApi.DeepgramApi.groups).flatMap((group) =>
      Object.values(group.endpoints).map((endpoint) => `${group.identifier}.${endpoint.identifier}`)
    )
    const management = operations.filter((name) => !elsewhere.some((group) => name.startsWith(group)))
    assert.strictEqual(management.length, 45)
    assert.sameMembers([...new Set(cases.map(({ operation }) => operation))], management)
  })

  for (const { about, answer, body, operation, request, run, value } of cases) {
    it.effect(about === undefined ? operation : `${operation} ${about}`, () =>
      Effect.gen(function*() {
        const server = yield* serve(answer === undefined ? reply({}) : json(answer))
        const result = yield* run.pipe(Deepgram.withResponse, Effect.provide(client(server)))
        const [sent, ...others] = server.requests
        assert.deepStrictEqual(others, [])
        assert.strictEqual(`${sent!.method} ${sent!.target}`, request)
        assert.strictEqual(sent!.body().toString(), body ?? "")
        assert.strictEqual(sent!.headers.authorization, `Token ${apiKey}`)
        assert.strictEqual(sent!.headers.accept, "application/json")
        assert.strictEqual(sent!.headers["content-type"], body === undefined ? undefined : "application/json")
        assert.strictEqual(sent!.headers["transfer-encoding"], undefined)
        assert.deepStrictEqual(result.value, value ?? answer)
        assert.strictEqual(result.response.text, answer === undefined ? "" : JSON.stringify(answer))
      }))
  }
})

describe("spans", () => {
  it.effect.each(cases)(
    "are named like their operation: $operation",
    ({ answer, operation, run }) =>
      Effect.gen(function*() {
        const server = yield* serve(answer === undefined ? reply({}) : json(answer))
        const { seen } = yield* observed(Effect.provide(run, client(server)))
        assert.deepStrictEqual(seen.spans.map(({ name }) => name), ["test", operation])
      })
  )
})

describe("a new key", () => {
  it.effect("is redacted, and what is redacted is the key", () =>
    Effect.gen(function*() {
      const server = yield* serve(json({ api_key_id: "an-id", key: "the-new-key" }))
      const created = yield* Keys.create(project, { comment: "c", scopes: ["member"] }).pipe(
        Effect.provide(client(server))
      )
      assert.strictEqual(Redacted.value(created.key), "the-new-key")
      assert.notInclude(JSON.stringify(created) + String(created.key), "the-new-key")
    }))
})
