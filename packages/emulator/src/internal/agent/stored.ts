/** Agents that the project keeps, by their ids (inventory 1.8, 1.9). */
import { agentV1 } from "effect-deepgram/DeepgramChannels"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Configurations, Variables } from "../state/collections.ts"
import { quoted } from "../vendorError.ts"
import { type Agent, readStrictly } from "./messages.ts"
import { Fatal, invalidSettings } from "./problem.ts"
import { fillVariables } from "./variables.ts"

const [AgentSchema] = agentV1.client.Settings.fields.agent.members

const parse = Option.liftThrowable((text: string): unknown => JSON.parse(text))

/** The configuration as JSON, with the values of its variables. */
const filled = Effect.fnUntraced(function*(config: string): Effect.fn.Return<unknown, Fatal, Variables> {
  const values = new Map([...(yield* Variables).values()].map(({ key, value }) => [key, value]))
  let missing: string | undefined
  const text = fillVariables(config, (key) => {
    if (!values.has(key)) missing ??= key
    return JSON.stringify(values.get(key) ?? null)
  })
  if (missing !== undefined) return yield* invalidSettings(`agent: there is no variable ${quoted(missing)}.`)
  return yield* Effect.fromOption(parse(text), () => invalidSettings("agent: the configuration is no JSON."))
})

/** The agent with this id. */
export const storedAgent = Effect.fnUntraced(
  function*(id: string): Effect.fn.Return<Agent, Fatal, Configurations | Variables> {
    const found = (yield* Configurations).get(id)
    if (found === undefined) {
      return yield* new Fatal({ code: "INVALID_AGENT_ID", description: `There is no agent ${quoted(id)}.` })
    }
    const config = typeof found.config === "string" ? yield* filled(found.config) : found.config
    // Nobody has sent it now, so it is not the message that is wrong.
    return yield* Effect.mapError(
      readStrictly(AgentSchema, config),
      ({ description }) => invalidSettings(`agent: ${description}`)
    )
  }
)
