/** `voiceAgent.variables`. */
import type { AgentVariable } from "effect-deepgram/AgentVariables"
import { DeepgramApi } from "effect-deepgram/DeepgramApi"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { randomUUID } from "node:crypto"
import { isoNow } from "../iso.ts"
import { Variables } from "../state/collections.ts"
import { conflict, notFound, unacceptable } from "../vendorError.ts"
import { inProject } from "./accounts.ts"
import { payloadOf } from "./payload.ts"
import { answering } from "./requestContext.ts"

const create = Effect.fnUntraced(function*(
  memberId: string,
  payload: {
    readonly key: string
    readonly value: AgentVariable["value"]
    readonly is_sensitive?: boolean | undefined
    readonly api_version?: number | undefined
  }
) {
  const { is_sensitive = false, key, value } = payload
  if (!/^DG_[A-Z0-9_-]+$/.test(key)) {
    return yield* unacceptable("Invalid key.", "It must be DG_ and a name of capitals, digits, _ and -.")
  }
  if (is_sensitive) return yield* unacceptable("Sensitive variables are not supported.")
  const created_at = yield* isoNow
  const variables = yield* Variables
  if ([...variables.values()].some((variable) => variable.key === key)) {
    return yield* conflict(`There is a variable ${key} already.`)
  }
  const made: AgentVariable = {
    variable_id: randomUUID(),
    key,
    value,
    is_sensitive,
    member_id: memberId,
    api_version: payload.api_version ?? 1,
    created_at,
    updated_at: created_at
  }
  variables.set(made.variable_id, made)
  return made
})

const missing = notFound("Agent variable not found.")

/** The implementation of the group `AgentVariables`. */
export const layer = HttpApiBuilder.group(DeepgramApi, "AgentVariables", (handlers) =>
  handlers
    .handle("list", ({ params }) =>
      answering(Effect.gen(function*() {
        yield* inProject(params.project_id, "project:read")
        return { variables: [...(yield* Variables).values()] }
      })))
    .handleRaw("create", (input) =>
      answering(Effect.gen(function*() {
        const { memberId } = yield* inProject(input.params.project_id, "project:write")
        return yield* create(memberId, yield* payloadOf(input))
      })))
    .handle("get", ({ params }) =>
      answering(Effect.gen(function*() {
        yield* inProject(params.project_id, "project:read")
        return (yield* Variables).get(params.variable_id) ?? (yield* missing)
      })))
    .handleRaw("update", (input) =>
      answering(Effect.gen(function*() {
        yield* inProject(input.params.project_id, "project:write")
        const { value } = yield* payloadOf(input)
        const variables = yield* Variables
        const updated_at = yield* isoNow
        const before = variables.get(input.params.variable_id)
        if (before === undefined) return yield* missing
        const after: AgentVariable = { ...before, value, updated_at }
        variables.set(after.variable_id, after)
        return after
      })))
    .handle("delete", ({ params }) =>
      answering(Effect.gen(function*() {
        yield* inProject(params.project_id, "project:write")
        const variables = yield* Variables
        if (!variables.delete(params.variable_id)) return yield* missing
        return { message: "Successfully deleted the agent variable." }
      }))))
