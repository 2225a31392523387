/** What an agent goes by, and what is refused of it although it can be read: `INVALID_SETTINGS` (inventory 3). */
import { listenModels } from "effect-deepgram/DeepgramApi"
import { listenV2Models } from "effect-deepgram/DeepgramChannels"
import { isReadonlyArrayNonEmpty, type NonEmptyReadonlyArray } from "effect/Array"
import { isHttpMethod } from "effect/http/HttpMethod"
import * as Result from "effect/Result"
import { checkParameters } from "../audio/decode.ts"
import type { OutputFormat } from "../audio/encode.ts"
import { type FluxQuery, refusedSettings, type Settings as TurnSettings, settingsOf } from "../live/turnSettings.ts"
import { isVoice } from "../speak/voices.ts"
import type { LoggedModel } from "../state/ledgerEntry.ts"
import { modelNamed } from "../transcribe/models.ts"
import { quoted } from "../vendorError.ts"
import { formatOf, isCompressed } from "./format.ts"
import type { Agent, ListenProvider, Settings, SpeakSettings, ThinkSettings } from "./messages.ts"
import { type Fatal, invalidSettings } from "./problem.ts"
import { type Speaker, speakerOf } from "./speaker.ts"

type Checked<A> = Result.Result<A, Fatal>

const refuse = (problem: string) => Result.fail(invalidSettings(problem))

/** How an agent listens. */
export interface Listening {
  readonly turns: TurnSettings
  /** Flux can be told that a turn is over. */
  readonly isFlux: boolean
  readonly model: LoggedModel
}

/** A think provider and what it is told. */
export interface Mind {
  readonly settings: ThinkSettings
  readonly prompt: string
  readonly isTooLong: boolean
}

/** Everything that is chosen by settings. */
export interface Plan {
  readonly input: { readonly encoding: string; readonly sampleRate: number }
  readonly format: OutputFormat
  readonly listening: Listening
  readonly minds: NonEmptyReadonlyArray<Mind>
  readonly speakers: NonEmptyReadonlyArray<Speaker>
}

/** Nova does not know whose turn it is: a turn is over after a second of silence, and sooner behind a sentence. */
const novaTimeout = 1000

const defaultListening: ListenProvider = { type: "deepgram", model: "nova-3" }

/** How settings say to listen; `custom`: models besides those that Deepgram documents. */
export const listeningOf = (
  provider: ListenProvider = defaultListening,
  custom: ReadonlyArray<string>
): Checked<Listening> => {
  const isFlux = provider.version === "v2"
  const { model = "nova-3" } = provider
  const isKnown = isFlux
    ? listenV2Models.some((name) => name === model)
    : listenModels.includes(model) || custom.includes(model) && !isVoice(model)
  if (!isKnown) return refuse(`listen.provider: there is no model ${quoted(model)} of version ${isFlux ? "v2" : "v1"}.`)
  const query: FluxQuery = provider.version === "v2"
    ? {
      model,
      keyterm: provider.keyterms ?? [],
      language_hint: provider.language_hints ?? [],
      eot_threshold: provider.eot_threshold,
      eager_eot_threshold: provider.eager_eot_threshold,
      eot_timeout_ms: provider.eot_timeout_ms
    }
    : {
      model,
      keyterm: provider.keyterms ?? [],
      numerals: provider.smart_format === true,
      eot_timeout_ms: novaTimeout
    }
  const problem = refusedSettings(query)
  const [language = "en"] = provider.version === "v2" ? provider.language_hints ?? [] : [provider.language ?? "en-US"]
  const named = modelNamed(model)
  return problem === undefined
    ? Result.succeed({
      turns: settingsOf(query),
      isFlux,
      model: { ...named, arch: isFlux ? "flux" : named.arch, language }
    })
    : refuse(`listen.provider: ${problem}`)
}

const defaultThinking: ThinkSettings = { provider: { type: "open_ai", model: "gpt-4o-mini" } }

/** Longest prompt of a model that Deepgram runs, in characters (inventory 3.4). */
const maxPrompt = 25_000

/** A think provider with another prompt: what is too long is cut off. */
export const withPrompt = (settings: ThinkSettings, prompt: string): Mind => {
  const isTooLong = settings.endpoint === undefined && prompt.length > maxPrompt
  return { settings, prompt: isTooLong ? prompt.slice(0, maxPrompt) : prompt, isTooLong }
}

const needsEndpoint: ReadonlySet<string> = new Set(["groq", "aws_bedrock"])

/** What is wrong with the functions, if anything. */
const functionProblem = (functions: NonNullable<ThinkSettings["functions"]>): string | undefined => {
  const names = new Set<string>()
  for (const { endpoint, name } of functions) {
    if (name === undefined || name === "") return "a function has no name."
    if (names.has(name)) return `there are two functions ${quoted(name)}.`
    names.add(name)
    if (endpoint === undefined) continue
    if (!/^https?:$/.test(URL.parse(endpoint.url ?? "")?.protocol ?? "")) {
      return `the endpoint of the function ${quoted(name)} has no URL with http or https.`
    }
    if (!isHttpMethod((endpoint.method ?? "POST").toUpperCase())) {
      return `the endpoint of the function ${quoted(name)} cannot be called with ${quoted(endpoint.method ?? "")}.`
    }
  }
  return undefined
}

const thinkProblem = ({ context_length, endpoint, functions = [], provider: { type } }: ThinkSettings) => {
  if (endpoint === undefined && needsEndpoint.has(type)) return `${type} needs an endpoint.`
  if (endpoint !== undefined && !/^(https?|wss?):$/.test(URL.parse(endpoint.url ?? "")?.protocol ?? "")) {
    return "the endpoint has no URL."
  }
  if (context_length !== undefined && endpoint === undefined) return "context_length needs an endpoint."
  return functionProblem(functions)
}

/** Those that stand in for each other, in order. */
const chainOf = <A, B>(
  name: string,
  value: A | ReadonlyArray<A>,
  each: (one: A) => Checked<B>
): Checked<NonEmptyReadonlyArray<B>> =>
  Result.flatMap(
    // `isArray` does not narrow a read-only one away.
    Result.all((Array.isArray(value) ? value as ReadonlyArray<A> : [value as A]).map(each)),
    (all) => isReadonlyArrayNonEmpty(all) ? Result.succeed(all) : refuse(`${name} is empty.`)
  )

/** How settings say to think. */
export const mindsOf = (think: Agent["think"] = defaultThinking): Checked<Plan["minds"]> =>
  chainOf<ThinkSettings, Mind>("think", think, (settings) => {
    const problem = thinkProblem(settings)
    return problem === undefined
      ? Result.succeed(withPrompt(settings, settings.prompt ?? ""))
      : refuse(`think: ${problem}`)
  })

const defaultSpeaking: SpeakSettings = { provider: { type: "deepgram", version: "v2", model: "flux-kit-en" } }

/** How settings say to speak. */
export const speakersOf = (
  speak: Agent["speak"] = defaultSpeaking,
  format: OutputFormat,
  custom: ReadonlyArray<string>
): Checked<Plan["speakers"]> =>
  chainOf<SpeakSettings, Speaker>(
    "speak",
    speak,
    (settings) =>
      Result.flatMap(speakerOf(settings, custom), (speaker) =>
        speaker.isFlux && isCompressed(format)
          ? refuse(`audio.output: voices of Flux are not sent as ${format.encoding}.`)
          : Result.succeed(speaker))
  )

const inputOf = ({ input }: Settings["audio"]): Checked<Plan["input"]> => {
  const { encoding = "linear16", sample_rate: sampleRate = 24_000 } = input ?? {}
  const problem = checkParameters({ encoding, sampleRate })
  return problem === undefined
    ? Result.succeed({ encoding, sampleRate })
    : refuse(`audio.input: ${quoted(problem.message)}.`)
}

/** What settings ask for, with the agent that they name or describe. */
export const planOf = (audio: Settings["audio"], agent: Agent, custom: ReadonlyArray<string>): Checked<Plan> =>
  Result.gen(function*() {
    const format = yield* formatOf(audio.output)
    return {
      input: yield* inputOf(audio),
      format,
      listening: yield* listeningOf(agent.listen?.provider, custom),
      minds: yield* mindsOf(agent.think),
      speakers: yield* speakersOf(agent.speak, format, custom)
    }
  })
