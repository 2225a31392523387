/**
 * `npm start`: recordings in, transcripts out, then the same recordings live; or a text that is spoken; or a call to a
 * voice agent.
 *
 * With a key in the environment everything goes to Deepgram, without one to an emulator that is started here.
 */
import { NodeDeepgram } from "@effect-deepgram/node"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Config, Console, Effect, Option } from "effect"
import { Deepgram, DeepgramAuth } from "effect-deepgram"
import { argv, exit, stdout } from "node:process"
import { converse } from "./agent.ts"
import { parse, usage } from "./arguments.ts"
import { fromArgument, hurried, type Job, onTheInternet, ours, usual } from "./jobs.ts"
import { stream } from "./live.ts"
import { print, printFailure } from "./print.ts"
import { clearProgress } from "./progress.ts"
import { speak } from "./speak.ts"
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

/** Something to be done with Deepgram: with the emulator of a studio, or without one with Deepgram itself. */
interface Task<E> {
  /** What goes to Deepgram. */
  readonly what: string
  /** Answers how many parts of it failed, of which it has told. */
  readonly run: (studio?: Studio["Service"]) => Effect.Effect<number, E, Deepgram.Deepgram>
}

const transcribing = (recordings: ReadonlyArray<string>): Task<never> => ({
  what: "the recordings go",
  run: (studio) =>
    runAll(
      recordings.length > 0
        ? recordings.map(fromArgument(studio === undefined ? usual : hurried))
        : studio === undefined
        ? onTheInternet
        : ours(studio)
    )
})

const perform = Effect.fnUntraced(function*<E>({ run, what }: Task<E>) {
  const variable = (yield* isSet(DeepgramAuth.tokenVariable))
    ? DeepgramAuth.tokenVariable
    : (yield* isSet(DeepgramAuth.keyVariable))
    ? DeepgramAuth.keyVariable
    : undefined

  if (variable !== undefined) {
    // The host only: who puts a password into a URL does not want it shown.
    const host = URL.parse(yield* Config.withDefault(Config.String(Deepgram.baseUrlVariable), ""))?.host
    const where = host === undefined ? "" : ` at ${host}`
    yield* Console.log(`${variable} is set: ${what} to Deepgram${where}.`)
    return yield* Effect.provide(run(), NodeDeepgram.layerConfig())
  }

  return yield* Effect.gen(function*() {
    const studio = yield* Studio
    yield* Console.log(
      `No key is set: ${what} to an emulator at ${studio.deepgramUrl}.\n` +
        `It speaks and understands its own test voice only; ` +
        `with ${DeepgramAuth.keyVariable} or ${DeepgramAuth.tokenVariable} set Deepgram takes its place.`
    )
    return yield* Effect.provide(
      run(studio),
      NodeDeepgram.layer({ apiKey: studio.apiKey, baseUrl: studio.deepgramUrl })
    )
  }).pipe(Effect.provide(Studio.layer))
})

const main = Effect.gen(function*() {
  const command = yield* parse(argv.slice(2))
  switch (command._tag) {
    case "Help":
      return yield* Effect.as(Console.log(usage), 0)
    case "Transcribe":
      return yield* perform(transcribing(command.recordings))
    case "Speak":
      return yield* perform({
        what: "the text goes",
        run: (studio) => Effect.as(speak(command, studio !== undefined), 0)
      })
    case "Converse":
      return yield* perform({
        what: "the call goes",
        run: (studio) => Effect.as(converse(studio === undefined ? usual : hurried), 0)
      })
  }
})

const program = main.pipe(
  Effect.tapError((error) => Console.error(`✗ ${error.message}${error._tag === "UsageError" ? `\n\n${usage}` : ""}`)),
  Effect.flatMap((failures) => failures === 0 ? Effect.void : Effect.fail("failed" as const))
)

// Whoever reads may have seen enough: `npm start | head`.
stdout.on("error", () => exit(0))

NodeRuntime.runMain(program, { disableErrorReporting: true })
