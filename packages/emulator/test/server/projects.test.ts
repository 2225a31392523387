import { Emulator } from "@effect-deepgram/emulator"
import { assert, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Invites, Keys, Members, Models, Projects, Tokens } from "effect-deepgram"
import * as Collections from "../../src/internal/state/collections.ts"
import * as Directory from "../../src/internal/state/directory.ts"
import {
  failureOf,
  inProject,
  newKey,
  newMember,
  nothing,
  project,
  send,
  sendAfter,
  withKey,
  withToken
} from "./management.ts"

const fresh = Emulator.layerSdk()

layer(fresh)("a project", (it) => {
  it.effect("is listed and found", () =>
    Effect.gen(function*() {
      const { projects } = yield* Projects.list()
      assert.deepStrictEqual(projects, [yield* inProject(Projects.get)])
      assert.strictEqual(projects[0]?.mip_opt_out, false)
      const { headers } = yield* send("GET", "/v1/projects")
      assert.strictEqual(headers.get("dg-project-id"), projects[0]?.project_id)
    }))

  it.effect("can be renamed", () =>
    Effect.gen(function*() {
      const before = yield* inProject(Projects.get)
      yield* inProject((id) => Projects.update(id, { name: "Station one" }))
      assert.deepStrictEqual(yield* inProject(Projects.get), { ...before, name: "Station one" })
      yield* inProject((id) => Projects.update(id, { company: "Stations" }))
      yield* inProject((id) => Projects.update(id, {}))
      assert.deepStrictEqual(yield* inProject(Projects.get), { ...before, name: "Station one", company: "Stations" })
      const { json, status } = yield* send("PATCH", `/v1/projects/${before.project_id}`, { body: { name: " " } })
      assert.strictEqual(status, 400)
      assert.include(json, { category: "INVALID_REQUEST" })
      // Half of a character.
      const half = Buffer.concat([Buffer.from(`{"name":"`), Buffer.from([0xc3]), Buffer.from(`"}`)])
      const answer = yield* send("PATCH", `/v1/projects/${before.project_id}`, { body: half })
      assert.strictEqual(answer.status, 400)
      assert.include(answer.json, { category: "INVALID_JSON" })
      assert.strictEqual((yield* inProject(Projects.get)).name, "Station one")
    }))

  it.effect("can be renamed by its members, but not by keys that only read", () =>
    Effect.gen(function*() {
      const rename = inProject((id) => Projects.update(id, { name: "Station two" }))
      yield* withKey(yield* newKey("member"))(rename)
      assert.strictEqual(yield* failureOf(withKey(yield* newKey("project:read"))(rename)), "PermissionDenied")
    }))

  it.effect("that there is not, is not found", () =>
    Effect.gen(function*() {
      const operations = [Projects.get(nothing), Projects.update(nothing, { name: "a" }), Projects.delete(nothing)]
      for (const operation of [...operations, Projects.leave(nothing), Models.listForProject(nothing)]) {
        assert.strictEqual(yield* failureOf(operation), "NotFound")
      }
      const { json, status } = yield* send("GET", `/v1/projects/${nothing}`)
      assert.strictEqual(status, 404)
      assert.include(json, { err_code: "PROJECT_NOT_FOUND", err_msg: "Project not found." })
    }))
})

it.effect("a deleted project is gone, with its keys and members", () =>
  Effect.gen(function*() {
    const id = yield* project
    const key = yield* newMember("late@example.com", "admin")
    yield* Projects.delete(id)
    for (const late of [Projects.list(), Projects.get(id), Models.list()]) {
      assert.strictEqual(yield* failureOf(late), "Unauthorized")
    }
    assert.strictEqual(yield* failureOf(withKey(key)(Projects.list())), "Unauthorized")
  }).pipe(Effect.provide(fresh)))

it.effect("a deleted project is gone for access tokens too", () =>
  Effect.gen(function*() {
    const { access_token } = yield* Tokens.grant({ ttl_seconds: 3600 })
    yield* withToken(access_token)(Models.list())
    yield* Projects.delete(yield* project)
    assert.strictEqual(yield* failureOf(withToken(access_token)(Models.list())), "Unauthorized")
  }).pipe(Effect.provide(fresh)))

it.effect("a deleted project leaves nothing", () =>
  Effect.gen(function*() {
    const directory = yield* Directory.Directory
    Directory.join(directory, { email: "second@example.com", scope: "member" }, 0)
    directory.invites.set("third@example.com", { email: "third@example.com", scope: "member" })
    const collections = [
      yield* Collections.Configurations,
      yield* Collections.Variables,
      yield* Collections.Credentials
    ] as ReadonlyArray<Map<string, unknown>>
    for (const collection of collections) collection.set("id", {})
    yield* Collections.destroy
    for (const map of [...Object.values(directory), ...collections]) assert.strictEqual(map.size, 0)
  }).pipe(Effect.provide([Directory.layer(["key"]), Collections.layer])))

it.effect("a change that was on its way when its project was deleted does not bring it back", () =>
  Effect.gen(function*() {
    const id = yield* project
    const status = yield* sendAfter(Projects.delete(id), {
      method: "PATCH",
      path: `/v1/projects/${id}`,
      authorization: "",
      body: { name: "Back again" }
    })
    assert.strictEqual(status, 404)
    assert.strictEqual((yield* send("GET", `/v1/projects/${id}`)).status, 404)
  }).pipe(Effect.provide(Emulator.layerSdk({ apiKeys: "none" }))))

it.effect("without authentication, it is not found after it was deleted", () =>
  Effect.gen(function*() {
    const id = yield* project
    yield* Projects.delete(id)
    for (const path of [`/v1/projects/${id}`, `/v1/projects/${id}/keys`, "/v1/projects"]) {
      const { json, status } = yield* send("GET", path)
      assert.strictEqual(status, 404)
      assert.include(json, { err_code: "PROJECT_NOT_FOUND" })
    }
  }).pipe(Effect.provide(Emulator.layerSdk({ apiKeys: "none" }))))

it.effect("who leaves is no member any more, and the last owner stays", () =>
  Effect.gen(function*() {
    const member = withKey(yield* newMember("guest@example.com", "member"))
    yield* member(newKey("usage:write"))
    yield* member(inProject(Projects.leave))
    assert.strictEqual(yield* failureOf(member(Projects.list())), "Unauthorized")
    const { api_keys } = yield* inProject((id) => Keys.list(id))
    assert.lengthOf(api_keys, 1)
    assert.lengthOf((yield* inProject(Members.list)).members, 1)
    // Who left can be invited again.
    yield* inProject((id) => Invites.create(id, { email: "guest@example.com", scope: "member" }))

    assert.strictEqual(yield* failureOf(inProject(Projects.leave)), "Conflict")
    const second = withKey(yield* newMember("second@example.com", "owner"))
    yield* inProject(Projects.leave)
    assert.strictEqual(yield* failureOf(second(inProject(Projects.leave))), "Conflict")
    assert.strictEqual(yield* failureOf(Projects.list()), "Unauthorized")
    assert.lengthOf((yield* second(inProject(Members.list))).members, 1)
  }).pipe(Effect.provide(fresh)))

it.effect("of two owners who leave at the same time one stays", () =>
  Effect.gen(function*() {
    const second = withKey(yield* newMember("second@example.com", "owner"))
    const leave = Effect.match(Projects.leave(yield* project), {
      onSuccess: () => "left",
      onFailure: ({ _tag }) => _tag
    })
    const outcomes = yield* Effect.all([leave, second(leave)], { concurrency: "unbounded" })
    assert.deepStrictEqual(outcomes.toSorted(), ["Conflict", "left"])
  }).pipe(Effect.provide(fresh)))
