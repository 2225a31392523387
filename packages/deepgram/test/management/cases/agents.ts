/**
 * Answers come in the shapes of the specification and in those that the API really has: names of ids, lists without a
 * name, configurations as text, new things that are an id alone, changes that are answered by nothing.
 */
import { AgentConfigurations, AgentV1, AgentVariables } from "effect-deepgram"
import { type Case, future, member, project } from "./case.ts"

const agent = "3a1c22de-9d20-4b23-b4a3-04a30b71d0b7"
const variable = "f9d254d3-b0e8-4b19-8ff2-30a67b2b3c98"

const config = { language: "en", think: { provider: { type: "open_ai", model: "gpt-5-mini" }, prompt: "Be “brief”." } }
const withVariables = `{"language":"en","think":{"prompt":DG_PROMPT}}`
const metadata = { env: "prod", team: "“calls”" }
const labelsOfOthers = { env: "prod", count: 7, flag: true, nested: { a: [1] }, nothing: null }

const agents = `/v1/projects/${project}/agents`
const variables = `/v1/projects/${project}/agent-variables`

const specifiedAgent = {
  agent_id: agent,
  config,
  metadata: { env: "prod" },
  created_at: "2026-08-28T12:34:56Z",
  updated_at: "2026-08-29T01:02:03Z",
  future
}
const realAgent = {
  agent_uuid: agent,
  member_id: member,
  api_version: 1,
  config: JSON.stringify(config),
  metadata: labelsOfOthers
}
const namedAgent = { ...realAgent, agent_id: agent, config }

const specifiedVariable = {
  variable_id: variable,
  key: "DG_LIMITS",
  value: { max_turns: 10, list: [null, false] },
  created_at: "2026-08-28T12:34:56Z",
  updated_at: "2026-08-28T12:34:56Z",
  future
}
const realVariable = {
  agent_variable_uuid: variable,
  member_id: member,
  api_version: 1,
  key: "DG_ROLE",
  value: null,
  is_sensitive: false
}
const namedVariable = { ...realVariable, variable_id: variable }

export const agentCases: ReadonlyArray<Case> = [
  {
    operation: "AgentConfigurations.list",
    run: AgentConfigurations.list(project),
    request: `GET ${agents}`,
    answer: { agents: [specifiedAgent, { agent_id: agent, config: {} }], future }
  },
  {
    operation: "AgentConfigurations.list",
    about: "in reality",
    run: AgentConfigurations.list(project),
    request: `GET ${agents}`,
    answer: [realAgent, { ...realAgent, config: withVariables }],
    value: { agents: [namedAgent, { ...namedAgent, config: withVariables }] }
  },
  {
    operation: "AgentConfigurations.create",
    run: AgentConfigurations.create(project, { config, metadata, api_version: 1 }),
    request: `POST ${agents}`,
    body: JSON.stringify({ config: JSON.stringify(config), metadata, api_version: 1 }),
    answer: { agent_id: agent, config, metadata: { env: "prod" }, future }
  },
  {
    operation: "AgentConfigurations.create",
    about: "from text, which is left as it is",
    run: AgentConfigurations.create(project, { config: withVariables, metadata: undefined }),
    request: `POST ${agents}`,
    body: `{"config":"{\\"language\\":\\"en\\",\\"think\\":{\\"prompt\\":DG_PROMPT}}"}`,
    answer: { agent_uuid: agent },
    value: { agent_uuid: agent, agent_id: agent }
  },
  {
    operation: "AgentConfigurations.get",
    run: AgentConfigurations.get(project, agent),
    request: `GET ${agents}/${agent}`,
    answer: specifiedAgent
  },
  {
    operation: "AgentConfigurations.get",
    about: "in reality",
    run: AgentConfigurations.get(project, agent),
    request: `GET ${agents}/${agent}`,
    answer: realAgent,
    value: namedAgent
  },
  {
    operation: "AgentConfigurations.get",
    about: "whose configuration is JSON, but no object",
    run: AgentConfigurations.get(project, agent),
    request: `GET ${agents}/${agent}`,
    answer: { ...specifiedAgent, agent_uuid: "another", config: "[1]" }
  },
  {
    operation: "AgentConfigurations.update",
    run: AgentConfigurations.update(project, agent, { metadata }),
    request: `PUT ${agents}/${agent}`,
    body: JSON.stringify({ metadata }),
    answer: specifiedAgent
  },
  {
    operation: "AgentConfigurations.update",
    about: "with no metadata at all",
    run: AgentConfigurations.update(project, agent, { metadata: {} }),
    request: `PUT ${agents}/${agent}`,
    body: `{"metadata":{}}`,
    answer: undefined,
    value: {}
  },
  {
    operation: "AgentConfigurations.delete",
    run: AgentConfigurations.delete(project, agent),
    request: `DELETE ${agents}/${agent}`,
    answer: { deleted: true, future }
  },
  {
    operation: "AgentConfigurations.delete",
    about: "in reality",
    run: AgentConfigurations.delete(project, agent),
    request: `DELETE ${agents}/${agent}`,
    answer: undefined,
    value: {}
  },
  {
    operation: "AgentVariables.list",
    run: AgentVariables.list(project),
    request: `GET ${variables}`,
    answer: { variables: [specifiedVariable], future }
  },
  {
    operation: "AgentVariables.list",
    about: "in reality",
    run: AgentVariables.list(project),
    request: `GET ${variables}`,
    answer: [realVariable],
    value: { variables: [namedVariable] }
  },
  {
    operation: "AgentVariables.create",
    run: AgentVariables.create(project, { key: "DG_LIMITS", value: { max_turns: 10 }, api_version: 1 }),
    request: `POST ${variables}`,
    body: `{"key":"DG_LIMITS","value":{"max_turns":10},"api_version":1,"is_sensitive":false}`,
    answer: specifiedVariable
  },
  {
    operation: "AgentVariables.create",
    about: "in reality",
    run: AgentVariables.create(project, { key: "DG_ROLE", value: "" }),
    request: `POST ${variables}`,
    body: `{"key":"DG_ROLE","value":"","is_sensitive":false}`,
    answer: { agent_variable_uuid: variable },
    value: { agent_variable_uuid: variable, variable_id: variable }
  },
  {
    operation: "AgentVariables.get",
    run: AgentVariables.get(project, variable),
    request: `GET ${variables}/${variable}`,
    answer: specifiedVariable
  },
  {
    operation: "AgentVariables.get",
    about: "in reality",
    run: AgentVariables.get(project, variable),
    request: `GET ${variables}/${variable}`,
    answer: { ...realVariable, variable_id: null },
    value: namedVariable
  },
  ...[false, 0, "", null, [], { deep: [{ a: null }] }].map((value): Case => ({
    operation: "AgentVariables.update",
    about: `to ${JSON.stringify(value)}`,
    run: AgentVariables.update(project, variable, { value }),
    request: `PATCH ${variables}/${variable}`,
    body: `{"value":${JSON.stringify(value)}}`,
    answer: undefined,
    value: {}
  })),
  {
    operation: "AgentVariables.update",
    about: "as the specification has it",
    run: AgentVariables.update(project, variable, { value: 7 }),
    request: `PATCH ${variables}/${variable}`,
    body: `{"value":7}`,
    answer: { ...specifiedVariable, value: 7 }
  },
  {
    operation: "AgentVariables.update",
    about: "by its other name",
    run: AgentVariables.update(project, variable, { value: null }),
    request: `PATCH ${variables}/${variable}`,
    body: `{"value":null}`,
    answer: realVariable,
    value: namedVariable
  },
  {
    operation: "AgentVariables.delete",
    run: AgentVariables.delete(project, variable),
    request: `DELETE ${variables}/${variable}`,
    answer: { message: "Deleted." }
  },
  {
    operation: "AgentVariables.delete",
    about: "in reality",
    run: AgentVariables.delete(project, variable),
    request: `DELETE ${variables}/${variable}`,
    answer: undefined,
    value: {}
  },
  {
    operation: "AgentV1.listThinkModels",
    run: AgentV1.listThinkModels(),
    request: "GET /v1/agent/settings/think/models",
    answer: {
      models: [
        { id: "gpt-5-mini", name: "GPT-5 mini", provider: "open_ai" },
        { id: "claude-sonnet-4-5", name: "Claude Sonnet 4.5", provider: "anthropic", future },
        { id: "nvidia/nemotron-x", name: "Nemotron", provider: "brand_new" },
        { id: "a-model-of-ones-own" }
      ]
    }
  }
]
