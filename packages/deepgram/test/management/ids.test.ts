import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import {
  AgentConfigurations,
  AgentVariables,
  Billing,
  type Deepgram,
  DeepgramApi,
  type DeepgramError,
  Invites,
  Keys,
  Members,
  Models,
  Projects,
  Requests,
  SelfHosted,
  Usage
} from "effect-deepgram"
import { json } from "../support/answers.ts"
import { client } from "../support/client.ts"
import { serve } from "../support/server.ts"
import { untyped } from "../support/untyped.ts"
import { project } from "./cases/case.ts"

type Operation = Effect.Effect<unknown, DeepgramError.RequestError, Deepgram.Deepgram>

const other = "an-id"

/** Every place of a path that holds an id. */
const places: ReadonlyArray<readonly [operation: string, run: (id: string) => Operation]> = [
  ["Projects.get", Projects.get],
  ["Projects.update", (id) => Projects.update(id, { name: "a" })],
  ["Projects.delete", Projects.delete],
  ["Projects.leave", Projects.leave],
  ["Keys.list", (id) => Keys.list(id)],
  ["Keys.create", (id) => Keys.create(id, { comment: "c", scopes: [] })],
  ["Keys.get", (id) => Keys.get(id, other)],
  ["Keys.get", (id) => Keys.get(project, id)],
  ["Keys.delete", (id) => Keys.delete(id, other)],
  ["Keys.delete", (id) => Keys.delete(project, id)],
  ["Members.list", Members.list],
  ["Members.delete", (id) => Members.delete(id, other)],
  ["Members.delete", (id) => Members.delete(project, id)],
  ["Members.listScopes", (id) => Members.listScopes(id, other)],
  ["Members.listScopes", (id) => Members.listScopes(project, id)],
  ["Members.updateScopes", (id) => Members.updateScopes(id, other, { scope: "admin" })],
  ["Members.updateScopes", (id) => Members.updateScopes(project, id, { scope: "admin" })],
  ["Invites.list", Invites.list],
  ["Invites.create", (id) => Invites.create(id, { email: "a@example.com", scope: "member" })],
  ["Invites.delete", (id) => Invites.delete(id, "a@example.com")],
  ["Models.get", Models.get],
  ["Models.listForProject", (id) => Models.listForProject(id)],
  ["Models.getForProject", (id) => Models.getForProject(id, other)],
  ["Models.getForProject", (id) => Models.getForProject(project, id)],
  ["SelfHosted.list", SelfHosted.list],
  ["SelfHosted.create", (id) => SelfHosted.create(id)],
  ["SelfHosted.get", (id) => SelfHosted.get(id, other)],
  ["SelfHosted.get", (id) => SelfHosted.get(project, id)],
  ["SelfHosted.delete", (id) => SelfHosted.delete(id, other)],
  ["SelfHosted.delete", (id) => SelfHosted.delete(project, id)],
  ["AgentConfigurations.list", AgentConfigurations.list],
  ["AgentConfigurations.create", (id) => AgentConfigurations.create(id, { config: {} })],
  ["AgentConfigurations.get", (id) => AgentConfigurations.get(id, other)],
  ["AgentConfigurations.get", (id) => AgentConfigurations.get(project, id)],
  ["AgentConfigurations.update", (id) => AgentConfigurations.update(id, other, { metadata: {} })],
  ["AgentConfigurations.update", (id) => AgentConfigurations.update(project, id, { metadata: {} })],
  ["AgentConfigurations.delete", (id) => AgentConfigurations.delete(id, other)],
  ["AgentConfigurations.delete", (id) => AgentConfigurations.delete(project, id)],
  ["AgentVariables.list", AgentVariables.list],
  ["AgentVariables.create", (id) => AgentVariables.create(id, { key: "DG_A", value: 1 })],
  ["AgentVariables.get", (id) => AgentVariables.get(id, other)],
  ["AgentVariables.get", (id) => AgentVariables.get(project, id)],
  ["AgentVariables.update", (id) => AgentVariables.update(id, other, { value: 1 })],
  ["AgentVariables.update", (id) => AgentVariables.update(project, id, { value: 1 })],
  ["AgentVariables.delete", (id) => AgentVariables.delete(id, other)],
  ["AgentVariables.delete", (id) => AgentVariables.delete(project, id)],
  ["Requests.list", (id) => Requests.list(id)],
  ["Requests.stream", (id) => Stream.runDrain(Requests.stream(id))],
  ["Requests.get", (id) => Requests.get(id, other)],
  ["Requests.get", (id) => Requests.get(project, id)],
  ["Usage.summary", (id) => Usage.summary(id)],
  ["Usage.fields", (id) => Usage.fields(id)],
  ["Usage.breakdown", (id) => Usage.breakdown(id)],
  ["Billing.listBalances", Billing.listBalances],
  ["Billing.getBalance", (id) => Billing.getBalance(id, other)],
  ["Billing.getBalance", (id) => Billing.getBalance(project, id)],
  ["Billing.breakdown", (id) => Billing.breakdown(id)],
  ["Billing.fields", (id) => Billing.fields(id)],
  ["Billing.listPurchases", (id) => Billing.listPurchases(id)]
]

/** What would name something else, or nothing. */
const impossible: ReadonlyArray<string> = [
  "",
  ".",
  "..",
  " ",
  "an id",
  "an-id ",
  "a/b",
  "a\\b",
  "../../v1/projects",
  "%2e%2e",
  "a%2Fb",
  "a?b=c",
  "a#b",
  "a:b",
  "ä",
  "a\u0000",
  "a\nb",
  "\ud800",
  untyped(undefined),
  untyped(7)
]

describe("ids", () => {
  it("are in as many places as the contract has", () => {
    const paths: ReadonlyArray<string> = Object.values(DeepgramApi.DeepgramApi.groups).flatMap((group) =>
      Object.values(group.endpoints).map(({ path }) => path)
    )
    const parts = paths.flatMap((path) => path.split("/").filter((part) => part.startsWith(":") && part !== ":email"))
    // The stream is the list over and over.
    assert.strictEqual(places.length, parts.length + 1)
  })

  it.effect.each(places)("that are none are not sent: %s", ([operation, run]) =>
    Effect.gen(function*() {
      const server = yield* serve(json({}))
      for (const id of impossible) {
        const error = yield* run(id).pipe(Effect.provide(client(server)), Effect.flip)
        assert.strictEqual(error._tag, "BadRequest", JSON.stringify(id))
        assert.strictEqual("origin" in error && error.origin, "client")
        assert.strictEqual(error.operation, operation)
        assert.match(error.message, /not sent: .*(is not an id|Expected string|Missing key)/)
      }
      assert.strictEqual(server.connections(), 0)
    }))

  it.effect("that are unusual are sent", () =>
    Effect.gen(function*() {
      const server = yield* serve(json({ project_id: "an-id" }))
      const ids = ["a", "...", "a.b", "A_b~c-D", "0198c0de-0000-7000-8000-000000000001"]
      for (const id of ids) yield* Effect.provide(Projects.get(id), client(server))
      assert.deepStrictEqual(server.requests.map(({ target }) => target), ids.map((id) => `/v1/projects/${id}`))
    }))
})

describe("e-mail addresses", () => {
  it.effect("that are none are not sent", () =>
    Effect.gen(function*() {
      const server = yield* serve(json({}))
      for (
        const email of ["", ".", "..", "a", "a@", "@b", "a b@c", "a@b c", "a@b@c", "a\n@b", "\ud800@b", "a@b\u0007"]
      ) {
        const error = yield* Invites.delete(project, email).pipe(Effect.provide(client(server)), Effect.flip)
        assert.strictEqual(error._tag, "BadRequest", JSON.stringify(email))
        assert.match(error.message, /Invites\.delete: not sent: .*is no e-mail address/)
      }
      assert.strictEqual(server.connections(), 0)
    }))
})
