/**
 * Reads audio from standard input, as its argument says, and has nothing more to do: standard input that is not let go
 * keeps it. Says what came of it.
 */
// Not all of the package, nor of Effect: each test starts a process.
import * as NodeAudio from "@effect-deepgram/node/NodeAudio"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"

const mode = process.argv[2]

const size = Stream.runFold(NodeAudio.stdin, () => 0, (sum, { length }) => sum + length)
const say = (what: unknown) => Effect.sync(() => console.log(what))
const outcome = Effect.match(size, {
  onSuccess: (size) => `${size} bytes`,
  onFailure: ({ cause, message, reason }) => `${reason}: ${message}${cause === undefined ? "" : " with a cause"}`
})

const programs: Record<string, Effect.Effect<void>> = {
  all: Effect.flatMap(outcome, say),
  twice: Effect.andThen(Effect.flatMap(outcome, say), Effect.flatMap(outcome, say)),
  elsewhere: Effect.gen(function*() {
    let heard = ""
    yield* Effect.callback<void>((resume) => {
      process.stdin.on("data", (data) => (heard += String(data)))
      process.stdin.on("end", () => resume(Effect.void))
    })
    yield* say(heard)
    yield* say(yield* outcome)
  }),
  partly: Effect.gen(function*() {
    yield* Effect.callback<void>((resume) => {
      process.stdin.once("readable", () => resume(Effect.sync(() => process.stdin.read(2))))
    })
    yield* say(yield* outcome)
    process.stdin.destroy()
  }),
  some: NodeAudio.stdin.pipe(
    Stream.take(1),
    Stream.runForEach((chunk) => say(String(chunk))),
    Effect.orDie
  ),
  slow: NodeAudio.stdin.pipe(
    Stream.map(({ length }) => length),
    Stream.tap(() => Effect.sleep("20 millis")),
    Stream.take(8),
    Stream.runCollect,
    Effect.flatMap((lengths) => say(Math.max(...lengths))),
    Effect.orDie
  ),
  interrupted: Effect.gen(function*() {
    const begun = yield* Deferred.make<void>()
    const fiber = yield* NodeAudio.stdin.pipe(
      Stream.runForEach(() => Deferred.succeed(begun, undefined)),
      Effect.forkChild
    )
    yield* Deferred.await(begun)
    yield* Fiber.interrupt(fiber)
    yield* say("interrupted")
  })
}

await Effect.runPromise(programs[mode ?? ""] ?? Effect.die(new Error(`there is no ${mode}`)))
