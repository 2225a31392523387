/**
 * `npm start [-- FILE_OR_URL…]`: recordings in, transcripts out; then the same recordings live.
 *
 * With a key in the environment the recordings go to Deepgram, without one to an emulator that is started here.
 */
import { NodeDeepgram } from "@effect-deepgram/node"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Config, Console, Effect, Option } from "effect"
import { Deepgram, DeepgramAuth } from "effect-deepgram"
import { argv, exit, stdout } from "node:process"
import { fromArgument, hurried, type Job, onTheInternet, ours, usual } from "./jobs.ts"
import { stream } from "./live.ts"
import { print, printFailure } from "./print.ts"
import { clearProgress } from "./progress.ts"
import { Studio } from "./studio.ts"

const isSet = (name: string) =>
  Effect.map(Config.option(Config.NonEmptyString(name)), Option.exists((value) => value.trim() !== ""))

const runAll = Effect.fnUntraced(function*(jobs: ReadonlyArray<Job>) {
  let failures = 0
  for (const job of jobs) {
    yield* Console.log(`\n▶ ${job.title}`)
    const shown = Effect.ensuring(job.run, clearProgress()).pipe(
      Effect.tap((result) => print(result, job.reachedBy)),
      Effect.flatMap(({ transcription }) => job.live === undefined ? Effect.void : stream(job.live, transcription))
    )
    yield* Effect.matchEffect(shown, {
      onSuccess: () => Effect.void,
      onFailure: (error) => {
        failures++
        return printFailure(job, error)
      }
    })
  }
  return failures
})

const main = Effect.gen(function*() {
  const args = argv.slice(2)
  const variable = (yield* isSet(DeepgramAuth.tokenVariable))
    ? DeepgramAuth.tokenVariable
    : (yield* isSet(DeepgramAuth.keyVariable))
    ? DeepgramAuth.keyVariable
    : undefined

  if (variable !== undefined) {
    // The host only: who puts a password into a URL does not want it shown.
    const host = URL.parse(yield* Config.withDefault(Config.String(Deepgram.baseUrlVariable), ""))?.host
    const where = host === undefined ? "" : ` at ${host}`
    yield* Console.log(`${variable} is set: the recordings go to Deepgram${where}.`)
    const jobs = args.length === 0 ? onTheInternet : args.map(fromArgument(usual))
    return yield* Effect.provide(runAll(jobs), NodeDeepgram.layerConfig())
  }

  return yield* Effect.gen(function*() {
    const studio = yield* Studio
    yield* Console.log(
      `No key is set: the recordings go to an emulator at ${studio.deepgramUrl}.\n` +
        `It understands its own test voice only; with ${DeepgramAuth.keyVariable} or ${DeepgramAuth.tokenVariable} set they go to Deepgram.`
    )
    return yield* Effect.provide(
      runAll(args.length === 0 ? ours(studio) : args.map(fromArgument(hurried))),
      NodeDeepgram.layer({ apiKey: studio.apiKey, baseUrl: studio.deepgramUrl })
    )
  }).pipe(Effect.provide(Studio.layer))
})

const program = main.pipe(
  Effect.catch((error) => Effect.as(Console.error(`✗ ${error.message}`), 1)),
  Effect.flatMap((failures) => failures === 0 ? Effect.void : Effect.fail("failed" as const))
)

// Whoever reads may have seen enough: `npm start | head`.
stdout.on("error", () => exit(0))

NodeRuntime.runMain(program, { disableErrorReporting: true })
