/** `emulator-rest`: how many small calls the emulator answers. */
import * as Effect from "effect/Effect"
import { noiseOf, watch } from "../machine.ts"
import { start } from "../peer.ts"
import { figure, type Outcome, quantile } from "../result.ts"
import type * as Emulator from "./emulatorPeer.ts"
import type { Answer, Question } from "./restPeer.ts"

/** How much is measured; times in milliseconds. */
export interface Size {
  readonly rounds: number
  readonly duration: number
  readonly warmUp: number
  readonly concurrency: number
}

/** What counts. */
export const size: Size = { rounds: 5, duration: 2000, warmUp: 2000, concurrency: 64 }

const wanted = 2000

const calls = [
  { peer: "GET /v1/projects", path: "/v1/projects", body: undefined },
  {
    peer: "POST /v1/read",
    path: "/v1/read?language=en&sentiment=true",
    body: JSON.stringify({ text: "I am very happy with this. Thank you!" })
  }
]

/** Rounds of each call, one after the other. */
export const run = Effect.fnUntraced(function*({ concurrency, duration, rounds, warmUp }: Size) {
  const emulator = yield* start<Emulator.Question, Emulator.Answer>("emulator/emulatorPeer")
  const load = yield* start<Question, Answer>("emulator/restPeer")
  const { apiKey, url } = yield* emulator.ask("address")
  const question = { url, apiKey, concurrency }
  for (const call of calls) yield* load.ask({ ...question, ...call, duration: warmUp })
  yield* emulator.ask("usage")
  const foreign = yield* watch
  const answers = calls.map(({ peer }) => ({ peer, rounds: new Array<Answer & { readonly cpuPerCall: number }>() }))
  let peersCpu = 0
  for (let round = 0; round < rounds; round++) {
    for (const [index, call] of calls.entries()) {
      const answer = yield* load.ask({ ...question, ...call, duration })
      const { cpu } = yield* emulator.ask("usage")
      peersCpu += answer.cpu + cpu
      answers[index]?.rounds.push({ ...answer, cpuPerCall: (1000 * cpu) / (answer.callsPerSecond * duration / 1000) })
    }
  }
  const noise = noiseOf(foreign(peersCpu))
  const outcome: Outcome = {
    noise,
    results: answers.flatMap(({ peer, rounds }) => {
      const of = (metric: string, unit: string, value: (round: typeof rounds[number]) => number) =>
        figure({ case: "emulator-rest", peer, metric, unit }, rounds.map(value))
      return [
        of("calls per second", "/s", (round) => round.callsPerSecond),
        of("latency p50", "ms", (round) => round.p50),
        of("latency p99", "ms", (round) => round.p99),
        of("CPU per call", "µs", (round) => round.cpuPerCall),
        of("failed calls", "", (round) => round.failed)
      ]
    }),
    verdicts: answers.map(({ peer, rounds }) => ({
      promise: `${peer}: at least ${wanted} calls per second at concurrency ${concurrency}, none failed`,
      met: quantile(rounds.map((round) => round.callsPerSecond), 0.5) >= wanted &&
        rounds.every(({ failed }) => failed === 0)
    }))
  }
  return outcome
}, Effect.scoped)
