/** What `listen.v1` needs besides its contract: traps of its options and of its answers. */
import { models, TranscribeQuery } from "./contract/listenV1.ts"

const count = (values: string | ReadonlyArray<string> | undefined): number =>
  values === undefined ? 0 : typeof values === "string" ? 1 : values.length

/** Most topics or intents of one request. */
const maxCustom = 100

/** Longest tag, in characters. */
const maxTagLength = 128

const isNova3 = (model: string | undefined): boolean => model?.startsWith("nova-3") === true

/** Models before Nova-3; custom ones are not known. */
const isEarlier = (model: string | undefined): boolean =>
  model !== undefined && !isNova3(model) && models.some((known) => known === model)

/**
 * Why these options are not sent: because Deepgram would refuse them, as far as it can be known beforehand (inventory
 * 1.2), because it would ignore them in silence, or because the answer would not be what the operation promises.
 */
export const refusedOptions = (
  query: Partial<typeof TranscribeQuery.Type>,
  submitted: boolean
): string | undefined => {
  const unknown = Object.entries(query)
    .flatMap(([name, value]) => value === undefined || Object.hasOwn(TranscribeQuery.fields, name) ? [] : [name])
  if (unknown.length > 0) {
    return `there is no option ${unknown.join(", ")}; to send it all the same, use Deepgram.withOptions({ query })`
  }
  if (submitted && (query.callback === undefined || query.callback === "")) return "callback is missing"
  if (!submitted && query.callback !== undefined) return "with a callback use submitUrl or submitFile"
  if (query.diarize !== undefined && query.diarize_model !== undefined) {
    return "diarize and diarize_model exclude each other: leave diarize out"
  }
  if (isNova3(query.model) && count(query.keywords) > 0) {
    return "keywords are not supported by Nova-3: use keyterm, without weights"
  }
  if (isEarlier(query.model) && count(query.keyterm) > 0) {
    return `keyterm is only supported by Nova-3: with ${query.model} use keywords`
  }
  for (const name of ["custom_topic", "custom_intent"] as const) {
    if (count(query[name]) > maxCustom) return `at most ${maxCustom} values of ${name} are allowed`
  }
  return [query.tag ?? []].flat().some((tag) => tag.length > maxTagLength)
    ? `a tag is longer than ${maxTagLength} characters`
    : undefined
}

type Json = Readonly<Record<string, unknown>>

const member = (json: unknown, name: string): unknown =>
  typeof json === "object" && json !== null ? (json as Json)[name] : undefined

/** Topics and intents are flat on the wire, but one level deeper in the vendor's specification: both are taken (trap 2). */
export const flattenInsights = (json: unknown): unknown => {
  const results = member(json, "results")
  const nested = (["topics", "intents"] as const).flatMap((name) => {
    const inner = member(member(member(results, name), "results"), name)
    return inner === undefined ? [] : [[name, inner] as const]
  })
  return nested.length === 0
    ? json
    : { ...json as Json, results: { ...results as Json, ...Object.fromEntries(nested) } }
}
