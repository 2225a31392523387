/** What analyses have in common, be the text spoken or written: traps of their options and of their answers. */
import { isJson, lifted } from "./normalize.ts"

type OneOrMore = string | ReadonlyArray<string>

/** How many values there are. */
export const count = (values: OneOrMore | undefined): number =>
  values === undefined ? 0 : typeof values === "string" ? 1 : values.length

/** Most topics or intents of one request. */
const maxCustom = 100

/** Longest tag, in characters. */
const maxTagLength = 128

/** Why tags are not sent. */
export const refusedTag = (tag: OneOrMore | undefined): string | undefined =>
  [tag ?? []].flat().some(({ length }) => length > maxTagLength)
    ? `a tag is longer than ${maxTagLength} characters`
    : undefined

interface InsightQuery {
  readonly custom_topic?: OneOrMore | undefined
  readonly custom_intent?: OneOrMore | undefined
  readonly tag?: OneOrMore | undefined
}

/** Why these options are not sent: because Deepgram would refuse them. */
export const refusedInsights = (query: InsightQuery): string | undefined => {
  for (const name of ["custom_topic", "custom_intent"] as const) {
    if (count(query[name]) > maxCustom) return `at most ${maxCustom} values of ${name} are allowed`
  }
  return refusedTag(query.tag)
}

const insights = ["summary", "topics", "intents"] as const

/** Insights are flat on the wire, but one level deeper in the vendor's specification: both are taken (trap 2). */
export const flattenInsights = (json: unknown): unknown => {
  if (!isJson(json) || !isJson(json["results"])) return json
  const { results } = json
  const nested = insights.flatMap((name) => {
    const outer = results[name]
    if (!isJson(outer) || !isJson(outer["results"]) || outer["results"][name] === undefined) return []
    return [[name, lifted(lifted(outer, "results"), name)] as const]
  })
  return nested.length === 0 ? json : { ...json, results: { ...results, ...Object.fromEntries(nested) } }
}

/** The same for the answer of `read.v1`, whose metadata the specification has one level deeper too. */
export const flattenAnalysis = (json: unknown): unknown => {
  const flat = flattenInsights(json)
  if (!isJson(flat) || !isJson(flat["metadata"]) || !isJson(flat["metadata"]["metadata"])) return flat
  return { ...flat, metadata: lifted(flat["metadata"], "metadata") }
}
