/** Which calls somebody wants to know about. */
import { usageFeatures } from "effect-deepgram/DeepgramApi"
import type { Entry } from "./ledgerEntry.ts"

/** Where every call is answered. */
export const deployment = "hosted"

/** What calls can be told apart by; what is absent does not matter. */
export interface Filter {
  /** The id of the API key. */
  readonly accessor?: string | undefined
  readonly deployment?: string | undefined
  readonly endpoint?: string | undefined
  readonly method?: string | undefined
  /** The UUID of a model. */
  readonly model?: string | undefined
  readonly tag?: string | undefined
}

/** Names that calls can be asked for by. Some of them no call here has: all are hosted. */
export const filterNames = [
  ["deployment", [deployment, "beta", "self-hosted"]],
  ["endpoint", ["listen", "read", "speak", "agent"]],
  ["method", ["sync", "async", "streaming"]],
  ["status", ["succeeded", "failed"]]
] as const

/** Features by name: `true` for one that was used, `false` for one that was not. */
export type FeatureFilter = { readonly [feature: string]: unknown }

const fits = <A>(wanted: A | undefined, has: (wanted: A) => boolean): boolean => wanted === undefined || has(wanted)

/** Whether a call is wanted. */
export const matches = (filter: Filter) => (entry: Entry): boolean =>
  fits(filter.accessor, (id) => id === entry.apiKeyId) &&
  fits(filter.deployment, (name) => name === deployment) &&
  fits(filter.endpoint, (name) => name === entry.endpoint) &&
  fits(filter.method, (name) => name === entry.method) &&
  fits(filter.model, (id) => entry.models.some(({ uuid }) => uuid === id)) &&
  fits(filter.tag, (tag) => entry.tags.includes(tag))

/** Whether a call used one of the features that are wanted, and none of those that are not (inventory 1.15). */
export const matchesFeatures = (filter: FeatureFilter) => {
  const wanted = usageFeatures.filter((name) => filter[name] === true)
  const unwanted = usageFeatures.filter((name) => filter[name] === false)
  return ({ features }: Entry): boolean =>
    (wanted.length === 0 || wanted.some((name) => features.includes(name))) &&
    !unwanted.some((name) => features.includes(name))
}
