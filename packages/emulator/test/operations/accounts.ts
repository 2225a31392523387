import { Emulator } from "@effect-deepgram/emulator"
import { assert } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { Deepgram, Invites, Keys, Members, Models, Projects, SelfHosted, Tokens } from "effect-deepgram"
import { inProject, project, type RoundTrip, transcribed } from "./support.ts"

const newKey = inProject((id) => Keys.create(id, { comment: "tests", scopes: ["usage:write"], tags: ["a"] }))

const newCredentials = inProject((id) =>
  SelfHosted.create(id, { comment: "tests", scopes: ["self-hosted:product:api"], provider: "quay" })
)

const member = Effect.map(inProject(Members.list), ({ members }) => members[0]!)

/** A second member, and a key of that member. */
const joined = Effect.gen(function*() {
  const email = "second@example.com"
  yield* inProject((id) => Invites.create(id, { email, scope: "member" }))
  const { acceptInvite } = yield* Emulator.Emulator
  const key = yield* acceptInvite(email)
  const { members } = yield* inProject(Members.list)
  return { key, member_id: members.find((other) => other.email === email)!.member_id }
})

export const accounts = {
  "Projects.list": { run: Effect.map(Projects.list(), ({ projects }) => assert.strictEqual(projects.length, 1)) },
  "Projects.get": {
    run: Effect.gen(function*() {
      assert.strictEqual((yield* inProject(Projects.get)).project_id, yield* project)
    })
  },
  "Projects.update": {
    run: Effect.gen(function*() {
      yield* inProject((id) => Projects.update(id, { name: "Another name" }))
      assert.strictEqual((yield* inProject(Projects.get)).name, "Another name")
    })
  },
  "Projects.delete": {
    run: Effect.gen(function*() {
      const id = yield* project
      yield* Projects.delete(id)
      assert.oneOf((yield* Effect.flip(Projects.get(id)))._tag, ["NotFound", "Unauthorized"])
    })
  },
  "Projects.leave": {
    run: Effect.gen(function*() {
      const { key, member_id } = yield* joined
      const { url } = yield* Emulator.Emulator
      yield* inProject(Projects.leave).pipe(Effect.provide(Deepgram.layer({ apiKey: key, baseUrl: url })))
      const { members } = yield* inProject(Members.list)
      assert.notInclude(members.map((other) => other.member_id), member_id)
    })
  },
  "Keys.create": {
    run: Effect.gen(function*() {
      const { key } = yield* newKey
      const { url } = yield* Emulator.Emulator
      yield* Effect.provide(transcribed, Deepgram.layer({ apiKey: key, baseUrl: url }))
      assert.notInclude(String(key), Redacted.value(key))
    })
  },
  "Keys.list": {
    run: Effect.gen(function*() {
      const { api_key_id } = yield* newKey
      const { api_keys } = yield* inProject((id) => Keys.list(id, { status: "active" }))
      assert.include(api_keys.map(({ api_key }) => api_key.api_key_id), api_key_id)
    })
  },
  "Keys.get": {
    run: Effect.gen(function*() {
      const { api_key_id } = yield* newKey
      const { api_key, member: owner } = yield* inProject((id) => Keys.get(id, api_key_id))
      assert.deepStrictEqual([api_key.comment, api_key.tags], ["tests", ["a"]])
      assert.strictEqual(owner?.member_id, (yield* member).member_id)
    })
  },
  "Keys.delete": {
    run: Effect.gen(function*() {
      const { api_key_id, key } = yield* newKey
      yield* inProject((id) => Keys.delete(id, api_key_id))
      const { url } = yield* Emulator.Emulator
      const error = yield* transcribed.pipe(
        Effect.provide(Deepgram.layer({ apiKey: key, baseUrl: url })),
        Effect.flip
      )
      assert.strictEqual(error._tag, "Unauthorized")
    })
  },
  "Members.list": { run: Effect.map(member, ({ scopes }) => assert.include(scopes ?? [], "owner")) },
  "Members.listScopes": {
    run: Effect.gen(function*() {
      const { member_id, scopes } = yield* member
      const found = yield* inProject((id) => Members.listScopes(id, member_id))
      assert.deepStrictEqual(found.scopes, scopes)
    })
  },
  "Members.updateScopes": {
    run: Effect.gen(function*() {
      const { member_id } = yield* joined
      yield* inProject((id) => Members.updateScopes(id, member_id, { scope: "admin" }))
      assert.deepStrictEqual((yield* inProject((id) => Members.listScopes(id, member_id))).scopes, ["admin"])
    })
  },
  "Members.delete": {
    run: Effect.gen(function*() {
      const { member_id } = yield* joined
      yield* inProject((id) => Members.delete(id, member_id))
      const { members } = yield* inProject(Members.list)
      assert.notInclude(members.map((other) => other.member_id), member_id)
    })
  },
  "Invites.create": {
    run: inProject((id) => Invites.create(id, { email: "a+b@example.com", scope: "member" }))
  },
  "Invites.list": {
    run: Effect.gen(function*() {
      yield* inProject((id) => Invites.create(id, { email: "a+b@example.com", scope: "member" }))
      const { invites } = yield* inProject(Invites.list)
      assert.deepStrictEqual(invites, [{ email: "a+b@example.com", scope: "member" }])
    })
  },
  "Invites.delete": {
    run: Effect.gen(function*() {
      yield* inProject((id) => Invites.create(id, { email: "a+b@example.com", scope: "member" }))
      yield* inProject((id) => Invites.delete(id, "a+b@example.com"))
      assert.deepStrictEqual((yield* inProject(Invites.list)).invites, [])
    })
  },
  "Models.list": {
    run: Effect.map(Models.list(), ({ stt, tts }) => {
      assert.isTrue(stt.some(({ canonical_name }) => canonical_name === "nova-3"))
      assert.isTrue(tts.some(({ canonical_name }) => canonical_name === "aura-2-thalia-en"))
    })
  },
  "Models.get": {
    run: Effect.gen(function*() {
      const { stt: [model] } = yield* Models.list()
      assert.deepStrictEqual(yield* Models.get(model!.uuid!), { ...model })
    })
  },
  "Models.listForProject": {
    run: Effect.map(inProject((id) => Models.listForProject(id)), ({ stt }) => assert.isAbove(stt.length, 0))
  },
  "Models.getForProject": {
    run: Effect.gen(function*() {
      const { tts: [model] } = yield* inProject((id) => Models.listForProject(id))
      assert.deepStrictEqual(yield* inProject((id) => Models.getForProject(id, model!.uuid!)), { ...model })
    })
  },
  "SelfHosted.create": {
    run: Effect.map(
      newCredentials,
      ({ distribution_credentials }) =>
        assert.deepStrictEqual(distribution_credentials.scopes, ["self-hosted:product:api"])
    )
  },
  "SelfHosted.list": {
    run: Effect.gen(function*() {
      const made = yield* newCredentials
      assert.deepStrictEqual((yield* inProject(SelfHosted.list)).distribution_credentials, [made])
    })
  },
  "SelfHosted.get": {
    run: Effect.gen(function*() {
      const made = yield* newCredentials
      const { distribution_credentials_id } = made.distribution_credentials
      assert.deepStrictEqual(yield* inProject((id) => SelfHosted.get(id, distribution_credentials_id)), made)
    })
  },
  "SelfHosted.delete": {
    run: Effect.gen(function*() {
      const made = yield* newCredentials
      const { distribution_credentials_id } = made.distribution_credentials
      assert.deepStrictEqual(yield* inProject((id) => SelfHosted.delete(id, distribution_credentials_id)), made)
      assert.deepStrictEqual((yield* inProject(SelfHosted.list)).distribution_credentials, [])
    })
  },
  "Tokens.grant": {
    run: Effect.gen(function*() {
      const { access_token, expires_in } = yield* Tokens.grant({ ttl_seconds: 20 })
      assert.strictEqual(expires_in, 20)
      const { url } = yield* Emulator.Emulator
      const granted = Deepgram.layer({ accessToken: access_token, baseUrl: url })
      yield* Effect.provide(transcribed, granted)
      const error = yield* Projects.list().pipe(Effect.provide(granted), Effect.flip)
      assert.strictEqual(error._tag, "PermissionDenied")
    })
  }
} satisfies Readonly<Record<string, RoundTrip>>
