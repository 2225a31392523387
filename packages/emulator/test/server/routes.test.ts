import { Emulator } from "@effect-deepgram/emulator"
import { assert, it, layer } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { AgentVariables, Projects, Requests } from "effect-deepgram"
import { DeepgramApi } from "effect-deepgram/DeepgramApi"
import { inProject, newKey, nothing, project, send, withKey } from "./management.ts"

const endpoints = Object.values(DeepgramApi.groups).flatMap((group) =>
  Object.values(group.endpoints).map(({ method, path }) => ({ method, path: path as string }))
)

/** A path with ids that are none. */
const filled = (path: string) => path.replace(":email", "nobody@example.com").replaceAll(/:\w+/g, nothing)

/** What no endpoint can read. */
const bodyFor = (method: string) => method === "GET" || method === "DELETE" ? {} : { body: "{" }

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
      for (const { method, path } of endpoints.filter(({ path }) => path.includes(":project_id"))) {
        const { headers, json, status } = yield* send(method, filled(path), bodyFor(method))
        assert.strictEqual(status, 404, `${method} ${path}`)
        const request_id = headers.get("dg-request-id")
        assert.deepStrictEqual(json, { err_code: "PROJECT_NOT_FOUND", err_msg: "Project not found.", request_id })
        assert.strictEqual(headers.get("dg-error"), "Project not found.")
      }
    }))

  it.effect("says nothing of a project, nor of the body, to those who may not ask", () =>
    Effect.gen(function*() {
      const id = yield* project
      const authorization = `Token ${Redacted.value(yield* newKey("usage:write"))}`
      for (const { method, path } of endpoints.filter(({ path }) => /^\/v1\/(projects|auth)/.test(path))) {
        const target = filled(path.replace(":project_id", id))
        const { json, status } = yield* send(method, target, { authorization, ...bodyFor(method) })
        assert.strictEqual(status, 403, `${method} ${path}`)
        assert.include(json, { err_code: "FORBIDDEN" })
      }
    }))

  it.effect("takes the methods that it has, and no other", () =>
    Effect.gen(function*() {
      const methods = Map.groupBy(endpoints, ({ path }) => filled(path))
      for (const [path, known] of methods) {
        for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
          if (known.some((endpoint) => endpoint.method === method)) continue
          const { headers, json, status } = yield* send(method, path)
          assert.strictEqual(status, 405, `${method} ${path}`)
          assert.include(json, { err_code: "METHOD_NOT_ALLOWED" })
          assert.sameMembers(
            headers.get("allow")!.split(", "),
            known.flatMap(({ method }) => method === "GET" ? ["GET", "HEAD"] : [method])
          )
        }
      }
      assert.strictEqual((yield* send("HEAD", "/v1/projects")).status, 200)
      for (const path of ["/v1", "/v1/listens", "/v1/projects/a/b", "/v2/listen", "/v1/models/a/b"]) {
        const { json, status } = yield* send("GET", path)
        assert.strictEqual(status, 404, path)
        assert.include(json, { err_code: "NOT_FOUND" })
      }
    }))

  it.effect("has one spelling", () =>
    Effect.gen(function*() {
      const id = yield* project
      const wrong = [
        ["POST", "/v1/listen/?punctuate=maybe"],
        ["POST", "//v1/listen?punctuate=maybe"],
        ["POST", "/v1//listen?punctuate=maybe"],
        ["POST", "/V1/Listen?punctuate=maybe"],
        ["POST", "/v1/listen;punctuate=maybe"],
        ["POST", "/v1%2flisten?punctuate=maybe"],
        ["POST", "/v1/%25listen?punctuate=maybe"],
        ["GET", "/v1/agent/settings/think/models/"],
        ["GET", "/V1/agent/settings/think/models"],
        ["GET", "/v1/projects/"],
        ["POST", "/v1/projects/"],
        ["GET", `/v1/projects/${id}/keys/`],
        ["PATCH", `/v1/projects/${id}/`],
        ["GET", `/v1/projects/${id}/keys/%zz`],
        ["GET", `/v1/projects/${id}/keys/%`],
        ["POST", `/v1/projects/${id}/keys/%c3`],
        ["GET", "/v1/listen/%zz"]
      ] as const
      for (const [method, path] of wrong) {
        const { headers, json, status } = yield* send(method, path)
        assert.strictEqual(status, 404, `${method} ${path}`)
        assert.include(json, { err_code: "NOT_FOUND" })
        assert.isNull(headers.get("allow"))
      }
      assert.strictEqual((yield* send("GET", "/v1/agent/settings/think/models/", { authorization: "" })).status, 404)
      assert.deepStrictEqual((yield* inProject((id) => Requests.list(id))).requests, [])
    }))

  it.effect("is the same with characters escaped that need it not", () =>
    Effect.gen(function*() {
      const { json, status } = yield* send("POST", "/v1/%6cisten?punctuate=maybe")
      assert.strictEqual(status, 400)
      assert.include(json, { err_code: "INVALID_QUERY_PARAMETER" })
      const { requests } = yield* inProject((id) => Requests.list(id))
      assert.deepStrictEqual(requests.map(({ code }) => code), [400])
      const models = yield* send("GET", "/v1/agent/settings/think/model%73", { authorization: "" })
      assert.strictEqual(models.status, 200)
      const refused = yield* send("DELETE", "/v1/%70rojects")
      assert.strictEqual(refused.status, 405)
      const escaped = (yield* project).replaceAll("-", "%2D")
      assert.strictEqual((yield* send("GET", `/v1/projects/${escaped}`)).status, 200)
      assert.strictEqual((yield* send("PATCH", `/v1/projects/${escaped}`, { body: { name: "One" } })).status, 200)
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
