import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted, type Scope } from "effect"
import { Deepgram, DeepgramApi, type DeepgramConfig, Tokens } from "effect-deepgram"
import { FetchHttpClient } from "effect/http"
import { json, reply } from "../support/answers.ts"
import { serve, type Server } from "../support/server.ts"
import { agentCases } from "./cases/agents.ts"
import type { Case } from "./cases/case.ts"
import { catalogueCases } from "./cases/catalogue.ts"
import { people } from "./cases/people.ts"
import { reports } from "./cases/reports.ts"

const grant: Case = {
  operation: "Tokens.grant",
  run: Tokens.grant(),
  request: "POST /v1/auth/grant",
  answer: { access_token: "a-token", expires_in: 30 }
}

const cases = [...people, ...agentCases, ...catalogueCases, ...reports, grant]

type Host = "api" | "management" | "agent"

const hostOf = ({ request }: Case): Host => {
  const path = request.replace(/^\w+ /, "")
  return path.startsWith("/v1/projects") ? "management" : path.startsWith("/v1/agent/") ? "agent" : "api"
}

const answerOf = ({ answer }: Case) => answer === undefined ? reply({}) : json(answer)

/** Runs a case against a server of its own for each host, and tells which was asked. */
const asked = Effect.fnUntraced(function*(
  one: Case,
  layer: (servers: Readonly<Record<Host, Server>>) => Layer.Layer<Deepgram.Deepgram>
): Effect.fn.Return<ReadonlyArray<string>, never, Scope.Scope> {
  const servers = {
    api: yield* serve(answerOf(one)),
    management: yield* serve(answerOf(one)),
    agent: yield* serve(answerOf(one))
  }
  yield* Effect.orDie(Effect.provide(one.run, layer(servers)))
  return Object.entries(servers).filter(([, { requests }]) => requests.length > 0).map(([host]) => host)
})

describe("the host of an operation", () => {
  it.effect.each(cases)("can be chosen: $operation", (one) =>
    Effect.gen(function*() {
      const hosts = yield* asked(one, (servers) =>
        Deepgram.layer({
          apiKey: Redacted.make("a-key"),
          environment: "eu",
          hosts: { api: servers.api.url, management: servers.management.url, agent: servers.agent.url }
        }))
      assert.deepStrictEqual(hosts, [hostOf(one)])
    }))

  /** `fetch` to the servers that stand for Deepgram's. */
  const redirected = (origins: Readonly<Record<string, string>>): typeof globalThis.fetch => (input, init) => {
    const { origin, pathname, search } = new URL(input instanceof Request ? input.url : input)
    return fetch(`${origins[origin] ?? "http://unknown.invalid"}${pathname}${search}`, init)
  }

  const one = (operation: string) => cases.find((known) => known.operation === operation)!

  const environments: ReadonlyArray<
    readonly [environment: DeepgramConfig.Environment, operation: string, origin: string]
  > = [
    ["default", "Projects.list", "https://api.deepgram.com"],
    ["default", "Models.list", "https://api.deepgram.com"],
    ["default", "AgentConfigurations.list", "https://api.deepgram.com"],
    ["default", "AgentV1.listThinkModels", "https://agent.deepgram.com"],
    ["eu", "Projects.list", "https://api.deepgram.com"],
    ["eu", "Models.list", "https://api.eu.deepgram.com"],
    ["eu", "Models.listForProject", "https://api.deepgram.com"],
    ["eu", "AgentConfigurations.list", "https://api.deepgram.com"],
    ["eu", "AgentV1.listThinkModels", "https://api.eu.deepgram.com"],
    ["au", "Usage.breakdown", "https://api.deepgram.com"],
    ["au", "Tokens.grant", "https://api.au.deepgram.com"],
    ["in", "Models.get", "https://api.in.deepgram.com"]
  ]

  it.effect.each(environments)(
    "follows the environment %s: %s",
    ([environment, operation, origin]) =>
      Effect.gen(function*() {
        const { [origin]: known, ...others } = {
          "https://api.deepgram.com": yield* serve(answerOf(one(operation))),
          "https://agent.deepgram.com": yield* serve(answerOf(one(operation))),
          [`https://api.${environment}.deepgram.com`]: yield* serve(answerOf(one(operation)))
        }
        const urls = Object.fromEntries(
          Object.entries({ [origin]: known!, ...others }).map(([name, { url }]) => [name, url])
        )
        yield* one(operation).run.pipe(
          Effect.provide(Deepgram.layer({ apiKey: Redacted.make("a-key"), environment })),
          Effect.provideService(FetchHttpClient.Fetch, redirected(urls))
        )
        assert.strictEqual(known!.requests.length, 1)
        assert.deepStrictEqual(Object.values(others).flatMap(({ requests }) => requests), [])
      })
  )

  it("is the main one for everything that belongs to a project", () => {
    const endpoints = Object.values(DeepgramApi.DeepgramApi.groups).flatMap((group) => Object.values(group.endpoints))
    const paths = endpoints.map(({ path }) => path).filter((path) => path.includes("project"))
    assert.strictEqual(paths.length, 42)
    assert.isTrue(paths.every((path) => path.startsWith("/v1/projects")))
  })
})
