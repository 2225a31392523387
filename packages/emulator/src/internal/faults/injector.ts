/** Decides what goes wrong with which call, and keeps the log of it. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as FiberSet from "effect/FiberSet"
import { ServeError } from "effect/http/HttpServerError"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type { Controls, Fault, Injected, Plan, Rule } from "../../Faults.ts"
import type { Exchange } from "../server/exchange.ts"
import { pathOf } from "../server/paths.ts"
import { draw } from "./chance.ts"
import type { FaultOf, Happening, Injection } from "./injection.ts"
import { faultsOf, fitting, isPreflight, planOf } from "./planning.ts"

/** What goes wrong, and how it is carried out. */
export class Injector extends Context.Service<Injector, {
  readonly controls: Controls
  /** How many faults happened; the log keeps the last ones. */
  readonly total: () => number
  /** What is to go wrong with a call; nothing, most of the time. Counts the call: ask once. */
  readonly decide: (exchange: Exchange) => Injection | undefined
  /** Runs something, by the clock of the emulator, until it stops. */
  readonly run: (effect: Effect.Effect<void>) => Fiber.Fiber<void>
  /** How many calls are going on, by fault and project. */
  readonly ongoing: Map<string, number>
  /** Says how to close a connection that stays until the emulator stops. */
  readonly detain: (release: () => void) => void
  /** The emulator stops. */
  readonly releaseAll: () => void
}>()("@effect-deepgram/emulator/Injector") {}

/** Entries of the log that are kept. */
const mostLogged = 10_000

/** Those that calls ask for are drawn apart from those of rules. */
const asked = { index: -1, name: "call" }

/** A rule, and how many calls it has fitted. */
interface Counted {
  readonly index: number
  readonly name: string
  readonly rule: Rule
  readonly fits: (exchange: Exchange) => boolean
  seen: number
}

const counted = ({ rules }: Plan): ReadonlyArray<Counted> =>
  rules.map((rule, index) => ({ index, name: rule.name ?? String(index), rule, fits: fitting(rule.when), seen: 0 }))

const happenings = (
  { index, name }: { readonly index: number; readonly name: string },
  faults: ReadonlyArray<Fault>,
  { edition, seed }: { readonly edition: number; readonly seed: number },
  call: number
): ReadonlyArray<Happening> =>
  faults.map((fault, place) => ({
    fault,
    rule: name,
    key: `${edition}.${index}.${place}`,
    draw: (salt) => draw(seed, index, call, place, salt)
  }))

/** The log line of a fault: at `Debug`, so that tests that break things on purpose are not filled with it. */
const note = ({ fault, method, path, requestId, rule }: Injected): Effect.Effect<void> =>
  Effect.logDebug("A fault was injected.").pipe(
    Effect.annotateLogs({ fault: fault.type, rule, requestId, method, path })
  )

const make = Effect.fnUntraced(function*(first: Plan) {
  const clock = yield* Clock.Clock
  const run = yield* FiberSet.makeRuntime<never, void, never>()
  let plan = first
  let rules = counted(first)
  // How many plans there were before.
  let edition = 0
  let asking = 0
  let total = 0
  const log: Array<Injected> = []
  const detained: Array<() => void> = []
  let isStopping = false

  const happened = ({ faults, method, requestId, target }: Exchange, { fault, rule }: Happening) => {
    const time = clock.currentTimeMillisUnsafe()
    const injected: Injected = { time, requestId, method, path: pathOf(target), rule, fault }
    log.push(injected)
    total++
    faults.push(fault.type)
    // Seldom, because it moves all that stays.
    if (log.length >= 2 * mostLogged) log.splice(0, log.length - mostLogged)
    run(note(injected))
  }

  const ofPlan = (exchange: Exchange): ReadonlyArray<Happening> => {
    const { seed = 0 } = plan
    return rules.flatMap((counted) => {
      const { index, rule: { faults, probability = 1, skip = 0, times = Infinity } } = counted
      if (!counted.fits(exchange)) return []
      const call = counted.seen++
      const isDue = call >= skip && call < skip + times && draw(seed, index, call) < probability
      return isDue ? happenings(counted, faults, { edition, seed }, call) : []
    })
  }

  const ofCall = (wishes: string | undefined): Result.Result<ReadonlyArray<Happening>, string> =>
    wishes === undefined
      ? Result.succeed([])
      : Result.map(faultsOf(wishes), (faults) => happenings(asked, faults, { edition, seed: plan.seed ?? 0 }, asking++))

  const decide = (exchange: Exchange): Injection | undefined => {
    if (rules.length === 0 && exchange.asked === undefined) return undefined
    // What a browser asks before a call has the query of the call.
    const own = ofCall(isPreflight(exchange) ? undefined : exchange.asked)
    // A call whose wishes are no faults is refused, and is no call that a rule could mean.
    const all = Result.isFailure(own) ? [] : [...own.success, ...ofPlan(exchange)]
    const mistake = Result.isFailure(own) ? own.failure : undefined
    if (all.length === 0 && mistake === undefined) return undefined
    return {
      exchange,
      of: <Type extends Fault["type"]>(...types: ReadonlyArray<Type>) =>
        all.filter((happening): happening is Happening<FaultOf<Type>> =>
          types.some((type) => type === happening.fault.type)
        ),
      happened: (happening) => happened(exchange, happening),
      mistake,
      held: []
    }
  }

  const controls: Controls = {
    set: Effect.fn("Faults.set")(function*(next) {
      const read = yield* planOf(next)
      plan = read
      rules = counted(read)
      edition++
      asking = 0
    }),
    clear: Effect.sync(() => {
      plan = { ...plan, rules: [] }
      rules = []
    }),
    plan: Effect.sync(() => plan),
    injected: Effect.sync(() => log.slice(-mostLogged))
  }
  return Injector.of({
    controls,
    total: () => total,
    decide,
    run,
    ongoing: new Map(),
    detain: (release) => isStopping ? release() : void detained.push(release),
    releaseAll: () => {
      isStopping = true
      for (const release of detained.splice(0)) release()
    }
  })
})

/** Begins with a plan, or with nothing. Build it afresh: each emulator has its own. */
export const layer = (plan: Plan = { seed: 0, rules: [] }): Layer.Layer<Injector, ServeError> =>
  Layer.effect(
    Injector,
    planOf(plan).pipe(
      Effect.mapError((cause) => new ServeError({ cause })),
      Effect.flatMap(make)
    )
  )

/** The milliseconds that a duration of a plan has; it was looked at when the plan was read. */
export const millis = (input: Duration.Input): number => Duration.toMillis(Duration.fromInputUnsafe(input))
