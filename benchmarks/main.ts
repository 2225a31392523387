/**
 * `npm run bench [-- --only NAME] [--json FILE]`: measures on this machine, and says what is met. Every peer is a process
 * of its own. Fails when something is not met, and when the machine was too busy to say; such figures are not written.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import { resolve } from "node:path"
import { cwd, env } from "node:process"
import * as Live from "./emulator/live.ts"
import * as Rest from "./emulator/rest.ts"
import { type Outcome, type Result, show } from "./result.ts"
import { cases as comparisons } from "./sideBySide/cases/all.ts"
import { run } from "./sideBySide/comparison.ts"
import { type Measured, write } from "./table.ts"

const emulator = { "emulator-rest": Rest.run(Rest.size), "emulator-live-500": Live.run(Live.size) }

const names = [...comparisons.map(({ name }) => name), ...Object.keys(emulator)]

const flags = {
  only: Flag.Literals("only", names).pipe(Flag.optional, Flag.withDescription("This case alone")),
  json: Flag.String("json").pipe(Flag.optional, Flag.withDescription("Write the figures into this file"))
}

const bench = Command.make("bench", flags, ({ json, only }) =>
  Effect.gen(function*() {
    const results: Array<Result> = []
    const measured: Array<Measured> = []
    let good = true
    const isWanted = (name: string) => Option.isNone(only) || only.value === name
    const report = Effect.fnUntraced(function*(name: string, outcome: Outcome) {
      yield* Console.log(`\n▶ ${name}\n${show(outcome)}`)
      if (outcome.noise === undefined) results.push(...outcome.results)
      good &&= outcome.noise === undefined && outcome.verdicts.every(({ met }) => met)
    })
    for (const comparison of comparisons.filter(({ name }) => isWanted(name))) {
      const outcome = yield* run(comparison)
      measured.push({ comparison, outcome })
      yield* report(comparison.name, outcome)
    }
    for (const [name, run] of Object.entries(emulator)) if (isWanted(name)) yield* report(name, yield* run)
    if (yield* write(comparisons, measured)) yield* Console.log("\ndocs/performance.md is written")
    if (Option.isSome(json)) {
      // npm runs scripts in the folder of package.json.
      const file = resolve(env["INIT_CWD"] ?? cwd(), json.value)
      yield* (yield* FileSystem.FileSystem).writeFileString(file, `${JSON.stringify(results, undefined, 2)}\n`)
    }
    if (!good) return yield* Effect.fail("not met" as const)
  }))

Command.run(bench, { version: "0" }).pipe(
  Effect.catchTag("PeerError", ({ message }) => Effect.andThen(Console.error(`✗ ${message}`), Effect.fail(message))),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain({ disableErrorReporting: true })
)
