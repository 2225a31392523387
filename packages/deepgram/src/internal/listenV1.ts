/** What `listen.v1` needs besides its contract: traps of its options and of its answers. */
import type { TranscribeQuery } from "./contract/listenV1.ts"

const count = (values: string | ReadonlyArray<string> | undefined): number =>
  values === undefined ? 0 : typeof values === "string" ? 1 : values.length

/** Most topics or intents of one request. */
const maxCustom = 100

/** Longest tag, in characters. */
const maxTagLength = 128

/** Why Deepgram would refuse these options, as far as it can be known beforehand (inventory 1.2). */
export const refusedCombination = (query: Partial<typeof TranscribeQuery.Type>): string | undefined => {
  if (query.diarize !== undefined && query.diarize_model !== undefined) {
    return "diarize and diarize_model exclude each other: leave diarize out"
  }
  if (query.model?.startsWith("nova-3") === true && count(query.keywords) > 0) {
    return "keywords are not supported by Nova-3: use keyterm, without weights"
  }
  for (const name of ["custom_topic", "custom_intent"] as const) {
    if (count(query[name]) > maxCustom) return `at most ${maxCustom} values of ${name} are allowed`
  }
  const tags = typeof query.tag === "string" ? [query.tag] : query.tag ?? []
  return tags.some((tag) => tag.length > maxTagLength) ? `a tag is longer than ${maxTagLength} characters` : undefined
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
