/**
 * Records with a program that has started another one, and plays, is interrupted in both, and has nothing more to do.
 * Its arguments are the `PATH` and the directory of the programs.
 */
// Not all of the package, nor of Effect: each test starts a process.
import * as NodeAudio from "@effect-deepgram/node/NodeAudio"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"

const [PATH, HERE] = process.argv.slice(2)
const env = { PATH, HERE }
const one = new Uint8Array(1000)

await Effect.runPromise(Effect.gen(function*() {
  const heard = yield* Deferred.make<void>()
  const recording = yield* Effect.forkChild(
    Stream.runForEach(NodeAudio.microphone({ env }), () => Deferred.succeed(heard, undefined))
  )
  const playing = yield* Stream.concat(Stream.make(one), Stream.never).pipe(
    NodeAudio.play({ sample_rate: 8000, program: "aplay", env }),
    Effect.forkChild
  )
  yield* Stream.make(one).pipe(NodeAudio.play({ sample_rate: 8000, program: "aplay", env }))
  yield* Deferred.await(heard)
  yield* Fiber.interrupt(recording)
  yield* Fiber.interrupt(playing)
  // What would keep the process longer than it has to do.
  console.log(process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length, "timers")
}))
