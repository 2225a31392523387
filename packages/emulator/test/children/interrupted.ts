/**
 * Streams without end until a message has come, ends the session by interruption, and has nothing more to do. Fails when
 * something keeps the process for a while: this timer itself does not.
 *
 * Arguments: URL of an emulator, name of the transport.
 */
import { Emulator } from "@effect-deepgram/emulator"
import { NodeDeepgram } from "@effect-deepgram/node"
import { Deferred, Effect, Fiber, Redacted, Schedule, Stream } from "effect"
import { Deepgram, ListenV1 } from "effect-deepgram"

const [baseUrl = "", transport = ""] = process.argv.slice(2)

const options = { apiKey: Redacted.make(Emulator.defaultApiKey), baseUrl }

const silence = Stream.fromEffectSchedule(
  Effect.sync(() => new Uint8Array(16_000).fill(0xff)),
  Schedule.spaced("5 millis")
)

const program = Effect.gen(function*() {
  const heard = yield* Deferred.make<void>()
  const session = yield* silence.pipe(
    ListenV1.transcribeStream({ model: "nova-3", encoding: "mulaw", sample_rate: 8000 }),
    Stream.runForEach(() => Deferred.succeed(heard, undefined)),
    Effect.forkChild
  )
  yield* Deferred.await(heard)
  yield* Fiber.interrupt(session)
})

const client = transport === "ws" ? NodeDeepgram.layer({ ...options, proxy: false }) : Deepgram.layer(options)

await Effect.runPromise(Effect.provide(program, client))

setTimeout(() => process.exit(1), 20_000).unref()
