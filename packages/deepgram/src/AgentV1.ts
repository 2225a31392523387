/**
 * `agent.v1`: voice agents.
 *
 * @see https://developers.deepgram.com/reference/voice-agent/voice-agent
 */
import type * as Effect from "effect/Effect"
import type { Deepgram } from "./Deepgram.ts"
import type { RequestError } from "./DeepgramError.ts"
import * as Contract from "./internal/contract/agentV1.ts"
import { withList } from "./internal/normalize.ts"
import { jsonFunction } from "./internal/operation.ts"

export { ThinkModel, ThinkModelList } from "./internal/contract/agentV1.ts"

/**
 * Lists the models that agents can think with. On the host of the agents, and without need of a credential.
 *
 * @see https://developers.deepgram.com/reference/voice-agent/think-models
 */
export const listThinkModels: () => Effect.Effect<Contract.ThinkModelList, RequestError, Deepgram> = jsonFunction(
  "AgentV1.listThinkModels",
  Contract.listThinkModels,
  Contract.ThinkModelList,
  () => ({}),
  withList("models")
)
