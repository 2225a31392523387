import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { AgentConfigurations, AgentV1, AgentVariables } from "effect-deepgram"
import { inProject, type RoundTrip } from "./support.ts"

const config = { language: "en", think: { provider: { type: "open_ai", model: "gpt-5-mini" }, prompt: "Be brief." } }

const newConfiguration = inProject((id) => AgentConfigurations.create(id, { config, metadata: { owner: "tests" } }))

const newVariable = inProject((id) => AgentVariables.create(id, { key: "DG_GREETING", value: { en: ["Hello"] } }))

export const agents = {
  "AgentConfigurations.create": {
    run: Effect.map(newConfiguration, (made) => assert.deepStrictEqual(made.config, config))
  },
  "AgentConfigurations.list": {
    run: Effect.gen(function*() {
      const made = yield* newConfiguration
      const { agents } = yield* inProject(AgentConfigurations.list)
      assert.deepStrictEqual(agents.map(({ agent_id }) => agent_id), [made.agent_id])
    })
  },
  "AgentConfigurations.get": {
    run: Effect.gen(function*() {
      const { agent_id } = yield* newConfiguration
      const found = yield* inProject((id) => AgentConfigurations.get(id, agent_id))
      assert.deepStrictEqual([found.config, found.metadata], [config, { owner: "tests" }])
    })
  },
  "AgentConfigurations.update": {
    run: Effect.gen(function*() {
      const { agent_id } = yield* newConfiguration
      const updated = yield* inProject((id) => AgentConfigurations.update(id, agent_id, { metadata: { owner: "me" } }))
      assert.deepStrictEqual([updated.config, updated.metadata], [config, { owner: "me" }])
    })
  },
  "AgentConfigurations.delete": {
    run: Effect.gen(function*() {
      const { agent_id } = yield* newConfiguration
      yield* inProject((id) => AgentConfigurations.delete(id, agent_id))
      const error = yield* Effect.flip(inProject((id) => AgentConfigurations.get(id, agent_id)))
      assert.strictEqual(error._tag, "NotFound")
    })
  },
  "AgentV1.listThinkModels": {
    run: Effect.map(AgentV1.listThinkModels(), ({ models }) => assert.include(models.map(({ id }) => id), "gpt-5-mini"))
  },
  "AgentVariables.create": {
    run: Effect.map(newVariable, ({ value }) => assert.deepStrictEqual(value, { en: ["Hello"] }))
  },
  "AgentVariables.list": {
    run: Effect.gen(function*() {
      const { variable_id } = yield* newVariable
      const { variables } = yield* inProject(AgentVariables.list)
      assert.deepStrictEqual(variables.map((variable) => variable.variable_id), [variable_id])
    })
  },
  "AgentVariables.get": {
    run: Effect.gen(function*() {
      const { variable_id } = yield* newVariable
      assert.strictEqual((yield* inProject((id) => AgentVariables.get(id, variable_id))).key, "DG_GREETING")
    })
  },
  "AgentVariables.update": {
    run: Effect.gen(function*() {
      const { variable_id } = yield* newVariable
      yield* inProject((id) => AgentVariables.update(id, variable_id, { value: 7 }))
      assert.strictEqual((yield* inProject((id) => AgentVariables.get(id, variable_id))).value, 7)
    })
  },
  "AgentVariables.delete": {
    run: Effect.gen(function*() {
      const { variable_id } = yield* newVariable
      yield* inProject((id) => AgentVariables.delete(id, variable_id))
      assert.deepStrictEqual((yield* inProject(AgentVariables.list)).variables, [])
    })
  }
} satisfies Readonly<Record<string, RoundTrip>>
