/** Which voice a model speaks with. */
import { auraVoices, fluxVoices } from "effect-deepgram/DeepgramApi"
import * as Result from "effect/Result"
import type { LoggedModel } from "../state/ledgerEntry.ts"
import { modelNamed } from "../transcribe/models.ts"
import { uuidOf } from "../uuid.ts"
import { invalidValue, type VendorError } from "../vendorError.ts"
import { voiceCount } from "../voice/code.ts"
import { auraModelOnV2, fluxModelOnV1 } from "./refusals.ts"

/** A model that speaks. */
export interface Voice {
  readonly model: LoggedModel
  /** UUIDs of the models that all voices of a family share. */
  readonly sharedModels: ReadonlyArray<string>
  /** Which of the test voices it is. */
  readonly testVoice: number
}

/** Deepgram's own default. */
const defaultAura = "aura-asteria-en"

/** The same for a name at all times; the voices that Deepgram documents are spread over all test voices. */
const testVoiceOf = (name: string): number => {
  let hash = 0
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 65_521
  return hash % voiceCount
}

/** Whether a custom model speaks, by its name; all others listen. */
export const isVoice = (model: string): boolean => /^(aura|flux)-/.test(model)

/** What the name of a voice says: `aura-2-thalia-en` is Thalia, of Aura-2, who speaks English. */
export const parseVoice = (
  model: string
): { readonly arch: string; readonly name: string; readonly language: string } => {
  const [, arch = "other", name = model, language = "en"] =
    /^(aura(?:-\d+)?|flux)-(.+?)(?:-([a-z]{2}))?$/.exec(model) ?? []
  return { arch, name, language }
}

const voiceNamed = (name: string): Voice => {
  const { arch, language } = parseVoice(name)
  const { uuid, version } = modelNamed(name)
  return {
    model: { uuid, name, version, arch, language },
    sharedModels: [uuidOf("model", arch, "text"), uuidOf("model", arch, "sound")],
    testVoice: testVoiceOf(name)
  }
}

const voiceOf = (
  name: string,
  known: ReadonlyArray<string>,
  custom: ReadonlyArray<string>
): Result.Result<Voice, VendorError> =>
  known.includes(name) || custom.includes(name) && isVoice(name)
    ? Result.succeed(voiceNamed(name))
    : Result.fail(invalidValue("model", name))

/** The voice of `POST /v1/speak`; `custom`: models besides those that Deepgram documents. */
export const auraVoice = (name: string = defaultAura, custom: ReadonlyArray<string>) =>
  name.startsWith("flux-") ? Result.fail(fluxModelOnV1) : voiceOf(name, auraVoices, custom)

/** The voice of `POST /v2/speak`; `custom`: models besides those that Deepgram documents. */
export const fluxVoice = (name: string, custom: ReadonlyArray<string>) =>
  name.startsWith("aura-") ? Result.fail(auraModelOnV2) : voiceOf(name, fluxVoices, custom)

/** Speed and pronunciation can be told to Aura-2 in English and Spanish. */
export const isControllable = ({ model: { arch, language } }: Voice): boolean =>
  arch === "aura-2" && (language === "en" || language === "es")
