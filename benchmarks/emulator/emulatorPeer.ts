/** The emulator in a process of its own. */
import * as Emulator from "@effect-deepgram/emulator/Emulator"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { ownCpu } from "../machine.ts"
import { answer } from "../peer.ts"

/** `address`: where it is. `usage`: what it used since the last question. */
export type Question = "address" | "usage"

/** Where the emulator is, and what it used, in milliseconds. */
export interface Answer {
  readonly url: string
  readonly apiKey: string
  readonly cpu: number
  /** How much later than planned the event loop came to its timers: 99th percentile, and the worst. */
  readonly lag: { readonly p99: number; readonly worst: number }
}

const resolution = 5
const delay = monitorEventLoopDelay({ resolution })
const lagOf = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolution)
delay.enable()

// Sessions that last for long cost more than the credit of a new project.
const runtime = ManagedRuntime.make(Layer.orDie(Emulator.layer({ credits: 1_000_000 })))
let before = 0

answer<Question, Answer>(() =>
  runtime.runPromise(Effect.map(Emulator.Emulator, ({ apiKey, url }) => {
    const now = ownCpu()
    const usage = { cpu: now - before, lag: { p99: lagOf(delay.percentile(99)), worst: lagOf(delay.max) } }
    before = now
    delay.reset()
    return { url, apiKey: Redacted.value(apiKey), ...usage }
  }))
)
