/** `voiceAgent.variables`: values that agent configurations name instead of holding them. */
import * as Schema from "effect/Schema"
import * as Endpoint from "./endpoint.ts"
import { Id, InProject, JsonObject } from "./schemas.ts"

const optional = Schema.optionalKey

const details = {
  /** Who created it, a UUID. */
  member_id: optional(Schema.String),
  api_version: optional(Schema.Finite),
  /** Always `false` for now. */
  is_sensitive: optional(Schema.Boolean),
  /** ISO 8601. */
  created_at: optional(Schema.String),
  /** ISO 8601. */
  updated_at: optional(Schema.String)
}

/** A value that agent configurations can name. */
export class AgentVariable extends Schema.Opaque<AgentVariable>()(Schema.Struct({
  /** A UUID. */
  variable_id: Schema.String,
  /** What configurations write: `DG_` and a name. */
  key: Schema.String,
  /** Any JSON value. */
  value: Schema.Json,
  ...details
})) {}

/** A new variable. By its specification Deepgram says all of it, in fact the id alone: `get` has the rest. */
export class CreatedAgentVariable extends Schema.Opaque<CreatedAgentVariable>()(Schema.Struct({
  /** A UUID. */
  variable_id: Schema.String,
  /** As in {@link AgentVariable}. */
  key: optional(Schema.String),
  /** Any JSON value. */
  value: optional(Schema.Json),
  ...details
})) {}

/** A changed variable. By its specification Deepgram says all of it, in fact nothing: `get` shows it. */
export class UpdatedAgentVariable extends Schema.Opaque<UpdatedAgentVariable>()(Schema.Struct({
  /** A UUID. */
  variable_id: optional(Schema.String),
  /** As in {@link AgentVariable}. */
  key: optional(Schema.String),
  /** Any JSON value. */
  value: optional(Schema.Json),
  ...details
})) {}

/** The variables of a project. */
export class AgentVariableList extends Schema.Opaque<AgentVariableList>()(Schema.Struct({
  variables: Schema.Array(AgentVariable)
})) {}

const OfVariable = { ...InProject, variable_id: Id }

export const list = Endpoint.get("list", "/v1/projects/:project_id/agent-variables", {
  params: InProject,
  success: [AgentVariableList]
})

export const create = Endpoint.post("create", "/v1/projects/:project_id/agent-variables", {
  params: InProject,
  payload: [Schema.Struct({
    key: Schema.String,
    value: Schema.Json,
    api_version: Schema.optional(Schema.Int),
    // Not in the specification; the documentation shows it, and only `false` is taken (inventory 1.9).
    is_sensitive: Schema.optional(Schema.Boolean)
  })],
  success: [CreatedAgentVariable]
})

export const get = Endpoint.get("get", "/v1/projects/:project_id/agent-variables/:variable_id", {
  params: OfVariable,
  success: [AgentVariable]
})

export const update = Endpoint.patch("update", "/v1/projects/:project_id/agent-variables/:variable_id", {
  params: OfVariable,
  payload: [Schema.Struct({ value: Schema.Json })],
  success: [UpdatedAgentVariable]
})

export const remove = Endpoint.delete("delete", "/v1/projects/:project_id/agent-variables/:variable_id", {
  params: OfVariable,
  success: [JsonObject]
})
