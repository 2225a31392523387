import { Emulator } from "@effect-deepgram/emulator"
import { assert, it, layer } from "@effect/vitest"
import { DateTime, Effect, Exit, Schema } from "effect"
import { AgentVariables, type Deepgram, Members } from "effect-deepgram"
import { TestClock } from "effect/testing"
import { failureOf, inProject, newKey, nothing, project, send, withKey } from "./management.ts"

const create = (key: string, value: Schema.Json = "Hello") =>
  inProject((id) => AgentVariables.create(id, { key, value }))

const get = (variable: string) => inProject((id) => AgentVariables.get(id, variable))

layer(Emulator.layerSdk())("an agent variable", (it) => {
  it.effect("has any value, which can be changed", () =>
    Effect.gen(function*() {
      const created = DateTime.formatIso(yield* DateTime.now)
      const made = yield* create("DG_GREETING")
      const { members: [owner] } = yield* inProject(Members.list)
      assert.deepStrictEqual({ ...made }, {
        variable_id: made.variable_id,
        key: "DG_GREETING",
        value: "Hello",
        is_sensitive: false,
        member_id: owner!.member_id,
        api_version: 1,
        created_at: created,
        updated_at: created
      })
      for (const value of [7, false, null, "", ["a", { b: [] }], { de: "Guten Tag" }]) {
        yield* TestClock.adjust("1 second")
        yield* inProject((id) => AgentVariables.update(id, made.variable_id, { value }))
        const found = yield* get(made.variable_id)
        assert.deepStrictEqual(found.value, value)
        assert.deepStrictEqual([found.created_at, found.updated_at], [
          created,
          DateTime.formatIso(yield* DateTime.now)
        ])
      }
      yield* inProject((id) => AgentVariables.delete(id, made.variable_id))
      for (
        const late of [
          Effect.asVoid(get(made.variable_id)),
          Effect.asVoid(inProject((id) => AgentVariables.delete(id, made.variable_id))),
          Effect.asVoid(inProject((id) => AgentVariables.update(id, made.variable_id, { value: 1 }))),
          Effect.asVoid(AgentVariables.list(nothing))
        ]
      ) assert.strictEqual(yield* failureOf(late), "NotFound")
    }))

  it.effect("has a name of its own", () =>
    Effect.gen(function*() {
      yield* create("DG_TWICE")
      assert.strictEqual(yield* failureOf(create("DG_TWICE", 2)), "Conflict")
      const path = `/v1/projects/${yield* project}/agent-variables`
      for (const key of ["GREETING", "DG_", "dg_greeting", "DG_greeting", "DG_A B", " DG_A", ""]) {
        const { json, status } = yield* send("POST", path, { body: { key, value: 1 } })
        assert.strictEqual(status, 400, key)
        assert.include(json, { category: "INVALID_REQUEST" })
      }
      assert.strictEqual(yield* failureOf(create("DG_TWICE")), "Conflict")
      for (const body of [{ key: "DG_A" }, { value: 1 }, "{", { key: "DG_A", value: 1, is_sensitive: true }]) {
        assert.strictEqual((yield* send("POST", path, { body })).status, 400)
      }
      assert.strictEqual((yield* send("PATCH", `${path}/${nothing}`, { body: {} })).status, 400)
    }))

  it.effect("is seen by every member, and changed by those who may write", () =>
    Effect.gen(function*() {
      const { variable_id } = yield* withKey(yield* newKey("member"))(create("DG_OURS"))
      const reader = withKey(yield* newKey("project:read"))
      yield* reader(get(variable_id))
      yield* reader(inProject(AgentVariables.list))
      assert.strictEqual(yield* failureOf(reader(create("DG_MINE"))), "PermissionDenied")
      const update = inProject((id) => AgentVariables.update(id, variable_id, { value: 1 }))
      assert.strictEqual(yield* failureOf(reader(update)), "PermissionDenied")
    }))

  it.effect("is nested as deep as it can be given back, and no deeper", () =>
    Effect.gen(function*() {
      const path = `/v1/projects/${yield* project}/agent-variables`
      const arrays = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`
      const objects = (depth: number) => `${"{\"a\":".repeat(depth)}1${"}".repeat(depth)}`
      const { variable_id } = yield* create("DG_DEEP")
      // The body is a level too.
      for (const value of [arrays(199), objects(199)]) {
        const { json, status } = yield* send("PATCH", `${path}/${variable_id}`, { body: `{"value":${value}}` })
        assert.strictEqual(status, 200)
        assert.deepStrictEqual((json as { readonly value: unknown }).value, JSON.parse(value))
      }
      for (const value of [arrays(200), objects(200), arrays(5000), arrays(400_000)]) {
        for (
          const answer of [
            yield* send("POST", path, { body: `{"key":"DG_DEEPER","value":${value}}` }),
            yield* send("PATCH", `${path}/${variable_id}`, { body: `{"value":${value}}` })
          ]
        ) {
          assert.strictEqual(answer.status, 400)
          assert.include(answer.json, { category: "INVALID_JSON" })
        }
      }
      assert.strictEqual((yield* send("GET", path)).status, 200)
    }))

  it.effect("is made once, however many want it at a time", () =>
    Effect.gen(function*() {
      const keys = Array.from({ length: 100 }, (_, i) => `DG_MANY_${i % 50}`)
      const exits = yield* Effect.forEach(keys, (key) => Effect.exit(create(key)), { concurrency: "unbounded" })
      assert.lengthOf(exits.filter(Exit.isSuccess), 50)
      const { variables } = yield* inProject(AgentVariables.list)
      assert.lengthOf(variables.filter(({ key }) => key.startsWith("DG_MANY_")), 50)
    }))
})

const Step = Schema.Union([
  Schema.Struct({ do: Schema.Literal("create"), name: Schema.Literals(["A", "B", "C"]), value: Schema.Json }),
  Schema.Struct({ do: Schema.Literal("update"), which: Schema.Literals([0, 1, 2, 3]), value: Schema.Json }),
  Schema.Struct({ do: Schema.Literal("delete"), which: Schema.Literals([0, 1, 2, 3]) })
])

interface Variable {
  readonly id: string
  readonly key: string
  readonly value: Schema.Json
}

it.effect.prop(
  "whatever is done, in whatever order, the variables are those of a simple model",
  { steps: Schema.Array(Step) },
  ({ steps }) =>
    Effect.gen(function*() {
      const id = yield* project
      let model: ReadonlyArray<Variable> = []
      const everMade: Array<string> = []
      const outcome = <A>(self: Effect.Effect<A, { readonly _tag: string }, Deepgram.Deepgram>) =>
        Effect.match(self, { onSuccess: () => "ok", onFailure: ({ _tag }) => _tag })
      for (const step of steps) {
        if (step.do === "create") {
          const key = `DG_${step.name}`
          const exists = model.some((variable) => variable.key === key)
          const made = yield* Effect.result(AgentVariables.create(id, { key, value: step.value }))
          assert.strictEqual(made._tag === "Success" ? "ok" : made.failure._tag, exists ? "Conflict" : "ok")
          if (made._tag === "Failure") continue
          everMade.push(made.success.variable_id)
          model = model.concat({ id: made.success.variable_id, key, value: step.value })
          continue
        }
        const target = everMade[step.which] ?? nothing
        const expected = model.some((variable) => variable.id === target) ? "ok" : "NotFound"
        if (step.do === "update") {
          assert.strictEqual(yield* outcome(AgentVariables.update(id, target, { value: step.value })), expected)
          model = model.map((variable) => variable.id === target ? { ...variable, value: step.value } : variable)
        } else {
          assert.strictEqual(yield* outcome(AgentVariables.delete(id, target)), expected)
          model = model.filter((variable) => variable.id !== target)
        }
      }
      const { variables } = yield* AgentVariables.list(id)
      // By way of JSON, which knows no -0.
      assert.deepStrictEqual(
        variables.map(({ key, value, variable_id }) => ({ id: variable_id, key, value })),
        JSON.parse(JSON.stringify(model))
      )
    }).pipe(Effect.provide(Emulator.layerSdk(), { local: true })),
  { timeout: 60_000, arbitrary: { runs: 30 } }
)
