/** An operation that comes when its project has no place, and goes on as soon as it has one. */
import { Emulator, Faults } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Scope } from "effect"
import { Deepgram, ListenV1 } from "effect-deepgram"
import { TestClock } from "effect/testing"
import { turnOfLoop } from "../sessions/leaks.ts"
import { served, telephone, transports } from "../sessions/support.ts"
import { kinds } from "./kinds.ts"
import { isSession } from "./matrixExpected.ts"

/** A fault that is nothing tells of every attempt. */
const faults = Faults.plan([{ type: "Latency", delay: 0 }, { type: "Concurrency", most: 1, retryAfter: 1 }])

/** Nobody gives up by the clock of the test. */
const patient = { open: 3_600_000, silence: 3_600_000 }

/** Waits until the emulator has no calls. */
const deserted = (url: string) =>
  Effect.gen(function*() {
    const status = Effect.promise(() => fetch(`${url}/_emulator/status`).then((response) => response.json()))
    while ((yield* status).active.length > 0) yield* turnOfLoop
  })

describe("no more at a time than one", () => {
  for (const transport of transports) {
    // Without `ws` nobody knows why there was no handshake.
    const those = kinds.filter((kind) => transport.isWs || !isSession(kind))
    it.effect.each(those)(`over ${transport.name}, $name waits for a place`, (kind) =>
      Effect.gen(function*() {
        const { faults, url } = yield* Emulator.Emulator
        const met = Effect.map(faults.injected, (injected) => injected.map(({ fault }) => fault.type))
        const beside = yield* Scope.make()
        const other = yield* Scope.provide(ListenV1.connect({ model: "nova-3", ...telephone }), beside)
        const run = Deepgram.withOptions({ timeout: patient.open })(kind.run(patient))
        const fiber = yield* Effect.forkChild(Effect.exit(run), { startImmediately: true })
        const attempted = ["Concurrency", "Latency"]
        while ((yield* met).length < 3) yield* turnOfLoop
        yield* TestClock.adjust("999 millis")
        yield* turnOfLoop
        assert.deepStrictEqual(yield* met, ["Latency", ...attempted])
        if (kind.isRepeated) {
          yield* TestClock.adjust(1)
          while ((yield* met).length < 5) yield* turnOfLoop
        }
        yield* other.close
        yield* Scope.close(beside, Exit.void)
        yield* deserted(url)
        // A microphone goes by the clock too.
        while (fiber.pollUnsafe() === undefined) {
          yield* TestClock.adjust(40)
          yield* turnOfLoop
        }
        const exit = yield* Fiber.join(fiber)
        if (kind.isRepeated) {
          assert.strictEqual(Exit.isSuccess(exit) ? exit.value.text : String(exit), kind.text)
          assert.deepStrictEqual(yield* met, ["Latency", ...attempted, ...attempted, "Latency"])
        } else {
          assert.include(String(exit), "RateLimited")
          assert.deepStrictEqual(yield* met, ["Latency", ...attempted])
        }
      }).pipe(Effect.provide(served(transport, { faults, idleTimeout: "10 minutes" }))))
  }
})
