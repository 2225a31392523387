/** Every call of the voice API, what it cost, and what is left. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { uuidOf } from "../uuid.ts"
import { VendorError } from "../vendorError.ts"
import { type Entry, succeeded } from "./ledgerEntry.ts"
import { makeLog } from "./ledgerLog.ts"
import { chargesOf, microDollars } from "./ledgerPrices.ts"

/** How many calls are remembered. */
export const maxEntries = 100_000

/** The credit of a project, and the purchase that it comes from. */
export interface Balance {
  /** A UUID. */
  readonly id: string
  /** A UUID. */
  readonly orderId: string
  /** Milliseconds since 1970. */
  readonly purchased: number
  /** What was bought, in millionths of a US dollar. */
  readonly opening: number
  /** What is left, in millionths of a US dollar: below zero when the last calls cost more than was left. */
  readonly left: number
}

/** A call that is over, before it is charged. */
export type Finished = Omit<Entry, "completed" | "charges">

/** Every call of the voice API, what it cost, and what is left. */
export class Ledger extends Context.Service<Ledger, {
  /** Fails with 402 when a project has no credit left. Calls that have begun are finished, and charged. */
  readonly requireCredit: (projectId: string) => Effect.Effect<void, VendorError>
  /** Writes a call down and, if it succeeded, takes what it costs from the balance. */
  readonly record: (call: Finished) => Effect.Effect<void>
  /** The calls of a project that are remembered, the newest first. */
  readonly entries: (projectId: string) => Effect.Effect<ReadonlyArray<Entry>>
  readonly find: (projectId: string, requestId: string) => Effect.Effect<Entry | undefined>
  readonly balance: (projectId: string) => Effect.Effect<Balance>
}>()("@effect-deepgram/emulator/Ledger") {}

const paymentRequired = new VendorError({
  status: 402,
  err_code: "ASR_PAYMENT_REQUIRED",
  err_msg: "Project does not have enough credits for an ASR request and does not have an overage agreement."
})

/** An empty ledger; every project has bought `credits` US dollars. */
export const layer = (options: { readonly credits: number }): Layer.Layer<Ledger> =>
  Layer.effect(
    Ledger,
    Effect.gen(function*() {
      const purchased = yield* Clock.currentTimeMillis
      const opening = microDollars(options.credits)
      const log = makeLog(maxEntries)
      const spent = new Map<string, number>()
      const left = (projectId: string) => opening - (spent.get(projectId) ?? 0)
      return {
        requireCredit: (projectId) =>
          Effect.suspend(() => left(projectId) > 0 ? Effect.void : Effect.fail(paymentRequired)),
        record: (call) =>
          Effect.map(Clock.currentTimeMillis, (completed) => {
            const charges = succeeded(call.code) ? chargesOf(call) : []
            const price = charges.reduce((sum, charge) => sum + charge.microDollars, 0)
            spent.set(call.projectId, (spent.get(call.projectId) ?? 0) + price)
            log.add({ ...call, completed, charges })
          }),
        entries: (projectId) =>
          Effect.sync(() =>
            log.entries()
              .filter((entry) => entry.projectId === projectId)
              .toReversed()
              .toSorted((a, b) => b.created - a.created)
          ),
        find: (projectId, requestId) =>
          Effect.sync(() => {
            const entry = log.find(requestId)
            return entry?.projectId === projectId ? entry : undefined
          }),
        balance: (projectId) =>
          Effect.sync(() => ({
            id: uuidOf("balance", projectId),
            orderId: uuidOf("order", projectId),
            purchased,
            opening,
            left: left(projectId)
          }))
      }
    })
  )
