/** `manage.v1.projects.requests`. */
import { DeepgramApi } from "effect-deepgram/DeepgramApi"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { matchesRequest, toRequest } from "../state/ledgerRequests.ts"
import { invalidValue, notFound } from "../vendorError.ts"
import { checkFilter, ledgerOf } from "./calls.ts"
import { momentsOf } from "./period.ts"
import { answering } from "./requestContext.ts"

/** The implementation of the group `Requests`. */
export const layer = HttpApiBuilder.group(DeepgramApi, "Requests", (handlers) =>
  handlers
    .handle("list", ({ params, query }) =>
      answering(Effect.gen(function*() {
        const ledger = yield* ledgerOf(params.project_id, "usage:read")
        const { limit = 10, page = 0 } = query
        if (page < 0) return yield* invalidValue("page", String(page))
        yield* checkFilter(query)
        const isWanted = matchesRequest({ ...query, ...(yield* momentsOf(query)) })
        const entries = (yield* ledger.entries).filter(isWanted)
        return { page, limit, requests: entries.slice(page * limit, (page + 1) * limit).map(toRequest) }
      })))
    .handle("get", ({ params }) =>
      answering(Effect.gen(function*() {
        const ledger = yield* ledgerOf(params.project_id, "usage:read")
        const entry = yield* ledger.find(params.request_id)
        return entry === undefined ? yield* notFound("Request not found.") : { request: toRequest(entry) }
      }))))
