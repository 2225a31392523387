/**
 * `voiceAgent.configurations`: agents that are kept by Deepgram and named by an id, which stands for the `agent` object in
 * the Settings of a session. On the main host, whatever the region, and with an API key.
 *
 * Every member of the project can read them: they are no place for secrets.
 *
 * @see https://developers.deepgram.com/docs/reusable-agent-configurations
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Deepgram } from "./Deepgram.ts"
import { BadRequest, type RequestError } from "./DeepgramError.ts"
import * as Contract from "./internal/contract/agentConfigurations.ts"
import { JsonObject } from "./internal/contract/schemas.ts"
import { refusedOptions } from "./internal/encode.ts"
import { refused } from "./internal/errors.ts"
import { parseJson } from "./internal/json.ts"
import { isJson, orEmpty, withList, withName } from "./internal/normalize.ts"
import { jsonFunction, jsonOperation } from "./internal/operation.ts"

export {
  AgentConfiguration,
  AgentConfigurationList,
  CreatedAgentConfiguration,
  UpdatedAgentConfiguration
} from "./internal/contract/agentConfigurations.ts"

/** Labels of your own. */
export type Metadata = Readonly<Record<string, string>>

/** A new agent. */
export interface CreateOptions {
  /**
   * The `agent` object of Settings, or its text. Variables stand in the text as they are, without quotes
   * (`"prompt": DG_PROMPT`), which no object can hold: pass text to name them.
   */
  readonly config: object | string
  readonly metadata?: Metadata | undefined
  /** Default 1. */
  readonly api_version?: number | undefined
}

/** What to change of an agent. */
export interface UpdateOptions {
  /** All of it: what is not named is lost. */
  readonly metadata: Metadata
}

const withObject = (json: unknown): unknown => {
  if (!isJson(json) || typeof json["config"] !== "string") return json
  const config = Option.filter(parseJson(json["config"]), isJson)
  return Option.isSome(config) ? { ...json, config: config.value } : json
}

// The specification and the API differ: in names, in lists without a name, in configurations as text, and in answers
// without a body.
const normalized = (json: unknown): unknown => withObject(withName("agent_id", "agent_uuid")(json))

const ofAgent = (project_id: string, agent_id: string) => ({ params: { project_id, agent_id } })

/**
 * Lists the agents of a project.
 *
 * @see https://developers.deepgram.com/reference/voice-agent/agent-configurations/list-agent-configurations
 */
export const list: (projectId: string) => Effect.Effect<Contract.AgentConfigurationList, RequestError, Deepgram> =
  jsonFunction(
    "AgentConfigurations.list",
    Contract.list,
    Contract.AgentConfigurationList,
    (project_id: string) => ({ params: { project_id } }),
    withList("agents", normalized)
  )

const textOf = Option.liftThrowable((config: object): string | undefined => JSON.stringify(config))

const sendNew = jsonOperation(Contract.create, Contract.CreatedAgentConfiguration, normalized)

/**
 * Creates an agent.
 *
 * @see https://developers.deepgram.com/reference/voice-agent/agent-configurations/create-agent-configuration
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { AgentConfigurations, Projects } from "effect-deepgram"
 *
 * export const agentId = Effect.gen(function*() {
 *   const { projects: [project] } = yield* Projects.list()
 *   const { agent_id } = yield* AgentConfigurations.create(project!.project_id, {
 *     config: {
 *       think: { provider: { type: "open_ai", model: "gpt-5-mini" }, prompt: "Answer briefly." }
 *     },
 *     metadata: { team: "support" }
 *   })
 *   return agent_id
 * })
 * ```
 */
export const create: (
  projectId: string,
  options: CreateOptions
) => Effect.Effect<Contract.CreatedAgentConfiguration, RequestError, Deepgram> = Effect.fn(
  "AgentConfigurations.create"
)(
  function*(project_id: string, options: CreateOptions) {
    const operation = "AgentConfigurations.create"
    if (!isJson(options)) return yield* refusedOptions(operation)
    const { config, ...rest } = options
    const text = typeof config === "string" ? config : Option.getOrUndefined(textOf(config))
    if (text === undefined) return yield* refused(BadRequest, operation, "the config cannot be written as JSON")
    return yield* sendNew<never, never>(operation, {
      params: { project_id },
      body: { json: { config: text, ...rest } }
    })
  }
)

/**
 * Looks an agent up.
 *
 * @see https://developers.deepgram.com/reference/voice-agent/agent-configurations/get-agent-configuration
 */
export const get: (
  projectId: string,
  agentId: string
) => Effect.Effect<Contract.AgentConfiguration, RequestError, Deepgram> = jsonFunction(
  "AgentConfigurations.get",
  Contract.get,
  Contract.AgentConfiguration,
  ofAgent,
  normalized
)

/**
 * Replaces the metadata of an agent. Its configuration cannot be changed: create another agent, and delete this one.
 *
 * @see https://developers.deepgram.com/reference/voice-agent/agent-configurations/update-agent-metadata
 */
export const update: (
  projectId: string,
  agentId: string,
  options: UpdateOptions
) => Effect.Effect<Contract.UpdatedAgentConfiguration, RequestError, Deepgram> = jsonFunction(
  "AgentConfigurations.update",
  Contract.update,
  Contract.UpdatedAgentConfiguration,
  (project_id: string, agent_id: string, json: UpdateOptions) => ({ ...ofAgent(project_id, agent_id), body: { json } }),
  (json) => normalized(orEmpty(json))
)

const remove: (
  projectId: string,
  agentId: string
) => Effect.Effect<Readonly<Record<string, unknown>>, RequestError, Deepgram> = jsonFunction(
  "AgentConfigurations.delete",
  Contract.remove,
  JsonObject,
  ofAgent,
  orEmpty
)

export {
  /**
   * Deletes an agent: sessions that name it fail from then on. The answer is whatever Deepgram says to it, usually
   * nothing.
   *
   * @see https://developers.deepgram.com/reference/voice-agent/agent-configurations/delete-agent-configuration
   */
  remove as delete
}
