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
  "detect_entities",
  "keywords",
  "profanity_filter",
  "redact"
] as const

/** Modelled for English only; Deepgram too understands no other language. */
const englishOnly = ["dictation", "intents", "measurements", "numerals", "sentiment", "summarize", "topics"] as const

/** What has no effect without which other parameter. */
const dependent = [["custom_intent", "intents"], ["custom_topic", "topics"]] as const

const isAsked = (value: boolean | string | ReadonlyArray<string> | undefined): boolean =>
  typeof value === "boolean" ? value : values(value).some((value) => value !== "")

/** What the request asked for and does not get, given the languages of the channels. */
export const warningsOf = (query: Query, languages: ReadonlyArray<string>): ReadonlyArray<ParameterWarning> => {
  const warnings: Array<ParameterWarning> = []
  for (const parameter of notModelled) {
    if (!isAsked(query[parameter])) continue
    warnings.push({
      parameter,
      type: "not_modelled",
      message: `The emulator accepts \`${parameter}\`, but does not model it: it had no effect.`
    })
  }
  const foreign = languages.find((language) => !isEnglish(language))
  for (const parameter of foreign === undefined ? [] : englishOnly) {
    if (!isAsked(query[parameter])) continue
    warnings.push({
      parameter,
      type: "unsupported_language",
      message: `The emulator models \`${parameter}\` for English only, not for \`${foreign}\`: it had no effect.`
    })
  }
  for (const [parameter, needed] of dependent) {
    if (!isAsked(query[parameter]) || isAsked(query[needed])) continue
    warnings.push({
      parameter,
      type: "no_effect",
      message: `\`${parameter}\` is looked for with \`${needed}\` only: it had no effect.`
    })
  }
  const { detect_language } = query
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
