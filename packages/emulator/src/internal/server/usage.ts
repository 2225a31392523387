/** `manage.v1.projects.usage`. */
import { DeepgramApi } from "effect-deepgram/DeepgramApi"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { matchesFeatures } from "../state/ledgerFilter.ts"
import { breakdown, summarize, usageFields, usageGroupings } from "../state/ledgerUsage.ts"
import { callsOf } from "./calls.ts"
import { groupingsOf } from "./period.ts"
import { answering } from "./requestContext.ts"

/** The implementation of the group `Usage`. */
export const layer = HttpApiBuilder.group(DeepgramApi, "Usage", (handlers) =>
  handlers
    .handle("summary", ({ params, query }) =>
      answering(Effect.gen(function*() {
        const { entries, period } = yield* callsOf(params.project_id, "usage:read", query)
        return { ...period, results: summarize(entries.filter(matchesFeatures(query))) }
      })))
    .handle("fields", ({ params, query }) =>
      answering(Effect.map(
        callsOf(params.project_id, "usage:read", query),
        ({ entries }) => usageFields(entries)
      )))
    .handle("breakdown", ({ params, query: { grouping, ...query } }) =>
      answering(Effect.gen(function*() {
        const { entries, period } = yield* callsOf(params.project_id, "usage:read", query)
        const by = yield* groupingsOf(grouping, usageGroupings)
        return { ...period, results: breakdown(entries.filter(matchesFeatures(query)), by) }
      }))))
