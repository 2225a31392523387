import { Emulator } from "@effect-deepgram/emulator"
import { assert, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { AgentVariables, Projects } from "effect-deepgram"
import { DeepgramApi } from "effect-deepgram/DeepgramApi"
import { inProject, nothing, project, send, withKey } from "./management.ts"

const endpoints = Object.values(DeepgramApi.groups).flatMap((group) =>
  Object.values(group.endpoints).map(({ method, path }) => ({ method, path: path as string }))
)

/** A path with ids that are none. */
const filled = (path: string) => path.replace(":email", "nobody@example.com").replaceAll(/:\w+/g, nothing)

const publicPath = "/v1/agent/settings/think/models"

layer(Emulator.layerSdk())("every path", (it) => {
  it.effect("asks who calls, before anything else", () =>
    Effect.gen(function*() {
      for (const { method, path } of endpoints.filter(({ path }) => path !== publicPath)) {
        const { json, status } = yield* send(method, filled(path), { authorization: "Token nobody" })
        assert.strictEqual(status, 401, `${method} ${path}`)
        assert.include(json, { err_code: "INVALID_AUTH" })
      }
    }))

  it.effect("of a project that is not the caller's is not found", () =>
    Effect.gen(function*() {
      const bodies: Readonly<Record<string, unknown>> = {
        "POST /v1/projects/:project_id/keys": { comment: "a", scopes: ["member"] },
        "POST /v1/projects/:project_id/invites": { email: "a@example.com", scope: "member" },
        "POST /v1/projects/:project_id/agents": { config: "{}" },
        "POST /v1/projects/:project_id/agent-variables": { key: "DG_A", value: 1 },
        "PUT /v1/projects/:project_id/members/:member_id/scopes": { scope: "member" },
        "PUT /v1/projects/:project_id/agents/:agent_id": { metadata: {} },
        "PATCH /v1/projects/:project_id/agent-variables/:variable_id": { value: 1 }
      }
      for (const { method, path } of endpoints.filter(({ path }) => path.includes(":project_id"))) {
        const { headers, json, status } = yield* send(method, filled(path), { body: bodies[`${method} ${path}`] })
        assert.strictEqual(status, 404, `${method} ${path}`)
        const request_id = headers.get("dg-request-id")
        assert.deepStrictEqual(json, { err_code: "PROJECT_NOT_FOUND", err_msg: "Project not found.", request_id })
        assert.strictEqual(headers.get("dg-error"), "Project not found.")
      }
    }))

  it.effect("takes the methods that it has, and no other", () =>
    Effect.gen(function*() {
      const methods = Map.groupBy(endpoints, ({ path }) => filled(path))
      for (const [path, known] of methods) {
        for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
          if (known.some((endpoint) => endpoint.method === method)) continue
          const { json, status } = yield* send(method, path)
          assert.strictEqual(status, 405, `${method} ${path}`)
          assert.include(json, { err_code: "METHOD_NOT_ALLOWED" })
        }
      }
      assert.strictEqual((yield* send("HEAD", "/v1/projects")).status, 200)
      for (const path of ["/", "/v1", "/v1/listens", "/v1/projects/a/b", "/v2/listen", "/v1/models/a/b"]) {
        const { json, status } = yield* send("GET", path)
        assert.strictEqual(status, 404, path)
        assert.include(json, { err_code: "NOT_FOUND" })
      }
    }))

  it.effect("does not find what has an id that cannot be", () =>
    Effect.gen(function*() {
      const id = yield* project
      for (const path of ["/v1/projects/a%20b", "/v1/projects/%2e%2e%2fa", `/v1/projects/${id}/keys/a%2fb`]) {
        const { headers, status } = yield* send("GET", path)
        assert.strictEqual(status, 404, path)
        assert.isNotNull(headers.get("dg-request-id"))
      }
    }))

  it.effect("can be read by scripts of other origins", () =>
    Effect.gen(function*() {
      const { url } = yield* Emulator.Emulator
      const options = yield* Effect.promise(() =>
        fetch(`${url}/v1/projects`, {
          method: "OPTIONS",
          headers: { origin: "http://a.example", "access-control-request-method": "PATCH" }
        })
      )
      assert.strictEqual(options.status, 204)
      assert.include(options.headers.get("access-control-allow-methods"), "PATCH")
      const { headers } = yield* send("GET", "/v1/projects")
      assert.include(headers.get("access-control-expose-headers"), "dg-request-id")
    }))
})

it.effect("two emulators share nothing", () =>
  Effect.gen(function*() {
    const one = yield* Emulator.Emulator
    yield* inProject((id) => AgentVariables.create(id, { key: "DG_A", value: 1 }))
    yield* inProject((id) => Projects.update(id, { name: "One" }))
    yield* Effect.gen(function*() {
      const two = yield* Emulator.Emulator
      assert.notStrictEqual(two.url, one.url)
      assert.notStrictEqual((yield* inProject(Projects.get)).name, "One")
      assert.deepStrictEqual((yield* inProject(AgentVariables.list)).variables, [])
      yield* inProject((id) => AgentVariables.create(id, { key: "DG_A", value: 2 }))
    }).pipe(Effect.provide(Emulator.layerSdk()))
    const { variables } = yield* withKey(one.apiKey)(inProject(AgentVariables.list))
    assert.deepStrictEqual(variables.map(({ value }) => value), [1])
  }).pipe(Effect.provide(Emulator.layerSdk())))
