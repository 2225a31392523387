/** `manage.v1.projects.billing`: what it cost, and what is left. */
import * as Schema from "effect/Schema"
import { Day } from "./dates.ts"
import * as Endpoint from "./endpoint.ts"
import { Deployment, Id, InProject, Limit, nullable, openEnum } from "./schemas.ts"
import { Resolution } from "./usage.ts"

const optional = Schema.optionalKey

/** Credit that is left. */
export class Balance extends Schema.Opaque<Balance>()(Schema.Struct({
  /** A UUID. */
  balance_id: Schema.String,
  /** How much is left, in `units`. */
  amount: optional(Schema.Finite),
  /** For example `USD`. */
  units: optional(Schema.String),
  /** Which purchase it came from. */
  purchase_order_id: optional(Schema.String),
  /** What older answers have instead of `purchase_order_id`. */
  purchase: optional(Schema.String)
})) {}

/** The balances of a project. */
export class BalanceList extends Schema.Opaque<BalanceList>()(Schema.Struct({
  balances: Schema.Array(Balance)
})) {}

/** What the requests of a result have in common: `null` or absent where they were not grouped by it. */
export class BillingGrouping extends Schema.Opaque<BillingGrouping>()(Schema.Struct({
  /** `YYYY-MM-DD`. */
  start: nullable(Schema.String),
  /** `YYYY-MM-DD`. */
  end: nullable(Schema.String),
  /** The id of the API key. */
  accessor: nullable(Schema.String),
  deployment: nullable(Schema.String),
  /** For example `streaming::nova-3`. */
  line_item: nullable(Schema.String),
  tags: nullable(Schema.Array(Schema.String))
})) {}

/** What a group of requests cost. */
export class BillingBreakdownResult extends Schema.Opaque<BillingBreakdownResult>()(Schema.Struct({
  /** US dollars. */
  dollars: Schema.Finite,
  grouping: BillingGrouping
})) {}

/** What it cost, by groups. */
export class BillingBreakdown extends Schema.Opaque<BillingBreakdown>()(Schema.Struct({
  /** `YYYY-MM-DD`. */
  start: optional(Schema.String),
  /** `YYYY-MM-DD`. */
  end: optional(Schema.String),
  resolution: optional(Resolution),
  results: Schema.Array(BillingBreakdownResult)
})) {}

/** What costs can be told apart by. */
export class BillingFields extends Schema.Opaque<BillingFields>()(Schema.Struct({
  /** Ids of API keys. */
  accessors: optional(Schema.Array(Schema.String)),
  /** `hosted`, `beta`, `self-hosted`, `dedicated`, … */
  deployments: optional(Schema.Array(openEnum(["hosted", "beta", "self-hosted", "dedicated"]))),
  tags: optional(Schema.Array(Schema.String)),
  /** What the line items mean, by their names. */
  line_items: optional(Schema.Record(Schema.String, Schema.String))
})) {}

/** Credit that was bought. */
export class Purchase extends Schema.Opaque<Purchase>()(Schema.Struct({
  /** A UUID. */
  order_id: Schema.String,
  /** When what is left of it is lost; ISO 8601. */
  expiration: optional(Schema.String),
  /** ISO 8601. */
  created: optional(Schema.String),
  /** How much was bought, in `units`. */
  amount: optional(Schema.Finite),
  /** For example `USD`. */
  units: optional(Schema.String),
  order_type: optional(Schema.String)
})) {}

/** The purchases of a project. */
export class PurchaseList extends Schema.Opaque<PurchaseList>()(Schema.Struct({
  orders: Schema.Array(Purchase)
})) {}

export const listBalances = Endpoint.get("listBalances", "/v1/projects/:project_id/balances", {
  params: InProject,
  success: [BalanceList]
})

export const getBalance = Endpoint.get("getBalance", "/v1/projects/:project_id/balances/:balance_id", {
  params: { ...InProject, balance_id: Id },
  success: [Balance]
})

const Grouping = openEnum(["accessor", "deployment", "line_item", "tags"])

export const breakdown = Endpoint.get("breakdown", "/v1/projects/:project_id/billing/breakdown", {
  params: InProject,
  query: {
    start: Schema.optional(Day),
    end: Schema.optional(Day),
    accessor: Schema.optional(Schema.String),
    deployment: Schema.optional(Deployment),
    tag: Schema.optional(Schema.String),
    line_item: Schema.optional(Schema.String),
    grouping: Schema.optional(Schema.Union([Grouping, Schema.Array(Grouping)]))
  },
  success: [BillingBreakdown]
})

export const fields = Endpoint.get("fields", "/v1/projects/:project_id/billing/fields", {
  params: InProject,
  query: { start: Schema.optional(Day), end: Schema.optional(Day) },
  success: [BillingFields]
})

export const listPurchases = Endpoint.get("listPurchases", "/v1/projects/:project_id/purchases", {
  params: InProject,
  query: { limit: Schema.optional(Limit) },
  success: [PurchaseList]
})
