import { assert } from "@effect/vitest"
import { dig, listAt, textAt } from "../plain.ts"
import type { Rows } from "../support.ts"

const config = { language: "en", think: { provider: { type: "open_ai", model: "gpt-5-mini" }, prompt: "Be brief." } }

/** As a text (trap 18). */
const written = JSON.stringify(config)

const statusOf = (call: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(call).then(() => 200, (error: unknown) => dig(error, "statusCode"))

export const agents: Rows = {
  "AgentV1.listThinkModels": {
    official: async (sdk) => {
      const { models } = await sdk.agent.v1.settings.think.models.list()
      assert.include(models.map((model) => dig(model, "id")), "gpt-5-mini")
    },
    plain: async (http) => {
      const answer = await http.json("GET", "/v1/agent/settings/think/models")
      assert.include(listAt(answer, "models").map((model) => dig(model, "id")), "gpt-5-mini")
    }
  },
  "AgentConfigurations.create": {
    official: async (sdk, { project }) => {
      const made = await sdk.voiceAgent.configurations.create(project, { config: written, metadata: { a: "b" } })
      assert.deepStrictEqual([made.config, made.metadata], [config, { a: "b" }])
    },
    plain: async (http, { project }) => {
      const made = await http.json("POST", `/v1/projects/${project}/agents`, { config: written })
      assert.deepStrictEqual(dig(made, "config"), config)
    }
  },
  "AgentConfigurations.list": {
    official: async (sdk, { project }) => {
      const { agent_id } = await sdk.voiceAgent.configurations.create(project, { config: written })
      const { agents = [] } = await sdk.voiceAgent.configurations.list(project)
      assert.include(agents.map((agent) => agent.agent_id), agent_id)
    },
    plain: async (http, { project }) => {
      const made = await http.json("POST", `/v1/projects/${project}/agents`, { config: written })
      const agents = listAt(await http.json("GET", `/v1/projects/${project}/agents`), "agents")
      assert.include(agents.map((agent) => dig(agent, "agent_id")), dig(made, "agent_id"))
    }
  },
  "AgentConfigurations.get": {
    official: async (sdk, { project }) => {
      const { agent_id } = await sdk.voiceAgent.configurations.create(project, { config: written })
      assert.deepStrictEqual((await sdk.voiceAgent.configurations.get(project, agent_id)).config, config)
    },
    plain: async (http, { project }) => {
      const made = await http.json("POST", `/v1/projects/${project}/agents`, { config: written })
      const found = await http.json("GET", `/v1/projects/${project}/agents/${textAt(made, "agent_id")}`)
      assert.deepStrictEqual(dig(found, "config"), config)
    }
  },
  "AgentConfigurations.update": {
    official: async (sdk, { project }) => {
      const { configurations } = sdk.voiceAgent
      const { agent_id } = await configurations.create(project, { config: written })
      await configurations.update(project, agent_id, { metadata: { owner: "vendor" } })
      const found = await configurations.get(project, agent_id)
      assert.deepStrictEqual([found.config, found.metadata], [config, { owner: "vendor" }])
    },
    plain: async (http, { project }) => {
      const made = await http.json("POST", `/v1/projects/${project}/agents`, { config: written })
      const path = `/v1/projects/${project}/agents/${textAt(made, "agent_id")}`
      await http.json("PUT", path, { metadata: { owner: "curl" } })
      assert.deepStrictEqual(dig(await http.json("GET", path), "metadata"), { owner: "curl" })
    }
  },
  "AgentConfigurations.delete": {
    official: async (sdk, { project }) => {
      const { configurations } = sdk.voiceAgent
      const { agent_id } = await configurations.create(project, { config: written })
      await configurations.delete(project, agent_id)
      assert.strictEqual(await statusOf(configurations.get(project, agent_id)), 404)
    },
    plain: async (http, { project }) => {
      const made = await http.json("POST", `/v1/projects/${project}/agents`, { config: written })
      const path = `/v1/projects/${project}/agents/${textAt(made, "agent_id")}`
      assert.strictEqual((await http.send("DELETE", path)).status, 200)
      assert.strictEqual((await http.send("GET", path)).status, 404)
    }
  },
  "AgentVariables.create": {
    official: async (sdk, { project }) => {
      const made = await sdk.voiceAgent.variables.create(project, { key: "DG_MADE", value: { en: ["Hello"] } })
      assert.deepStrictEqual([made.key, made.value], ["DG_MADE", { en: ["Hello"] }])
    },
    plain: async (http, { project }) => {
      const made = await http.json("POST", `/v1/projects/${project}/agent-variables`, { key: "DG_CURL", value: 1 })
      assert.deepStrictEqual([dig(made, "key"), dig(made, "value")], ["DG_CURL", 1])
    }
  },
  "AgentVariables.list": {
    official: async (sdk, { project }) => {
      await sdk.voiceAgent.variables.create(project, { key: "DG_LISTED", value: "yes" })
      const { variables = [] } = await sdk.voiceAgent.variables.list(project)
      assert.include(variables.map(({ key }) => key), "DG_LISTED")
    },
    plain: async (http, { project }) => {
      await http.json("POST", `/v1/projects/${project}/agent-variables`, { key: "DG_SEEN", value: "yes" })
      const variables = listAt(await http.json("GET", `/v1/projects/${project}/agent-variables`), "variables")
      assert.include(variables.map((variable) => dig(variable, "key")), "DG_SEEN")
    }
  },
  "AgentVariables.get": {
    official: async (sdk, { project }) => {
      const made = await sdk.voiceAgent.variables.create(project, { key: "DG_GOT", value: "yes" })
      assert.deepStrictEqual(await sdk.voiceAgent.variables.get(project, made.variable_id), made)
    },
    plain: async (http, { project }) => {
      const path = `/v1/projects/${project}/agent-variables`
      const made = await http.json("POST", path, { key: "DG_FOUND", value: [1, 2] })
      assert.deepStrictEqual(await http.json("GET", `${path}/${textAt(made, "variable_id")}`), made)
    }
  },
  "AgentVariables.update": {
    official: async (sdk, { project }) => {
      const { variables } = sdk.voiceAgent
      const { variable_id } = await variables.create(project, { key: "DG_CHANGED", value: "before" })
      await variables.update(project, variable_id, { value: "after" })
      assert.strictEqual((await variables.get(project, variable_id)).value, "after")
    },
    plain: async (http, { project }) => {
      const path = `/v1/projects/${project}/agent-variables`
      const made = await http.json("POST", path, { key: "DG_TURNED", value: 1 })
      await http.json("PATCH", `${path}/${textAt(made, "variable_id")}`, { value: 2 })
      assert.strictEqual(dig(await http.json("GET", `${path}/${textAt(made, "variable_id")}`), "value"), 2)
    }
  },
  "AgentVariables.delete": {
    official: async (sdk, { project }) => {
      const { variables } = sdk.voiceAgent
      const { variable_id } = await variables.create(project, { key: "DG_GONE", value: 1 })
      await variables.delete(project, variable_id)
      assert.strictEqual(await statusOf(variables.get(project, variable_id)), 404)
    },
    plain: async (http, { project }) => {
      const path = `/v1/projects/${project}/agent-variables`
      const made = await http.json("POST", path, { key: "DG_LOST", value: 1 })
      assert.strictEqual((await http.send("DELETE", `${path}/${textAt(made, "variable_id")}`)).status, 200)
      assert.strictEqual((await http.send("GET", `${path}/${textAt(made, "variable_id")}`)).status, 404)
    }
  }
}
