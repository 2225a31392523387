/** What an emulator tells of itself. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Options } from "../../Emulator.ts"
import type * as Faults from "../../Faults.ts"
import { Injector } from "../faults/injector.ts"
import { version } from "../version.ts"
import { type Call, Monitor } from "./monitor.ts"
import { defaultCredits, defaultHost } from "./options.ts"
import { Settings } from "./settings.ts"

/** Answered at `/_emulator/status`. Times are milliseconds since 1970, of the emulator's clock. */
export interface Status {
  readonly version: string
  readonly url: string
  readonly started: number
  readonly now: number
  /** What it was started with, for people. */
  readonly options: Readonly<Record<string, string>>
  readonly totals: { readonly calls: number; readonly active: number; readonly faults: number }
  /** Calls that are going on, oldest first; sessions are those with the transport `websocket`. */
  readonly active: ReadonlyArray<Call>
  /** Those that are over, the newest first. */
  readonly recent: ReadonlyArray<Call>
  readonly plan: Faults.Plan
  /** The newest first. */
  readonly injected: ReadonlyArray<Faults.Injected>
}

/** Faults that are told of; `/_emulator/faults/injected` has them all. */
const shownFaults = 100

const shown = (value: unknown): string =>
  Duration.isDuration(value)
    ? Duration.format(value)
    : Array.isArray(value)
    ? value.join(", ") || "none"
    : String(value ?? "default")

/** Built when the emulator listens: its time begins. */
export const make = Effect.fnUntraced(function*({ options: given, url }: {
  readonly options: Options
  readonly url: string
}) {
  const { controls: faults, total } = yield* Injector
  const monitor = yield* Monitor
  const settings = yield* Settings
  const started = yield* Clock.currentTimeMillis
  const options = Object.fromEntries([
    ["host", given.host ?? defaultHost],
    ["port", new URL(url).port || "80"],
    ["authentication", given.apiKeys === "none" ? "none" : "by key"],
    ["credits", `${given.credits ?? defaultCredits} US dollars`],
    ["record", given.record ?? "nothing"],
    ["logRequests", given.logRequests === true ? "yes" : "no"],
    ...Object.entries(settings).map(([name, value]) => [name, shown(value)])
  ])
  return Effect.gen(function*() {
    const active = monitor.active()
    const injected = yield* faults.injected
    const status: Status = {
      version,
      url,
      started,
      now: yield* Clock.currentTimeMillis,
      options,
      totals: { calls: monitor.total(), active: active.length, faults: total() },
      active,
      recent: monitor.recent(),
      plan: yield* faults.plan,
      injected: injected.slice(-shownFaults).toReversed()
    }
    return status
  })
})
