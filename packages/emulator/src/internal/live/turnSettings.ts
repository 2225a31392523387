/** What a session on `/v2/listen` goes by, and what is refused (inventory 2.2). */
import { listenV2, listenV2MaxKeyterms, listenV2Models } from "effect-deepgram/DeepgramChannels"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { values } from "../transcribe/query.ts"
import { invalidValue } from "../vendorError.ts"
import type { Configure } from "./turnMessages.ts"

const number = Schema.optional(Schema.Finite)

/** The query of the contract, but for ranges: what is out of them is refused in Deepgram's words. */
export const FluxQuery = Schema.Struct({
  ...listenV2.query.fields,
  eager_eot_threshold: number,
  eot_threshold: number,
  eot_timeout_ms: number
})

export type FluxQuery = typeof FluxQuery.Type

export interface Settings {
  /** Confidence, 0.3 to 0.9; without it nothing is said about turns that may be over. */
  readonly eagerThreshold: number | undefined
  /** Confidence, 0.5 to 1. */
  readonly threshold: number
  /** Milliseconds, 500 to 60000. */
  readonly timeout: number
  readonly keyterms: ReadonlyArray<string>
  /** The model is for many languages. */
  readonly multilingual: boolean
  /** BCP-47 tags. */
  readonly languageHints: ReadonlyArray<string>
  readonly numerals: boolean
  readonly profanityFilter: boolean
}

/** Why settings cannot be. */
export interface Problem {
  /** Deepgram documents that there are codes, and none of them; these are the emulator's own. */
  readonly code: string
  readonly description: string
}

const multilingualModel = listenV2Models[1]

/** The names of parameters that `Configure` calls otherwise. */
const ofQuery = { keyterms: "keyterm", languageHints: "language_hint" }
const ofConfigure = { keyterms: "keyterms", languageHints: "language_hints" }

const outOfRange = (name: string, value: number, least: number, most: number): Problem | undefined =>
  value >= least && value <= most ? undefined : {
    code: `${name.toUpperCase()}_OUT_OF_RANGE`,
    description: `${invalidValue(name, String(value)).err_msg} It must be between ${least} and ${most}.`
  }

const problemOf = (settings: Settings, names: typeof ofQuery): Problem | undefined => {
  const { eagerThreshold, keyterms, languageHints, multilingual, threshold, timeout } = settings
  const range = (eagerThreshold === undefined
    ? undefined
    : outOfRange("eager_eot_threshold", eagerThreshold, 0.3, 0.9)) ??
    outOfRange("eot_threshold", threshold, 0.5, 1) ??
    outOfRange("eot_timeout_ms", timeout, 500, 60_000)
  if (range !== undefined) return range
  if (!Number.isInteger(timeout)) {
    return {
      code: "EOT_TIMEOUT_MS_INVALID",
      description: `${invalidValue("eot_timeout_ms", String(timeout)).err_msg} It must be whole milliseconds.`
    }
  }
  if (eagerThreshold !== undefined && eagerThreshold > threshold) {
    return {
      code: "EAGER_EOT_THRESHOLD_ABOVE_EOT_THRESHOLD",
      description: `${invalidValue("eager_eot_threshold", String(eagerThreshold)).err_msg} ` +
        `It must not be greater than 'eot_threshold', which is ${threshold}.`
    }
  }
  if (keyterms.length > listenV2MaxKeyterms) {
    return {
      code: "KEYTERM_LIMIT_EXCEEDED",
      description: `Keyterm limit exceeded. The maximum number of '${names.keyterms}' is ${listenV2MaxKeyterms}.`
    }
  }
  if (languageHints.length > 0 && !multilingual) {
    return {
      code: "LANGUAGE_HINTS_NOT_SUPPORTED",
      description: `'${names.languageHints}' is only supported by the model '${multilingualModel}'.`
    }
  }
  if (languageHints.includes("")) {
    return { code: "LANGUAGE_HINTS_INVALID", description: invalidValue(names.languageHints, "").err_msg }
  }
  return undefined
}

/** What a query asks for. */
export const settingsOf = (query: FluxQuery): Settings => ({
  eagerThreshold: query.eager_eot_threshold,
  threshold: query.eot_threshold ?? 0.7,
  timeout: query.eot_timeout_ms ?? 5000,
  keyterms: values(query.keyterm),
  multilingual: query.model === multilingualModel,
  languageHints: values(query.language_hint),
  numerals: query.numerals === true,
  profanityFilter: query.profanity_filter === true
})

/** Why a session cannot begin with these settings, in Deepgram's manner; nothing when it can. */
export const refusedSettings = (query: FluxQuery): string | undefined =>
  problemOf(settingsOf(query), ofQuery)?.description

/** The settings after `Configure`; all of it is obeyed or nothing. */
export const configured = (settings: Settings, message: Configure): Result.Result<Settings, Problem> => {
  const { keyterms, language_hints, numerals, thresholds } = message
  const next: Settings = {
    ...settings,
    eagerThreshold: thresholds?.eager_eot_threshold ?? settings.eagerThreshold,
    threshold: thresholds?.eot_threshold ?? settings.threshold,
    timeout: thresholds?.eot_timeout_ms ?? settings.timeout,
    keyterms: keyterms === null || keyterms === undefined ? settings.keyterms : values(keyterms),
    languageHints: language_hints ?? settings.languageHints,
    numerals: numerals ?? settings.numerals
  }
  const problem = problemOf(next, ofConfigure)
  return problem === undefined ? Result.succeed(next) : Result.fail(problem)
}
