/**
 * Runs all programs in a process, on whatever runtime. Arguments: the client, `core`, or `node` of `@effect-deepgram/node`,
 * and the name of the traits; the environment says where Deepgram is. Writes an `Outcome` for each program, a line of JSON,
 * and ends by itself.
 */
import type { Deepgram } from "effect-deepgram/Deepgram"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { argv } from "node:process"
import { Runtime, type Traits } from "../programs/program.ts"
import { suites } from "../programs/suites.ts"
import { traits } from "../programs/traits.ts"
import { outcomesOf } from "./outcomes.ts"

/** Loaded when it is used: who has the core alone does without the other package. */
const clients: Readonly<Record<string, Effect.Effect<Layer.Layer<Deepgram, unknown>>>> = {
  core: Effect.map(Effect.promise(() => import("effect-deepgram/Deepgram")), ({ layerConfig }) => layerConfig()),
  node: Effect.map(
    Effect.promise(() => import("@effect-deepgram/node/NodeDeepgram")),
    ({ layerConfig }) => layerConfig()
  )
}

const [client = "", name = ""] = argv.slice(2)

const main = Effect.gen(function*() {
  const named: Readonly<Record<string, Traits>> = traits
  const [layer, its] = [clients[client], named[name]]
  if (layer === undefined || its === undefined) return yield* Effect.die(new Error(`unknown: ${client} ${name}`))
  yield* Stream.fromIterable(suites).pipe(
    Stream.flatMap(outcomesOf),
    Stream.runForEach((outcome) => Console.log(JSON.stringify(outcome))),
    Effect.provide([yield* layer, Layer.succeed(Runtime, its)])
  )
})

await Effect.runPromise(main)
