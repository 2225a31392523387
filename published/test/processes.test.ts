import { assert, it, layer } from "@effect/vitest"
import { Context, Deferred, Effect, Layer } from "effect"
import { suites } from "../programs/suites.ts"
import { traits } from "../programs/traits.ts"
import { compile } from "../support/compile.ts"
import { emulator } from "../support/emulator.ts"
import { expectRight, outcomesIn } from "../support/outcomes.ts"
import { type Ended, run } from "../support/processes.ts"
import { type Stage, stages } from "../support/runtimes.ts"

class Runs extends Context.Service<Runs, { readonly of: (stage: Stage) => Effect.Effect<Ended> }>()("published/Runs") {}

/** Each stage runs once, two at a time, in the order in which the tests ask. */
const runs = Layer.effect(
  Runs,
  Effect.gen(function*() {
    const address = yield* emulator
    const script = yield* compile("process")
    const ends = new Map(stages.map((stage) => [stage, Deferred.makeUnsafe<Ended>()]))
    yield* Effect.forkScoped(Effect.forEach(
      ends,
      ([stage, end]) => Deferred.complete(end, run(stage, script, address)),
      { concurrency: 2, discard: true }
    ))
    return {
      of: (stage) => {
        const end = ends.get(stage)
        return end === undefined ? Effect.die(new Error(`${stage.name} is not run`)) : Deferred.await(end)
      }
    }
  })
)

/** Milliseconds: runs wait for those before them, each of which is given up in time. */
const patience = 900_000

it("runs on the Node versions that are supported, and those to come, on Bun and on Deno", () => {
  const runtimes = stages.map(({ client, name }) => [name.replace(/ (\d+)\..*/, " $1"), client] as const)
  for (const client of ["core", "node"] as const) {
    const names = runtimes.filter(([, of]) => of === client).map(([name]) => name)
    const majors = names.filter((name) => name.startsWith("Node ")).map((name) => Number(name.slice(5)))
    assert.include(majors, 22)
    assert.include(majors, 24)
    assert.isTrue(majors.some((major) => major > 24), String(majors))
    assert.strictEqual(new Set(majors).size, 3)
    assert.deepStrictEqual(names.map((name) => name.split(" ")[0]), ["Node", "Node", "Node", "Bun", "Deno"])
  }
  assert.strictEqual(stages.length, 10)
})

layer(runs, { excludeTestServices: true, timeout: "1 minute" })((it) => {
  for (const stage of stages) {
    for (const suite of suites) {
      it.effect(`${stage.name}: ${suite.name}`, (context) =>
        Effect.gen(function*() {
          const { code, stderr, stdout } = yield* (yield* Runs).of(stage)
          expectRight(context, {
            runtime: stage.name,
            traits: traits[stage.traits],
            suite,
            outcomes: outcomesIn(stdout),
            trouble: `the process ended with ${code ?? "a signal"}: ${stderr}`
          })
        }), patience)
    }

    it.effect(`${stage.name}: the process ends by itself`, () =>
      Effect.gen(function*() {
        const { code, stderr } = yield* (yield* Runs).of(stage)
        assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
      }), patience)
  }
})
