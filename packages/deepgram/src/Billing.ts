/**
 * `manage.v1.projects.billing`: what it cost, and what is left. On the main host, whatever the region, and with an API
 * key: access tokens are for speech and text.
 *
 * @see https://developers.deepgram.com/reference/manage/billing/list
 */
import type * as Effect from "effect/Effect"
import type { Deepgram } from "./Deepgram.ts"
import type { RequestError } from "./DeepgramError.ts"
import * as Contract from "./internal/contract/billing.ts"
import type { Deployment } from "./internal/contract/schemas.ts"
import { withGrouping, withList } from "./internal/normalize.ts"
import { jsonFunction } from "./internal/operation.ts"
import type { PeriodOptions } from "./Usage.ts"

export {
  Balance,
  BalanceList,
  BillingBreakdown,
  BillingBreakdownResult,
  BillingFields,
  BillingGrouping,
  Purchase,
  PurchaseList
} from "./internal/contract/billing.ts"

export type { DateInput, PeriodOptions } from "./Usage.ts"

/** What costs can be told apart by. An open set. */
export type Dimension = "accessor" | "deployment" | "line_item" | "tags" | (string & {})

/** Which costs, and what to tell them apart by. */
export interface BreakdownOptions extends PeriodOptions {
  /** The id of an API key. */
  readonly accessor?: string | undefined
  readonly deployment?: typeof Deployment.Type | undefined
  /** One label. */
  readonly tag?: string | undefined
  /** For example `streaming::nova-3`; {@link fields} lists them. */
  readonly line_item?: string | undefined
  /** One or several. Default: no groups. */
  readonly grouping?: Dimension | ReadonlyArray<Dimension> | undefined
}

/** How many purchases to list. */
export interface ListPurchasesOptions {
  /** At most so many, 1 to 1000. Default 10. */
  readonly limit?: number | undefined
}

/**
 * Lists the balances of a project: what is left of each purchase.
 *
 * @see https://developers.deepgram.com/reference/manage/billing/list
 */
export const listBalances: (projectId: string) => Effect.Effect<Contract.BalanceList, RequestError, Deepgram> =
  jsonFunction(
    "Billing.listBalances",
    Contract.listBalances,
    Contract.BalanceList,
    (project_id: string) => ({ params: { project_id } }),
    withList("balances")
  )

/**
 * Looks a balance up.
 *
 * @see https://developers.deepgram.com/reference/manage/billing/get
 */
export const getBalance: (
  projectId: string,
  balanceId: string
) => Effect.Effect<Contract.Balance, RequestError, Deepgram> = jsonFunction(
  "Billing.getBalance",
  Contract.getBalance,
  Contract.Balance,
  (project_id: string, balance_id: string) => ({ params: { project_id, balance_id } })
)

/**
 * What it cost in US dollars, by groups of requests.
 *
 * @see https://developers.deepgram.com/reference/manage/billing/breakdown/get
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Billing, Projects } from "effect-deepgram"
 *
 * export const dollarsByItem = Effect.gen(function*() {
 *   const { projects: [project] } = yield* Projects.list()
 *   const { results } = yield* Billing.breakdown(project!.project_id, { grouping: ["line_item", "tags"] })
 *   return results.map(({ dollars, grouping }) => ({ item: grouping.line_item, tags: grouping.tags, dollars }))
 * })
 * ```
 */
export const breakdown: (
  projectId: string,
  options?: BreakdownOptions
) => Effect.Effect<Contract.BillingBreakdown, RequestError, Deepgram> = jsonFunction(
  "Billing.breakdown",
  Contract.breakdown,
  Contract.BillingBreakdown,
  (project_id: string, query: BreakdownOptions = {}) => ({ params: { project_id }, query }),
  withList("results", withGrouping)
)

/**
 * Lists what costs can be filtered by: API keys, deployments, labels and line items.
 *
 * @see https://developers.deepgram.com/reference/manage/billing/fields/get
 */
export const fields: (
  projectId: string,
  options?: PeriodOptions
) => Effect.Effect<Contract.BillingFields, RequestError, Deepgram> = jsonFunction(
  "Billing.fields",
  Contract.fields,
  Contract.BillingFields,
  (project_id: string, query: PeriodOptions = {}) => ({ params: { project_id }, query })
)

/**
 * Lists the purchases of a project, with what was bought, not what is left.
 *
 * @see https://developers.deepgram.com/reference/manage/billing/purchases/get
 */
export const listPurchases: (
  projectId: string,
  options?: ListPurchasesOptions
) => Effect.Effect<Contract.PurchaseList, RequestError, Deepgram> = jsonFunction(
  "Billing.listPurchases",
  Contract.listPurchases,
  Contract.PurchaseList,
  (project_id: string, query: ListPurchasesOptions = {}) => ({ params: { project_id }, query }),
  withList("orders")
)
