/**
 * `manage.v1.projects.requests`: what was asked of the API. On the main host, whatever the region, and with an API key:
 * access tokens are for speech and text.
 *
 * Deepgram keeps the log for 90 days.
 *
 * @see https://developers.deepgram.com/reference/manage/requests/list
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Deepgram } from "./Deepgram.ts"
import type { RequestError } from "./DeepgramError.ts"
import type { DateInput as Input } from "./internal/contract/dates.ts"
import * as Contract from "./internal/contract/requests.ts"
import type { Deployment, Method, UsedEndpoint } from "./internal/contract/schemas.ts"
import { isJson, withList } from "./internal/normalize.ts"
import { jsonFunction, jsonOperation } from "./internal/operation.ts"

export { LoggedRequest, RequestDetails, RequestPage } from "./internal/contract/requests.ts"

/**
 * A day or a moment.
 *
 * Text goes out as it is: `2026-01-31`; where moments are taken, `2026-01-31T10:20:30` and `2026-01-31T10:20:30+01:00`
 * too. A `Date` or `DateTime` goes out as `2026-01-31T10:20:30+00:00`, in UTC and without fractions; where days are
 * taken, as its day: in its own time zone if it has one, else in UTC. Anything else fails as `BadRequest` without being
 * sent.
 */
export type DateInput = Input

/** Which requests. */
export interface StreamOptions {
  /** The first moment, or a day. Default: that of the first request. */
  readonly start?: DateInput | undefined
  /** The last moment, or a day. Default: now. */
  readonly end?: DateInput | undefined
  /** Most requests of a page, 1 to 1000. Default 10. */
  readonly limit?: number | undefined
  /** The id of an API key. */
  readonly accessor?: string | undefined
  readonly request_id?: string | undefined
  readonly deployment?: typeof Deployment.Type | undefined
  readonly endpoint?: typeof UsedEndpoint.Type | undefined
  readonly method?: typeof Method.Type | undefined
  /** `succeeded`: a status below 300; `failed`: 400 and above. */
  readonly status?: "succeeded" | "failed" | (string & {}) | undefined
}

/** Which requests, and which page of them. */
export interface ListOptions extends StreamOptions {
  /** Which page, as {@link RequestPage} counts them. Default: the first. */
  readonly page?: number | undefined
}

const withLists = withList("requests")

const inProject = (project_id: string, query: ListOptions = {}) => ({ params: { project_id }, query })

/**
 * Lists the requests of a project, a page at a time, the newest first. For all of them see {@link stream}.
 *
 * @see https://developers.deepgram.com/reference/manage/requests/list
 */
export const list: (
  projectId: string,
  options?: ListOptions
) => Effect.Effect<Contract.RequestPage, RequestError, Deepgram> = jsonFunction(
  "Requests.list",
  Contract.list,
  Contract.RequestPage,
  inProject,
  withLists
)

// Items that are `null` count for the length of a page.
const WholePage = Schema.Struct({
  ...Contract.RequestPage.fields,
  requests: Schema.Array(Schema.NullOr(Contract.LoggedRequest))
})

const sendPage = jsonOperation(Contract.list, WholePage, withLists)

const page = Effect.fn("Requests.stream")((projectId: string, query: ListOptions) =>
  sendPage<never, never>("Requests.stream", inProject(projectId, query))
)

/** How many pages in a row may have nothing new: as many as pages may move by while one is fetched. */
const maxStale = 3

/**
 * Every request of a project, the newest first. A page is fetched when the one before has been taken, and each is an
 * operation of its own: it is retried and timed like {@link list}, and a failure leaves what came before it.
 *
 * A larger `limit` makes fewer calls. Pages move while requests are being made, and what they push onto the next page is
 * given out once: the ids of all that came before are kept. With an `end` in the past they stay where they are.
 *
 * It ends with a page that has fewer requests than its limit. It ends without one where nothing new comes: after one page
 * if the server does not say that it is the page that was asked for, as servers without pages do, else after three in a
 * row.
 *
 * @see https://developers.deepgram.com/reference/manage/requests/list
 *
 * @example
 * ```ts
 * import { Effect, Stream } from "effect"
 * import { Projects, Requests } from "effect-deepgram"
 *
 * export const failures = Effect.gen(function*() {
 *   const { projects: [project] } = yield* Projects.list()
 *   return yield* Requests.stream(project!.project_id, { status: "failed", limit: 100 }).pipe(
 *     Stream.map(({ code, path }) => ({ code, path })),
 *     Stream.take(20),
 *     Stream.runCollect
 *   )
 * })
 * ```
 */
export const stream = (
  projectId: string,
  options: StreamOptions = {}
): Stream.Stream<Contract.LoggedRequest, RequestError, Deepgram> =>
  Stream.suspend(() => {
    const seen = new Set<string>()
    const isNew = (request: Contract.LoggedRequest | null): request is Contract.LoggedRequest =>
      request !== null && seen.size < seen.add(request.request_id).size
    const first: { readonly query: ListOptions; readonly stale: number } = { query: options, stale: 0 }
    return Stream.paginate(first, ({ query, stale: before }) =>
      Effect.map(page(projectId, query), ({ limit = query.limit ?? 0, page: said, requests }) => {
        const fresh = requests.filter(isNew)
        const stale = fresh.length > 0 ? 0 : before + 1
        const isLast = requests.length === 0 || requests.length < limit ||
          (stale > 0 && ((query.page !== undefined && said !== query.page) || stale === maxStale))
        // Counting begins where the server begins, at 0 or 1.
        const next = { query: { ...query, page: (query.page ?? said ?? 0) + 1 }, stale }
        return [fresh, isLast ? Option.none() : Option.some(next)] as const
      }))
  })

// By the specification a member `request` holds it, in older answers nothing does (inventory 1.14).
const nested = (json: unknown): unknown =>
  isJson(json) && json["request"] === undefined && json["request_id"] !== undefined ? { request: json } : json

/**
 * Looks a request up, by the `request_id` of its answer.
 *
 * @see https://developers.deepgram.com/reference/manage/requests/get
 */
export const get: (
  projectId: string,
  requestId: string
) => Effect.Effect<Contract.RequestDetails, RequestError, Deepgram> = jsonFunction(
  "Requests.get",
  Contract.get,
  Contract.RequestDetails,
  (project_id: string, request_id: string) => ({ params: { project_id, request_id } }),
  nested
)
