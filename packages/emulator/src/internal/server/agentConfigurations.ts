/** `voiceAgent.configurations`. */
import type { AgentConfiguration } from "effect-deepgram/AgentConfigurations"
import { DeepgramApi } from "effect-deepgram/DeepgramApi"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Option from "effect/Option"
import { isObject } from "effect/Predicate"
import { randomUUID } from "node:crypto"
import { fillVariables } from "../agent/variables.ts"
import { isoNow } from "../iso.ts"
import { Configurations } from "../state/collections.ts"
import { notFound, unacceptable, type VendorError } from "../vendorError.ts"
import { inProject } from "./accounts.ts"
import { payloadOf, refuseDeep } from "./payload.ts"
import { answering } from "./requestContext.ts"

const parse = Option.liftThrowable(JSON.parse)

const parseObject = (text: string) => Option.filter(parse(text), isObject)

/**
 * The text of an agent as it is given back: an object, or the text itself where variables (`"prompt": DG_PROMPT`) stand
 * in it, which are no JSON. Fails if it would be no object with values in their place.
 */
const configOf = Effect.fnUntraced(
  function*(text: string): Effect.fn.Return<AgentConfiguration["config"], VendorError> {
    const object = parseObject(text)
    const filled = Option.orElse(
      object,
      () => parseObject(fillVariables(text, () => "null"))
    )
    if (Option.isNone(filled)) return yield* unacceptable("Invalid config.", "It must be a string with a JSON object.")
    yield* refuseDeep(filled.value)
    return Option.getOrElse(object, () => text)
  }
)

const create = Effect.fnUntraced(function*(
  memberId: string,
  payload: {
    readonly config: string
    readonly metadata?: AgentConfiguration["metadata"] | undefined
    readonly api_version?: number | undefined
  }
) {
  const config = yield* configOf(payload.config)
  const configurations = yield* Configurations
  const created_at = yield* isoNow
  const made: AgentConfiguration = {
    agent_id: randomUUID(),
    config,
    metadata: payload.metadata ?? {},
    member_id: memberId,
    api_version: payload.api_version ?? 1,
    created_at,
    updated_at: created_at
  }
  configurations.set(made.agent_id, made)
  return made
})

const missing = notFound("Agent configuration not found.")

/** The implementation of the group `AgentConfigurations`. */
export const layer = HttpApiBuilder.group(DeepgramApi, "AgentConfigurations", (handlers) =>
  handlers
    .handle("list", ({ params }) =>
      answering(Effect.gen(function*() {
        yield* inProject(params.project_id, "project:read")
        return { agents: [...(yield* Configurations).values()] }
      })))
    .handleRaw("create", (input) =>
      answering(Effect.gen(function*() {
        const { memberId } = yield* inProject(input.params.project_id, "project:write")
        return yield* create(memberId, yield* payloadOf(input))
      })))
    .handle("get", ({ params }) =>
      answering(Effect.gen(function*() {
        yield* inProject(params.project_id, "project:read")
        return (yield* Configurations).get(params.agent_id) ?? (yield* missing)
      })))
    .handleRaw("update", (input) =>
      answering(Effect.gen(function*() {
        yield* inProject(input.params.project_id, "project:write")
        const { metadata } = yield* payloadOf(input)
        const configurations = yield* Configurations
        const updated_at = yield* isoNow
        const before = configurations.get(input.params.agent_id)
        if (before === undefined) return yield* missing
        const after: AgentConfiguration = { ...before, metadata, updated_at }
        configurations.set(after.agent_id, after)
        return after
      })))
    .handle("delete", ({ params }) =>
      answering(Effect.gen(function*() {
        yield* inProject(params.project_id, "project:write")
        const configurations = yield* Configurations
        if (!configurations.delete(params.agent_id)) return yield* missing
        return { message: "Successfully deleted the agent configuration." }
      }))))
