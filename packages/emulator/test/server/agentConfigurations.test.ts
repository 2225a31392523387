import { Emulator } from "@effect-deepgram/emulator"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { AgentConfigurations, Members } from "effect-deepgram"
import { TestClock } from "effect/testing"
import { failureOf, inProject, newKey, nothing, project, send, withKey } from "./management.ts"

const config = { think: { provider: { type: "open_ai", model: "gpt-5-mini" }, prompt: "Say \"DG_X\"." } }

const newAgent = inProject((id) => AgentConfigurations.create(id, { config, metadata: { team: "a" } }))

const get = (agent: string) => inProject((id) => AgentConfigurations.get(id, agent))

layer(Emulator.layerSdk())("an agent configuration", (it) => {
  it.effect("is kept as the object that its text holds; its metadata can be replaced", () =>
    Effect.gen(function*() {
      const created = DateTime.formatIso(yield* DateTime.now)
      const made = yield* newAgent
      const { members: [owner] } = yield* inProject(Members.list)
      assert.deepStrictEqual({ ...made }, {
        agent_id: made.agent_id,
        config,
        metadata: { team: "a" },
        member_id: owner!.member_id,
        api_version: 1,
        created_at: created,
        updated_at: created
      })
      assert.match(made.agent_id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
      assert.deepStrictEqual({ ...yield* get(made.agent_id) }, { ...made })

      yield* TestClock.adjust("1 minute")
      const updated = DateTime.formatIso(yield* DateTime.now)
      const changed = yield* inProject((id) =>
        AgentConfigurations.update(id, made.agent_id, { metadata: { owner: "b" } })
      )
      assert.deepStrictEqual({ ...changed }, { ...made, metadata: { owner: "b" }, updated_at: updated })
      assert.deepStrictEqual({ ...yield* get(made.agent_id) }, { ...changed })

      yield* inProject((id) => AgentConfigurations.delete(id, made.agent_id))
      for (
        const late of [
          Effect.asVoid(get(made.agent_id)),
          Effect.asVoid(inProject((id) => AgentConfigurations.delete(id, made.agent_id))),
          Effect.asVoid(inProject((id) => AgentConfigurations.update(id, made.agent_id, { metadata: {} }))),
          Effect.asVoid(AgentConfigurations.list(nothing))
        ]
      ) assert.strictEqual(yield* failureOf(late), "NotFound")
      assert.deepStrictEqual((yield* inProject(AgentConfigurations.list)).agents, [])
    }))

  it.effect("with variables is kept as its text", () =>
    Effect.gen(function*() {
      const text = `{"think": DG_THINK, "speak": {"provider": DG_SPEAK-2}, "greeting": "a \\" DG_X"}`
      const { agent_id } = yield* inProject((id) => AgentConfigurations.create(id, { config: text }))
      assert.strictEqual((yield* get(agent_id)).config, text)
    }))

  it.effect("is refused unless it is text of an object", () =>
    Effect.gen(function*() {
      const path = `/v1/projects/${yield* project}/agents`
      const refused = [
        [{ config }, "INVALID_JSON"],
        [{}, "INVALID_JSON"],
        [{ config: "" }, "INVALID_REQUEST"],
        [{ config: "null" }, "INVALID_REQUEST"],
        [{ config: "[{}]" }, "INVALID_REQUEST"],
        [{ config: "{\"a\": DGX}" }, "INVALID_REQUEST"],
        [{ config: "DG_ALL" }, "INVALID_REQUEST"],
        [{ config: "{\"a\":" }, "INVALID_REQUEST"]
      ] as const
      for (const [body, category] of refused) {
        const { json, status } = yield* send("POST", path, { body })
        assert.strictEqual(status, 400, JSON.stringify(body))
        assert.include(json, { category })
      }
      assert.strictEqual((yield* send("PUT", `${path}/${nothing}`, { body: {} })).status, 400)
    }))

  it.effect("is nested as deep as it can be given back, and no deeper", () =>
    Effect.gen(function*() {
      const path = `/v1/projects/${yield* project}/agents`
      const nested = (depth: number, inner: string) => `${"{\"a\":".repeat(depth)}${inner}${"}".repeat(depth)}`
      for (const inner of ["1", "DG_X"]) {
        assert.strictEqual((yield* send("POST", path, { body: { config: nested(200, inner) } })).status, 200)
        for (const depth of [201, 5000]) {
          const { json, status } = yield* send("POST", path, { body: { config: nested(depth, inner) } })
          assert.strictEqual(status, 400)
          assert.include(json, { category: "INVALID_JSON" })
        }
      }
      assert.strictEqual((yield* send("GET", path)).status, 200)
    }))

  it.effect("is read once, however often a quote is escaped in a string that never ends", () =>
    Effect.gen(function*() {
      const path = `/v1/projects/${yield* project}/agents`
      // As long as a body may be: looked for from every quote again, the end would take a minute to be missed.
      for (const end of ["", "\\"]) {
        const config = `{"a": DG_X, "b": "${"\\\"".repeat(250_000)}${end}`
        const { json, status } = yield* send("POST", path, { body: { config } })
        assert.strictEqual(status, 400)
        assert.include(json, { category: "INVALID_REQUEST" })
      }
    }))

  it.effect("is seen by every member, and changed by those who may write", () =>
    Effect.gen(function*() {
      const member = withKey(yield* newKey("member"))
      const { agent_id } = yield* member(newAgent)
      const reader = withKey(yield* newKey("project:read"))
      yield* reader(get(agent_id))
      assert.strictEqual(yield* failureOf(reader(newAgent)), "PermissionDenied")
      assert.strictEqual(
        yield* failureOf(reader(inProject((id) => AgentConfigurations.delete(id, agent_id)))),
        "PermissionDenied"
      )
    }))

  it.effect("of many made at a time none is lost", () =>
    Effect.gen(function*() {
      const made = yield* Effect.replicateEffect(newAgent, 100, { concurrency: "unbounded" })
      const { agents } = yield* inProject(AgentConfigurations.list)
      assert.includeMembers(
        agents.map(({ agent_id }) => agent_id),
        made.map(({ agent_id }) => agent_id)
      )
    }))
})
