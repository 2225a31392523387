/** A process in which operations hang. */
import { Emulator } from "@effect-deepgram/emulator"
import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { endsByItself } from "../children/run.ts"
import { transports } from "../sessions/support.ts"

describe("a process whose operations were left hanging", () => {
  for (const { name } of transports) {
    it.live(`ends by itself, over ${name}`, () =>
      Effect.gen(function*() {
        const { url } = yield* Emulator.Emulator
        yield* endsByItself("faulted", url, name)
        // The emulator would not close what is left open.
      }).pipe(Effect.provide(Emulator.layer({ idleTimeout: "10 minutes" }))), 120_000)
  }
})
