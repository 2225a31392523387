import { Emulator, Recording } from "@effect-deepgram/emulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { DateTime, Duration, Effect, Redacted, Schema } from "effect"
import { type Deepgram, Invites, Keys, ListenV1, Members, Projects } from "effect-deepgram"
import { TestClock } from "effect/testing"
import { failureOf, inProject, newKey, newMember, nothing, project, send, sendAfter, withKey } from "./management.ts"

const recording = Recording.wav("Good morning.", { sampleRate: 8_000, encoding: "mulaw" })

const transcribe = ListenV1.transcribeFile(recording, { model: "nova-3" })

const comments = (status?: "active" | "expired") =>
  Effect.map(
    inProject((id) => Keys.list(id, { status })),
    ({ api_keys }) => api_keys.map(({ api_key }) => api_key.comment)
  )

layer(Emulator.layerSdk())("the life of a key", (it) => {
  it.effect("it is of use at once, shown once, found by its id, and of no use when it is deleted", () =>
    Effect.gen(function*() {
      const made = yield* inProject((id) =>
        Keys.create(id, { comment: "batch", scopes: ["usage:write"], tags: ["night"] })
      )
      const secret = Redacted.value(made.key)
      assert.match(secret, /^[0-9a-f]{40}$/)
      yield* withKey(made.key)(transcribe)

      const { api_key_id } = made
      const found = yield* inProject((id) => Keys.get(id, api_key_id))
      assert.deepStrictEqual({ ...made }, { ...found.api_key, key: made.key })
      assert.deepStrictEqual(found.api_key, {
        api_key_id,
        comment: "batch",
        scopes: ["usage:write"],
        tags: ["night"],
        created: DateTime.formatIso(yield* DateTime.now)
      })
      const { members: [owner] } = yield* inProject(Members.list)
      assert.strictEqual(found.member?.member_id, owner?.member_id)
      assert.strictEqual(found.member?.email, owner?.email)
      const { api_keys } = yield* inProject((id) => Keys.list(id))
      assert.deepStrictEqual(api_keys.at(-1), found)
      assert.notInclude(JSON.stringify((yield* send("GET", `/v1/projects/${yield* project}/keys`)).json), secret)

      yield* inProject((id) => Keys.delete(id, api_key_id))
      assert.strictEqual(yield* failureOf(withKey(made.key)(transcribe)), "Unauthorized")
      assert.strictEqual(yield* failureOf(inProject((id) => Keys.get(id, api_key_id))), "NotFound")
      assert.strictEqual(yield* failureOf(inProject((id) => Keys.delete(id, api_key_id))), "NotFound")
      assert.notInclude(yield* comments(), "batch")
    }))

  it.effect("the emulator's own key is listed too, and can be deleted", () =>
    Effect.gen(function*() {
      assert.lengthOf(yield* comments(), 1)
      const { api_keys: [own] } = yield* inProject((id) => Keys.list(id))
      yield* inProject((id) => Keys.delete(id, own!.api_key.api_key_id))
      assert.strictEqual(yield* failureOf(project), "Unauthorized")
    }).pipe(Effect.provide(Emulator.layerSdk(), { local: true })))

  it.effect("it may expire at a moment or after a time", () =>
    Effect.gen(function*() {
      const inAnHour = DateTime.formatIso(DateTime.add(yield* DateTime.now, { hours: 1 }))
      const create = (options: { expiration_date?: string; time_to_live_in_seconds?: number }) =>
        inProject((id) =>
          Keys.create(id, { comment: Object.keys(options).join(), scopes: ["usage:write"], ...options } as never)
        )
      const until = yield* create({ expiration_date: inAnHour })
      const during = yield* create({ time_to_live_in_seconds: 1800 })
      assert.strictEqual(until.expiration_date, inAnHour)
      yield* withKey(during.key)(transcribe)
      yield* TestClock.adjust(Duration.seconds(1799))
      yield* withKey(during.key)(transcribe)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* failureOf(withKey(during.key)(transcribe)), "Unauthorized")
      yield* withKey(until.key)(transcribe)
      assert.deepStrictEqual(yield* comments("expired"), ["time_to_live_in_seconds"])
      assert.include(yield* comments("active"), "expiration_date")
      yield* TestClock.adjust("30 minutes")
      assert.strictEqual(yield* failureOf(withKey(until.key)(transcribe)), "Unauthorized")
      assert.deepStrictEqual(yield* comments("expired"), ["expiration_date", "time_to_live_in_seconds"])
      assert.deepStrictEqual(
        [...yield* comments("active"), ...yield* comments("expired")].toSorted(),
        (yield* comments()).toSorted()
      )
    }))

  it.effect("it expires at the moment that a date says, in UTC unless it has an offset", () =>
    Effect.gen(function*() {
      const dates = [
        ["2030-02-28", "2030-02-28T00:00:00.000Z"],
        ["2030-01-01T10:00:00", "2030-01-01T10:00:00.000Z"],
        ["2030-01-01T10:00:00.5Z", "2030-01-01T10:00:00.500Z"],
        ["2030-01-01T10:00:00+02:00", "2030-01-01T08:00:00.000Z"]
      ] as const
      for (const [expiration_date, expected] of dates) {
        const made = yield* inProject((id) => Keys.create(id, { comment: "", scopes: ["member"], expiration_date }))
        assert.strictEqual(made.expiration_date, expected)
      }
    }))

  it.effect("many at a time are all there, each once", () =>
    Effect.gen(function*() {
      const made = yield* Effect.forEach(
        Array.from({ length: 100 }, (_, i) => `key ${i}`),
        (comment) => inProject((id) => Keys.create(id, { comment, scopes: ["usage:write"] })),
        { concurrency: "unbounded" }
      )
      const { api_keys } = yield* inProject((id) => Keys.list(id))
      const listed = new Set(api_keys.map(({ api_key }) => api_key.api_key_id))
      assert.strictEqual(listed.size, api_keys.length)
      for (const { api_key_id } of made) assert.isTrue(listed.has(api_key_id))
      assert.strictEqual(new Set(made.map(({ key }) => Redacted.value(key))).size, 100)
    }))
})

layer(Emulator.layerSdk())("what a key may do", (it) => {
  it.effect("is what its scopes say", () =>
    Effect.gen(function*() {
      const listKeys = inProject((id) => Keys.list(id))
      const cases = [
        [["usage:write"], transcribe, undefined],
        [["usage:read"], transcribe, "PermissionDenied"],
        [["member"], transcribe, undefined],
        [["usage:write"], Projects.list(), "PermissionDenied"],
        [["project:read"], Projects.list(), undefined],
        [["project:write"], Projects.list(), undefined],
        [["project:read", "keys:read"], listKeys, undefined],
        [["project:read", "keys:write"], listKeys, undefined],
        [["project:read"], listKeys, "PermissionDenied"],
        [["member"], newKey("member"), undefined],
        [["project:read", "keys:read"], newKey("keys:read"), "PermissionDenied"],
        [["admin"], inProject(Projects.delete), "PermissionDenied"],
        [["member"], inProject(Members.list), "PermissionDenied"],
        [["admin"], inProject(Members.list), undefined]
      ] as const
      for (const [scopes, operation, failure] of cases) {
        const key = yield* newKey(...scopes)
        const attempt: Effect.Effect<unknown, { readonly _tag: string }, Deepgram.Deepgram> = operation
        const outcome = yield* withKey(key)(Effect.match(attempt, {
          onSuccess: () => undefined,
          onFailure: ({ _tag }) => _tag
        }))
        assert.strictEqual(outcome, failure, scopes.join())
      }
    }))

  it.effect("is never more than its maker may do", () =>
    Effect.gen(function*() {
      const member = withKey(yield* newKey("member"))
      for (const scopes of [["owner"], ["admin"], ["usage:write", "billing:read"], ["self-hosted:products"]]) {
        assert.strictEqual(yield* failureOf(member(newKey(...scopes))), "PermissionDenied", scopes.join())
      }
      for (const scopes of [["member"], ["usage:write", "keys:read"]]) yield* member(newKey(...scopes))
      const writer = withKey(yield* newKey("project:read", "keys:write", "usage:write"))
      yield* writer(newKey("usage:write"))
      assert.strictEqual(yield* failureOf(writer(newKey("member"))), "PermissionDenied")
    }))

  it.effect("is never more than the member behind its maker may do by now", () =>
    Effect.gen(function*() {
      const old = withKey(yield* newMember("changing@example.com", "admin"))
      const { members } = yield* inProject(Members.list)
      const { member_id } = members.find(({ email }) => email === "changing@example.com")!
      const setRole = (scope: string) => inProject((id) => Members.updateScopes(id, member_id, { scope }))
      yield* old(newKey("admin"))
      yield* setRole("member")
      for (const scope of ["admin", "billing:read"]) {
        assert.strictEqual(yield* failureOf(old(newKey(scope))), "PermissionDenied")
      }
      // Nor is the role won back with a key from before.
      assert.strictEqual(yield* failureOf(old(setRole("admin"))), "PermissionDenied")
      const guest = { email: "guest@example.com", scope: "admin" }
      assert.strictEqual(yield* failureOf(old(inProject((id) => Invites.create(id, guest)))), "PermissionDenied")
      // What it has it keeps.
      yield* old(inProject(Members.list))
      yield* old(newKey("member"))
      yield* setRole("owner")
      yield* old(newKey("admin"))
      assert.strictEqual(yield* failureOf(old(newKey("owner"))), "PermissionDenied")
    }))

  it.effect("is nothing when its maker is removed while it is made", () =>
    Effect.gen(function*() {
      const id = yield* project
      const key = yield* newMember("brief@example.com", "member")
      const { members } = yield* inProject(Members.list)
      const { member_id } = members.find(({ email }) => email === "brief@example.com")!
      const before = yield* comments()
      const status = yield* sendAfter(Members.delete(id, member_id), {
        method: "POST",
        path: `/v1/projects/${id}/keys`,
        authorization: `Token ${Redacted.value(key)}`,
        body: { comment: "too late", scopes: ["member"] }
      })
      assert.strictEqual(status, 403)
      assert.deepStrictEqual(yield* comments(), before.filter((comment) => comment !== "brief@example.com"))
    }))

  it.effect("is said once", () =>
    Effect.gen(function*() {
      const scopes = ["usage:write", "member", "usage:write", "member"]
      const made = yield* inProject((id) => Keys.create(id, { comment: "", scopes }))
      assert.deepStrictEqual(made.scopes, ["usage:write", "member"])
    }))

  it.effect("members see and delete the keys of their own, owners all", () =>
    Effect.gen(function*() {
      const member = withKey(yield* newMember("own@example.com", "member"))
      const admin = withKey(yield* newMember("admin@example.com", "admin"))
      yield* member(newKey("usage:write"))
      const own = yield* member(inProject((id) => Keys.list(id)))
      assert.deepStrictEqual(own.api_keys.map(({ member }) => member?.email), ["own@example.com", "own@example.com"])
      const all = yield* inProject((id) => Keys.list(id))
      assert.deepStrictEqual(yield* admin(inProject((id) => Keys.list(id))), all)
      const others = all.api_keys[0]!.api_key.api_key_id
      assert.strictEqual(yield* failureOf(member(inProject((id) => Keys.get(id, others)))), "NotFound")
      assert.strictEqual(yield* failureOf(member(inProject((id) => Keys.delete(id, others)))), "NotFound")
      assert.strictEqual(yield* failureOf(admin(inProject((id) => Keys.delete(id, others)))), "PermissionDenied")
      const [first, second] = own.api_keys.map(({ api_key }) => api_key.api_key_id)
      yield* inProject((id) => Keys.delete(id, second!))
      yield* member(inProject((id) => Keys.delete(id, first!)))
      assert.strictEqual(yield* failureOf(member(project)), "Unauthorized")
    }))
})

layer(Emulator.layerSdk())("what is refused", (it) => {
  const create = (body: unknown) => Effect.flatMap(project, (id) => send("POST", `/v1/projects/${id}/keys`, { body }))

  const wrong: ReadonlyArray<readonly [string, unknown, string, RegExp]> = [
    ["no JSON", "{", "INVALID_JSON", /Json deserialize error/],
    ["an array", "[]", "INVALID_JSON", /Json deserialize error/],
    ["nothing", "", "INVALID_JSON", /comment/],
    ["no scopes", { comment: "a" }, "INVALID_JSON", /scopes/],
    ["scopes of another type", { comment: "a", scopes: "member" }, "INVALID_JSON", /scopes/],
    ["an empty list of scopes", { comment: "a", scopes: [] }, "INVALID_REQUEST", /needs a scope/],
    ["a scope that is none", { comment: "a", scopes: ["member", "usage"] }, "INVALID_REQUEST", /no scope usage/],
    [
      "two expirations",
      { comment: "a", scopes: ["member"], expiration_date: "2999-01-01", time_to_live_in_seconds: 60 },
      "INVALID_JSON",
      /exclude each other/
    ],
    ["no date", { comment: "a", scopes: ["member"], expiration_date: "soon" }, "INVALID_REQUEST", /date that there is/],
    ...[
      "2030-02-31",
      "2030-02-31T10:00:00Z",
      "2030-01-01T25:00:00Z",
      "Jan 1 2030",
      "5000",
      "2030-01-01 (or so)",
      "2030-01-01 10:00",
      " 2030-01-01",
      ""
    ].map((date): [string, unknown, string, RegExp] => [
      `${JSON.stringify(date)} as a date`,
      { comment: "a", scopes: ["member"], expiration_date: date },
      "INVALID_REQUEST",
      /date that there is/
    ]),
    ["the past", { comment: "a", scopes: ["member"], expiration_date: "1969-12-31" }, "INVALID_REQUEST", /future/],
    ["a negative time", { comment: "a", scopes: ["member"], time_to_live_in_seconds: -1 }, "INVALID_REQUEST", /future/],
    ["no time", { comment: "a", scopes: ["member"], time_to_live_in_seconds: 0 }, "INVALID_REQUEST", /future/],
    ["for ever", { comment: "a", scopes: ["member"], time_to_live_in_seconds: 1e99 }, "INVALID_REQUEST", /date that/]
  ]
  for (const [name, body, category, text] of wrong) {
    it.effect(`${name}: 400 ${category}`, () =>
      Effect.gen(function*() {
        const { headers, json, status } = yield* create(body)
        assert.strictEqual(status, 400)
        const answer = json as Record<string, string>
        assert.strictEqual(answer["category"], category)
        assert.match(`${answer["message"]} ${answer["details"]}`, text)
        assert.strictEqual(answer["request_id"], headers.get("dg-request-id"))
        assert.lengthOf(yield* comments(), 1)
      }))
  }

  it.effect("a status that is none", () =>
    Effect.gen(function*() {
      const { json, status } = yield* send("GET", `/v1/projects/${yield* project}/keys?status=lost`)
      assert.strictEqual(status, 400)
      assert.include(json, { err_code: "INVALID_QUERY_PARAMETER" })
    }))

  it.effect("another project", () =>
    Effect.gen(function*() {
      for (const operation of [Keys.list(nothing), Keys.get(nothing, nothing), Keys.delete(nothing, nothing)]) {
        assert.strictEqual(
          yield* failureOf(operation),
          "NotFound"
        )
      }
    }))

  it.effect("a body of more than a megabyte", () =>
    Effect.gen(function*() {
      const { status } = yield* create({ comment: "a".repeat(1_100_000), scopes: ["member"] })
      assert.strictEqual(status, 413)
    }))
})

describe("a server without authentication", () => {
  it.effect("makes keys, and asks for none", () =>
    Effect.gen(function*() {
      const made = yield* newKey("owner")
      assert.deepStrictEqual(yield* comments(), ["tests"])
      yield* withKey(made)(transcribe)
      const { status } = yield* send("GET", "/v1/projects", { authorization: "" })
      assert.strictEqual(status, 200)
    }).pipe(Effect.provide(Emulator.layerSdk({ apiKeys: "none" }))))
})

const Step = Schema.Union([
  Schema.Struct({ do: Schema.Literal("create"), ttl: Schema.Literals([1, 2, 3, "for ever"]) }),
  Schema.Struct({ do: Schema.Literal("delete"), which: Schema.Literals([0, 1, 2, 3, 4]) }),
  Schema.Struct({ do: Schema.Literal("wait") })
])

interface Made {
  readonly id: string
  readonly key: Redacted.Redacted
  /** Seconds from the start. */
  readonly expires: number
  deleted: boolean
}

it.effect.prop(
  "whatever is done, in whatever order, the keys of use are those of a simple model",
  { steps: Schema.Array(Step) },
  ({ steps }) =>
    Effect.gen(function*() {
      const id = yield* project
      const made: Array<Made> = []
      let now = 0
      for (const step of steps) {
        switch (step.do) {
          case "create": {
            const limited = step.ttl === "for ever" ? undefined : { time_to_live_in_seconds: step.ttl }
            const { api_key_id, key } = yield* Keys.create(id, { comment: "", scopes: ["project:read"], ...limited })
            made.push({
              id: api_key_id,
              key,
              expires: now + (limited?.time_to_live_in_seconds ?? Infinity),
              deleted: false
            })
            break
          }
          case "delete": {
            const target = made[step.which]
            const exit = yield* Effect.exit(Keys.delete(id, target?.id ?? nothing))
            assert.strictEqual(exit._tag, target?.deleted === false ? "Success" : "Failure")
            if (target !== undefined) target.deleted = true
            break
          }
          case "wait": {
            yield* TestClock.adjust("1 second")
            now++
          }
        }
        const kept = made.filter(({ deleted }) => !deleted)
        const idsOf = (status: "active" | "expired") =>
          Effect.map(Keys.list(id, { status }), ({ api_keys }) =>
            api_keys.flatMap(({ api_key }) => api_key.comment === "" ? [api_key.api_key_id] : []))
        const active = kept.filter(({ expires }) =>
          expires > now
        )
        assert.deepStrictEqual(yield* idsOf("active"), active.map(({ id }) => id))
        assert.deepStrictEqual(
          yield* idsOf("expired"),
          kept.filter(({ expires }) => expires <= now).map(({ id }) => id)
        )
        for (const key of made) {
          const exit = yield* Effect.exit(withKey(key.key)(Projects.list()))
          assert.strictEqual(exit._tag, active.includes(key) ? "Success" : "Failure")
        }
      }
    }).pipe(Effect.provide(Emulator.layerSdk(), { local: true })),
  { timeout: 60_000, arbitrary: { runs: 20 } }
)
