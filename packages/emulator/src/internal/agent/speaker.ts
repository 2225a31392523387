/** Which voice an agent has, and what is refused of it (inventory 3.5). */
import * as Result from "effect/Result"
import { auraSpeedProblem, expressivityProblem, fluxSpeedProblem } from "../speak/manner.ts"
import { auraVoice, fluxVoice, isControllable } from "../speak/voices.ts"
import type { LoggedModel } from "../state/ledgerEntry.ts"
import { quoted } from "../vendorError.ts"
import type { SpeakSettings } from "./messages.ts"
import { type Fatal, invalidSettings } from "./problem.ts"

/** A voice. Those of other providers are the emulator's own, too: nobody else is asked. */
export interface Speaker {
  /** For people. */
  readonly name: string
  readonly isFlux: boolean
  /** Of Deepgram's voices. */
  readonly model: LoggedModel | undefined
  /** Which of the test voices. */
  readonly testVoice: number
  readonly speed: number
  /** Why it cannot speak so. Deepgram notices that when it is to speak. */
  readonly problem: string | undefined
}

type DeepgramProvider = Extract<SpeakSettings["provider"], { readonly type: "deepgram" }>

const refuse = (problem: string) => Result.fail(invalidSettings(`speak: ${problem}`))

const ofDeepgram = (
  { expressivity, model, speed = 1, version = "v1" }: DeepgramProvider,
  custom: ReadonlyArray<string>
): Result.Result<Speaker, Fatal> => {
  if (version !== "v1" && version !== "v2") return refuse(`there is no version ${quoted(version)}.`)
  const isFlux = version === "v2"
  if (!isFlux && expressivity !== undefined) return refuse("expressivity is of voices of Flux only.")
  const found = isFlux ? fluxVoice(model, custom) : auraVoice(model, custom)
  if (Result.isFailure(found)) return refuse(`there is no voice ${quoted(model)} of version ${version}.`)
  const voice = found.success
  const problem = isFlux
    ? fluxSpeedProblem(speed) ?? expressivityProblem(expressivity)
    : auraSpeedProblem(speed === 1 ? undefined : speed, isControllable(voice))
  return Result.succeed({
    name: model,
    isFlux,
    model: voice.model,
    testVoice: voice.testVoice,
    speed,
    problem: problem?.err_msg
  })
}

/** What is wrong with the server of another provider, if anything. */
const endpointProblem = ({ endpoint, provider: { type } }: SpeakSettings): string | undefined => {
  // Deepgram runs Cartesia itself.
  if (endpoint === undefined) return type === "cartesia" ? undefined : `${type} needs an endpoint.`
  const url = URL.parse(endpoint.url ?? "")
  if (url === null || !/^(https?|wss?):$/.test(url.protocol)) return "the endpoint has no URL."
  if (url.protocol.startsWith("ws") && type !== "eleven_labs") return "only eleven_labs has an endpoint with wss."
  const reserved = ["output_format", "model_id"].find((name) => type === "eleven_labs" && url.searchParams.has(name))
  return reserved === undefined ? undefined : `the URL of the endpoint must not have ${reserved}.`
}

/** The voice of settings; `custom`: models besides those that Deepgram documents. */
export const speakerOf = (settings: SpeakSettings, custom: ReadonlyArray<string>): Result.Result<Speaker, Fatal> => {
  const { provider } = settings
  if (provider.type === "deepgram") return ofDeepgram(provider, custom)
  const problem = endpointProblem(settings)
  return problem === undefined
    ? Result.succeed({
      name: provider.type,
      isFlux: false,
      model: undefined,
      testVoice: 0,
      speed: 1,
      problem: undefined
    })
    : refuse(problem)
}
