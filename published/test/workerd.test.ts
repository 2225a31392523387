import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { inject } from "vitest"
import { suites } from "../programs/suites.ts"
import { traits } from "../programs/traits.ts"
import { bundle } from "../support/bundle.ts"
import { emulator } from "../support/emulator.ts"
import { entryPoints } from "../support/files.ts"
import { expectRight, outcomesIn } from "../support/outcomes.ts"
import { start, version, type Worker } from "../support/workerd.ts"

const runtime = `workerd ${version}, core`
const consumer = inject("consumer")

class Runs extends Context.Service<Runs, Worker>()("published/Runs") {}

const runs = Layer.effect(
  Runs,
  Effect.gen(function*() {
    const { apiKey, url } = yield* emulator
    const path = fileURLToPath(new URL("../runners/worker.ts", import.meta.url))
    const { code } = yield* Effect.promise(() => bundle({ consumer, entry: { path } }))
    return yield* start({ code, bindings: { DEEPGRAM_BASE_URL: url, DEEPGRAM_API_KEY: apiKey } })
  })
)

const text = (url: string) => Effect.tryPromise(() => fetch(url).then((response) => response.text()))

/** Milliseconds until a suite hangs: a program that does so ends by itself within a minute, and is told of. */
const patience = 120_000

layer(runs, { excludeTestServices: true, timeout: "1 minute" })((it) => {
  for (const suite of suites) {
    it.effect(`${runtime}: ${suite.name}`, (context) =>
      Effect.gen(function*() {
        const { said, url } = yield* Runs
        const outcomes = yield* text(`${url}/?suite=${encodeURIComponent(suite.name)}`)
        expectRight(context, {
          runtime,
          traits: traits.worker,
          suite,
          outcomes: outcomesIn(outcomes),
          trouble: `the worker says: ${said()}`
        })
      }), patience)
  }

  it.effect(`${runtime}: importing any module does nothing that a worker may not do before there is a request`, () =>
    Effect.gen(function*() {
      const names = entryPoints(join(consumer, "node_modules/effect-deepgram"), "effect-deepgram")
      const { code } = yield* Effect.promise(() =>
        bundle({
          consumer,
          entry: {
            code: names.map((name, index) => `import * as _${index} from "${name}"`).join("\n") + `
              const modules = [${names.map((_, index) => `_${index}`).join(", ")}]
              export default { fetch: () => Response.json(modules.map((module) => Object.keys(module).length)) }`
          }
        })
      )
      const { url } = yield* start({ code, bindings: {} })
      const counts: ReadonlyArray<number> = JSON.parse(yield* text(url))
      assert.lengthOf(counts, names.length)
      assert.notInclude(counts, 0)
      // It would have been noticed.
      for (const forbidden of ["crypto.randomUUID()", "setTimeout(() => {})"]) {
        const { message } = yield* Effect.flip(start({ code: `${forbidden}; export default {}`, bindings: {} }))
        assert.match(message, /Disallowed operation called within global scope/)
      }
    }))
})
