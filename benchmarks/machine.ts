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
    // Behind the name, which is in parentheses: of the process, and of its children that have ended.
    const fields = read(`/proc/${name}/stat`).split(") ").at(-1)?.split(" ") ?? []
    for (const field of fields.slice(11, 15)) ticks += Number(field)
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
