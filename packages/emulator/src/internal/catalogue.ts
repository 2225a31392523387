/** The models that can be asked for, described as far as their names say something. */
import { auraVoices, listenModels } from "effect-deepgram/DeepgramApi"
import type { ModelList, SpeechToTextModel, TextToSpeechModel } from "effect-deepgram/Models"
import { isVoice, parseVoice } from "./speak/voices.ts"
import { languages } from "./transcribe/languages.ts"
import { modelNamed, parseModel } from "./transcribe/models.ts"

/** Architectures that newer ones took the place of: listed with `include_outdated` only. */
const outdated: ReadonlySet<string | undefined> = new Set(["nova", "enhanced", "base"])

/** The general models of the newer generations know many languages, all others English. */
const languagesOf = (architecture: string, variant: string): ReadonlyArray<string> =>
  variant === "general" && !outdated.has(architecture) ? ["multi", ...languages.map(({ code }) => code)] : ["en"]

const listening = (canonical_name: string): SpeechToTextModel => {
  const { uuid, version } = modelNamed(canonical_name)
  const { arch, variant } = parseModel(canonical_name)
  const known = languagesOf(arch, variant)
  return {
    name: variant,
    canonical_name,
    architecture: arch,
    languages: known,
    version,
    uuid,
    batch: true,
    streaming: true,
    formatted_output: true,
    multilingual: known.includes("multi")
  }
}

const speaking = (canonical_name: string): TextToSpeechModel => {
  const { arch, language, name } = parseVoice(canonical_name)
  const { uuid, version } = modelNamed(canonical_name)
  return {
    name,
    canonical_name,
    architecture: arch,
    languages: [language],
    version,
    uuid,
    metadata: { display_name: name.charAt(0).toUpperCase() + name.slice(1) }
  }
}

const names = new Intl.DisplayNames("en", { type: "language" })

const nameOf = (language: string): string => language === "multi" ? "Multilingual" : names.of(language) ?? language

/** Several names may stand for one model: the first one is its canonical name. */
const distinct = <Model extends { readonly uuid?: string }>(models: ReadonlyArray<Model>): ReadonlyArray<Model> =>
  [
    ...new Map(models.toReversed().map((model) => [model.uuid, model])).values()
  ].toReversed()

/**
 * The public models and those of a project. Like Deepgram's own catalogue it lists no Flux (inventory 1.10).
 */
export const catalogue = (options: {
  /** Custom models, of a project. */
  readonly custom: ReadonlyArray<string>
  readonly includeOutdated: boolean
}): Required<ModelList> => {
  const stt = distinct([...listenModels, ...options.custom.filter((name) => !isVoice(name))].map(listening))
    .filter((model) =>
      options.includeOutdated || !outdated.has(model.architecture) ||
      options.custom.includes(model.canonical_name ?? "")
    )
  const tts = distinct([...auraVoices, ...options.custom.filter(isVoice)].map(speaking))
  const codes = new Set([...stt, ...tts].flatMap((model) => model.languages ?? []))
  return { stt, tts, languages: Object.fromEntries([...codes].toSorted().map((code) => [code, nameOf(code)])) }
}
