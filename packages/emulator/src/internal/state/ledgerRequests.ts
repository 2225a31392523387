/** Calls as `GET /v1/projects/{project_id}/requests` shows them (inventory 1.14). */
import { isoOf } from "../iso.ts"
import { type Entry, succeeded } from "./ledgerEntry.ts"
import { deployment, type Filter, matches } from "./ledgerFilter.ts"
import { dollars } from "./ledgerPrices.ts"

/** What was asked for. */
const configOf = ({ features, models: [model] }: Entry): Readonly<Record<string, boolean | string>> => ({
  ...Object.fromEntries(features.map((name) => [name, true])),
  ...(model === undefined ? {} : { model: model.name, language: model.language })
})

/** A call as Deepgram shows it. */
export const toRequest = (entry: Entry) => ({
  request_id: entry.requestId,
  project_uuid: entry.projectId,
  created: isoOf(entry.created),
  path: entry.path,
  api_key_id: entry.apiKeyId,
  response: {
    details: {
      usd: dollars(entry.charges.reduce((sum, { microDollars }) => sum + microDollars, 0)),
      duration: entry.seconds,
      total_audio: entry.seconds * entry.channels,
      channels: entry.channels,
      method: entry.method,
      models: entry.models.map(({ uuid }) => uuid),
      tags: entry.tags,
      features: entry.features,
      config: configOf(entry)
    },
    code: entry.code,
    completed: isoOf(entry.completed),
    ...(entry.message === undefined ? {} : { message: entry.message })
  },
  code: entry.code,
  deployment,
  ...(entry.callback === undefined ? {} : { callback: entry.callback })
})

/** Which requests are wanted, besides what other lists can be filtered by. */
export interface RequestFilter extends Filter {
  readonly request_id?: string | undefined
  /** `succeeded` or `failed`. */
  readonly status?: string | undefined
  /** Milliseconds since 1970, the first that is wanted. */
  readonly from?: number | undefined
  /** Milliseconds since 1970, the last that is wanted. */
  readonly to?: number | undefined
}

/** Whether a request is wanted. */
export const matchesRequest = (filter: RequestFilter) => {
  const matchesCall = matches(filter)
  return (entry: Entry): boolean =>
    matchesCall(entry) &&
    (filter.request_id ?? entry.requestId) === entry.requestId &&
    (filter.from ?? entry.created) <= entry.created && entry.created <= (filter.to ?? entry.created) &&
    (filter.status ?? outcome(entry)) === outcome(entry)
}

const outcome = ({ code }: Entry): string => succeeded(code) ? "succeeded" : "failed"
