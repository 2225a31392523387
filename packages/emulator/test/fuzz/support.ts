/** Fuzz runs: many cases that follow from a seed, and what has to hold after each and after all of them. */
import { Emulator, Recording } from "@effect-deepgram/emulator"
import { assert } from "@effect/vitest"
import { Clock, Effect, Layer, Logger, LogLevel, Metric } from "effect"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { makeRandom } from "../audio/support.ts"
import { alternativeOf, listen } from "../server/support.ts"

/** Of the run; `FUZZ_SEED` is another one. */
const seed = Number(process.env["FUZZ_SEED"] ?? 1)

/** Cases of each run; `FUZZ_CASES` are others. */
const cases = (usual: number): number => Number(process.env["FUZZ_CASES"] ?? usual)

/** Milliseconds for a run; a case that hangs is noticed before. */
export const timeout = 30 * 60_000

/** Cases at a time. Some wait for what never comes. */
const concurrency = 64

/** Bytes that the process may hold more after another round: entries of the log, what the engine compiles. */
const growth = (count: number): number => 1_000_000 + 3000 * count

/** Rounds after the first one. What is loaded once, a codec, shows in one of them; what is kept shows in all. */
const mostRounds = 4

/** Milliseconds that a process has to let everything go; it takes so long only where it does not. */
const patience = 15_000

setFlagsFromString("--expose-gc")
const collectGarbage = runInNewContext("gc") as () => void

/** What a case is made from. */
export interface Dice {
  /** 0..1 */
  readonly next: () => number
  /** A whole number below the limit. */
  readonly below: (limit: number) => number
  readonly pick: <A>(all: ReadonlyArray<A>) => A
  readonly chance: (probability: number) => boolean
  readonly bytes: (length: number) => Buffer
}

export const diceOf = (number: number): Dice => {
  const next = makeRandom(Math.imul(seed, 1_000_003) + Math.imul(number, 7919))
  // The first ones of neighbours are alike.
  for (let i = 0; i < 8; i++) next()
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    next,
    below,
    pick: (all) => {
      const found = all[below(all.length)]
      assert.isDefined(found)
      return found
    },
    chance: (probability) => next() < probability,
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256)))
  }
}

const special = [0, 9, 10, 13, 32, 34, 37, 58, 59, 0x7f, 0x80, 0xc0, 0xff]

/** Bytes with some of them changed, left out, doubled or put in. */
export const mutated = (bytes: Uint8Array, { below, bytes: random, chance, pick }: Dice, most = 6): Buffer => {
  let result = Buffer.from(bytes)
  for (let left = 1 + below(most); left > 0; left--) {
    const at = below(result.length + 1)
    const length = chance(0.8) ? 1 + below(4) : below(200)
    const end = Math.min(at + length, result.length)
    const insert = pick([
      () => Buffer.alloc(0),
      () => random(length),
      () => Buffer.from([pick(special)]),
      () => Buffer.concat([result.subarray(at, end), result.subarray(at, end)])
    ])()
    result = Buffer.concat([result.subarray(0, at), insert, result.subarray(chance(0.2) ? at : end)])
  }
  return result
}

/** Bytes in pieces, cut anywhere. */
export const pieces = (bytes: Buffer, { below }: Dice): ReadonlyArray<Buffer> => {
  const cuts = Array.from({ length: below(5) }, () => below(bytes.length + 1)).toSorted((a, b) => a - b)
  return [...cuts, bytes.length].map((end, i) => bytes.subarray(cuts[i - 1] ?? 0, end))
}

const ordinary = Recording.wav("Still here.", { sampleRate: 8_000, encoding: "mulaw" })

const isAlive = Effect.gen(function*() {
  const answer = yield* listen("model=nova-3&punctuate=true", ordinary, { connection: "close" })
  assert.strictEqual(alternativeOf(answer).transcript, "Still here.")
})

const loop = Effect.callback<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

/**
 * Rounds of cases against one emulator, two unless the process holds more after the second: each case does what it has
 * to, the emulator logs no error, and is there afterwards; what the process holds does not grow for ever, and at the end
 * no socket, timer or fiber is left.
 */
export const withstands = (
  usual: number,
  one: (dice: Dice, port: number) => Effect.Effect<void>,
  options: Emulator.Options = {}
): Effect.Effect<void> => {
  const errors: Array<string> = []
  const logger = Logger.make(({ cause, logLevel, message }) => {
    if (LogLevel.isGreaterThanOrEqualTo(logLevel, "Error")) errors.push(`${String(message)} ${String(cause)}`)
  })
  let fibers = 0
  const counting: Metric.FiberRuntimeMetricsService = {
    recordFiberStart: () => void fibers++,
    recordFiberEnd: () => void fibers--
  }
  const count = cases(usual)
  const round = (first: number) =>
    Effect.gen(function*() {
      const { url } = yield* Emulator.Emulator
      const port = Number(new URL(url).port)
      yield* Effect.forEach(
        Array.from({ length: count }, (_, i) => first + i),
        (number) =>
          Effect.suspend(() => one(diceOf(number), port)).pipe(
            Effect.catchDefect((defect) =>
              Effect.die(new Error(`case ${number} of FUZZ_SEED=${seed}: ${String(defect)}`, { cause: defect }))
            )
          ),
        { concurrency, discard: true }
      )
      assert.deepStrictEqual(errors, [])
      yield* isAlive
      for (let i = 0; i < 4; i++) {
        collectGarbage()
        yield* loop
      }
      return process.memoryUsage().heapUsed + process.memoryUsage().external
    })
  const held = () => {
    const open = process.getActiveResourcesInfo()
    const of = (kind: string) => open.filter((name) => name === kind).length
    return { sockets: of("TCPSocketWrap"), timers: of("Timeout"), fibers }
  }
  return Effect.gen(function*() {
    yield* isAlive
    yield* loop
    const before = held()
    const grown: Array<number> = []
    for (let last = yield* round(0); grown.length < mostRounds && !grown.some((bytes) => bytes < growth(count));) {
      const next = yield* round((grown.length + 1) * count)
      grown.push(next - last)
      last = next
    }
    assert.isBelow(Math.min(...grown), growth(count), `the process grew by ${grown.join(", ")} bytes`)
    const isMore = () => {
      const after = held()
      return after.sockets > before.sockets || after.timers > before.timers || after.fibers > before.fibers
    }
    const until = (yield* Clock.currentTimeMillis) + patience
    while (isMore() && (yield* Clock.currentTimeMillis) < until) yield* loop
    if (isMore()) assert.deepStrictEqual(held(), before)
    assert.deepStrictEqual(errors, [])
  }).pipe(
    Effect.provide(Layer.provideMerge(Emulator.layer(options), Logger.layer([logger]))),
    Effect.provideService(Metric.FiberRuntimeMetrics, counting),
    Effect.orDie
  )
}
