/**
 * The demo of live captions: a page with a button, at http://127.0.0.1:3000 or the port that PORT names (0: a free one).
 *
 * With DEEPGRAM_API_KEY in the environment Deepgram listens, without it an emulator that is started here.
 */
import { Emulator, Recording } from "@effect-deepgram/emulator"
import { NodeDeepgram } from "@effect-deepgram/node"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Cause, Config, Console, Effect, Exit, Layer, Option, Runtime, Schema } from "effect"
import { DeepgramAuth } from "effect-deepgram"
import { createServer } from "node:http"
import { type Options, serve } from "./server.ts"

const Port = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65_535 }))

const server = Layer.unwrap(Effect.map(
  Config.withDefault(Config.schema(Port, "PORT"), 3000),
  (port) => NodeHttpServer.layer(createServer, { port, host: "127.0.0.1" })
))

/** Serves until it is interrupted. */
const run = Effect.fnUntraced(
  function*(options: Options) {
    yield* Console.log(options.notice)
    yield* Console.log(`Open ${yield* serve(options)}`)
    return yield* Effect.never
  },
  Effect.scoped,
  Effect.provide(server)
)

const withDeepgram = Effect.provide(
  run({ notice: "Deepgram listens." }),
  // An access token could not grant others: it has to be the key, whatever else there is.
  NodeDeepgram.layerConfig({ apiKey: Config.Redacted(DeepgramAuth.keyVariable) })
)

const withEmulator = Effect.gen(function*() {
  const { apiKey, url } = yield* Emulator.Emulator
  return yield* Effect.provide(
    run({
      notice: `No key is set: an emulator listens, which understands its own test voice only. ` +
        `With ${DeepgramAuth.keyVariable} set Deepgram takes its place.`,
      voice: Recording.wav([
        { text: "Good morning, and welcome to the museum of flight.", pause: 1 },
        { text: "The next tour starts in fifteen minutes.", pause: 2 }
      ])
    }),
    NodeDeepgram.layer({ apiKey, baseUrl: url })
  )
}).pipe(Effect.provide(Emulator.layer()))

const isSet = Effect.map(
  Config.option(Config.NonEmptyString(DeepgramAuth.keyVariable)),
  Option.exists((key) => key.trim() !== "")
)

const main = Effect.flatMap(isSet, (set) => set ? withDeepgram : withEmulator).pipe(
  Effect.tapError((error) => Console.error(`✗ ${error._tag === "ServeError" ? String(error.cause) : error.message}`))
)

// A signal is how it ends: no failure.
NodeRuntime.runMain(main, {
  disableErrorReporting: true,
  teardown: (exit, onExit) =>
    Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause) ? onExit(0) : Runtime.defaultTeardown(exit, onExit)
})
