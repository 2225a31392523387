import { Emulator } from "@effect-deepgram/emulator"
import { assert, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Invites, Keys, Members } from "effect-deepgram"
import { failureOf, inProject, newKey, newMember, nothing, project, send, withKey } from "./management.ts"

const emails = Effect.map(inProject(Members.list), ({ members }) => members.map(({ email }) => email))

const idOf = (email: string) =>
  Effect.map(
    inProject(Members.list),
    ({ members }) => members.find((member) => member.email === email)?.member_id ?? nothing
  )

const scopesOf = (email: string) =>
  Effect.gen(function*() {
    const member = yield* idOf(email)
    return (yield* inProject((id) => Members.listScopes(id, member))).scopes
  })

const setScope = (email: string, scope: string) =>
  Effect.gen(function*() {
    const member = yield* idOf(email)
    yield* inProject((id) => Members.updateScopes(id, member, { scope }))
  })

const owner = "owner@emulator.invalid"

layer(Emulator.layerSdk())("invitations", (it) => {
  const invite = (email: string, scope = "member") => inProject((id) => Invites.create(id, { email, scope }))

  it.effect("are open until they are accepted or withdrawn", () =>
    Effect.gen(function*() {
      const { message } = yield* invite("a+b@example.com")
      assert.match(message!, /a\+b@example\.com/)
      yield* invite("c@example.com", "admin")
      const { invites } = yield* inProject(Invites.list)
      assert.deepStrictEqual(invites, [
        { email: "a+b@example.com", scope: "member" },
        { email: "c@example.com", scope: "admin" }
      ])
      yield* inProject((id) => Invites.delete(id, "a+b@example.com"))
      assert.lengthOf((yield* inProject(Invites.list)).invites, 1)
      assert.deepStrictEqual(yield* emails, [owner])

      const { acceptInvite } = yield* Emulator.Emulator
      const key = yield* acceptInvite("C@example.com")
      assert.deepStrictEqual((yield* inProject(Invites.list)).invites, [])
      assert.deepStrictEqual(yield* withKey(key)(emails), [owner, "c@example.com"])
      assert.deepStrictEqual(yield* scopesOf("c@example.com"), ["admin"])
    }))

  it.effect("are for people who neither have one nor are members", () =>
    Effect.gen(function*() {
      yield* invite("twice@example.com")
      assert.strictEqual(yield* failureOf(invite("Twice@example.com", "admin")), "Conflict")
      assert.strictEqual(yield* failureOf(invite(owner)), "Conflict")
      yield* inProject((id) => Invites.delete(id, "twice@example.com"))
      yield* invite("Twice@example.com")
      assert.strictEqual(yield* failureOf(inProject((id) => Invites.delete(id, "nobody@example.com"))), "NotFound")
    }))

  it.effect("are accepted once, and by nobody else", () =>
    Effect.gen(function*() {
      const { acceptInvite } = yield* Emulator.Emulator
      yield* invite("once@example.com")
      const attempts = yield* Effect.replicateEffect(Effect.exit(acceptInvite("once@example.com")), 10, {
        concurrency: "unbounded"
      })
      assert.lengthOf(attempts.filter((exit) => exit._tag === "Success"), 1)
      assert.strictEqual(yield* failureOf(acceptInvite("never@example.com")), "NoSuchElementError")
    }))

  it.effect("name a role and an address", () =>
    Effect.gen(function*() {
      const path = `/v1/projects/${yield* project}/invites`
      for (
        const body of [
          { email: "somebody", scope: "member" },
          { email: "a@example.com", scope: "usage:write" },
          { email: "a@example.com", scope: "boss" },
          { email: "a@example.com" },
          { scope: "member" },
          // What could not be withdrawn, as it can be no part of a path.
          { email: "\u0001@x", scope: "member" },
          { email: "a@\ud800", scope: "member" },
          { email: "a b@example.com", scope: "member" }
        ]
      ) {
        const { json, status } = yield* send("POST", path, { body })
        assert.strictEqual(status, 400)
        assert.property(json, "category")
      }
      const { status } = yield* send("DELETE", `${path}/somebody`)
      assert.strictEqual(status, 404)
    }))

  it.effect("can be withdrawn, whatever the address is", () =>
    Effect.gen(function*() {
      const open = (yield* inProject(Invites.list)).invites.length
      for (const email of [`${"long".repeat(50)}@example.com`, "a/b;c?d#e%20+&=@example.com", "İ@example.com"]) {
        yield* invite(email)
        yield* inProject((id) => Invites.delete(id, email))
      }
      assert.lengthOf((yield* inProject(Invites.list)).invites, open)
    }))

  it.effect("give nobody more than one may do", () =>
    Effect.gen(function*() {
      const some = ["project:read", "members:write:invites", "owners:write:invites", "admins:write:invites"]
      const inviting = withKey(yield* newKey(...some))
      for (const role of ["owner", "admin", "member"]) {
        assert.strictEqual(yield* failureOf(inviting(invite("friend@example.com", role))), "PermissionDenied", role)
      }
      yield* withKey(yield* newKey("member", "members:write:invites"))(invite("friend@example.com"))
    }))

  it.effect("are made by those who may, by role", () =>
    Effect.gen(function*() {
      const admin = withKey(yield* newMember("inviting@example.com", "admin"))
      yield* admin(invite("d@example.com"))
      yield* admin(invite("e@example.com", "admin"))
      assert.strictEqual(yield* failureOf(admin(invite("f@example.com", "owner"))), "PermissionDenied")
      yield* invite("g@example.com", "owner")
      assert.strictEqual(
        yield* failureOf(admin(inProject((id) => Invites.delete(id, "g@example.com")))),
        "PermissionDenied"
      )
      const member = withKey(yield* newKey("member"))
      assert.strictEqual(yield* failureOf(member(invite("h@example.com"))), "PermissionDenied")
      assert.strictEqual(yield* failureOf(member(inProject(Invites.list))), "PermissionDenied")
      yield* admin(inProject((id) => Invites.delete(id, "e@example.com")))
    }))

  it.effect("many at a time are all there, and the same ones once", () =>
    Effect.gen(function*() {
      const before = (yield* inProject(Invites.list)).invites.length
      const addresses = Array.from({ length: 100 }, (_, i) => `guest${i % 50}@example.com`)
      const exits = yield* Effect.forEach(addresses, (email) => Effect.exit(invite(email)), {
        concurrency: "unbounded"
      })
      assert.lengthOf(exits.filter((exit) => exit._tag === "Success"), 50)
      assert.strictEqual((yield* inProject(Invites.list)).invites.length, before + 50)
    }))
})

it.effect("who is removed cannot call any more, and can be invited again", () =>
  Effect.gen(function*() {
    const key = yield* newMember("guest@example.com", "member")
    const made = yield* withKey(key)(newKey("usage:write"))
    const member = yield* idOf("guest@example.com")
    yield* inProject((id) => Members.delete(id, member))
    for (const lost of [key, made]) assert.strictEqual(yield* failureOf(withKey(lost)(project)), "Unauthorized")
    assert.deepStrictEqual(yield* emails, [owner])
    assert.lengthOf((yield* inProject((id) => Keys.list(id))).api_keys, 1)
    assert.strictEqual(yield* failureOf(inProject((id) => Members.delete(id, member))), "NotFound")
    assert.strictEqual(yield* failureOf(inProject((id) => Members.listScopes(id, member))), "NotFound")
    yield* newMember("guest@example.com", "admin")
    assert.notStrictEqual(yield* idOf("guest@example.com"), member)
  }).pipe(Effect.provide(Emulator.layerSdk())))

layer(Emulator.layerSdk())("the scopes of a member", (it) => {
  it.effect("are a role, which takes the place of the one before, and more", () =>
    Effect.gen(function*() {
      yield* newMember("a@example.com", "member")
      const steps = [
        ["admin", ["admin"]],
        ["billing:write", ["admin", "billing:write"]],
        ["owner", ["billing:write", "owner"]],
        ["owner", ["billing:write", "owner"]],
        ["member", ["billing:write", "member"]]
      ] as const
      for (const [scope, expected] of steps) {
        yield* setScope("a@example.com", scope)
        assert.deepStrictEqual(yield* scopesOf("a@example.com"), expected)
      }
      const member = yield* idOf("a@example.com")
      const path = `/v1/projects/${yield* project}/members/${member}/scopes`
      for (const body of [{ scope: "boss" }, { scopes: ["admin"] }, {}]) {
        assert.strictEqual((yield* send("PUT", path, { body })).status, 400)
      }
      assert.strictEqual(yield* failureOf(setScope("nobody@example.com", "admin")), "NotFound")
    }))

  it.effect("leave the project an owner", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* failureOf(setScope(owner, "admin")), "Conflict")
      yield* setScope(owner, "owner")
      const own = yield* idOf(owner)
      assert.strictEqual(yield* failureOf(inProject((id) => Members.delete(id, own))), "Conflict")
      const second = withKey(yield* newMember("second@example.com", "owner"))
      yield* setScope(owner, "admin")
      yield* second(setScope(owner, "owner"))
    }))

  it.effect("are changed by those who may, by role", () =>
    Effect.gen(function*() {
      const admin = withKey(yield* newMember("admin@example.com", "admin"))
      yield* newMember("small@example.com", "member")
      yield* admin(setScope("small@example.com", "admin"))
      yield* admin(setScope("small@example.com", "member"))
      for (const [email, scope] of [["small@example.com", "owner"], [owner, "member"], [owner, "owner"]] as const) {
        assert.strictEqual(yield* failureOf(admin(setScope(email, scope))), "PermissionDenied")
      }
      // What one has not, one cannot give away.
      assert.strictEqual(yield* failureOf(admin(setScope("small@example.com", "billing:write"))), "PermissionDenied")
      yield* admin(setScope("small@example.com", "billing:read"))
      // Both roles count: the one that is left, and the one that is taken.
      yield* newMember("falling@example.com", "admin")
      const half = ["member", "members:read", "admins:read", "owners:read", "admins:write:scopes"]
      const demote = setScope("falling@example.com", "member")
      assert.strictEqual(yield* failureOf(withKey(yield* newKey(...half))(demote)), "PermissionDenied")
      yield* withKey(yield* newKey(...half, "members:write:scopes"))(demote)
      const own = yield* idOf(owner)
      assert.strictEqual(yield* failureOf(admin(inProject((id) => Members.delete(id, own)))), "PermissionDenied")
      const small = yield* idOf("small@example.com")
      yield* admin(inProject((id) => Members.delete(id, small)))
    }))

  it.effect("are seen by those who may, and by oneself", () =>
    Effect.gen(function*() {
      const member = withKey(yield* newMember("self@example.com", "member"))
      const [self, own] = [yield* idOf("self@example.com"), yield* idOf(owner)]
      const { scopes } = yield* member(inProject((id) => Members.listScopes(id, self)))
      assert.deepStrictEqual(scopes, ["member"])
      assert.strictEqual(
        yield* failureOf(member(inProject((id) => Members.listScopes(id, own)))),
        "PermissionDenied"
      )
      assert.strictEqual(yield* failureOf(member(inProject(Members.list))), "PermissionDenied")
    }))
})

it.effect("who may do nothing to anybody does not get to know who there is", () =>
  Effect.gen(function*() {
    yield* inProject((id) => Invites.create(id, { email: "a@example.com", scope: "member" }))
    const own = yield* idOf(owner)
    const member = withKey(yield* newMember("curious@example.com", "member"))
    for (const id of [own, nothing]) {
      const operations = [
        Effect.asVoid(inProject((project) => Members.delete(project, id))),
        Effect.asVoid(inProject((project) => Members.listScopes(project, id))),
        Effect.asVoid(inProject((project) => Members.updateScopes(project, id, { scope: "member" })))
      ]
      for (const operation of operations) assert.strictEqual(yield* failureOf(member(operation)), "PermissionDenied")
    }
    for (const email of ["a@example.com", "nobody@example.com"]) {
      assert.strictEqual(
        yield* failureOf(member(inProject((id) => Invites.delete(id, email)))),
        "PermissionDenied"
      )
    }
  }).pipe(Effect.provide(Emulator.layerSdk())))

it.effect("another project has no members here", () =>
  Effect.gen(function*() {
    const operations = [
      Effect.asVoid(Members.list(nothing)),
      Effect.asVoid(Members.delete(nothing, nothing)),
      Effect.asVoid(Invites.list(nothing)),
      Effect.asVoid(Invites.create(nothing, { email: "a@example.com", scope: "member" }))
    ]
    for (const operation of operations) assert.strictEqual(yield* failureOf(operation), "NotFound")
  }).pipe(Effect.provide(Emulator.layerSdk())))
