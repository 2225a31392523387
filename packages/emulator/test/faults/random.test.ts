/**
 * Random operations under random faults: whatever happens, an operation succeeds with what was asked for or fails as it is
 * documented, and leaves nothing behind.
 *
 * `FAULT_CASES`: how many, `FAULT_SEED`: which, `FAULT_CASE`: only the one of this number.
 */
import { Emulator, Faults } from "@effect-deepgram/emulator"
import { assert, it } from "@effect/vitest"
import { Cause, Clock, type Context, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { Deepgram, type DeepgramAuth, DeepgramError } from "effect-deepgram"
import { isDeepStrictEqual } from "node:util"
import { type Transport, transports } from "../sessions/support.ts"
import type { Outcome } from "./kinds.ts"
import { allHungUp, granted, leavingNothing, retry } from "./matrixSupport.ts"
import { type Case, caseOf, mayDiffer, types } from "./randomCases.ts"

const setting = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise)

const seed = setting("FAULT_SEED", 20_261_121)
const cases = setting("FAULT_CASES", 2000)
const only = process.env["FAULT_CASE"]

/** Milliseconds after which something hangs, and is not merely slow. */
const eternity = 30_000

/** In so many cases every fault takes effect, and in this share of them at least one; in most of them on a quick machine. */
const enough = 1000
const share = 0.5

type Ended = Exit.Exit<Outcome, DeepgramError.LiveError>

/** What must not be, if it is. */
const problemOf = ({ faults, interruptedAfter, kind }: Case, exit: Ended): string | undefined => {
  if (Exit.isSuccess(exit)) {
    const { text } = exit.value
    return text === kind.text || faults.some((fault) => mayDiffer(fault, kind)) ? undefined : `the text is ${text}`
  }
  if (interruptedAfter !== undefined && Cause.hasInterruptsOnly(exit.cause)) return undefined
  const [reason, ...others] = exit.cause.reasons
  if (reason === undefined || others.length > 0 || !Cause.isFailReason(reason)) return String(exit.cause)
  const { error } = reason
  const isDocumented = kind.answer === "session" ? DeepgramError.isDeepgramError : DeepgramError.isRequestError
  if (!isDocumented(error)) return `${String(error)} is not documented`
  if (error.message.includes(Emulator.defaultApiKey)) return "the error tells the key"
  return error.operation === kind.operation || error.operation === kind.question
    ? undefined :
    `the error is said of ${error.operation}`
}

const asking = ({ by, faults, limit }: Case): Parameters<typeof Deepgram.withOptions>[0] => {
  const asked = JSON.stringify(faults)
  return {
    timeout: limit,
    retry,
    ...(by === "header" ? { headers: { [Faults.header]: asked } } : { query: { [Faults.queryParameter]: asked } })
  }
}

const undergo = (one: Case): Effect.Effect<Ended, never, Deepgram.Deepgram> =>
  Effect.gen(function*() {
    const { interruptedAfter, kind, limit } = one
    const run = Deepgram.withOptions(asking(one))(kind.run({ open: limit, silence: limit }))
    const fiber = yield* Effect.forkChild(run, { startImmediately: true })
    if (interruptedAfter !== undefined) {
      yield* Effect.sleep(interruptedAfter)
      yield* Fiber.interrupt(fiber)
    }
    return yield* Fiber.await(fiber)
  })

/** What is wrong with what became of a case, and how to see it again. */
const examine = (one: Case): Effect.Effect<ReadonlyArray<string>, never, Deepgram.Deepgram> =>
  undergo(one).pipe(
    Effect.map((exit) => problemOf(one, exit)),
    Effect.timeoutOrElse({ duration: eternity, orElse: () => Effect.succeed("it hangs") }),
    Effect.map((problem) => {
      const { faults, kind, limit, number, transport } = one
      const plan = `${kind.name} over ${transport.name} within ${limit} ms: ${JSON.stringify(faults)}`
      return problem === undefined ? [] : [`FAULT_SEED=${seed} FAULT_CASE=${number}: ${problem}: ${plan}`]
    })
  )

/** Which of its faults an operation meets. */
const meeting = <A, R>({ faults }: Case, run: Effect.Effect<A, never, R>, { injected }: Faults.Controls) =>
  Effect.gen(function*() {
    const begun = yield* Clock.currentTimeMillis
    const result = yield* run
    const since = (yield* injected).filter(({ time }) => time >= begun)
    const met = faults.filter((one) => since.some(({ fault }) => isDeepStrictEqual(fault, one)))
    return { result, met: met.map(({ type }) => type) }
  })

type Client = Context.Context<Deepgram.Deepgram>

const numbers = only === undefined ? Array.from({ length: cases }, (_, number) => number) : [Number(only)]

it.live(`${numbers.length} random cases`, () =>
  leavingNothing(Effect.gen(function*() {
    const emulator = yield* Layer.build(Emulator.layer({ idleTimeout: "10 minutes" }))
    const clients = yield* Scope.fork(yield* Effect.scope)
    const { faults, url } = yield* Effect.provideContext(Emulator.Emulator, emulator)
    const contexts = new Map<Transport, { readonly byKey: Client; readonly byToken: Client }>()
    for (const transport of transports) {
      const clientOf = (auth?: DeepgramAuth.Options): Effect.Effect<Client> =>
        transport.client(auth).pipe(Layer.build, Scope.provide(clients), Effect.provideContext(emulator))
      const token = yield* Effect.provideContext(granted(transport), emulator)
      contexts.set(transport, { byKey: yield* clientOf(), byToken: yield* clientOf(token) })
    }
    const seen = yield* Effect.forEach(numbers, (number) => {
      const one = caseOf(seed, number)
      const { byKey, byToken } = contexts.get(one.transport)!
      return meeting(one, Effect.provideContext(examine(one), one.hasToken ? byToken : byKey), faults)
    }, { concurrency: 12 })
    yield* Scope.close(clients, Exit.void)
    yield* allHungUp(url)
    return seen
  })).pipe(
    Effect.map((seen) => {
      assert.deepStrictEqual(seen.flatMap(({ result }) => result), [])
      // With fewer cases chance has its way.
      if (numbers.length < enough) return
      const met = new Set(seen.flatMap(({ met }) => met))
      assert.deepStrictEqual(types.filter((type) => !met.has(type)), [])
      const disturbed = seen.filter(({ met }) => met.length > 0).length
      assert.isAbove(disturbed, share * numbers.length)
    })
  ), 120_000 + numbers.length * 60)
