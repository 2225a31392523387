/**
 * `voiceAgent.variables`: values that agent configurations name instead of holding them. On the main host, whatever the
 * region, and with an API key.
 *
 * Every member of the project can read them: they are no place for secrets.
 *
 * @see https://developers.deepgram.com/docs/reusable-agent-configurations
 */
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { Deepgram } from "./Deepgram.ts"
import type { RequestError } from "./DeepgramError.ts"
import * as Contract from "./internal/contract/agentVariables.ts"
import { JsonObject } from "./internal/contract/schemas.ts"
import { orEmpty, withList, withName } from "./internal/normalize.ts"
import { jsonFunction } from "./internal/operation.ts"

export {
  AgentVariable,
  AgentVariableList,
  CreatedAgentVariable,
  UpdatedAgentVariable
} from "./internal/contract/agentVariables.ts"

/** A new variable. */
export interface CreateOptions {
  /** What configurations write: `DG_` and a name of capitals, digits, `_` and `-`, for example `DG_GREETING`. */
  readonly key: string
  /** What stands in its place in a session: any JSON value. What is none fails as `BadRequest`. */
  readonly value: Schema.Json | object
  /** Default 1. */
  readonly api_version?: number | undefined
}

/** What to change of a variable. */
export interface UpdateOptions {
  /** Any JSON value. */
  readonly value: Schema.Json | object
}

// The specification and the API differ: in names, in lists without a name, and in answers without a body.
const named = withName("variable_id", "agent_variable_uuid")

// Interfaces have no index signature, as JSON has in its type: whether it is JSON is left to the contract.
const withJson = <Options extends UpdateOptions>(options: Options) =>
  options as Options & { readonly value: Schema.Json }

const ofVariable = (project_id: string, variable_id: string) => ({ params: { project_id, variable_id } })

/**
 * Lists the variables of a project.
 *
 * @see https://developers.deepgram.com/reference/voice-agent/agent-variables/list-agent-variables
 */
export const list: (projectId: string) => Effect.Effect<Contract.AgentVariableList, RequestError, Deepgram> =
  jsonFunction(
    "AgentVariables.list",
    Contract.list,
    Contract.AgentVariableList,
    (project_id: string) => ({ params: { project_id } }),
    withList("variables", named)
  )

/**
 * Creates a variable.
 *
 * Fails when the project has a variable of that key already.
 *
 * @see https://developers.deepgram.com/reference/voice-agent/agent-variables/create-agent-variable
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { AgentConfigurations, AgentVariables, Projects } from "effect-deepgram"
 *
 * export const agentId = Effect.gen(function*() {
 *   const { projects: [project] } = yield* Projects.list()
 *   yield* AgentVariables.create(project!.project_id, { key: "DG_PROMPT", value: "Answer briefly." })
 *   const { agent_id } = yield* AgentConfigurations.create(project!.project_id, {
 *     config: `{"think":{"provider":{"type":"open_ai","model":"gpt-5-mini"},"prompt":DG_PROMPT}}`
 *   })
 *   return agent_id
 * })
 * ```
 */
export const create: (
  projectId: string,
  options: CreateOptions
) => Effect.Effect<Contract.CreatedAgentVariable, RequestError, Deepgram> = jsonFunction(
  "AgentVariables.create",
  Contract.create,
  Contract.CreatedAgentVariable,
  // Without `is_sensitive` Deepgram may refuse the variable, and it takes nothing but `false`.
  (project_id: string, json: CreateOptions) => ({
    params: { project_id },
    body: { json: { ...withJson(json), is_sensitive: false } }
  }),
  named
)

/**
 * Looks a variable up.
 *
 * @see https://developers.deepgram.com/reference/voice-agent/agent-variables/get-agent-variable
 */
export const get: (
  projectId: string,
  variableId: string
) => Effect.Effect<Contract.AgentVariable, RequestError, Deepgram> = jsonFunction(
  "AgentVariables.get",
  Contract.get,
  Contract.AgentVariable,
  ofVariable,
  named
)

/**
 * Changes the value of a variable.
 *
 * @see https://developers.deepgram.com/reference/voice-agent/agent-variables/update-agent-variable
 */
export const update: (
  projectId: string,
  variableId: string,
  options: UpdateOptions
) => Effect.Effect<Contract.UpdatedAgentVariable, RequestError, Deepgram> = jsonFunction(
  "AgentVariables.update",
  Contract.update,
  Contract.UpdatedAgentVariable,
  (project_id: string, variable_id: string, json: UpdateOptions) => ({
    ...ofVariable(project_id, variable_id),
    body: { json: withJson(json) }
  }),
  (json) => named(orEmpty(json))
)

const remove: (
  projectId: string,
  variableId: string
) => Effect.Effect<Readonly<Record<string, unknown>>, RequestError, Deepgram> = jsonFunction(
  "AgentVariables.delete",
  Contract.remove,
  JsonObject,
  ofVariable,
  orEmpty
)

export {
  /**
   * Deletes a variable. The answer is whatever Deepgram says to it, usually nothing.
   *
   * @see https://developers.deepgram.com/reference/voice-agent/agent-variables/delete-agent-variable
   */
  remove as delete
}
