/** Sessions that are interrupted at any moment. */
import { Emulator } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Stream } from "effect"
import { ListenV1, ListenV2, Requests } from "effect-deepgram"
import { endsByItself } from "../children/run.ts"
import { framesOf } from "../live/support.ts"
import { inProject } from "../server/management.ts"
import { integer, makeRandom } from "../voice/support.ts"
import { leavingNothing, turnOfLoop } from "./leaks.ts"
import { detailsOf, patiently, spoken, telephone, transports } from "./support.ts"

const count = 200

const audio = framesOf(spoken("one, two. three four five"), 400)

const turnsOfLoop = (count: number): Effect.Effect<void> =>
  Effect.forEach(Array.from({ length: count }), () => turnOfLoop, { discard: true })

/** What must have happened before somebody loses interest. */
type Moment = "start" | "frame" | "message" | "end of audio"

const moments: ReadonlyArray<Moment> = ["start", "frame", "message", "end of audio"]

/** A session that is interrupted a few turns of the event loop after a moment, half of them of Flux. */
const interrupted = Effect.fnUntraced(function*(index: number) {
  const random = makeRandom(index)
  const moment = moments[index % moments.length]!
  const reached = yield* Deferred.make<void>()
  const mark = Deferred.succeed(reached, undefined)
  let left = moment === "frame" ? integer(random, 1, audio.length) : moment === "message" ? integer(random, 1, 4) : 1
  const at = (what: Moment) => Effect.suspend(() => moment === what && --left === 0 ? mark : Effect.void)

  const frames = Stream.rechunk(Stream.fromIterable(audio), 1).pipe(
    // Slower than everything else, so that there is something to interrupt.
    Stream.tap(() => Effect.andThen(turnsOfLoop(3), at("frame"))),
    Stream.concat(Stream.drain(Stream.fromEffect(at("end of audio"))))
  )
  const options = { ...telephone, ...patiently, tag: `session ${index}` }
  const onMessage = () => at("message")
  const session = index % 8 < 4
    ? Stream.runForEach(ListenV1.transcribeStream({ model: "nova-3", vad_events: true, ...options })(frames), onMessage)
    : Stream.runForEach(ListenV2.transcribeStream({ model: "flux-general-en", ...options })(frames), onMessage)
  if (moment === "start") yield* mark
  const fiber = yield* Effect.forkChild(Effect.ensuring(session, mark), { startImmediately: true })
  yield* Deferred.await(reached)
  yield* turnsOfLoop(integer(random, 0, 6))
  yield* Fiber.interrupt(fiber)
  const exit = yield* Fiber.await(fiber)
  return { tag: options.tag, moment, ended: Exit.isSuccess(exit), failed: Exit.hasFails(exit) }
})

describe("a session that is interrupted", () => {
  for (const transport of transports) {
    it.live(`leaves nothing, at ${count} moments, over ${transport.name}`, () =>
      leavingNothing(
        transport,
        Effect.forEach(Array.from({ length: count }, (_, index) => index), interrupted, { concurrency: 10 }),
        (sessions) =>
          Effect.gen(function*() {
            assert.deepStrictEqual(sessions.filter(({ failed }) => failed), [])
            assert.isAbove(sessions.filter(({ ended }) => !ended).length, count * 0.9)
            // Those that came so far that the emulator must know of them are in its log, and as what was answered.
            const { requests } = yield* inProject((id) => Requests.list(id, { limit: 1000 }))
            assert.isTrue(requests.every(({ code }) => code === 200))
            const logged = new Set(requests.flatMap((request) => detailsOf(request).tags))
            assert.strictEqual(logged.size, requests.length)
            const missing = sessions.filter(({ moment, tag }) => moment === "message" && !logged.has(tag))
            assert.deepStrictEqual(missing, [])
          })
      ), 60_000)
  }
})

describe("a process", () => {
  for (const { name } of transports) {
    it.live(`ends by itself at once when its session is interrupted, over ${name}`, () =>
      Effect.gen(function*() {
        const { url } = yield* Emulator.Emulator
        yield* endsByItself("interrupted", url, name)
        // The emulator would not close what is left open.
      }).pipe(Effect.provide(Emulator.layer({ idleTimeout: "10 minutes" }))), 60_000)
  }
})
