import * as Deepgram from "effect-deepgram/Deepgram"
import * as ListenV1 from "effect-deepgram/ListenV1"
import * as ReadV1 from "effect-deepgram/ReadV1"
import * as SpeakV1 from "effect-deepgram/SpeakV1"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { meeting } from "./faults.ts"
import { holds, Runtime, same, type Suite } from "./program.ts"
import { format, hearing, spoken, voice } from "./voice.ts"

const Status = Schema.Struct({ active: Schema.Array(Schema.Struct({ path: Schema.String })) })

/** Whether the emulator is busy with a call that has this tag. */
const isGoingOn = Effect.fnUntraced(function*(tag: string) {
  const { config } = yield* Deepgram.Deepgram
  const response = yield* HttpClient.get(`${config.hosts.api}/_emulator/status`)
  const { active } = yield* HttpClientResponse.schemaBodyJson(Status)(response)
  return active.some(({ path }) => path.includes(tag))
}, Effect.provide(FetchHttpClient.layer))

/** Runs an effect with a tag on its calls, and waits until the server, too, has done with all of them. */
const leaving = Effect.fnUntraced(function*<E, R>(
  use: (isGoingOn: Effect.Effect<boolean, unknown, Deepgram.Deepgram>) => Effect.Effect<void, E, R>
) {
  const { asksEmulator } = yield* Runtime
  const tag = `tag-${yield* Random.nextInt}`
  // Where it cannot be asked, it is as it should be.
  yield* use(asksEmulator ? isGoingOn(tag) : Effect.succeed(true)).pipe(Deepgram.withOptions({ query: { tag } }))
  if (asksEmulator) {
    yield* isGoingOn(tag).pipe(Effect.repeat({ while: (busy) => busy, schedule: Schedule.spaced("10 millis") }))
  }
})

/** Interrupts an effect when it has come so far, and waits until it has ended. */
const interrupted = <E, R>(make: (come: Effect.Effect<void>) => Effect.Effect<unknown, E, R>) =>
  leaving((isGoingOn) =>
    Effect.gen(function*() {
      const point = yield* Deferred.make<void>()
      const fiber = yield* Effect.forkChild(make(Effect.asVoid(Deferred.succeed(point, undefined))))
      // What fails before says why.
      yield* Effect.raceFirst(Deferred.await(point), Effect.andThen(Fiber.join(fiber), Effect.never))
      yield* holds("the server is at it", yield* isGoingOn)
      yield* Fiber.interrupt(fiber)
    })
  )

const request = leaving((isGoingOn) =>
  Effect.gen(function*() {
    const fiber = yield* ReadV1.analyze({ text: "I love it." }, { sentiment: true }).pipe(
      meeting({ type: "Stall" }),
      Deepgram.withOptions({ timeout: "5 seconds" }),
      Effect.flip,
      Effect.forkChild
    )
    const isReached = isGoingOn.pipe(Effect.repeat({ until: (busy) => busy, schedule: Schedule.spaced("10 millis") }))
    yield* Effect.raceFirst(isReached, Fiber.await(fiber))
    yield* holds("the server is at it before the time is over", fiber.pollUnsafe() === undefined)
    yield* same("failure", (yield* Fiber.join(fiber))._tag, "TimedOut")
  })
)

/** Half a minute, of which the first comes out before the last is made. */
const long = "Every hour there is a tour, with somebody who has been in space. ".repeat(8)

const download = interrupted((come) =>
  SpeakV1.generateStream(long, { ...voice, container: "none" }).pipe(
    meeting({ type: "Stall", at: "body", after: 100_000 }),
    Stream.runForEach(() => come)
  )
)

const session = Effect.gen(function*() {
  const audio = yield* spoken("Good morning.")
  let isPutAway = false
  yield* interrupted((come) =>
    Stream.make(audio).pipe(
      Stream.concat(Stream.never),
      Stream.ensuring(Effect.sync(() => (isPutAway = true))),
      ListenV1.transcribeStream({ ...hearing, ...format, interim_results: true }),
      Stream.runForEach(() => come)
    )
  )
  yield* holds("the microphone is put away", isPutAway)
})

const speech = interrupted((come) =>
  Stream.make(long).pipe(
    Stream.concat(Stream.never),
    SpeakV1.speakStream(voice),
    Stream.runForEach(({ type }) => type === "Audio" ? come : Effect.void)
  )
)

export const interruption: Suite = {
  name: "interruption",
  programs: [
    { name: "gives up a call that is not answered", run: request },
    { name: "ends a download that stands still", run: download },
    { name: "ends a live session, and its microphone", run: session },
    { name: "ends speech that is being spoken", run: speech }
  ]
}
