/** Settings of agents that are well formed, and that Deepgram would refuse all the same (inventory 3). */
import { isJson } from "./normalize.ts"

const isCompressed = new Set<unknown>(["mp3", "opus", "flac", "aac"])

/** Providers that have no server of their own. */
const needEndpoint = new Set<unknown>(["groq", "aws_bedrock"])

const startsWith = (value: unknown, start: string): boolean => typeof value === "string" && value.startsWith(start)

/** Who does something: one, or several that stand in for each other. Whether they are well formed is not known yet. */
const choices = (part: unknown) =>
  [part].flat().filter(isJson).map(({ endpoint, provider }) => ({
    hasEndpoint: endpoint !== undefined,
    provider: isJson(provider) ? provider : {}
  }))

const listenProblem = (listen: unknown): string | undefined => {
  const found = choices(listen).find(({ provider: { model, version } }) =>
    startsWith(model, "flux-") && version !== "v2"
  )
  return found && `${found.provider["model"]} listens with version: "v2"`
}

const thinkProblem = (think: unknown): string | undefined => {
  const found = choices(think).find(({ hasEndpoint, provider: { type } }) => !hasEndpoint && needEndpoint.has(type))
  return found && `${found.provider["type"]} thinks at an endpoint of your own`
}

const speakProblem = (speak: unknown): string | undefined => {
  const voices = choices(speak).map(({ provider }) => provider).filter(({ type }) => type === "deepgram")
  const flux = voices.find(({ model, version }) => startsWith(model, "flux-") && version !== "v2")
  const aura = voices.find(({ model, version }) => startsWith(model, "aura-") && version === "v2")
  if (flux !== undefined) return `${flux["model"]} speaks with version: "v2"`
  return aura && `${aura["model"]} speaks with version: "v1"`
}

/** Why the parts of an agent cannot be: of settings, or of an update. */
export const refusedParts = ({ listen, speak, think }: {
  readonly listen?: unknown
  readonly think?: unknown
  readonly speak?: unknown
}): string | undefined => listenProblem(listen) ?? thinkProblem(think) ?? speakProblem(speak)

/** Why there cannot be a session with such settings. */
export const refusedSettings = (settings: unknown): string | undefined => {
  if (!isJson(settings)) return undefined
  const { agent, audio } = settings
  if (!isJson(agent)) return undefined
  const output = isJson(audio) && isJson(audio["output"]) ? audio["output"] : {}
  const hasFlux = choices(agent["speak"]).some(({ provider: { model } }) => startsWith(model, "flux-"))
  return refusedParts(agent) ?? (hasFlux && isCompressed.has(output["encoding"])
    ? `voices of Flux do not speak ${output["encoding"]}`
    : undefined)
}
