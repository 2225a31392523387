import { listenParameters } from "effect-deepgram/DeepgramApi"
import type { ParameterWarning } from "effect-deepgram/ListenV1"
import { isDetectable } from "./language.ts"
import { isEnglish, type Query, values } from "./query.ts"

/**
 * Parameters that are accepted and have no effect: what they ask for takes more than the test voice.
 *
 * Modelled in part: `smart_format` writes numbers, but no dates, times, amounts of money or addresses; `dictation` obeys
 * marks, but no line breaks; `filler_words` has nothing to do, as no spoken word is left out.
 */
export const notModelled = [
  "custom_intent",
  "custom_intent_mode",
  "custom_topic",
  "custom_topic_mode",
  "detect_entities",
  "intents",
  "keywords",
  "profanity_filter",
  "redact",
  "sentiment",
  "summarize",
  "topics"
] as const

/** Modelled for English only. */
const englishOnly = ["dictation", "measurements", "numerals"] as const

const isAsked = (value: boolean | string | ReadonlyArray<string> | undefined): boolean =>
  typeof value === "boolean" ? value : values(value).some((value) => value !== "")

/** What the request asked for and does not get. */
export const warningsOf = (query: Query): ReadonlyArray<ParameterWarning> => {
  const warnings: Array<ParameterWarning> = []
  for (const parameter of notModelled) {
    if (!isAsked(query[parameter])) continue
    warnings.push({
      parameter,
      type: "not_modelled",
      message: `The emulator accepts \`${parameter}\`, but does not model it: it had no effect.`
    })
  }
  const { detect_language, language } = query
  for (const parameter of englishOnly) {
    if (query[parameter] !== true || language === undefined || isEnglish(language)) continue
    warnings.push({
      parameter,
      type: "unsupported_language",
      message: `The emulator models \`${parameter}\` for English only, not for \`${language}\`: it had no effect.`
    })
  }
  for (const tag of typeof detect_language === "boolean" ? [] : values(detect_language)) {
    if (isDetectable(tag)) continue
    warnings.push({
      parameter: "detect_language",
      type: "unsupported_language",
      message: `The emulator cannot detect \`${tag}\`.`
    })
  }
  return warnings
}

/** Parameters that do not exist. Deepgram ignores them in silence, so a misspelt one has no effect that anybody sees. */
export const unknown = (parameters: ReadonlyArray<string>): ReadonlyArray<ParameterWarning> =>
  parameters.filter((parameter) => !listenParameters.includes(parameter)).map((parameter) => ({
    parameter,
    type: "unknown_parameter",
    message: `\`${parameter}\` is not a parameter of /v1/listen: it had no effect.`
  }))
