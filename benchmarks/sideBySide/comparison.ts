/**
 * A case in which peers do the same, side by side: each round of each peer is a process of its own, peers take turns,
 * and what is promised are ratios of figures of the same round.
 */
import * as Effect from "effect/Effect"
import { noiseOf, watch } from "../machine.ts"
import { start } from "../peer.ts"
import { type Base, figure, type Outcome, quantile, type Result, valueOf, type Verdict } from "../result.ts"
import type * as Round from "./roundProcess.ts"
import type * as Server from "./serverProcess.ts"

/** The value of each metric in a round. */
export type Figures = Readonly<Record<string, number>>

/** Something that does the work. */
export interface Peer {
  /** As it is shown. */
  readonly name: string
  /** Its file in `peers/`. */
  readonly module: string
  /** What it is asked to do differently from others of the same file. */
  readonly variant?: string | undefined
}

/** What a figure of ours must reach. */
export interface Target {
  readonly peer: string
  readonly metric: string
  /** What it is divided by: the same figure of the raw transport or of the vendor's SDK in the same round; or nothing. */
  readonly over: Base
  readonly bound: "at least" | "at most"
  readonly must: number
  /** What is hoped for. */
  readonly stretch?: number | undefined
}

/** A case as data. */
export interface Comparison {
  readonly name: string
  /** One line: what is done. */
  readonly title: string
  /** The file in `loads/` that does it. */
  readonly load: string
  /** What the load is told; how much it does is part of that. */
  readonly size: Readonly<Record<string, number>>
  /** The same for a test of the benchmark: as little as possible. */
  readonly small: Readonly<Record<string, number>>
  readonly rounds: number
  readonly peers: ReadonlyArray<Peer>
  /** The peers that the others are compared with. */
  readonly raw?: string | undefined
  readonly official?: string | undefined
  /** Units by metric. */
  readonly units: Readonly<Record<string, string>>
  readonly targets: ReadonlyArray<Target>
}

/** How often a round that others disturbed is tried. */
const attempts = 4

type Rounds = ReadonlyMap<string, ReadonlyArray<Figures>>

const valuesOf = (rounds: Rounds, peer: string | undefined, metric: string): ReadonlyArray<number> =>
  (peer === undefined ? [] : rounds.get(peer) ?? []).flatMap((figures) => figures[metric] ?? [])

/** Round by round, so that what the machine did at the time counts for both; the median of it. */
const ratioOf = (rounds: Rounds, peer: string, base: string | undefined, metric: string): number | null => {
  const bases = valuesOf(rounds, base, metric)
  const values = valuesOf(rounds, peer, metric)
  if (bases.length === 0 || values.length !== bases.length) return null
  return quantile(values.map((value, round) => value / (bases[round] ?? NaN)), 0.5)
}

const resultsOf = (comparison: Comparison, rounds: Rounds): ReadonlyArray<Result> => {
  const results: Array<Result> = []
  for (const { name: peer } of comparison.peers) {
    for (const [metric, unit] of Object.entries(comparison.units)) {
      const values = valuesOf(rounds, peer, metric)
      if (values.length === 0) continue
      const ratioToRaw = ratioOf(rounds, peer, comparison.raw, metric)
      const ratioToOfficial = ratioOf(rounds, peer, comparison.official, metric)
      const measured = figure({ case: comparison.name, peer, metric, unit }, values)
      results.push({ ...measured, ratioToRaw, ratioToOfficial })
    }
  }
  return results
}

const short = (value: number): string => String(Number(value.toPrecision(3)))

/** Whether a target was met, by what came out. */
export const verdictOf = (target: Target, results: ReadonlyArray<Result>, unit: string): Verdict => {
  const { bound, metric, must, over, peer, stretch } = target
  const value = valueOf(results, peer, metric, over)
  const reaches = (goal: number) => bound === "at least" ? value >= goal : value <= goal
  const measure = over === "nothing" ? ` ${unit}` : `× ${over}`
  const goals = [short(must), ...stretch === undefined ? [] : [`stretch ${short(stretch)}`]].join(", ")
  return {
    promise: `${peer}: ${metric} ${short(value)}${measure}, wanted ${bound} ${goals}`,
    met: reaches(must),
    stretched: stretch !== undefined && reaches(stretch)
  }
}

/** Compares; `small` is for a test of the comparison itself. */
export const run = Effect.fnUntraced(function*(comparison: Comparison, scale: "size" | "small" = "size") {
  const rounds = new Map<string, Array<Figures>>(comparison.peers.map(({ name }) => [name, []]))
  const server = yield* start<Server.Question, Server.Answer>("sideBySide/serverProcess")
  const { ports } = yield* server.ask("usage")
  let noise: string | undefined

  const roundOf = (peer: Peer) =>
    Effect.gen(function*() {
      yield* server.ask("usage")
      const foreign = yield* watch
      const process = yield* start<Round.Question, Round.Answer>("sideBySide/roundProcess")
      const { cpu, figures } = yield* process.ask({
        load: comparison.load,
        module: peer.module,
        variant: peer.variant,
        size: comparison[scale],
        ports
      })
      const server_ = yield* server.ask("usage")
      return { figures, noise: noiseOf(foreign(cpu + server_.cpu)) }
    }).pipe(Effect.scoped)

  const quietRoundOf = (peer: Peer) =>
    Effect.gen(function*() {
      let round = yield* roundOf(peer)
      const tries = scale === "size" ? attempts : 1
      for (let tried = 1; tried < tries && round.noise !== undefined; tried++) {
        round = yield* roundOf(peer)
      }
      noise ??= round.noise
      rounds.get(peer.name)?.push(round.figures)
    })

  for (let round = 0; round < (scale === "size" ? comparison.rounds : 1); round++) {
    // Back and forth: whoever is first in one round is last in the next.
    const peers = round % 2 === 0 ? comparison.peers : comparison.peers.toReversed()
    for (const peer of peers) yield* quietRoundOf(peer)
  }
  const results = resultsOf(comparison, rounds)
  const outcome: Outcome = {
    noise,
    results,
    verdicts: comparison.targets.map((target) => verdictOf(target, results, comparison.units[target.metric] ?? ""))
  }
  return outcome
}, Effect.scoped)
