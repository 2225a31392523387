/** `emulator-live-500`: how many people the emulator hears at the same time. */
import * as Effect from "effect/Effect"
import { noiseOf, watch } from "../machine.ts"
import { start } from "../peer.ts"
import { figure, type Outcome } from "../result.ts"
import type * as Emulator from "./emulatorPeer.ts"
import type { Answer, Delays, Question } from "./livePeer.ts"
import { frameMillis } from "./recordings.ts"

/** How much is measured; times in milliseconds. */
export interface Size {
  readonly sessions: number
  readonly duration: number
  /** The sessions begin within this time, one after the other. */
  readonly spread: number
}

/** What counts. */
export const size: Size = { sessions: 500, duration: 30_000, spread: 2000 }

/**
 * Milliseconds after the frame that decides it: so late may one in a hundred results be. It is what Deepgram promises of
 * itself: https://developers.deepgram.com/docs/measuring-streaming-latency
 */
const onTime = 300

/** Somebody speaks in every session, in frames of 20 ms, as fast as people speak. */
export const run = Effect.fnUntraced(function*({ duration, sessions, spread }: Size) {
  const emulator = yield* start<Emulator.Question, Emulator.Answer>("emulator/emulatorPeer")
  const load = yield* start<Question, Answer>("emulator/livePeer")
  const { apiKey, url } = yield* emulator.ask("address")
  yield* load.ask({ _tag: "prepare", url, apiKey, sessions, frames: duration / frameMillis })
  yield* emulator.ask("usage")
  const foreign = yield* watch
  const answer = yield* load.ask({ _tag: "run", spread })
  const { cpu, lag } = yield* emulator.ask("usage")
  const { final, interim, lateness, wall, wrong } = answer
  // A frame that leaves late says that the load could not be made.
  const noise = noiseOf(foreign(cpu + answer.cpu)) ??
    (lateness.p99 > frameMillis ? `frames were sent up to ${lateness.p99.toFixed(0)} ms late` : undefined)
  const of = (metric: string, unit: string, value: number) =>
    figure({ case: "emulator-live-500", peer: "emulator", metric, unit }, [value])
  const delays = (name: string, { p10, p50, p90, p99, worst }: Delays) => [
    { ...of(`${name} result after its last frame`, "ms", p50), p10, p90 },
    of(`${name} result after its last frame, p99`, "ms", p99),
    of(`${name} result after its last frame, worst`, "ms", worst)
  ]
  const outcome: Outcome = {
    noise,
    results: [
      ...delays("final", final),
      ...delays("interim", interim),
      of("event loop lag p99", "ms", lag.p99),
      of("event loop lag worst", "ms", lag.worst),
      of("CPU of the emulator", "%", (100 * cpu) / wall),
      of("CPU of the load", "%", (100 * answer.cpu) / wall),
      { ...of("frames sent late", "ms", lateness.p50), p10: lateness.p10, p90: lateness.p90 },
      of("frames sent late, p99", "ms", lateness.p99),
      of("results", "", final.count + interim.count),
      of("sessions with a wrong message", "", wrong)
    ],
    verdicts: [
      {
        promise: `${sessions} sessions in real time: 99 % of the results within ${onTime} ms`,
        met: final.p99 <= onTime && interim.p99 <= onTime
      },
      { promise: "every message of every session as in a session alone", met: wrong === 0 && final.count > 0 }
    ]
  }
  return outcome
}, Effect.scoped)
