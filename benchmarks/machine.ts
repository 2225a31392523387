/** What the machine does besides. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { cpuUsage } from "node:process"

/** Processors that others keep busy, as a share of one, from which on figures say nothing about us. */
export const mostNoise = 0.15

/** Milliseconds of processor time of this process. */
export const ownCpu = (): number => {
  const { system, user } = cpuUsage()
  return (system + user) / 1000
}

/** Linux counts in hundredths of a second. */
const tick = 10

/** A process may end while it is looked at. */
const readIfThere = Option.liftThrowable((path: string) => readFileSync(path, "utf8"))

const read = (path: string): string => Option.getOrElse(readIfThere(path), () => "")

/** Ticks of a process, and of its children that have ended: behind its name, which is in parentheses. */
const ticksOf = (process: string): ReadonlyArray<number> =>
  (read(`/proc/${process}/stat`).split(") ").at(-1)?.split(" ") ?? []).slice(11, 15).map(Number)

/** Milliseconds of processor time of the children of this process that have ended; 0 where nothing is known of others. */
export const childrenCpu = (): number => ticksOf("self").slice(2).reduce((sum, ticks) => sum + ticks, 0) * tick

/**
 * Milliseconds that all processes used since the machine was started, and that the machine was not given. The busy time
 * that the system shows for its processors is no use: it is sampled by the timer that wakes our load. Where there is no
 * `/proc` nothing is known of others.
 */
const used = (): number => {
  if (!existsSync("/proc/stat")) return 0
  let ticks = Number(/^cpu(?:\s+\d+){7}\s+(\d+)/.exec(read("/proc/stat"))?.[1] ?? 0)
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue
    for (const one of ticksOf(name)) ticks += one
  }
  return ticks * tick
}

/** Begins to watch; the answer says how many processors others kept busy meanwhile, given what our peers used. */
export const watch: Effect.Effect<(peersCpu: number) => number> = Effect.sync(() => {
  const usedBefore = used()
  const ownBefore = ownCpu()
  const begin = performance.now()
  return (peersCpu) =>
    Math.max(0, used() - usedBefore - (ownCpu() - ownBefore) - peersCpu) / (performance.now() - begin)
})

/** Why a case is refused in which others kept so many processors busy, if it is. */
export const noiseOf = (foreign: number): string | undefined =>
  foreign <= mostNoise ? undefined : `other programs kept ${(100 * foreign).toFixed(0)} % of a processor busy`
