import { Emulator } from "@effect-deepgram/emulator"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { Members, SelfHosted } from "effect-deepgram"
import { failureOf, inProject, newKey, nothing, project, send, withKey } from "./management.ts"

layer(Emulator.layerSdk())("distribution credentials", (it) => {
  it.effect("are made, listed, found and deleted, with whom they belong to", () =>
    Effect.gen(function*() {
      const { members: [owner] } = yield* inProject(Members.list)
      const made = yield* inProject((id) =>
        SelfHosted.create(id, { comment: "cluster", scopes: ["self-hosted:product:api", "self-hosted:product:engine"] })
      )
      const id = made.distribution_credentials.distribution_credentials_id
      assert.deepStrictEqual(made, {
        member: { member_id: owner!.member_id, email: owner!.email! },
        distribution_credentials: {
          distribution_credentials_id: id,
          provider: "quay",
          scopes: ["self-hosted:product:api", "self-hosted:product:engine"],
          created: DateTime.formatIso(yield* DateTime.now),
          comment: "cluster"
        }
      })
      const other = yield* inProject((id) => SelfHosted.create(id))
      assert.deepStrictEqual(other.distribution_credentials.scopes, ["self-hosted:products"])
      assert.notProperty(other.distribution_credentials, "comment")
      const listed = yield* inProject(SelfHosted.list)
      assert.deepStrictEqual(listed.distribution_credentials, [made, other])
      assert.deepStrictEqual(yield* inProject((project) => SelfHosted.get(project, id)), made)
      assert.deepStrictEqual({ ...yield* inProject((project) => SelfHosted.delete(project, id)) }, { ...made })
      assert.strictEqual(yield* failureOf(inProject((project) => SelfHosted.get(project, id))), "NotFound")
      assert.strictEqual(yield* failureOf(inProject((project) => SelfHosted.delete(project, id))), "NotFound")
      assert.deepStrictEqual((yield* inProject(SelfHosted.list)).distribution_credentials, [other])
      assert.strictEqual(yield* failureOf(SelfHosted.list(nothing)), "NotFound")
    }))

  it.effect("are for those who may have containers, and no more of them than they may", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* failureOf(withKey(yield* newKey("admin"))(inProject(SelfHosted.list))),
        "PermissionDenied"
      )
      const engineer = withKey(yield* newKey("project:read", "self-hosted:product:engine"))
      yield* engineer(inProject((id) => SelfHosted.create(id, { scopes: ["self-hosted:product:engine"] })))
      yield* engineer(inProject(SelfHosted.list))
      for (const scopes of [["self-hosted:product:api"], ["self-hosted:products"]]) {
        assert.strictEqual(
          yield* failureOf(engineer(inProject((id) => SelfHosted.create(id, { scopes })))),
          "PermissionDenied"
        )
      }
    }))

  it.effect("have scopes that there are, each once, and one provider", () =>
    Effect.gen(function*() {
      const path = `/v1/projects/${yield* project}/self-hosted/distribution/credentials`
      for (const query of ["scopes=member", "scopes=self-hosted:products&scopes=self-hosted:x", "provider=docker"]) {
        const { json, status } = yield* send("POST", `${path}?${query}`, { body: {} })
        assert.strictEqual(status, 400)
        assert.include(json, { err_code: "INVALID_QUERY_PARAMETER" })
      }
      const twice = yield* inProject((id) =>
        SelfHosted.create(id, {
          scopes: ["self-hosted:product:engine", "self-hosted:product:api", "self-hosted:product:engine"]
        })
      )
      assert.deepStrictEqual(twice.distribution_credentials.scopes, [
        "self-hosted:product:engine",
        "self-hosted:product:api"
      ])
      assert.strictEqual((yield* send("POST", path, { body: { comment: 5 } })).status, 400)
      assert.strictEqual((yield* send("POST", path)).status, 200)
    }))

  it.effect("many at a time are all there", () =>
    Effect.gen(function*() {
      const before = (yield* inProject(SelfHosted.list)).distribution_credentials.length
      yield* Effect.replicateEffect(inProject((id) => SelfHosted.create(id)), 100, { concurrency: "unbounded" })
      assert.strictEqual((yield* inProject(SelfHosted.list)).distribution_credentials.length, before + 100)
    }))
})
