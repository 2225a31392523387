/** `manage.v1.projects.billing`. */
import { DeepgramApi } from "effect-deepgram/DeepgramApi"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { isoOf } from "../iso.ts"
import type { Balance } from "../state/ledger.ts"
import { billingGroupings, costFields, costs } from "../state/ledgerBilling.ts"
import { dollars } from "../state/ledgerPrices.ts"
import { notFound } from "../vendorError.ts"
import { callsOf, ledgerOf } from "./calls.ts"
import { groupingsOf } from "./period.ts"
import { answering } from "./requestContext.ts"

const units = "USD"

/** How long credit lasts, in milliseconds: a year. The emulator does not take it away. */
const lifetime = 365 * 86_400_000

const toBalance = (balance: Balance) => ({
  balance_id: balance.id,
  amount: dollars(balance.left),
  units,
  purchase_order_id: balance.orderId
})

const toOrder = (balance: Balance) => ({
  order_id: balance.orderId,
  expiration: isoOf(balance.purchased + lifetime),
  created: isoOf(balance.purchased),
  amount: dollars(balance.opening),
  units,
  order_type: "promotional"
})

/** The one balance that a project has. */
const balanceOf = (id: string) => Effect.flatMap(ledgerOf(id, "billing:read"), ({ balance }) => balance)

/** The implementation of the group `Billing`. */
export const layer = HttpApiBuilder.group(DeepgramApi, "Billing", (handlers) =>
  handlers
    .handle("listBalances", ({ params }) =>
      answering(Effect.map(balanceOf(params.project_id), (balance) => ({ balances: [toBalance(balance)] }))))
    .handle("getBalance", ({ params }) =>
      answering(Effect.gen(function*() {
        const balance = yield* balanceOf(params.project_id)
        return balance.id === params.balance_id ? toBalance(balance) : yield* notFound("Balance not found.")
      })))
    .handle("breakdown", ({ params, query: { grouping, line_item, ...query } }) =>
      answering(Effect.gen(function*() {
        const { entries, period } = yield* callsOf(params.project_id, "billing:read", query)
        const by = yield* groupingsOf(grouping, billingGroupings)
        return { ...period, results: costs(entries, { line_item, grouping: by }) }
      })))
    .handle("fields", ({ params, query }) =>
      answering(Effect.map(
        callsOf(params.project_id, "billing:read", query),
        ({ entries }) =>
          costFields(entries)
      )))
    .handle("listPurchases", ({ params }) =>
      // There is one: any limit lets it through.
      answering(Effect.map(balanceOf(params.project_id), (balance) => ({ orders: [toOrder(balance)] })))))
