/**
 * Runs operations that are left hanging, cut or reset, and has nothing more to do. Fails when something keeps the process
 * for a while: this timer itself does not.
 *
 * Arguments: URL of an emulator that is not told to stop, name of the transport.
 */
import { Emulator, Faults } from "@effect-deepgram/emulator"
import { NodeDeepgram } from "@effect-deepgram/node"
import { Effect, Exit, Redacted } from "effect"
import { Deepgram } from "effect-deepgram"
import { isDeepStrictEqual } from "node:util"
import { kinds } from "../faults/kinds.ts"

const [baseUrl = "", transport = ""] = process.argv.slice(2)

const options = { apiKey: Redacted.make(Emulator.defaultApiKey), baseUrl }
const client = transport === "ws" ? NodeDeepgram.layer({ ...options, proxy: false }) : Deepgram.layer(options)

const worst: ReadonlyArray<Faults.Fault> = (["Stall", "HalfOpen", "Reset"] as const).flatMap((type) => [
  { type, at: "head" as const },
  { type, at: "head" as const, after: 20 },
  { type, at: "body" as const, after: 10 },
  { type, at: "frame" as const, after: 1 }
])

const limit = 400

const program = Effect.forEach(
  worst,
  (fault) =>
    Effect.forEach(kinds, (kind) =>
      kind.run({ open: limit, silence: limit }).pipe(
        Deepgram.withOptions({
          timeout: limit,
          retry: Deepgram.retryPolicy({ times: 1, initialDelay: 1 }),
          query: { [Faults.queryParameter]: JSON.stringify(fault) }
        }),
        Effect.exit
      ), { concurrency: "unbounded" })
)

let unhandled = 0
process.on("unhandledRejection", () => unhandled++)

const exits = (await Effect.runPromise(Effect.provide(program, client))).flat()
const defects = exits.filter((exit) => Exit.isFailure(exit) && !Exit.hasFails(exit))
process.exitCode = isDeepStrictEqual([defects, unhandled, exits.some(Exit.isFailure)], [[], 0, true]) ? 0 : 2

setTimeout(() => process.exit(1), 20_000).unref()
