/** Every kind of operation is patient for exactly as long as it was told to be. */
import { Emulator, Faults } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { Deepgram } from "effect-deepgram"
import { TestClock } from "effect/testing"
import { turnOfLoop } from "../sessions/leaks.ts"
import { served, transports } from "../sessions/support.ts"
import { kinds } from "./kinds.ts"

const limit = 7000

/** Nobody answers. */
const faults = Faults.plan([{ type: "Stall", at: "head" }])

describe("without an answer", () => {
  for (const transport of transports) {
    it.effect.each([...kinds])(`over ${transport.name}, $name ends with its time`, (kind) =>
      Effect.gen(function*() {
        const { faults } = yield* Emulator.Emulator
        const run = Deepgram.withOptions({ timeout: limit })(kind.run({ open: limit, silence: 2 * limit }))
        const fiber = yield* Effect.forkChild(Effect.flip(run), { startImmediately: true })
        while ((yield* faults.injected).length === 0) yield* turnOfLoop
        yield* TestClock.adjust(limit - 1)
        yield* turnOfLoop
        assert.isUndefined(fiber.pollUnsafe(), "it gave up too early")
        yield* TestClock.adjust(1)
        // Sockets are closed meanwhile, but no more time passes.
        const error = yield* Fiber.join(fiber)
        assert.strictEqual(error._tag, "TimedOut")
      }).pipe(Effect.provide(served(transport, { faults, idleTimeout: "10 minutes" }))))
  }
})
