/** `voiceAgent.configurations`: agents that are kept by Deepgram and named by an id. */
import * as Schema from "effect/Schema"
import * as Endpoint from "./endpoint.ts"
import { Id, InProject, JsonObject } from "./schemas.ts"

const optional = Schema.optionalKey

// By the specification an object; what is kept is text, which is no JSON where variables stand in it.
const Config = Schema.Union([JsonObject, Schema.String])

const details = {
  /** Labels of your own: text, unless another client wrote something else. */
  metadata: optional(JsonObject),
  /** Who created it, a UUID. */
  member_id: optional(Schema.String),
  api_version: optional(Schema.Finite),
  /** ISO 8601. */
  created_at: optional(Schema.String),
  /** ISO 8601. */
  updated_at: optional(Schema.String)
}

/** An agent that is kept by Deepgram. */
export class AgentConfiguration extends Schema.Opaque<AgentConfiguration>()(Schema.Struct({
  /** Stands for the `agent` object in the Settings of a session. A UUID. */
  agent_id: Schema.String,
  /**
   * The `agent` object of Settings. With variables (`"prompt": DG_PROMPT`), which are not filled in here, it is no JSON:
   * then it is the text, as it was created.
   */
  config: Config,
  ...details
})) {}

/** A new agent. By its specification Deepgram says all of it, in fact the id alone: `get` has the rest. */
export class CreatedAgentConfiguration extends Schema.Opaque<CreatedAgentConfiguration>()(Schema.Struct({
  /** Stands for the `agent` object in the Settings of a session. A UUID. */
  agent_id: Schema.String,
  /** As in {@link AgentConfiguration}. */
  config: optional(Config),
  ...details
})) {}

/** A changed agent. By its specification Deepgram says all of it, in fact nothing: `get` shows it. */
export class UpdatedAgentConfiguration extends Schema.Opaque<UpdatedAgentConfiguration>()(Schema.Struct({
  /** A UUID. */
  agent_id: optional(Schema.String),
  /** As in {@link AgentConfiguration}. */
  config: optional(Config),
  ...details
})) {}

/** The agents of a project. */
export class AgentConfigurationList extends Schema.Opaque<AgentConfigurationList>()(Schema.Struct({
  agents: Schema.Array(AgentConfiguration)
})) {}

const Metadata = Schema.Record(Schema.String, Schema.String)

const OfAgent = { ...InProject, agent_id: Id }

export const list = Endpoint.get("list", "/v1/projects/:project_id/agents", {
  params: InProject,
  success: [AgentConfigurationList]
})

// The configuration goes in as text, and comes out as an object (trap 18) or as that text.
export const create = Endpoint.post("create", "/v1/projects/:project_id/agents", {
  params: InProject,
  payload: [Schema.Struct({
    config: Schema.String,
    metadata: Schema.optional(Metadata),
    api_version: Schema.optional(Schema.Int)
  })],
  success: [CreatedAgentConfiguration]
})

export const get = Endpoint.get("get", "/v1/projects/:project_id/agents/:agent_id", {
  params: OfAgent,
  success: [AgentConfiguration]
})

export const update = Endpoint.put("update", "/v1/projects/:project_id/agents/:agent_id", {
  params: OfAgent,
  payload: [Schema.Struct({ metadata: Metadata })],
  success: [UpdatedAgentConfiguration]
})

export const remove = Endpoint.delete("delete", "/v1/projects/:project_id/agents/:agent_id", {
  params: OfAgent,
  success: [JsonObject]
})
